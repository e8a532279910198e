using System.Security.Cryptography;
using System.Text;
using GoneAway.Wire.Authentication;

namespace GoneAway.Wire.Tests.Authentication;

#pragma warning disable CA5350 // The protocol's own choice.
public sealed class PasswordTests
{
    private static readonly byte[] Scramble = Enumerable.Range(1, 20).Select(static i => (byte)i).ToArray();
    private static readonly byte[] Password = "secret"u8.ToArray();

    [Fact]
    public void A_native_server_that_keeps_the_double_hash_accepts_the_answer()
    {
        byte[] answer = PasswordScramble.Native(Password, Scramble);
        // What a server does: it knows SHA1(SHA1(password)) alone, unmasks SHA1(password) with it and hashes that once more.
        byte[] stored = SHA1.HashData(SHA1.HashData(Password));
        byte[] mask = SHA1.HashData([.. Scramble, .. stored]);
        Assert.Equal(stored, SHA1.HashData([.. answer.Zip(mask, static (a, b) => (byte)(a ^ b))]));
    }

    [Fact]
    public void A_caching_sha2_server_that_keeps_the_double_hash_accepts_the_answer()
    {
        byte[] answer = PasswordScramble.CachingSha2(Password, Scramble);
        byte[] stored = SHA256.HashData(SHA256.HashData(Password));
        byte[] mask = SHA256.HashData([.. stored, .. Scramble]);
        Assert.Equal<byte>(SHA256.HashData(Password), (byte[])[.. answer.Zip(mask, static (a, b) => (byte)(a ^ b))]);
        Assert.NotEqual(answer, PasswordScramble.CachingSha2("Secret"u8, Scramble));
        // As PyMySQL 1.0 answers (scramble_caching_sha2).
        Assert.Equal("746EBE205D56A0707ACB3E796E834E0DD7B1D61743B26BD5202C7A623230C7C9", Convert.ToHexString(answer));
    }

    [Fact]
    public void An_empty_password_is_answered_with_nothing()
    {
        Assert.Empty(PasswordScramble.Native([], Scramble));
        Assert.Empty(PasswordScramble.CachingSha2([], Scramble));
    }

    [Fact]
    public void The_owner_of_the_RSA_key_gets_the_password_with_its_zero_byte()
    {
        using RSA rsa = RSA.Create(2048);
        byte[] pem = Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem());
        byte[] longer = Encoding.UTF8.GetBytes("longer than the twenty bytes of a scramble: ü");
        Assert.True(RsaPassword.TryEncrypt(longer, Scramble, pem, out byte[] encrypted));
        byte[] masked = rsa.Decrypt(encrypted, RSAEncryptionPadding.OaepSHA1);
        for (int i = 0; i < masked.Length; i++)
            masked[i] ^= Scramble[i % Scramble.Length];
        Assert.Equal((byte[])[.. longer, 0], masked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData("not a key")]
    public void What_is_no_key_is_refused(string pem) => Assert.False(RsaPassword.TryEncrypt(Password, Scramble, Encoding.ASCII.GetBytes(pem), out _));

    [Fact]
    public void A_password_too_long_for_the_key_is_refused()
    {
        using RSA rsa = RSA.Create(1024);
        Assert.False(RsaPassword.TryEncrypt(new byte[200], Scramble, Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), out _));
    }
}
