using System.Security.Cryptography;
using System.Text;

namespace GoneAway.Wire.Authentication;

/// <summary>The password under the server's RSA key, for caching_sha2_password and sha256_password without TLS.</summary>
/// <remarks>MySQL "Caching_sha2_password information": the password with its zero byte, XOR the scramble over and over, RSA-OAEP with SHA-1.</remarks>
public static class RsaPassword
{
    /// <summary>What a client sends to ask for the key.</summary>
    public const byte KeyRequestOfCachingSha2 = 2;
    public const byte KeyRequestOfSha256 = 1;

    /// <summary>The password with its zero byte, masked with the scramble.</summary>
    public static byte[] Mask(ReadOnlySpan<byte> password, ReadOnlySpan<byte> scramble)
    {
        byte[] masked = [.. password, 0];
        for (int i = 0; i < masked.Length && scramble.Length > 0; i++)
            masked[i] ^= scramble[i % scramble.Length];
        return masked;
    }

    /// <summary>False when the server's answer is no RSA key in PEM, or the password is too long for it.</summary>
    public static bool TryEncrypt(ReadOnlySpan<byte> password, ReadOnlySpan<byte> scramble, ReadOnlySpan<byte> pem, out byte[] encrypted)
    {
        encrypted = [];
        using RSA rsa = RSA.Create();
        byte[] masked = Mask(password, scramble);
        try
        {
            rsa.ImportFromPem(Encoding.ASCII.GetString(pem));
            encrypted = rsa.Encrypt(masked, RSAEncryptionPadding.OaepSHA1);
            return true;
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(masked);
        }
    }
}
