using System.Diagnostics;
using System.Security.Cryptography;
using GoneAway.Wire.Authentication;

namespace GoneAway.Gateway.Login;

/// <summary>
/// What is kept in memory of a password: itself, SHA1 of it (logs in by mysql_native_password), or SHA1 of that (tells right answers
/// from wrong ones, and learns the second from a right one). It shows itself to nobody: not in text, not in a debugger, not in an exception.
/// </summary>
[DebuggerDisplay("(hidden)")]
[DebuggerTypeProxy(typeof(Hidden))]
public sealed class Credential
{
    private readonly byte[]? password;
    private readonly byte[]? sha1;
    private readonly byte[] storedHash;

    private Credential(byte[]? password, byte[]? sha1, byte[] storedHash)
    {
        this.password = password;
        this.sha1 = sha1;
        this.storedHash = storedHash;
    }

    /// <summary>The password is known: every plugin can be spoken.</summary>
    public bool HasPassword => password is not null;

    /// <summary>Can log in to a backend at all.</summary>
    public bool CanLogIn => password is not null || sha1 is not null;

    /// <summary>No password.</summary>
    public bool IsEmpty => password is { Length: 0 };

    public static Credential OfPassword(ReadOnlySpan<byte> password)
    {
        byte[] first = PasswordScramble.NativeHash(password), stored = PasswordScramble.NativeHash(first);
        CryptographicOperations.ZeroMemory(first);
        return new Credential(Keep(password), null, stored);
    }

    /// <summary>Of SHA1(password), 20 bytes.</summary>
    public static Credential OfSha1(ReadOnlySpan<byte> sha1) => new(null, Keep(sha1), PasswordScramble.NativeHash(sha1));

    /// <summary>Of SHA1(SHA1(password)), 20 bytes: what mysql.user shows as <c>*</c> and 40 hex digits.</summary>
    public static Credential OfStoredHash(ReadOnlySpan<byte> storedHash) => new(null, null, storedHash.ToArray());

    public override string ToString() => "(hidden)";

    /// <summary>The same password, as far as it is known.</summary>
    public bool IsSameAs(Credential other) => CryptographicOperations.FixedTimeEquals(storedHash, other.storedHash);

    /// <summary>Answers to a backend with this.</summary>
    internal LoginAnswers Answers(bool isTls, bool isSocket) => new(password is null ? default(ReadOnlyMemory<byte>?) : password.AsMemory(), sha1, isTls, isSocket);

    /// <summary>Can tell right answers by this plugin from wrong ones.</summary>
    internal bool CanVerify(string plugin) => plugin == AuthPlugin.NativePassword || HasPassword && plugin is (AuthPlugin.CachingSha2 or AuthPlugin.Ed25519);

    /// <summary>A client's answer is right.</summary>
    /// <param name="plugin">The plugin of the answer.</param>
    /// <param name="scramble">What the client was sent.</param>
    /// <param name="answer">What came back.</param>
    /// <param name="learned">This, or more where the answer told more.</param>
    internal bool Verify(string plugin, ReadOnlySpan<byte> scramble, ReadOnlySpan<byte> answer, out Credential learned)
    {
        learned = this;
        if (password is { Length: 0 })
            return answer.IsEmpty || answer is [0] && plugin == AuthPlugin.CachingSha2 || plugin == AuthPlugin.Ed25519 && SameAnswer(plugin, scramble, answer);
        if (plugin != AuthPlugin.NativePassword)
            return CanVerify(plugin) && SameAnswer(plugin, scramble, answer);
        if (!PasswordScramble.TryOpenNative(answer, storedHash, scramble, out byte[] opened))
            return false;
        if (!CanLogIn)
            learned = OfSha1(opened);
        CryptographicOperations.ZeroMemory(opened);
        return true;
    }

    /// <summary>The password itself is the right one.</summary>
    internal bool Verify(ReadOnlySpan<byte> candidate)
    {
        Credential other = OfPassword(candidate);
        bool same = IsSameAs(other);
        other.Zero();
        return same;
    }

    /// <summary>For a copy that nobody else has.</summary>
    internal void Zero()
    {
        CryptographicOperations.ZeroMemory(password);
        CryptographicOperations.ZeroMemory(sha1);
    }

    private bool SameAnswer(string plugin, ReadOnlySpan<byte> scramble, ReadOnlySpan<byte> answer) => CryptographicOperations.FixedTimeEquals(
        answer, plugin == AuthPlugin.CachingSha2 ? PasswordScramble.CachingSha2(password, scramble) : Ed25519.Sign(password, scramble));

    /// <summary>Pinned, so that the collector leaves no copies behind.</summary>
    private static byte[] Keep(ReadOnlySpan<byte> bytes)
    {
        byte[] kept = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(kept);
        return kept;
    }

    private sealed class Hidden(Credential credential)
    {
        public bool HasPassword => credential.HasPassword;
    }
}
