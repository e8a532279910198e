using System.Security.Cryptography;

namespace GoneAway.Wire.Authentication;

/// <summary>Answers to a server's scramble that prove a password without showing it.</summary>
/// <remarks>MySQL "Native Authentication", "Caching_sha2_password information".</remarks>
public static class PasswordScramble
{
    /// <summary>Bytes of a scramble, the zero byte behind it left out.</summary>
    public const int Length = 20;

    /// <summary>mysql_native_password: SHA1(password) XOR SHA1(scramble + SHA1(SHA1(password))); nothing for an empty password.</summary>
#pragma warning disable CA5350 // The protocol's own choice.
    public static byte[] Native(ReadOnlySpan<byte> password, ReadOnlySpan<byte> scramble)
    {
        if (password.IsEmpty)
            return [];
        byte[] first = SHA1.HashData(password);
        byte[] answer = NativeOfHash(first, scramble);
        CryptographicOperations.ZeroMemory(first);
        return answer;
    }

    /// <summary>SHA1: of a password what mysql_native_password needs, of that what a server keeps.</summary>
    public static byte[] NativeHash(ReadOnlySpan<byte> bytes) => SHA1.HashData(bytes);

    /// <summary>mysql_native_password from SHA1(password), which is all it needs.</summary>
    public static byte[] NativeOfHash(ReadOnlySpan<byte> passwordSha1, ReadOnlySpan<byte> scramble) =>
        Xor(passwordSha1.ToArray(), NativeMask(SHA1.HashData(passwordSha1), scramble));

    /// <summary>SHA1(password) out of a client's right answer, by whoever knows SHA1(SHA1(password)), which a server keeps; false: the answer is wrong.</summary>
    public static bool TryOpenNative(ReadOnlySpan<byte> answer, ReadOnlySpan<byte> storedHash, ReadOnlySpan<byte> scramble, out byte[] passwordSha1)
    {
        passwordSha1 = [];
        if (answer.Length != SHA1.HashSizeInBytes || storedHash.Length != SHA1.HashSizeInBytes)
            return false;
        byte[] opened = Xor(answer.ToArray(), NativeMask(storedHash, scramble));
        if (!CryptographicOperations.FixedTimeEquals(SHA1.HashData(opened), storedHash))
            return false;
        passwordSha1 = opened;
        return true;
    }

    private static byte[] NativeMask(ReadOnlySpan<byte> storedHash, ReadOnlySpan<byte> scramble) => SHA1.HashData([.. scramble, .. storedHash]);
#pragma warning restore CA5350

    /// <summary>caching_sha2_password: SHA256(password) XOR SHA256(SHA256(SHA256(password)) + scramble); nothing for an empty password.</summary>
    public static byte[] CachingSha2(ReadOnlySpan<byte> password, ReadOnlySpan<byte> scramble)
    {
        if (password.IsEmpty)
            return [];
        byte[] first = SHA256.HashData(password);
        byte[] mask = SHA256.HashData([.. SHA256.HashData(first), .. scramble]);
        return Xor(first, mask);
    }

    private static byte[] Xor(byte[] bytes, byte[] mask)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] ^= mask[i];
        return bytes;
    }
}
