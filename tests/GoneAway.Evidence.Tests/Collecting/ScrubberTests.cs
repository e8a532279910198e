using FsCheck;
using FsCheck.Fluent;
using GoneAway.Evidence.Collecting;

namespace GoneAway.Evidence.Tests.Collecting;

/// <summary>No secret leaves; what is evidence stays.</summary>
public sealed class ScrubberTests
{
    [Theory]
    [InlineData("password=hunter2")]
    [InlineData("password = hunter2 # with a comment")]
    [InlineData("  password\t=\t'hunter2'")]
    [InlineData("loose-password=hunter2, and more")]
    [InlineData("PASSWORD: hunter2")]
    [InlineData("    'PASSWORD': 'hunter2',")]
    [InlineData("    'PASSWORD': \"it's \\\"hunter2\",")]
    [InlineData("DB_PASSWORD=hunter2")]
    [InlineData("export MYSQL_PWD=hunter2")]
    [InlineData("Environment=\"MYSQL_ROOT_PASSWORD=hunter2\" \"TZ=UTC\"")]
    [InlineData("spring.datasource.password=hunter2")]
    [InlineData("{\"user\": \"app\", \"password\": \"hunter2\", \"host\": \"db1\"}")]
    [InlineData("{\"dbPassword\":\"hunter2\"}")]
    [InlineData("'password' => env('DB_PASSWORD', 'hunter2'),")]
    [InlineData("<property name=\"password\" value=\"hunter2\"/>")]
    [InlineData("<password>hunter2</password>")]
    [InlineData("Server=db1;Uid=app;Pwd=hunter2;Pooling=true")]
    [InlineData("pymysql.connect(host='db1', password='hunter2', user='app')")]
    [InlineData("jdbc:mysql://db1:3306/shop?user=app&password=hunter2&useSSL=true")]
    [InlineData("mysql+pymysql://app:hunter2@db1:3306/shop")]
    [InlineData("SQLALCHEMY_DATABASE_URI = 'mysql://app:hunter2?x@db1/shop'")]
    [InlineData("redis://:hunter2@cache:6379/0")]
    [InlineData("dsn := \"app:hunter2@tcp(db1:3306)/shop\"")]
    [InlineData("DSN=app:hunter2=x@tcp(db1:3306)/shop")]
    [InlineData("CREATE USER 'app'@'10.%' IDENTIFIED BY 'hunter2'")]
    [InlineData("ALTER USER app IDENTIFIED WITH mysql_native_password AS '*hunter2'")]
    [InlineData("GRANT ALL ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*hunter2'")]
    [InlineData("SET PASSWORD FOR 'app'@'%' = PASSWORD('hunter2')")]
    [InlineData("CHANGE MASTER TO MASTER_HOST='db2', MASTER_PASSWORD='hunter2'")]
    [InlineData("1\tapp\tdb1\tQuery\tALTER USER app IDENTIFIED BY 'hunter2 cut off")]
    [InlineData("| report_password | hunter2 |")]
    [InlineData("report_password\thunter2")]
    [InlineData("    stats auth admin:hunter2")]
    [InlineData("  user admin password hunter2 groups ops")]
    [InlineData("  user admin insecure-password hunter2")]
    [InlineData("    http-request set-header Authorization \"Basic hunter2\"")]
    [InlineData("option httpchk GET / HTTP/1.1\\r\\nAuthorization:\\ Basic\\ hunter2")]
    [InlineData("ExecStart=/usr/bin/mysqladmin -u root -phunter2 ping")]
    [InlineData("mysqldump --password=hunter2 shop")]
    [InlineData("[Note] [MY-010454] [Server] A temporary password is generated for root@localhost: hunter2")]
    [InlineData("api_key: hunter2")]
    [InlineData("AWS_SECRET_ACCESS_KEY=hunter2")]
    [InlineData("auth = hunter2")]
    [InlineData("X-Auth-Token: hunter2")]
    [InlineData(" 0: len 7; hex hunter2; asc  ;;")]
    public void A_secret_is_taken_out_wherever_it_stands(string line)
    {
        var scrubber = new Scrubber();
        string clean = scrubber.Clean(line);
        Assert.DoesNotContain("hunter2", clean);
        Assert.Contains(Scrubber.Replacement, clean);
        Assert.Equal(1, scrubber.Removed[0].Line);
    }

