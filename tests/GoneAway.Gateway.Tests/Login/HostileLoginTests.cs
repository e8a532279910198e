using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Login;

public sealed class HostileLoginTests
{
    private const ulong Offered = Capabilities.Protocol41 | Capabilities.SecureConnection | Capabilities.PluginAuth | Capabilities.Ssl
        | Capabilities.ConnectAttributes | Capabilities.PluginAuthLengthEncoded | Capabilities.ConnectWithDb | Capabilities.LongPassword;

    private static readonly RsaKey Key = RsaKey.Create();

    private static readonly byte[] Login = new PayloadWriter().WriteLogin(new LoginFields
    {
        Capabilities = Offered & ~Capabilities.Ssl,
        User = "app"u8.ToArray(),
        AuthResponse = new byte[32],
        AuthPlugin = "caching_sha2_password"u8.ToArray(),
        Database = "shop"u8.ToArray(),
        Attributes = [new("_client_name"u8.ToArray(), "mysqlnd"u8.ToArray())],
    }).Written.ToArray();

    [Fact]
    public async Task A_login_that_is_cut_anywhere_lets_nobody_in()
    {
        var backend = new TestBackend();
        for (int length = 0; length < Login.Length; length++)
            await RefusedAsync(backend, Login[..length], [], [0xFF]);
    }

    [Fact]
    public async Task Bytes_at_random_let_nobody_in_and_throw_nothing_but_what_is_said()
    {
        var random = new Random(4);
        var backend = new TestBackend();
        for (int i = 0; i < 400; i++)
        {
            byte[] login = (byte[])Login.Clone();
            for (int j = random.Next(1, 6); j > 0; j--)
                login[random.Next(login.Length)] = (byte)random.Next(256);
            byte[] second = new byte[random.Next(300)];
            random.NextBytes(second);
            await RefusedAsync(backend, login, second, second, [2], second);
        }
    }

    [Fact]
    public async Task A_client_from_before_4_1_is_told_so()
    {
        LoginException error = await Assert.ThrowsAsync<LoginException>(() => GreetAsync([0x85, 0x24, 0, 0, 1, .. "app"u8, 0, .. "hash"u8]));
        Assert.Equal((LoginFault.ClientTooOld, 1251, 0), (error.Fault, error.Refusal.Code, error.Refusal.SqlState.Length));
    }

    [Fact]
    public async Task Tls_that_is_required_is_asked_for_before_anything_is_verified()
    {
        LoginException error = await Assert.ThrowsAsync<LoginException>(() => GreetAsync(Login, requireTls: true));
        Assert.Equal((LoginFault.ClientWithoutTls, 3159), (error.Fault, error.Refusal.Code));
    }

    [Fact]
    public async Task A_login_in_the_clear_that_claims_tls_is_refused()
    {
        byte[] login = (byte[])Login.Clone();
        login[1] |= 0x08;
        Assert.Equal(LoginFault.ClientMalformed, (await Assert.ThrowsAsync<LoginException>(() => GreetAsync(login))).Fault);
    }

    [Fact]
    public async Task A_backends_bytes_at_random_end_in_one_kind_of_exception()
    {
        var random = new Random(5);
        byte[] greeting = new PayloadWriter().WriteGreeting(GreetingFields.MySql8(1, ClientGreeter.NewScramble())).Written.ToArray();
        for (int i = 0; i < 500; i++)
        {
            (MemoryTalk client, MemoryTalk server) = MemoryTalk.Pair();
            byte[] first = (byte[])greeting.Clone();
            if (i % 2 == 0)
                first[random.Next(first.Length)] = (byte)random.Next(256);
            await server.WriteAsync(i % 7 == 0 ? first[..random.Next(first.Length)] : first);
            for (int j = 0; j < 12; j++)
            {
                byte[] said = new byte[random.Next(60)];
                random.NextBytes(said);
                if (said.Length > 0)
                    said[0] = (byte)(0xFE + random.Next(4));
                // No OK among them: 0xFE, 0xFF, 1, or what is none.
                if (said is [0, ..])
                    said[0] = 1;
                if (said is [0xFE, ..] && random.Next(2) == 0)
                    said = [0xFE, .. Encoding.ASCII.GetBytes(random.Next(4) switch { 0 => AuthPlugin.Ed25519, 1 => AuthPlugin.CachingSha2, 2 => AuthPlugin.Sha256, _ => AuthPlugin.NativePassword }), 0, .. said];
                await server.WriteAsync(said);
            }
            var request = new BackendLoginRequest { User = "app"u8.ToArray(), Capabilities = Offered };
            LoginException error = await Assert.ThrowsAsync<LoginException>(() => BackendLogin.RunAsync(client, request, Credential.OfPassword("hidden secret"u8)).AsTask());
            Assert.True(error.Fault >= LoginFault.BackendGreeting);
            Assert.DoesNotContain("hidden secret", error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1040, "Too many connections")]
    [InlineData(1129, "Host is blocked")]
    public async Task An_error_in_place_of_the_greeting_goes_to_the_client_as_it_is(int code, string message)
    {
        var backend = new TestBackend { InPlaceOfGreeting = new PayloadWriter().WriteError((ushort)code, default, Encoding.ASCII.GetBytes(message)).Written.ToArray() };
        foreach (bool tls in (bool[])[false, true])
        {
            (string? error, LoginOutcome? outcome) = await AccountsTests.TryAsync(new TestClient { Tls = tls }, backend, new Accounts(new AccountOptions(), Key, TimeProvider.System));
            Assert.Equal($"{code} {message}", error);
            Assert.False(outcome!.IsAccepted);
        }
        Assert.All(backend.Opened, static d => Assert.True(d.IsClosed));
    }

    [Fact]
    public void A_credential_shows_itself_to_nobody()
    {
        var credential = Credential.OfPassword("hidden secret"u8);
        Assert.Equal("(hidden)", credential.ToString());
        Assert.DoesNotContain("hidden secret", System.Text.Json.JsonSerializer.Serialize(credential), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden secret", new Account(credential, true, null, false).ToString(), StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(TestBackend backend, params byte[][] packets)
    {
        (MemoryTalk near, MemoryTalk far) = MemoryTalk.Pair();
        foreach (byte[] packet in packets)
            await near.WriteAsync(packet);
        near.Close();
        try
        {
            LoginRequest request = await ClientGreeter.GreetAsync(far, Greeting());
            LoginOutcome outcome = await new Accounts(new AccountOptions(), Key, TimeProvider.System).AuthenticateAsync(far, request, backend);
            Assert.False(outcome.IsAccepted);
        }
        catch (Exception error) when (error is LoginException or IOException)
        {
            // Refused, or at the end of what was sent.
        }
    }

    private static async Task<LoginRequest> GreetAsync(byte[] login, bool requireTls = false)
    {
        (MemoryTalk near, MemoryTalk far) = MemoryTalk.Pair();
        await near.WriteAsync(login);
        return await ClientGreeter.GreetAsync(far, Greeting() with { RequireTls = requireTls });
    }

    private static ClientGreeting Greeting() => new() { Version = "8.0.36"u8.ToArray(), Capabilities = Offered, ConnectionId = 1 };
}
