namespace GoneAway.Evidence.Tests.Config.Applications;

public sealed class ConnectionTextTests
{
    [Theory]
    [InlineData("spring.datasource.url=jdbc:mysql://db1:3306/shop?user=u&password=p@ss&socketTimeout=30000&connectTimeout=5000&autoReconnect=true&tcpKeepAlive=true",
        "connector-j connect_timeout=5@1; connector-j host=db1@1; connector-j keep_alive=ON@1; connector-j port=3306@1; connector-j read_timeout=30@1; connector-j reconnect=ON@1")]
    [InlineData("<property name=\"url\" value=\"jdbc:mysql://db1/shop?socketTimeout=60000&amp;autoReconnect=false\"/>", "connector-j host=db1@1; connector-j read_timeout=60@1; connector-j reconnect=OFF@1")]
    [InlineData("url: jdbc:mariadb://10.0.0.1:3306,10.0.0.2:3306/shop?socketTimeout=1000&sessionVariables=wait_timeout=600", "mariadb-connector-j host=10.0.0.1@1; mariadb-connector-j port=3306@1; mariadb-connector-j read_timeout=1@1; mariadb-connector-j session_wait_timeout=600@1")]
    [InlineData("String url = \"jdbc:mysql:loadbalance://a:3306,b:3306/x\";", "connector-j host=a@1; connector-j port=3306@1")]
    [InlineData("dsn := \"root:secret@tcp(127.0.0.1:3306)/test?timeout=5s&readTimeout=1m30s&writeTimeout=500ms&maxAllowedPacket=67108864&wait_timeout=600\"",
        "go-sql-driver connect_timeout=5@1; go-sql-driver host=127.0.0.1@1; go-sql-driver max_allowed_packet=67108864@1; go-sql-driver port=3306@1; go-sql-driver read_timeout=90@1; go-sql-driver session_wait_timeout=600@1; go-sql-driver write_timeout=0.5@1")]
    [InlineData("DSN=app:p@ss)word@tcp(db:3306)/x?readTimeout=30s", "go-sql-driver host=db@1; go-sql-driver port=3306@1; go-sql-driver read_timeout=30@1")]
    [InlineData("DATABASE_URL=\"mysql://u:p%40x@db:3306/shop?connection_limit=5&pool_timeout=20&connect_timeout=10&socket_timeout=30\"",
        "prisma connect_timeout=10@1; prisma host=db@1; prisma pool_size=5@1; prisma pool_wait=20@1; prisma port=3306@1; prisma read_timeout=30@1")]
    [InlineData("DATABASE_URL=mysql2://u:p@db/shop?pool=5&reconnect=true", "rails host=db@1; rails pool_size=5@1; rails reconnect=ON@1")]
    [InlineData("\"Default\": \"Server=db1;Port=3306;Database=x;User ID=u;Password=p;Connection Idle Timeout=120;ConnectionLifeTime=300;Keepalive=60;DefaultCommandTimeout=30;SslMode=None\"",
        "mysqlconnector host=db1@1; mysqlconnector idle_timeout=120@1; mysqlconnector keep_alive=60@1; mysqlconnector max_lifetime=300@1; mysqlconnector port=3306@1; mysqlconnector read_timeout=30@1")]
    [InlineData("ConnectionStrings__Db=server=db1;uid=u;pwd=p;database=x;pooling=false", "mysqlconnector host=db1@1; mysqlconnector persistent=OFF@1")]
    [InlineData("\"Server=db1;Uid=u;Pwd=p;Maximum Pool Size=50\"", "mysqlconnector host=db1@1; mysqlconnector idle_timeout=180@1; mysqlconnector pool_size=50@1")]
    public void A_connection_string_is_taken_apart(string text, string facts) => Assert.Equal(facts, Told.By(text));

    [Theory]
    [InlineData("Server=.\\SQLEXPRESS;Initial Catalog=x;User Id=u;Password=p;Connection Timeout=30")]
    [InlineData("Server=db;Database=x;User Id=u;Password=p;TrustServerCertificate=true")]
    [InlineData("Host=db;Port=5432;Username=u;Password=p;Database=x;Keepalive=30")]
    [InlineData("jdbc:postgresql://db/x?socketTimeout=30")]
    [InlineData("mysql://")]
    [InlineData("user@tcp(")]
    [InlineData("see https://dev.mysql.com/doc?timeout=5")]
    public void Other_databases_strings_and_pieces_give_nothing(string text) => Assert.Equal("nothing", Told.By(text));

    [Theory]
    [InlineData("DB=mysql://root:hunter2@db/x?connect_timeout=3")]
    [InlineData("DB=mysql://root:hun/ter2@hunter2@db/x?password=hunter2&connect_timeout=3")]
    [InlineData("jdbc:mysql://hunter2:hunter2@db:3306/x?connectTimeout=3&password=hunter2")]
    [InlineData("x=\"hunter2:hunter2@tcp(db:3306)/hunter2?timeout=3s\"")]
    [InlineData("c=\"Server=db;Uid=hunter2;Pwd=hunter2;Keepalive=3;Password=hunter2\"")]
    public void Nothing_of_a_login_is_kept(string text)
    {
        string told = Told.By(text);
        Assert.DoesNotContain("hunter2", told, StringComparison.Ordinal);
        Assert.DoesNotContain("ter2", told, StringComparison.Ordinal);
        Assert.Contains("=3", told, StringComparison.Ordinal);
    }

    [Fact]
    public void No_mutation_throws()
    {
        Mutated.NeverThrows("a=jdbc:mysql://u:p@db1:3306/shop?user=u&socketTimeout=30000&sessionVariables=wait_timeout=3", static text => Told.By(text));
        Mutated.NeverThrows("dsn := \"root:s@tcp(127.0.0.1:3306)/test?timeout=5s&readTimeout=1m30s\"", static text => Told.By(text));
        Mutated.NeverThrows("c=\"Server=db;Port=3306;Uid=hunter2;Pwd=x;Keepalive=3;Connection Idle Timeout=3\"", static text => Told.By(text));
    }
}
