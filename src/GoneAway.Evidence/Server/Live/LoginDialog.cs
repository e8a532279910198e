using System.Security.Cryptography;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Evidence.Server.Live;

/// <summary>The talk after the login packet, until the server says yes or no.</summary>
/// <param name="packets">The connection.</param>
/// <param name="secret">The password.</param>
/// <param name="isPrivate">TLS, or a Unix socket: the password may be sent as it is.</param>
/// <param name="isSocket">A Unix socket.</param>
internal sealed class LoginDialog(PacketStream packets, Secret secret, bool isPrivate, bool isSocket)
{
    private const int MostRounds = 10;

    private readonly PayloadWriter writer = new();
    private string plugin = "";
    private byte[] scramble = [];

    /// <summary>The plugin that decided.</summary>
    public string Plugin => plugin;

    /// <summary>The first answer, which goes with the login packet.</summary>
    public byte[] Begin(string greetingPlugin, byte[] greetingScramble)
    {
        plugin = greetingPlugin is AuthPlugin.CachingSha2 ? greetingPlugin : AuthPlugin.NativePassword;
        scramble = greetingScramble;
        return Answer();
    }

    public async Task FinishAsync(CancellationToken cancel)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            byte[] payload = await packets.ReadAsync(LiveStage.Login, cancel);
            switch (payload.Length == 0 ? -1 : payload[0])
            {
                case 0x00:
                    return;
                case 0xFF:
                    throw Refused(payload);
                case 0xFE:
                    Switch(payload);
                    await SendAsync(Answer(), cancel);
                    break;
                case 0x01:
                    await MoreAsync(payload, cancel);
                    break;
                default:
                    throw new LiveException(LiveStage.Login, "the server's answer to the login is none");
            }
        }
        throw new LiveException(LiveStage.Login, $"the server did not come to an end with its questions after {MostRounds} rounds");
    }

    private static LiveException Refused(byte[] payload)
    {
        ErrPacket.TryRead(payload, out ErrPacket error);
        return new LiveException(LiveStage.Login, $"the server refused the login: {error.Code} {Greeting.Text(error.Message)}", error.Code);
    }

    private void Switch(byte[] payload)
    {
        if (!AuthSwitchRequest.TryRead(payload, out AuthSwitchRequest request) || request.IsOldPassword)
            throw new LiveException(LiveStage.Login, "the account has a password hash of MySQL before 4.1 (mysql_old_password), which is not supported; set its password anew");
        plugin = Greeting.Text(request.AuthPlugin);
        int length = plugin == AuthPlugin.Ed25519 ? 32 : PasswordScramble.Length;
        scramble = request.Data.Length > length ? request.Data[..length].ToArray() : request.Data.ToArray();
    }

    private byte[] Answer() => plugin switch
    {
        AuthPlugin.NativePassword => PasswordScramble.Native(secret.Reveal(), scramble),
        // libmysqlclient's word for "no password"; nothing at all is refused in a login packet.
        AuthPlugin.CachingSha2 or AuthPlugin.Sha256 when secret.IsEmpty => [0],
        AuthPlugin.CachingSha2 => PasswordScramble.CachingSha2(secret.Reveal(), scramble),
        AuthPlugin.Ed25519 => Ed25519.Sign(secret.Reveal(), scramble),
        AuthPlugin.Sha256 when isPrivate && !isSocket => secret.RevealTerminated(),
        AuthPlugin.Sha256 => [RsaPassword.KeyRequestOfSha256],
        AuthPlugin.ClearPassword when isPrivate => secret.RevealTerminated(),
        AuthPlugin.ClearPassword => throw new LiveException(LiveStage.Login, "the account wants the password itself (mysql_clear_password), which is sent over TLS or a Unix socket only; ask for TLS with ?tls=required"),
        _ => throw new LiveException(LiveStage.Login, $"the account logs in by {plugin}, which is not supported; use one with mysql_native_password, caching_sha2_password, sha256_password or ed25519"),
    };

    private async Task MoreAsync(byte[] payload, CancellationToken cancel)
    {
        AuthMoreData.TryRead(payload, out AuthMoreData more);
        if (more.IsFastAuthOk)
            return;
        if (plugin == AuthPlugin.CachingSha2 && more.IsFullAuthNeeded)
        {
            await SendAsync(isPrivate ? secret.RevealTerminated() : [RsaPassword.KeyRequestOfCachingSha2], cancel);
            return;
        }
        if (isPrivate && !isSocket || plugin is not (AuthPlugin.CachingSha2 or AuthPlugin.Sha256)
            || !RsaPassword.TryEncrypt(secret.Reveal(), scramble, more.Data, out byte[] encrypted))
            throw new LiveException(LiveStage.Login, $"the server said something in the login by {plugin} that is not known");
        await SendAsync(encrypted, cancel);
    }

    private async Task SendAsync(byte[] answer, CancellationToken cancel)
    {
        await packets.WriteAsync(writer.Clear().Bytes(answer), cancel);
        CryptographicOperations.ZeroMemory(answer);
        writer.Clear();
    }
}
