using System.Security.Cryptography;
using System.Text;

namespace GoneAway.Gateway.Login;

/// <summary>The gateway's RSA key, under which clients without TLS send their password (caching_sha2_password, sha256_password).</summary>
public sealed class RsaKey : IDisposable
{
    private const int KeyBits = 2048;

    private readonly RSA rsa;
    private readonly Lock gate = new();

    private RsaKey(RSA rsa)
    {
        this.rsa = rsa;
        PublicPem = Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem() + "\n");
    }

    /// <summary>What clients are sent.</summary>
    public ReadOnlyMemory<byte> PublicPem { get; }

    public static RsaKey Create() => new(RSA.Create(KeyBits));

    /// <exception cref="CryptographicException">The text is no RSA key in PEM.</exception>
    public static RsaKey Load(string pem)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return new RsaKey(rsa);
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            rsa.Dispose();
            throw new CryptographicException("no RSA key in PEM", error);
        }
    }

    public string ExportPem() => rsa.ExportPkcs8PrivateKeyPem();

    public void Dispose() => rsa.Dispose();

    /// <summary>The password that a client sent; to be zeroed. False: the bytes are none.</summary>
    internal bool TryOpen(ReadOnlySpan<byte> encrypted, ReadOnlySpan<byte> scramble, out byte[] password)
    {
        password = [];
        byte[] masked;
        try
        {
            lock (gate)
                masked = rsa.Decrypt(encrypted, RSAEncryptionPadding.OaepSHA1);
        }
        catch (CryptographicException)
        {
            return false;
        }
        for (int i = 0; i < masked.Length && scramble.Length > 0; i++)
            masked[i] ^= scramble[i % scramble.Length];
        bool isWhole = masked is [.., 0];
        if (isWhole)
            password = masked[..^1];
        CryptographicOperations.ZeroMemory(masked);
        return isWhole;
    }
}
