using GoneAway.Evidence.Server.Live;
using GoneAway.Lab.Parts;

namespace GoneAway.Evidence.Tests.Server.Live;

/// <summary>Every way to log in, with real servers.</summary>
[Collection(LiveServers.Name)]
public sealed class LoginTests(MariaDbServer maria, MySqlServer mysql)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static ServerAddress Tcp(LocalServer? server, string user, TlsMode tls = TlsMode.Disabled) => new() { Host = "127.0.0.1", Port = server!.Port, User = user, Tls = tls };

    private static async Task<(MySqlConnection Connection, string? Answer)> LogIn(ServerAddress address, string password)
    {
        MySqlConnection connection = await MySqlConnection.OpenAsync(address, new Secret(password), Patience);
        QueryAnswer answer = await connection.QueryAsync("SELECT CONCAT(SUBSTRING_INDEX(USER(), '@', 1), '/', COALESCE(DATABASE(), '')), NULL");
        Assert.True(answer.IsOk, answer.Error?.Message);
        Assert.Null(answer.Rows[0][1]);
        return (connection, answer.Rows[0][0]);
    }

    private static async Task<string> Check(ServerAddress address, string password)
    {
        (MySqlConnection connection, string? answer) = await LogIn(address, password);
        await using (connection)
        {
            Assert.Equal($"{address.User}/{address.Database}", answer);
            return connection.AuthPlugin + (connection.Tls is { } tls ? " " + tls[..5] : "");
        }
    }

    [MariaDbFact]
    public async Task MariaDB_native() => Assert.Equal("mysql_native_password", await Check(Tcp(maria.Server, "native") with { Database = "shop" }, "native secret"));

    [MariaDbFact]
    public async Task MariaDB_ed25519() => Assert.Equal("client_ed25519", await Check(Tcp(maria.Server, "ed"), "ed secret"));

    [MariaDbFact]
    public async Task MariaDB_without_a_password() => Assert.Equal("mysql_native_password", await Check(Tcp(maria.Server, "blank"), ""));

    [MariaDbFact]
    public async Task MariaDB_over_TLS() => Assert.Equal("mysql_native_password TLSv1", await Check(Tcp(maria.Server, "secure", TlsMode.Required), "secure secret"));

    [MariaDbFact]
    public async Task TLS_is_taken_where_it_is_offered() => Assert.Equal("client_ed25519 TLSv1", await Check(Tcp(maria.Server, "ed", TlsMode.Preferred), "ed secret"));

    [MariaDbFact]
    public async Task MariaDB_by_its_Unix_socket() => Assert.Equal("client_ed25519", await Check(new ServerAddress { Socket = maria.Server!.Socket, User = "ed" }, "ed secret"));

    [MariaDbFact]
    public async Task A_certificate_is_verified_when_asked_for()
    {
        ServerAddress address = Tcp(maria.Server, "native", TlsMode.VerifyIdentity) with { Host = "localhost" };
        Assert.Equal("mysql_native_password TLSv1", await Check(address with { AuthorityFile = maria.AuthorityFile }, "native secret"));
        LiveException refused = await Assert.ThrowsAsync<LiveException>(() => Check(address, "native secret"));
        Assert.Equal(LiveStage.Tls, refused.Stage);
        // The name in the certificate is localhost, not the address.
        ServerAddress byNumber = address with { Host = "127.0.0.1", AuthorityFile = maria.AuthorityFile };
        Assert.Equal(LiveStage.Tls, (await Assert.ThrowsAsync<LiveException>(() => Check(byNumber, "native secret"))).Stage);
        Assert.Equal("mysql_native_password TLSv1", await Check(byNumber with { Tls = TlsMode.VerifyCa }, "native secret"));
    }

    [MySqlFact]
    public async Task MySQL_in_full_by_RSA_then_from_its_cache()
    {
        Assert.Equal("caching_sha2_password", await Check(Tcp(mysql.Server, "sha"), "sha secret, longer than the twenty bytes of a scramble"));
        Assert.Equal("caching_sha2_password", await Check(Tcp(mysql.Server, "sha"), "sha secret, longer than the twenty bytes of a scramble"));
    }

    [MySqlFact]
    public async Task MySQL_in_full_over_TLS() => Assert.Equal("caching_sha2_password TLSv1", await Check(Tcp(mysql.Server, "tls", TlsMode.Required), "tls secret"));

    [MySqlFact]
    public async Task MySQL_in_full_by_its_Unix_socket() => Assert.Equal("caching_sha2_password", await Check(new ServerAddress { Socket = mysql.Server!.Socket, User = "local" }, "local secret"));

    [MySqlFact]
    public async Task MySQL_sha256_password_by_RSA_by_TLS_and_by_socket()
    {
        Assert.Equal("sha256_password", await Check(Tcp(mysql.Server, "old"), "old secret"));
        Assert.Equal("sha256_password TLSv1", await Check(Tcp(mysql.Server, "old", TlsMode.Required), "old secret"));
        Assert.Equal("sha256_password", await Check(new ServerAddress { Socket = mysql.Server!.Socket, User = "old" }, "old secret"));
    }

    [MySqlFact]
    public async Task MySQL_without_a_password() => Assert.Equal("caching_sha2_password", await Check(Tcp(mysql.Server, "blank"), ""));

    [MariaDbFact]
    public async Task A_wrong_password_is_told_with_the_servers_number_and_without_it() => await WrongPassword(Tcp(maria.Server, "native"), Tcp(maria.Server, "ed"));

    [MySqlFact]
    public async Task A_wrong_password_for_MySQL() => await WrongPassword(Tcp(mysql.Server, "sha"), Tcp(mysql.Server, "old"), Tcp(mysql.Server, "tls", TlsMode.Required));

    private static async Task WrongPassword(params ServerAddress[] addresses)
    {
        foreach (ServerAddress address in addresses)
        {
            LiveException refused = await Assert.ThrowsAsync<LiveException>(() => Check(address, "hunter2"));
            Assert.Equal((LiveStage.Login, (int?)1045), (refused.Stage, refused.Code));
            Assert.DoesNotContain("hunter2", refused.ToString());
        }
    }

    [MariaDbFact]
    public async Task The_server_sees_who_is_asking()
    {
        (MySqlConnection connection, _) = await LogIn(Tcp(maria.Server, "native"), "native secret");
        await using (connection)
        {
            QueryAnswer answer = await connection.QueryAsync("SELECT ATTR_VALUE FROM performance_schema.session_connect_attrs WHERE PROCESSLIST_ID = CONNECTION_ID() AND ATTR_NAME = 'program_name'");
            Assert.Equal("goneaway", answer.Rows[0][0]);
        }
    }

    [MariaDbFact]
    public async Task An_error_is_an_answer_and_the_connection_goes_on()
    {
        (MySqlConnection connection, _) = await LogIn(Tcp(maria.Server, "nobody"), "nobody secret");
        await using (connection)
        {
            Assert.Equal(1227, (await connection.QueryAsync("SHOW REPLICA STATUS")).Error!.Code);
            Assert.Equal(1064, (await connection.QueryAsync("SELEKT")).Error!.Code);
            Assert.True((await connection.QueryAsync("DO 1")).IsOk);
            QueryAnswer large = await connection.QueryAsync("SELECT REPEAT('x', 9000000), REPEAT('y', 12000000)");
            Assert.Equal((9_000_000, 12_000_000), (large.Rows[0][0]!.Length, large.Rows[0][1]!.Length));
        }
    }

    [MariaDbFact]
    public async Task A_lost_connection_is_told_once_and_again()
    {
        (MySqlConnection connection, _) = await LogIn(Tcp(maria.Server, "native"), "native secret");
        await using (connection)
        {
            Assert.Equal(1927, (await Killed(connection))?.Code ?? 1927);
            await Assert.ThrowsAsync<LiveException>(() => connection.QueryAsync("SELECT 1"));
            await Assert.ThrowsAsync<LiveException>(() => connection.QueryAsync("SELECT 1"));
        }
    }

    private static async Task<ServerError?> Killed(MySqlConnection connection)
    {
        try
        {
            return (await connection.QueryAsync($"KILL {connection.ThreadId}")).Error;
        }
        catch (LiveException)
        {
            return null;
        }
    }
}