    [Theory]
    [InlineData("2026-11-21  8:00:00 12 [Warning] Access denied for user 'app'@'10.0.0.5' (using password: YES)")]
    [InlineData("2026-11-21T08:00:00.000000Z 12 [Note] [MY-010914] [Server] Aborted connection 12 to db: 'shop' user: 'app' host: '10.0.0.5' (Got timeout reading communication packets).")]
    [InlineData("default_password_lifetime\t0")]
    [InlineData("| default_authentication_plugin | caching_sha2_password |")]
    [InlineData("default_auth = mysql_native_password")]
    [InlineData("validate_password.length = 8")]
    [InlineData("disconnect_on_expired_password\tON")]
    [InlineData("Com_set_password\t12")]
    [InlineData("report_password\t")]
    [InlineData("wait_timeout = 28800")]
    [InlineData("    server db1 10.0.0.9:3306 check inter 2s on-marked-down shutdown-sessions cookie db1")]
    [InlineData("    option mysql-check user haproxy")]
    [InlineData("    stats socket /run/haproxy/admin.sock mode 660 level admin")]
    [InlineData("ssl_key\t/etc/mysql/key.pem")]
    [InlineData("PWD=/srv/app")]
    [InlineData("SQLALCHEMY_DATABASE_URI = 'mysql://app@db1/shop'")]
    [InlineData("primary_key=id")]
    [InlineData("bypass = 3")]
    [InlineData("dial tcp 10.0.0.9:3306: i/o timeout")]
    public void Evidence_stays(string line)
    {
        var scrubber = new Scrubber();
        Assert.Equal(line, scrubber.Clean(line));
        Assert.Empty(scrubber.Removed);
    }

    [Theory]
    [InlineData("password = hunter2", "password = (removed)")]
    [InlineData("mysql://app:hunter2@db1:3306/shop?a=1", "mysql://app:(removed)@db1:3306/shop?a=1")]
    [InlineData("connect(password='hunter2', user='app')", "connect(password='(removed)', user='app')")]
    [InlineData("CREATE USER 'app'@'10.%' IDENTIFIED BY 'hunter2' REQUIRE SSL", "CREATE USER 'app'@'10.%' IDENTIFIED BY '(removed)' REQUIRE SSL")]
    [InlineData("| report_password | hunter2 |", "| report_password | (removed) |")]
    [InlineData("Server=db1;Pwd=hunter2;Pooling=true", "Server=db1;Pwd=(removed);Pooling=true")]
    public void Nothing_else_of_the_line_is_touched(string line, string clean) => Assert.Equal(clean, new Scrubber().Clean(line));

    [Fact]
    public void A_private_key_goes_as_a_whole()
    {
        var scrubber = new Scrubber();
        string clean = scrubber.Clean("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----\nb\n");
        Assert.DoesNotContain("MII", clean);
        Assert.DoesNotContain("IBAA", clean);
        Assert.Equal(7, clean.Split('\n').Length);
        Assert.Equal([(2, "private key")], scrubber.Removed);
        Assert.EndsWith("\nb\n", clean);
    }

    [Fact]
    public void Lines_keep_their_numbers_and_ends() => Assert.Equal("a\r\npassword=(removed)\nb", new Scrubber().Clean("a\r\npassword=x1\nb"));

    [Fact]
    public void Any_text_can_be_cleaned_and_is_clean_then() => Prop.ForAll<string>(static text =>
    {
        string clean = new Scrubber().Clean(text ?? "");
        var again = new Scrubber();
        return again.Clean(clean) == clean;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_secret_in_any_surroundings_is_taken_out() => Prop.ForAll<string>(static text =>
        !new Scrubber().Clean((text ?? "").Replace("\n", "") + "\npassword=hunter2\n").Contains("hunter2", StringComparison.Ordinal)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("SELECT * FROM t WHERE a = 'x''y' AND b = \"z\" AND c = 5", "SELECT * FROM t WHERE a = '?''?' AND b = '?' AND c = 5")]
    [InlineData("SELECT 'cut off", "SELECT '?'")]
    [InlineData("SELECT 'a\\'b', 1", "SELECT '?', 1")]
    [InlineData("SELECT 1", "SELECT 1")]
    public void Literals_of_statements_are_masked(string statement, string masked) => Assert.Equal(masked, Literals.Masked(statement));

    [Theory]
    [InlineData("option-files/etc/mysql/my.cnf", "option-files/etc/mysql/my.cnf")]
    [InlineData("../../etc/passwd", "etc/passwd")]
    [InlineData("/a//b\0c/.my.cnf", "a/b_c/my.cnf")]
    [InlineData("..", "unnamed")]
    [InlineData("server-app@db1:3306/x", "server-app@db1_3306/x")]
    public void A_name_never_leads_out_of_the_folder(string name, string safe) => Assert.Equal(safe, Collection.Safe(name));
}
