using System.Text;
using GoneAway.Gateway.Login;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Login;

/// <summary>A server of one account, which checks answers by the password itself.</summary>
internal sealed class TestBackend : IBackendDialer
{
    private static readonly RsaKey Key = RsaKey.Create();

    public string User { get; init; } = "app";
    public string Password { get; set; } = "secret";
    public string Plugin { get; init; } = AuthPlugin.NativePassword;
    public bool OffersTls { get; init; } = true;
    public bool IsSocket { get; init; }
    /// <summary>Knows the gateway by its own user, whatever the password is.</summary>
    public bool LetsAnybodyIn { get; init; }
    /// <summary>caching_sha2_password: the account's hash is in the server's cache.</summary>
    public bool IsCached { get; set; }
    public ReadOnlyMemory<byte>? InPlaceOfGreeting { get; init; }

    public int Dials { get; private set; }
    public List<Dial> Opened { get; } = [];

    public ValueTask<IBackendDial> DialAsync(LoginRequest request)
    {
        Dials++;
        (MemoryTalk client, MemoryTalk server) = MemoryTalk.Pair();
        client.IsPrivate = server.IsPrivate = IsSocket;
        _ = Task.Run(() => ServeAsync(server));
        var dial = new Dial(client, new BackendLoginRequest { User = request.User, Capabilities = GreetingFields.MySql8(1, default).Capabilities, Database = request.Database, Attributes = request.Attributes });
        Opened.Add(dial);
        return ValueTask.FromResult<IBackendDial>(dial);
    }

    public Refusal OnLost(IBackendDial dial, string why) => Refusal.Of(3168, "HY000", why);

    private async Task ServeAsync(MemoryTalk talk)
    {
        try
        {
            if (InPlaceOfGreeting is { } instead)
                await talk.WriteAsync(instead);
            else
                await DecideAsync(talk);
        }
        catch (IOException)
        {
            // The gateway left.
        }
        talk.Close();
    }

    private async Task DecideAsync(MemoryTalk talk)
    {
        byte[] scramble = ClientGreeter.NewScramble();
        GreetingFields greeting = GreetingFields.MySql8(77, scramble);
        greeting = greeting with { Capabilities = greeting.Capabilities | (OffersTls ? Capabilities.Ssl : 0) };
        await talk.WriteAsync(new PayloadWriter().WriteGreeting(greeting).Written.ToArray());
        ReadOnlyMemory<byte> payload = await talk.ReadAsync();
        if (SslRequest.TryRead(payload.Span, out _))
        {
            await talk.SecureAsync();
            payload = await talk.ReadAsync();
        }
        (string plugin, byte[] answer, string user) = Read(payload, greeting.Capabilities);
        if (plugin != Plugin)
        {
            scramble = ClientGreeter.NewScramble(Plugin == AuthPlugin.Ed25519 ? 32 : 20);
            byte[] challenge = Plugin == AuthPlugin.Ed25519 ? scramble : [.. scramble, 0];
            await talk.WriteAsync(new PayloadWriter().Byte(0xFE).NullTerminated(Encoding.UTF8.GetBytes(Plugin)).Bytes(challenge).Written.ToArray());
            answer = (await talk.ReadAsync()).ToArray();
        }
        bool isRight = await IsRightAsync(talk, answer, scramble) && user == User;
        await talk.WriteAsync(isRight || LetsAnybodyIn
            ? new PayloadWriter().WriteOk().Written.ToArray()
            : new PayloadWriter().WriteError(1045, "28000"u8, "Access denied, says the server"u8).Written.ToArray());
    }

    private static (string Plugin, byte[] Answer, string User) Read(ReadOnlyMemory<byte> payload, ulong capabilities)
    {
        HandshakeResponse41.TryRead(payload.Span, capabilities, out HandshakeResponse41 login);
        return (Encoding.UTF8.GetString(login.AuthPlugin), login.AuthResponse.ToArray(), Encoding.UTF8.GetString(login.User));
    }

    private async Task<bool> IsRightAsync(MemoryTalk talk, byte[] answer, byte[] scramble)
    {
        byte[] password = Encoding.UTF8.GetBytes(Password), terminated = [.. password, 0];
        bool isTls = talk.IsPrivate && !IsSocket;
        switch (Plugin)
        {
            case AuthPlugin.NativePassword:
                return answer.AsSpan().SequenceEqual(PasswordScramble.Native(password, scramble));
            case AuthPlugin.Ed25519:
                return answer.AsSpan().SequenceEqual(Ed25519.Sign(password, scramble));
            case AuthPlugin.ClearPassword:
                return answer.AsSpan().SequenceEqual(terminated);
            case AuthPlugin.CachingSha2 when answer is [0] or []:
                return password.Length == 0;
            case AuthPlugin.CachingSha2 when IsCached && answer.AsSpan().SequenceEqual(PasswordScramble.CachingSha2(password, scramble)):
                await talk.WriteAsync((byte[])[1, 3]);
                return true;
            case AuthPlugin.CachingSha2:
                await talk.WriteAsync((byte[])[1, 4]);
                answer = (await talk.ReadAsync()).ToArray();
                bool isFull = await OpensAsync(talk, answer, RsaPassword.KeyRequestOfCachingSha2, scramble, terminated, talk.IsPrivate);
                IsCached |= isFull;
                return isFull;
            default:
                return await OpensAsync(talk, answer, RsaPassword.KeyRequestOfSha256, scramble, terminated, isTls);
        }
    }

    private static async Task<bool> OpensAsync(MemoryTalk talk, byte[] answer, byte keyRequest, byte[] scramble, byte[] terminated, bool isPrivate)
    {
        if (isPrivate)
            return answer.AsSpan().SequenceEqual(terminated);
        if (answer.Length != 1 || answer[0] != keyRequest)
            return false;
        await talk.WriteAsync((byte[])[1, .. Key.PublicPem.Span]);
        answer = (await talk.ReadAsync()).ToArray();
        return Key.TryOpen(answer, scramble, out byte[] password) && password.AsSpan().SequenceEqual(terminated.AsSpan(0, terminated.Length - 1));
    }

    internal sealed class Dial(MemoryTalk talk, BackendLoginRequest request) : IBackendDial
    {
        public IPacketTalk Talk => talk;
        public BackendLoginRequest Request => request;
        public bool IsClosed { get; private set; }
        public bool IsLost => false;

        public void Dispose()
        {
            IsClosed = true;
            talk.Close();
        }
    }
}
