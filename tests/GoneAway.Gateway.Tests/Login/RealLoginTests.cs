using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Authentication;

namespace GoneAway.Gateway.Tests.Login;

[Collection(LoginServers.Name)]
public sealed class RealLoginTests(LoginMariaDb mariaDb, LoginMySql mySql)
{
    private static readonly RsaKey Key = RsaKey.Create();

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("native", "native secret", AuthPlugin.NativePassword)]
    [InlineData("ed", "ed secret", AuthPlugin.Ed25519)]
    [InlineData("blank", "", AuthPlugin.NativePassword)]
    [InlineData("o'neil@home", "odd secret", AuthPlugin.NativePassword)]
    public async Task MariaDb_is_logged_in_to(string user, string password, string plugin)
    {
        foreach (BackendTls tls in (BackendTls[])[BackendTls.Disabled, BackendTls.Required])
        {
            BackendGreeting greeting = await LogInAsync(mariaDb.Server!, user, password, tls);
            Assert.True(greeting.IsMariaDb);
            Assert.Equal((plugin, tls == BackendTls.Required), (greeting.AuthPlugin, greeting.IsTls));
            Assert.Equal(1045, (await Assert.ThrowsAsync<LoginException>(() => LogInAsync(mariaDb.Server!, user, "wrong", tls))).Refusal.Code);
        }
    }

    [ServerTheory(Flavour.MySql)]
    [InlineData("sha", "sha secret, longer than the twenty bytes of a scramble", AuthPlugin.CachingSha2)]
    [InlineData("old", "old secret", AuthPlugin.Sha256)]
    [InlineData("blank", "", AuthPlugin.CachingSha2)]
    public async Task MySql_is_logged_in_to_by_rsa_tls_and_from_its_cache(string user, string password, string plugin)
    {
        foreach (BackendTls tls in (BackendTls[])[BackendTls.Disabled, BackendTls.Required, BackendTls.Disabled])
        {
            BackendGreeting greeting = await LogInAsync(mySql.Server!, user, password, tls);
            Assert.False(greeting.IsMariaDb);
            Assert.Equal((plugin, tls == BackendTls.Required), (greeting.AuthPlugin, greeting.IsTls));
            Assert.Equal(1045, (await Assert.ThrowsAsync<LoginException>(() => LogInAsync(mySql.Server!, user, "wrong", tls))).Refusal.Code);
        }
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task The_servers_own_error_is_handed_on()
    {
        LoginException noTls = await Assert.ThrowsAsync<LoginException>(() => LogInAsync(mariaDb.Server!, "secure", "secure secret", BackendTls.Disabled));
        Assert.Equal((LoginFault.BackendRefused, 1045), (noTls.Fault, noTls.Refusal.Code));
        Assert.True((await LogInAsync(mariaDb.Server!, "secure", "secure secret", BackendTls.Preferred)).IsTls);
        LoginException noSchema = await Assert.ThrowsAsync<LoginException>(() => LogInAsync(mariaDb.Server!, "native", "native secret", BackendTls.Disabled, "nowhere"));
        Assert.Contains("nowhere", noSchema.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", noSchema.ToString(), StringComparison.Ordinal);
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("native", "native secret")]
    [InlineData("ed", "ed secret")]
    [InlineData("blank", "")]
    [InlineData("secure", "secure secret")]
    public Task Clients_of_MariaDb(string user, string password) => ClientsAsync(mariaDb.Server!, user, password);

    [ServerTheory(Flavour.MySql)]
    [InlineData("sha", "sha secret, longer than the twenty bytes of a scramble")]
    [InlineData("other", "other secret")]
    [InlineData("old", "old secret")]
    [InlineData("blank", "")]
    public Task Clients_of_MySql(string user, string password) => ClientsAsync(mySql.Server!, user, password);

    [ServerFact(Flavour.MariaDb)]
    public async Task A_server_that_knows_the_gateway_by_its_user_lets_no_client_in_by_that()
    {
        var dialer = new SocketDialer(mariaDb.Server!, BackendTls.Preferred, LoginServers.Capabilities, isUnix: true);
        var accounts = new Accounts(new AccountOptions(), Key, TimeProvider.System);
        foreach (string? plugin in (string?[])[null, AuthPlugin.NativePassword])
        {
            foreach (string password in (string[])["anything", "", "owner secret"])
            {
                (string? error, LoginOutcome? outcome) = await AccountsTests.TryAsync(new TestClient { User = Environment.UserName, Password = password, Plugin = plugin, Tls = true }, dialer, accounts);
                Assert.StartsWith("1698", error, StringComparison.Ordinal);
                Assert.False(outcome!.IsAccepted);
            }
        }
        (string? none, LoginOutcome? native) = await AccountsTests.TryAsync(new TestClient { User = "native", Password = "native secret", Tls = true }, dialer, accounts);
        Assert.Null(none);
        native!.Backend!.Dispose();
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task A_hash_that_the_server_shows_makes_a_relayed_answer_enough_to_log_in_again()
    {
        var dialer = new SocketDialer(mariaDb.Server!, BackendTls.Disabled, LoginServers.Capabilities);
        var accounts = new Accounts(new AccountOptions(), Key, TimeProvider.System, new Reader(mariaDb.Server!));
        foreach (string user in (string[])["native", "o'neil@home"])
        {
            var client = new TestClient { User = user, Password = user == "native" ? "native secret" : "odd secret", Plugin = AuthPlugin.NativePassword };
            (string? error, LoginOutcome? outcome) = await AccountsTests.TryAsync(client, dialer, accounts);
            Assert.Null(error);
            outcome!.Backend!.Dispose();
            Assert.True(outcome.Credential!.CanLogIn);
            Assert.False(outcome.Credential.HasPassword);
            using SocketTalk again = await SocketTalk.ConnectAsync(mariaDb.Server!, Request(user, BackendTls.Disabled));
            await BackendLogin.RunAsync(again, again.Request, outcome.Credential);
            (error, outcome) = await AccountsTests.TryAsync(client, dialer, accounts);
            Assert.Null(error);
            Assert.Null(outcome!.Backend);
        }
    }

    /// <summary>Each kind of client, against an empty memory and then against what was learned; wrong passwords between.</summary>
    private static async Task ClientsAsync(LocalServer server, string user, string password)
    {
        foreach (BackendTls tls in (BackendTls[])[BackendTls.Disabled, BackendTls.Required])
        {
            if (user == "secure" && tls == BackendTls.Disabled)
                continue;
            var dialer = new SocketDialer(server, tls, LoginServers.Capabilities);
            foreach (bool isClientTls in (bool[])[false, true])
            {
                foreach (string? plugin in (string?[])[null, AuthPlugin.NativePassword])
                {
                    var accounts = new Accounts(new AccountOptions(), Key, TimeProvider.System);
                    var client = new TestClient { User = user, Password = password, Tls = isClientTls, Plugin = plugin, AsksForKey = true };
                    for (int i = 0; i < 2; i++)
                    {
                        (string? error, LoginOutcome? outcome) = await AccountsTests.TryAsync(client with { Password = password + "x" }, dialer, accounts);
                        Assert.NotNull(error);
                        Assert.False(outcome?.IsAccepted ?? false);
                        (error, outcome) = await AccountsTests.TryAsync(client, dialer, accounts);
                        Assert.Null(error);
                        if (outcome!.Backend is SocketTalk backend)
                        {
                            Assert.StartsWith(user + "@", await backend.AskAsync("SELECT CURRENT_USER()"), StringComparison.Ordinal);
                            backend.Dispose();
                        }
                        if (outcome.Credential is { } credential)
                        {
                            using SocketTalk again = await SocketTalk.ConnectAsync(server, Request(user, tls));
                            await BackendLogin.RunAsync(again, again.Request, credential);
                        }
                    }
                }
            }
        }
    }

    private static BackendLoginRequest Request(string user, BackendTls tls, string database = "") => new()
    {
        User = Encoding.UTF8.GetBytes(user),
        Capabilities = LoginServers.Capabilities,
        Tls = tls,
        Database = Encoding.UTF8.GetBytes(database),
        Attributes = "\x0Cprogram_name\x04test"u8.ToArray(),
    };

    private static async Task<BackendGreeting> LogInAsync(LocalServer server, string user, string password, BackendTls tls, string database = "")
    {
        using SocketTalk talk = await SocketTalk.ConnectAsync(server, Request(user, tls, database));
        BackendGreeting greeting = await BackendLogin.RunAsync(talk, talk.Request, Credential.OfPassword(Encoding.UTF8.GetBytes(password)));
        Assert.Equal(greeting.ThreadId.ToString(), await talk.AskAsync("SELECT CONNECTION_ID()"));
        Assert.Equal(talk.IsTls, greeting.IsTls);
        return greeting;
    }

    private sealed class Reader(LocalServer server) : IHashSource
    {
        public async ValueTask<IReadOnlyList<byte[]>> FindAsync(ReadOnlyMemory<byte> user)
        {
            using SocketTalk talk = await SocketTalk.ConnectAsync(server, Request("reader", BackendTls.Disabled));
            await BackendLogin.RunAsync(talk, talk.Request, Credential.OfPassword("reader secret"u8));
            string shown = await talk.AskAsync(HashQueries.MariaDb + HashQueries.Literal(user.Span));
            return [.. shown.Split(',').Select(static s => HashQueries.TryParse(s, out byte[] hash) ? hash : throw new InvalidDataException(s))];
        }
    }
}
