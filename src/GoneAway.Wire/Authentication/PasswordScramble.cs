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
        byte[] mask = SHA1.HashData([.. scramble, .. SHA1.HashData(first)]);
        return Xor(first, mask);
    }
#pragma warning restore CA5350

    /// <summary>caching_sha2_password: SHA256(password) XOR SHA256(SHA256(SHA256(password)) + scramble); nothing for an empty password.</summary>
    public static byte[] CachingSha2(ReadOnlySpan<byte> password, ReadOnlySpan<byte> scramble)
    {
        if (password.IsEmpty)
            return [];
        byte[] first = SHA256.HashData(password);
        byte[] mask = SHA256.HashData([.. SHA256.HashData(SHA256.HashData(first)), .. scramble]);
        return Xor(first, mask);
    }

    private static byte[] Xor(byte[] bytes, byte[] mask)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] ^= mask[i];
        return bytes;
    }
}
