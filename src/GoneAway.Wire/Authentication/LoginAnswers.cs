using System.Text;
using GoneAway.Wire.Payloads;

namespace GoneAway.Wire.Authentication;

/// <summary>A client's side of the talk that follows the greeting: what the server says goes in, the answer comes out. No I/O.</summary>
/// <param name="password">Null where only the hash is known.</param>
/// <param name="passwordSha1">SHA1(password), enough for mysql_native_password; not looked at where the password is given.</param>
/// <param name="isTls">The connection is encrypted.</param>
/// <param name="isSocket">The connection is a Unix socket: private, but sha256_password does not count it so.</param>
public sealed class LoginAnswers(ReadOnlyMemory<byte>? password, ReadOnlyMemory<byte> passwordSha1, bool isTls, bool isSocket)
{
    private const int Ed25519Challenge = 32;

    private byte[] scramble = [];

    /// <summary>The plugin that is spoken; the account's own once the server has accepted.</summary>
    public string Plugin { get; private set; } = "";

    /// <summary>The first answer, which goes with the login packet. To be zeroed when it was sent.</summary>
    /// <param name="greetingPlugin">As the greeting names it.</param>
    /// <param name="greetingScramble">20 bytes.</param>
    public byte[] Begin(string greetingPlugin, ReadOnlySpan<byte> greetingScramble)
    {
        Resume(greetingPlugin == AuthPlugin.CachingSha2 && password is not null ? greetingPlugin : AuthPlugin.NativePassword, greetingScramble);
        return TryAnswer(out byte[] answer) == LoginStep.Send ? answer : [];
    }

    /// <summary>Goes on with a talk that somebody else began.</summary>
    public void Resume(string plugin, ReadOnlySpan<byte> scramble)
    {
        Plugin = plugin;
        this.scramble = Cut(plugin, scramble);
    }

    /// <summary>Takes what the server said.</summary>
    /// <param name="payload">One packet.</param>
    /// <param name="answer">What to send; to be zeroed when it was sent.</param>
    public LoginStep Take(ReadOnlySpan<byte> payload, out byte[] answer)
    {
        answer = [];
        return (payload.IsEmpty ? -1 : payload[0]) switch
        {
            0x00 => LoginStep.Accepted,
            0x01 => TakeMore(payload, out answer),
            0xFE => TakeSwitch(payload, out answer),
            0xFF => LoginStep.Refused,
            _ => LoginStep.Unreadable,
        };
    }

    /// <summary>A plugin's scramble without the zero byte that ends it on the wire.</summary>
    public static byte[] Cut(string plugin, ReadOnlySpan<byte> scramble)
    {
        int length = plugin == AuthPlugin.Ed25519 ? Ed25519Challenge : PasswordScramble.Length;
        return (scramble.Length > length ? scramble[..length] : scramble).ToArray();
    }

    private LoginStep TakeSwitch(ReadOnlySpan<byte> payload, out byte[] answer)
    {
        answer = [];
        if (!AuthSwitchRequest.TryRead(payload, out AuthSwitchRequest request))
            return LoginStep.Unreadable;
        if (request.IsOldPassword)
            return LoginStep.OldPassword;
        Resume(Encoding.Latin1.GetString(request.AuthPlugin), request.Data);
        return TryAnswer(out answer);
    }

    private LoginStep TryAnswer(out byte[] answer)
    {
        answer = [];
        if (Plugin is not (AuthPlugin.NativePassword or AuthPlugin.CachingSha2 or AuthPlugin.Sha256 or AuthPlugin.Ed25519 or AuthPlugin.ClearPassword))
            return LoginStep.UnknownPlugin;
        if (password is not { } known)
        {
            if (Plugin != AuthPlugin.NativePassword)
                return LoginStep.NeedsPassword;
            answer = PasswordScramble.NativeOfHash(passwordSha1.Span, scramble);
            return LoginStep.Send;
        }
        if (Plugin == AuthPlugin.ClearPassword && !isTls && !isSocket)
            return LoginStep.NeedsPrivacy;
        answer = Plugin switch
        {
            AuthPlugin.NativePassword => PasswordScramble.Native(known.Span, scramble),
            // libmysqlclient's word for "no password"; nothing at all is refused in a login packet.
            AuthPlugin.CachingSha2 or AuthPlugin.Sha256 when known.IsEmpty => [0],
            AuthPlugin.CachingSha2 => PasswordScramble.CachingSha2(known.Span, scramble),
            AuthPlugin.Ed25519 => Ed25519.Sign(known.Span, scramble),
            AuthPlugin.Sha256 when !isTls => [RsaPassword.KeyRequestOfSha256],
            _ => [.. known.Span, 0],
        };
        return LoginStep.Send;
    }

    private LoginStep TakeMore(ReadOnlySpan<byte> payload, out byte[] answer)
    {
        answer = [];
        AuthMoreData.TryRead(payload, out AuthMoreData more);
        if (Plugin == AuthPlugin.CachingSha2 && more.IsFastAuthOk)
            return LoginStep.Wait;
        if (password is not { } known)
            return LoginStep.NeedsPassword;
        if (Plugin == AuthPlugin.CachingSha2 && more.IsFullAuthNeeded)
        {
            answer = isTls || isSocket ? [.. known.Span, 0] : [RsaPassword.KeyRequestOfCachingSha2];
            return LoginStep.Send;
        }
        return !isTls && Plugin is (AuthPlugin.CachingSha2 or AuthPlugin.Sha256) && RsaPassword.TryEncrypt(known.Span, scramble, more.Data, out answer)
            ? LoginStep.Send
            : LoginStep.Unreadable;
    }
}
