using System.Numerics;
using System.Security.Cryptography;

namespace GoneAway.Wire.Authentication;

/// <summary>
/// Ed25519 signatures (RFC 8032), for MariaDB's ed25519 login: there the password itself, of any length, stands where the RFC has a
/// secret of 32 bytes. One signature per login, so plain arithmetic does; its time depends on the secret, as that of the server's
/// hash tables does, and nobody but the server sees it.
/// </summary>
public static class Ed25519
{
    public const int SignatureSize = 64;
    public const int PublicKeySize = 32;

    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493");
    private static readonly BigInteger Twice = Mod(2 * -121665 * Inverse(121666));
    private static readonly Point Base = MakeBase();

    /// <summary>Extended coordinates, RFC 8032 section 5.1.4.</summary>
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);

    public static byte[] PublicKey(ReadOnlySpan<byte> secret)
    {
        (BigInteger scalar, _) = Expand(secret);
        return Encode(Multiply(Base, scalar));
    }

    public static byte[] Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> message)
    {
        (BigInteger scalar, byte[] prefix) = Expand(secret);
        byte[] publicKey = Encode(Multiply(Base, scalar));
        BigInteger nonce = Number(SHA512.HashData([.. prefix, .. message])) % Order;
        byte[] commitment = Encode(Multiply(Base, nonce));
        BigInteger challenge = Number(SHA512.HashData([.. commitment, .. publicKey, .. message])) % Order;
        byte[] signature = new byte[SignatureSize];
        commitment.CopyTo(signature, 0);
        Write((nonce + challenge * scalar) % Order, signature.AsSpan(32));
        CryptographicOperations.ZeroMemory(prefix);
        return signature;
    }

    private static (BigInteger Scalar, byte[] Prefix) Expand(ReadOnlySpan<byte> secret)
    {
        byte[] hash = SHA512.HashData(secret);
        hash[0] &= 248;
        hash[31] = (byte)(hash[31] & 127 | 64);
        BigInteger scalar = Number(hash.AsSpan(0, 32));
        byte[] prefix = hash[32..];
        CryptographicOperations.ZeroMemory(hash);
        return (scalar, prefix);
    }

    private static Point Multiply(Point point, BigInteger scalar)
    {
        var sum = new Point(0, 1, 1, 0);
        for (; scalar > 0; scalar >>= 1)
        {
            if (!scalar.IsEven)
                sum = Add(sum, point);
            point = Add(point, point);
        }
        return sum;
    }

    private static Point Add(Point p, Point q)
    {
        BigInteger a = (p.Y - p.X) * (q.Y - q.X) % Prime, b = (p.Y + p.X) * (q.Y + q.X) % Prime;
        BigInteger c = p.T * Twice * q.T % Prime, d = 2 * p.Z * q.Z % Prime;
        BigInteger e = b - a, f = d - c, g = d + c, h = b + a;
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static byte[] Encode(Point point)
    {
        BigInteger inverse = Inverse(point.Z);
        byte[] bytes = new byte[PublicKeySize];
        Write(Mod(point.Y * inverse), bytes);
        if (!Mod(point.X * inverse).IsEven)
            bytes[31] |= 0x80;
        return bytes;
    }

    /// <summary>y is 4/5, x the even one of its two roots.</summary>
    private static Point MakeBase()
    {
        BigInteger y = Mod(4 * Inverse(5));
        BigInteger d = Mod(-121665 * Inverse(121666));
        BigInteger square = Mod((y * y - 1) * Inverse(Mod(d * y * y + 1)));
        BigInteger x = BigInteger.ModPow(square, (Prime + 3) / 8, Prime);
        if (Mod(x * x - square) != 0)
            x = Mod(x * BigInteger.ModPow(2, (Prime - 1) / 4, Prime));
        if (!x.IsEven)
            x = Prime - x;
        return new Point(x, y, 1, Mod(x * y));
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Mod(value), Prime - 2, Prime);

    private static BigInteger Mod(BigInteger value)
    {
        BigInteger rest = value % Prime;
        return rest.Sign < 0 ? rest + Prime : rest;
    }

    private static BigInteger Number(ReadOnlySpan<byte> littleEndian) => new(littleEndian, isUnsigned: true);

    private static void Write(BigInteger value, Span<byte> target) => value.TryWriteBytes(target[..32], out _, isUnsigned: true);
}
