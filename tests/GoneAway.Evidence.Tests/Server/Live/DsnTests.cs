using FsCheck;
using FsCheck.Fluent;
using GoneAway.Evidence.Server.Live;

namespace GoneAway.Evidence.Tests.Server.Live;

public sealed class DsnTests
{
    [Theory]
    [InlineData("db1", null, "db1", null, null, null)]
    [InlineData("app@db1", "app", "db1", null, null, null)]
    [InlineData("app@db1:3307", "app", "db1", 3307, null, null)]
    [InlineData("10.0.0.9:3306", null, "10.0.0.9", 3306, null, null)]
    [InlineData("app@[::1]:3307", "app", "::1", 3307, null, null)]
    [InlineData("app@::1", "app", "::1", null, null, null)]
    [InlineData("mysql://app@db1:3307/shop", "app", "db1", 3307, "shop", null)]
    [InlineData("mariadb://db1/", null, "db1", null, null, null)]
    [InlineData("mysql+pymysql://app@db1/shop", "app", "db1", null, "shop", null)]
    [InlineData("jdbc:mysql://db1:3306/shop?user=app", "app", "db1", 3306, "shop", null)]
    [InlineData("mysql://ap%40p@db1", "ap@p", "db1", null, null, null)]
    [InlineData("unix:/run/mysqld/mysqld.sock", null, null, null, null, "/run/mysqld/mysqld.sock")]
    [InlineData("/run/mysqld/mysqld.sock", null, null, null, null, "/run/mysqld/mysqld.sock")]
    [InlineData("mysql://app@localhost/shop?socket=/tmp/s", "app", "localhost", null, "shop", "/tmp/s")]
    [InlineData("app@tcp(db1:3307)/shop", "app", "db1", 3307, "shop", null)]
    [InlineData("app@unix(/tmp/s)/shop", "app", null, null, "shop", "/tmp/s")]
    public void Addresses_are_read_as_people_write_them(string text, string? user, string? host, int? port, string? database, string? socket)
    {
        Assert.True(Dsn.TryParse(text, out ServerAddress address, out string error), error);
        Assert.Equal((user, host, port, database, socket), (address.User, address.Host, address.Port, address.Database, address.Socket));
    }

    [Theory]
    [InlineData("db1?tls=required", TlsMode.Required)]
    [InlineData("mysql://db1/?ssl-mode=VERIFY_IDENTITY", TlsMode.VerifyIdentity)]
    [InlineData("db1?tls=verify-ca&ca=/etc/ca.pem", TlsMode.VerifyCa)]
    [InlineData("db1?tls=disabled", TlsMode.Disabled)]
    public void TLS_is_asked_for_by_a_parameter(string text, TlsMode mode)
    {
        Assert.True(Dsn.TryParse(text, out ServerAddress address, out _));
        Assert.Equal(mode, address.Tls);
    }

    [Theory]
    [InlineData("app:hunter2@db1")]
    [InlineData("mysql://app:hunter2@db1:3306/shop")]
    [InlineData("app:hunter2:x@db1")]
    [InlineData("app:hun@ter2@db1")]
    [InlineData("app:hun/ter2@db1")]
    [InlineData("app:hun/te?r2@db1")]
    [InlineData("app:hunter2@tcp(db1:3306)/shop")]
    [InlineData("mysql://db1/?password=hunter2")]
    [InlineData("jdbc:mysql://db1/shop?user=a&password=hunter2")]
    [InlineData("app:hunter2")]
    [InlineData("://app:hunter2@db1")]
    [InlineData("app:hunter2@")]
    [InlineData("app:33?hunter2@db1")]
    [InlineData("-phunter2")]
    [InlineData("--password=hunter2")]
    public void A_password_in_it_is_refused_and_not_repeated(string text)
    {
        Assert.False(Dsn.TryParse(text, out _, out string error));
        Assert.DoesNotContain("hun", error);
        Assert.DoesNotContain("ter2", error);
        Assert.DoesNotContain("r2", error);
    }

    [Fact]
    public void The_refusal_says_where_the_password_belongs()
    {
        Assert.False(Dsn.TryParse("app:hunter2@db1", out _, out string error));
        Assert.Contains("MYSQL_PWD", error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("db1:0")]
    [InlineData("db1:99999")]
    [InlineData("postgres://db1")]
    [InlineData("db1?colour=red")]
    [InlineData("db1?tls=maybe")]
    [InlineData("unix:relative/path")]
    [InlineData("db\u001b[31m")]
    [InlineData("[::1")]
    public void What_is_no_address_is_refused_with_a_reason(string text)
    {
        Assert.False(Dsn.TryParse(text, out _, out string error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void No_text_makes_it_throw() => Prop.ForAll<string>(static text =>
    {
        bool read = Dsn.TryParse(text ?? "", out ServerAddress address, out string error);
        return read ? address.Host is not null || address.Socket is not null || address.User is not null || error.Length == 0 : error.Length > 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_name_shows_all_but_the_password()
    {
        Assert.Equal("app@db1:3306", new ServerAddress { User = "app", Host = "db1" }.ToString());
        Assert.Equal("[::1]:3307", new ServerAddress { Host = "::1", Port = 3307 }.ToString());
        Assert.Equal("unix:/tmp/s", new ServerAddress { Socket = "/tmp/s" }.ToString());
        Assert.Equal("(hidden)", $"{new Secret("hunter2")}");
    }

    [Fact]
    public void The_place_of_the_address_counts_as_a_whole()
    {
        var fromFile = new ServerAddress { Host = "db9", Port = 3399, User = "ops", Socket = null };
        Assert.Equal("ops@db1:3306", new ServerAddress { Host = "db1" }.Or(fromFile).ToString());
        Assert.Equal("app@db9:3399", new ServerAddress { User = "app" }.Or(fromFile).ToString());
        Assert.Equal("ops@unix:/s", new ServerAddress { Socket = "/s" }.Or(fromFile).ToString());
    }
}
