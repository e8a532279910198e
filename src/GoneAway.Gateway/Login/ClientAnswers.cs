using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Login;

/// <summary>What one client has answered in its login, and what it can still be asked: clients take one AuthSwitchRequest in a login.</summary>
internal sealed class ClientAnswers(IPacketTalk talk, LoginRequest request, RsaKey key)
{
    private const byte FastAuthOk = 3;
    private const byte FullAuth = 4;

    /// <summary>Drivers that ask for the RSA key by themselves; others fail, or only do when they were told to.</summary>
    private static readonly string[] AskForKey = ["libmariadb", "mysqlnd", "Go-MySQL-Driver", "Node-MySQL-2"];

    /// <summary>Libraries that answer COM_CHANGE_USER with mysql_native_password to the scramble that they were told before, whatever they are told in it.</summary>
    private static readonly string[] KeepScramble = ["libmariadb", "libmysql"];

    private byte[]? password;

    /// <summary>The plugin of the answer.</summary>
    public string Plugin { get; private set; } = Named(request);

    public ReadOnlyMemory<byte> Scramble { get; private set; } = request.Scramble;

    public ReadOnlyMemory<byte> Answer { get; private set; } = request.AuthResponse;

    /// <summary>The client was asked for another plugin.</summary>
    public bool IsSwitched { get; private set; }

    /// <summary>The answer is one to <see cref="Scramble"/>. In COM_CHANGE_USER it may not be, and a plugin that the greeting did not name begins with nothing.</summary>
    public bool HasMeaning => IsSwitched || !request.Has(Capabilities.PluginAuth)
        || !request.IsChangeUser && (Plugin == request.GreetingPlugin || !Answer.IsEmpty);

    /// <summary>The answer of COM_CHANGE_USER may be one to the scramble before, as servers take it (sql_acl.cc, native_password_authenticate); a right one tells.</summary>
    public bool MayHaveMeaning => request.IsChangeUser && !IsSwitched && Plugin == AuthPlugin.NativePassword && !Answer.IsEmpty;

    /// <summary>No backend can be asked with its own scramble, since the client would answer to an older one; but the client can be asked for the password.</summary>
    public bool AnswersOldScramble => request.IsChangeUser && CanSwitch && Plugin == AuthPlugin.NativePassword && KeepScramble.Contains(request.ClientName)
        && (talk.IsPrivate || AskForKey.Contains(request.ClientName));

    /// <summary>The client takes an AuthSwitchRequest, and has taken none.</summary>
    public bool CanSwitch => !IsSwitched && request.Has(Capabilities.PluginAuth);

    /// <summary>The client says that it has no password.</summary>
    public bool IsEmpty => HasMeaning && (Answer.IsEmpty || Plugin == AuthPlugin.CachingSha2 && Answer.Span is [0]);

    /// <summary>The client sent, or can be asked for, the password itself.</summary>
    public bool CanTellPassword => password is not null || HasMeaning && !IsEmpty && Plugin == AuthPlugin.CachingSha2 && (talk.IsPrivate || AskForKey.Contains(request.ClientName));

    /// <summary>TLS, or a Unix socket.</summary>
    public bool IsPrivate => talk.IsPrivate;

    /// <summary>AuthSwitchRequest.</summary>
    public async ValueTask SwitchAsync(string plugin, ReadOnlyMemory<byte> challenge, ReadOnlyMemory<byte> scramble)
    {
        await talk.WriteAsync(new PayloadWriter().Byte(0xFE).NullTerminated(Encoding.Latin1.GetBytes(plugin)).Bytes(challenge.Span).Written.ToArray());
        Plugin = plugin;
        Scramble = scramble;
        IsSwitched = true;
        Answer = (await talk.ReadAsync()).ToArray();
    }

    /// <summary>AuthSwitchRequest with a scramble of the gateway's own.</summary>
    public ValueTask SwitchAsync(string plugin)
    {
        byte[] scramble = request.IsChangeUser && plugin == AuthPlugin.NativePassword
            ? request.Scramble.ToArray()
            : ClientGreeter.NewScramble(plugin == AuthPlugin.Ed25519 ? 32 : PasswordScramble.Length);
        // The zero byte is part of the others' challenge; ed25519 signs all that it gets.
        return SwitchAsync(plugin, plugin == AuthPlugin.Ed25519 ? scramble : (byte[])[.. scramble, 0], scramble);
    }

    /// <summary>Hands one packet of a backend on, and gives back what the client says to it.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> AskAsync(ReadOnlyMemory<byte> payload)
    {
        await talk.WriteAsync(payload);
        return await talk.ReadAsync();
    }

    /// <summary>Hands one packet of a backend on, to which the client says nothing.</summary>
    public ValueTask TellAsync(ReadOnlyMemory<byte> payload) => talk.WriteAsync(payload);

    /// <summary>caching_sha2_password: the answer was right.</summary>
    public ValueTask TellFastOkAsync() => talk.WriteAsync((byte[])[1, FastAuthOk]);

    /// <summary>caching_sha2_password: asks for the password itself, and gives it; to be zeroed. Null: what came is none.</summary>
    public async ValueTask<byte[]?> TellPasswordAsync()
    {
        if (password is not null)
            return password;
        await talk.WriteAsync((byte[])[1, FullAuth]);
        return password = await ReadPasswordAsync(await talk.ReadAsync(), RsaPassword.KeyRequestOfCachingSha2);
    }

    /// <summary>The password of a packet that has it: in the clear with its zero byte, or after the client asked for the key, under RSA.</summary>
    public async ValueTask<byte[]?> ReadPasswordAsync(ReadOnlyMemory<byte> payload, byte keyRequest)
    {
        if (payload.Length == 1 && payload.Span[0] == keyRequest)
        {
            ReadOnlyMemory<byte> encrypted = await AskAsync((byte[])[1, .. key.PublicPem.Span]);
            return key.TryOpen(encrypted.Span, Scramble.Span, out byte[] opened) ? opened : null;
        }
        return talk.IsPrivate && payload.Span is [.., 0] ? payload.Span[..^1].ToArray() : null;
    }

    /// <summary>Zeroes what was told.</summary>
    public void Forget()
    {
        CryptographicOperations.ZeroMemory(password);
        if (MemoryMarshal.TryGetArray(Answer, out ArraySegment<byte> answer))
            CryptographicOperations.ZeroMemory(answer);
    }

    private static string Named(LoginRequest request) =>
        request.Has(Capabilities.PluginAuth) ? request.AuthPlugin.Length > 0 ? request.AuthPlugin : request.GreetingPlugin : AuthPlugin.NativePassword;
}
