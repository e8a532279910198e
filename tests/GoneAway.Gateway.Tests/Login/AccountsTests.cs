using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Login;

public sealed class AccountsTests
{
    private static readonly RsaKey Key = RsaKey.Create();

    private readonly Accounts accounts = new(new AccountOptions(), Key, TimeProvider.System);

    public static TheoryData<string?, bool, string, bool> Combinations()
    {
        var data = new TheoryData<string?, bool, string, bool>();
        foreach (string? client in (string?[])[null, AuthPlugin.NativePassword, AuthPlugin.CachingSha2, AuthPlugin.Ed25519])
        {
            foreach (bool clientTls in (bool[])[false, true])
            {
                foreach (string backend in (string[])[AuthPlugin.NativePassword, AuthPlugin.CachingSha2, AuthPlugin.Ed25519, AuthPlugin.Sha256, AuthPlugin.ClearPassword])
                {
                    data.Add(client, clientTls, backend, true);
                    data.Add(client, clientTls, backend, false);
                }
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task Any_client_logs_in_to_any_account_and_a_wrong_password_never_does(string? clientPlugin, bool clientTls, string backendPlugin, bool backendTls)
    {
        var backend = new TestBackend { Plugin = backendPlugin, OffersTls = backendTls };
        var client = new TestClient { Plugin = clientPlugin, Tls = clientTls, AsksForKey = true };
        bool isImpossible = backendPlugin == AuthPlugin.ClearPassword && !(backendTls && clientTls);
        for (int i = 0; i < 3; i++)
        {
            (string? wrong, LoginOutcome? refused) = await LogInAsync(client with { Password = "wrong" }, backend);
            Assert.NotNull(wrong);
            Assert.False(refused?.IsAccepted ?? false);
            (string? error, LoginOutcome? outcome) = await LogInAsync(client, backend);
            if (isImpossible)
                Assert.StartsWith("1105 The account wants the password itself", error, StringComparison.Ordinal);
            else
                Assert.Null(error);
            Assert.Equal(!isImpossible, outcome!.IsAccepted);
        }
        Assert.True(isImpossible ? backend.Opened.All(static d => d.IsClosed) : backend.Opened.Any(static d => !d.IsClosed));
    }

    [Theory]
    [InlineData("libmysql", true)]
    [InlineData("mysqlnd", false)]
    public async Task A_client_that_can_tell_its_password_is_learned_and_then_needs_no_backend(string driver, bool tls)
    {
        var backend = new TestBackend();
        var client = new TestClient { Tls = tls, Name = driver, AsksForKey = driver == "mysqlnd" };
        (string? error, LoginOutcome? first) = await LogInAsync(client, backend);
        Assert.Null(error);
        Assert.NotNull(first!.Backend);
        Assert.True(first.Credential!.HasPassword);
        (error, LoginOutcome? second) = await LogInAsync(client with { Tls = false, Name = "libmysql", AsksForKey = false }, backend);
        Assert.Null(error);
        Assert.Null(second!.Backend);
        Assert.Same(first.Credential, second.Credential);
        Assert.False(second.MustConfirm);
        Assert.Equal(1, backend.Dials);
    }

    private Task<(string? Error, LoginOutcome? Outcome)> LogInAsync(TestClient client, IBackendDialer backend) => TryAsync(client, backend, accounts);

    internal static async Task<(string? Error, LoginOutcome? Outcome)> TryAsync(TestClient client, IBackendDialer backend, Accounts accounts)
    {
        (MemoryTalk near, MemoryTalk far) = MemoryTalk.Pair();
        Task<string?> said = client.RunAsync(near);
        LoginOutcome? outcome = null;
        try
        {
            ulong capabilities = GreetingFields.MySql8(1, default).Capabilities | Capabilities.Ssl;
            LoginRequest request = await ClientGreeter.GreetAsync(far, new ClientGreeting { Version = "8.0.36"u8.ToArray(), Capabilities = capabilities, ConnectionId = 5, Host = "10.0.0.9" });
            Assert.Equal(client.User, Encoding.UTF8.GetString(request.User.Span));
            Assert.Equal(("test", client.Name), (request.ProgramName, request.ClientName));
            outcome = await accounts.AuthenticateAsync(far, request, backend);
            if (outcome.Refusal is { } refusal)
                await ClientGreeter.RefuseAsync(far, refusal);
            else
                await ClientGreeter.AcceptAsync(far, request.Capabilities);
        }
        catch (LoginException error)
        {
            await ClientGreeter.RefuseAsync(far, error.Refusal);
        }
        catch (IOException)
        {
            // The client left.
        }
        far.Close();
        return (await said, outcome);
    }
}
