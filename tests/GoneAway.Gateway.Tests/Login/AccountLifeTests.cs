using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Login;

/// <summary>What becomes of an account over several logins.</summary>
public sealed class AccountLifeTests : IDisposable
{
    private static readonly RsaKey Key = RsaKey.Create();

    private readonly Clock clock = new();
    private readonly TestBackend backend = new();
    private readonly string folder = Directory.CreateTempSubdirectory("gwa-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_password_that_changed_on_the_server_is_learned_anew_and_the_old_one_is_refused()
    {
        Accounts accounts = Make();
        var old = new TestClient { Tls = true };
        await AcceptedAsync(old, accounts);
        backend.Password = "changed";
        TestClient changed = old with { Password = "changed" };
        await AcceptedAsync(changed, accounts);
        Assert.StartsWith("1045 Access denied, says the server", await RefusedAsync(old, accounts), StringComparison.Ordinal);
        Assert.Null((await AcceptedAsync(changed, accounts)).Backend);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(AuthPlugin.NativePassword)]
    public async Task A_changed_password_is_learned_anew_from_clients_that_cannot_tell_it_too(string? plugin)
    {
        Accounts accounts = Make();
        await AcceptedAsync(new TestClient { Tls = true }, accounts);
        backend.Password = "changed";
        var client = new TestClient { Plugin = plugin, Password = "changed" };
        (string? first, _) = await AccountsTests.TryAsync(client, backend, accounts);
        // One that had to be asked for another plugin cannot be asked twice: the login after it is decided by the server.
        if (plugin is not null)
            Assert.StartsWith("1045", first, StringComparison.Ordinal);
        LoginOutcome outcome = await AcceptedAsync(client, accounts);
        Assert.NotNull(outcome.Backend);
        Assert.Null(outcome.Credential);
        Assert.NotNull(await RefusedAsync(client with { Password = "secret" }, accounts));
    }

    [Fact]
    public async Task What_a_backend_refuses_is_forgotten()
    {
        Accounts accounts = Make();
        var client = new TestClient { Tls = true };
        Credential credential = (await AcceptedAsync(client, accounts)).Credential!;
        LoginRequest request = Request(client.User);
        Assert.Same(credential, accounts.Find(request.User));
        accounts.Forget(request, credential);
        Assert.Null(accounts.Find(request.User));
        Assert.NotNull((await AcceptedAsync(client, accounts)).Backend);
    }

    [Fact]
    public async Task An_old_credential_is_to_be_confirmed()
    {
        Accounts accounts = Make();
        var client = new TestClient { Tls = true };
        await AcceptedAsync(client, accounts);
        clock.Passed += accounts.ConfirmAfter - TimeSpan.FromSeconds(1);
        Assert.False((await AcceptedAsync(client, accounts)).MustConfirm);
        clock.Passed += TimeSpan.FromSeconds(1);
        LoginOutcome outcome = await AcceptedAsync(client, accounts);
        Assert.True(outcome.MustConfirm);
        // One login asks for all of that moment; where it came to no end, another does.
        Assert.False((await AcceptedAsync(client, accounts)).MustConfirm);
        clock.Passed += TimeSpan.FromSeconds(10);
        Assert.True((await AcceptedAsync(client, accounts)).MustConfirm);
        accounts.Confirm(Request(client.User), outcome.Credential!);
        Assert.False((await AcceptedAsync(client, accounts)).MustConfirm);
    }

    [Fact]
    public async Task Without_learning_only_configured_accounts_log_in_and_no_backend_is_asked()
    {
        string file = Path.Combine(folder, "accounts");
        string hash = "*" + Convert.ToHexString(PasswordScramble.NativeHash(PasswordScramble.NativeHash("hashed secret"u8)));
        File.WriteAllText(file, $"# accounts\nplain:pass:word\r\nhashed:{hash}\nblank:\n:anonymous\n");
        File.WriteAllText(Path.Combine(folder, "p"), "from file\n");
        Accounts accounts = Make(new AccountOptions { Learn = false, File = file, Entries = [new AccountEntry { User = "entry", PasswordFile = Path.Combine(folder, "p") }] });
        foreach ((string user, string password) in ((string, string)[])[("plain", "pass:word"), ("hashed", "hashed secret"), ("blank", ""), ("", "anonymous"), ("entry", "from file")])
        {
            foreach (string? plugin in (string?[])[null, AuthPlugin.NativePassword])
            {
                foreach (bool tls in (bool[])[false, true])
                {
                    var client = new TestClient { User = user, Password = password, Plugin = plugin, Tls = tls };
                    LoginOutcome outcome = await AcceptedAsync(client, accounts);
                    Assert.True(outcome.MustConfirm);
                    Assert.True(outcome.Credential!.CanLogIn);
                    Assert.Contains("using password: YES", await RefusedAsync(client with { Password = password + "x" }, accounts), StringComparison.Ordinal);
                    if (password.Length > 0)
                        Assert.Contains("using password: NO", await RefusedAsync(client with { Password = "" }, accounts), StringComparison.Ordinal);
                }
            }
        }
        Assert.Equal("1045 Access denied for user 'nobody'@'10.0.0.9' (using password: YES)", await RefusedAsync(new TestClient { User = "nobody" }, accounts));
        Assert.Equal(0, backend.Dials);
    }

    [Theory]
    [InlineData("no colon here")]
    [InlineData("app:$A$005$hidden secret")]
    public void An_account_that_cannot_be_read_is_named_and_not_shown(string line)
    {
        string file = Path.Combine(folder, "accounts");
        File.WriteAllText(file, "\n" + line);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Make(new AccountOptions { File = file }));
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_takes_new_passwords_and_keeps_what_was_learned()
    {
        Accounts accounts = Make();
        await AcceptedAsync(new TestClient { Tls = true }, accounts);
        string file = Path.Combine(folder, "accounts");
        File.WriteAllText(file, "other:first");
        accounts.Reload(new AccountOptions { File = file });
        await AcceptedAsync(new TestClient { User = "other", Password = "first" }, accounts);
        File.WriteAllText(file, "other:second");
        accounts.Reload(new AccountOptions { File = file });
        await AcceptedAsync(new TestClient { User = "other", Password = "second" }, accounts);
        await RefusedAsync(new TestClient { User = "other", Password = "first" }, accounts);
        Assert.NotNull(accounts.Find("app"u8.ToArray()));
    }

    [Fact]
    public async Task A_client_without_plugins_logs_in_to_a_known_account_only()
    {
        Accounts accounts = Make();
        var old = new TestClient { Without = Capabilities.PluginAuth | Capabilities.PluginAuthLengthEncoded };
        Assert.StartsWith("1251", await RefusedAsync(old, accounts), StringComparison.Ordinal);
        await AcceptedAsync(new TestClient { Tls = true }, accounts);
        await AcceptedAsync(old, accounts);
        Assert.StartsWith("1045", await RefusedAsync(old with { Password = "wrong" }, accounts), StringComparison.Ordinal);
        // It has no other way in: a wrong password of somebody else must not close this one.
        await AcceptedAsync(old, accounts);
    }

    [Fact]
    public async Task Without_learning_a_session_that_goes_on_with_an_old_password_lets_nobody_in()
    {
        string file = Path.Combine(folder, "accounts");
        File.WriteAllText(file, "app:first\ngone:first");
        var options = new AccountOptions { Learn = false, File = file };
        Accounts accounts = Make(options);
        var first = new TestClient { Password = "first" };
        Credential before = (await AcceptedAsync(first, accounts)).Credential!;
        File.WriteAllText(file, "app:second");
        accounts.Reload(options);
        // A server that takes both passwords accepts the old one from that session.
        accounts.Confirm(Request("app"), before);
        accounts.Confirm(Request("gone"), before);
        await AcceptedAsync(first with { Password = "second" }, accounts);
        await RefusedAsync(first, accounts);
        await RefusedAsync(first with { User = "gone" }, accounts);
    }

    [Fact]
    public void What_a_server_says_of_one_address_holds_for_that_one()
    {
        byte[] app = "app"u8.ToArray();
        const string One = "10.0.0.1", Two = "10.0.0.2";
        var store = new AccountStore(clock);
        Credential right = Credential.OfPassword("secret"u8);
        store.Configure([(app, right)]);
        store.Confirm(app, One, right, learns: false);
        Assert.False(store.MustConfirm(app, One, store.Find(app, One)!, TimeSpan.FromMinutes(10)));
        Assert.True(store.MustConfirm(app, Two, store.Find(app, Two)!, TimeSpan.FromMinutes(10)));
        store.Forget(app, Two, right);
        store.Doubt(app, Two, store.Find(app, Two)!);
        Assert.True(store.Find(app, Two)!.IsDoubted);
        Assert.False(store.Find(app, "10.0.0.3")!.IsDoubted);
        Assert.NotNull(store.Any());
        Assert.False(store.Find(app, One)!.IsDoubted);
        Credential other = Credential.OfPassword("other"u8);
        store.Configure([(app, other)]);
        Assert.Same(other, store.Find(app, One)!.Credential);
    }

    [Fact]
    public void All_who_log_in_at_once_know_the_account_by_one_credential()
    {
        byte[] app = "app"u8.ToArray();
        var store = new AccountStore(clock);
        Credential first = store.Confirm(app, "", Credential.OfPassword("secret"u8), learns: true);
        Assert.Same(first, store.Confirm(app, "", Credential.OfPassword("secret"u8), learns: true));
    }

    [Fact]
    public void A_password_that_the_server_checks_elsewhere_is_asked_for_each_time()
    {
        byte[] app = "app"u8.ToArray();
        var store = new AccountStore(clock);
        Credential told = Credential.OfPassword("secret"u8);
        store.Confirm(app, "", told, learns: true, isAskedEachTime: true);
        Assert.True(store.MustConfirm(app, "", store.Find(app, "")!, TimeSpan.FromMinutes(10)));
        store.Confirm(app, "", told, learns: true);
        Assert.True(store.MustConfirm(app, "", store.Find(app, "")!, TimeSpan.FromMinutes(10)));
    }

    [Theory]
    [InlineData(AuthPlugin.NativePassword)]
    [InlineData(AuthPlugin.CachingSha2)]
    public async Task A_server_that_lets_the_gateway_in_whatever_is_said_lets_no_client_in(string plugin)
    {
        var trusting = new TestBackend { IsSocket = true, LetsAnybodyIn = true, Plugin = plugin };
        foreach (string password in (string[])["secret", "wrong", ""])
        {
            foreach (bool tls in (bool[])[false, true])
            {
                (string? error, LoginOutcome? outcome) = await AccountsTests.TryAsync(new TestClient { Password = password, Tls = tls, AsksForKey = true }, trusting, Make());
                Assert.StartsWith("1698", error, StringComparison.Ordinal);
                Assert.False(outcome!.IsAccepted);
            }
        }
        Assert.All(trusting.Opened, static d => Assert.True(d.IsClosed));
    }

    [Fact]
    public async Task A_change_of_user_is_a_login_whose_first_answer_is_not_believed()
    {
        Accounts accounts = Make();
        await AcceptedAsync(new TestClient { Tls = true }, accounts);
        foreach ((string password, bool isRight) in ((string, bool)[])[("secret", true), ("wrong", false), ("", false)])
        {
            LoginRequest first = Request("somebody");
            byte[] payload = [CommandCode.ChangeUser, .. "app"u8, 0, 0, .. "shop"u8, 0, 45, 0, .. "caching_sha2_password"u8, 0];
            LoginRequest change = ClientGreeter.ReadChangeUser(payload, first);
            Assert.Equal(("app", "shop", 45), (Encoding.UTF8.GetString(change.User.Span), Encoding.UTF8.GetString(change.Database.Span), (int)change.Collation));
            (MemoryTalk near, MemoryTalk far) = MemoryTalk.Pair();
            far.IsPrivate = near.IsPrivate = true;
            Task<string?> said = new TestClient { Tls = true }.FinishAsync(near, new LoginAnswers(Encoding.UTF8.GetBytes(password), default, isTls: true, isSocket: false));
            LoginOutcome outcome = await accounts.AuthenticateAsync(far, change, backend);
            Assert.Equal(isRight, outcome.IsAccepted);
            await (isRight ? ClientGreeter.AcceptAsync(far, change.Capabilities) : ClientGreeter.RefuseAsync(far, outcome.Refusal!));
            Assert.Equal(isRight, await said is null);
        }
        Assert.Throws<LoginException>(() => ClientGreeter.ReadChangeUser([CommandCode.ChangeUser, 1, 2], Request("x")));
    }

    [Fact]
    public async Task An_answer_heard_before_opens_nothing()
    {
        Accounts accounts = Make();
        await AcceptedAsync(new TestClient { Tls = true }, accounts);
        LoginRequest request = Request("app") with { AuthResponse = PasswordScramble.CachingSha2("secret"u8, ClientGreeter.NewScramble()) };
        (MemoryTalk near, MemoryTalk far) = MemoryTalk.Pair();
        await near.WriteAsync(PasswordScramble.Native("secret"u8, ClientGreeter.NewScramble()));
        near.Close();
        Assert.False((await accounts.AuthenticateAsync(far, request, backend)).IsAccepted);
    }

    private static LoginRequest Request(string user) => new()
    {
        Capabilities = GreetingFields.MySql8(1, default).Capabilities & ~Capabilities.ConnectAttributes,
        User = Encoding.UTF8.GetBytes(user),
        Scramble = ClientGreeter.NewScramble(),
        AuthPlugin = AuthPlugin.CachingSha2,
    };

    private Accounts Make(AccountOptions? options = null) => new(options ?? new AccountOptions(), Key, clock);

    private async Task<LoginOutcome> AcceptedAsync(TestClient client, Accounts accounts)
    {
        (string? error, LoginOutcome? outcome) = await AccountsTests.TryAsync(client, backend, accounts);
        Assert.Null(error);
        Assert.True(outcome!.IsAccepted);
        return outcome;
    }

    private async Task<string?> RefusedAsync(TestClient client, Accounts accounts)
    {
        (string? error, LoginOutcome? outcome) = await AccountsTests.TryAsync(client, backend, accounts);
        Assert.False(outcome!.IsAccepted);
        return error;
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Passed { get; set; }
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => Passed.Ticks + 1;
    }
}
