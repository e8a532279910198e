using System.Text;
using GoneAway.Gateway.Intruders;

namespace GoneAway.Gateway.Tests.Intruders;

public sealed class ForeignBytesTests
{
    [Theory]
    [InlineData("GET /health?token=s3cret HTTP/1.1\r\nAuthorization: Basic abc\r\n", ForeignKind.Http, "GET /health...")]
    [InlineData("CONNECT 10.0.0.1:443 HTTP/1.1\r\n", ForeignKind.Http, "CONNECT 10.0.0.1:443 HTTP/1.1...")]
    [InlineData("GET http://user:s3cret@intranet/x HTTP/1.1\r\n", ForeignKind.Http, "GET http://...")]
    [InlineData("GET ftp://user:s3cret@intranet/x HTTP/1.1\r\n", ForeignKind.Http, "GET ftp://...")]
    [InlineData("PROPFIND /x?token=s3cret HTTP/1.1\r\nHost: a\r\n", ForeignKind.Http, "PROPFIND /x...")]
    [InlineData("GET lost in thought", ForeignKind.Text, "GET lost in thought")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ForeignKind.Http2, "PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001", ForeignKind.Tls, "\\x16\\x03\\x01\\x02\\x00\\x01")]
    [InlineData("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", ForeignKind.Proxy, "PROXY TCP4 1.2.3.4 5.6.7...")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n!\u0011\0\0", ForeignKind.Proxy, "\\r\\n\\r\\n\\x00\\r\\nQUIT\\n!\\x11\\x00\\x00")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", ForeignKind.Ssh, "SSH-2.0-OpenSSH_9.6\\r\\n")]
    [InlineData("*2\r\n$4\r\nAUTH\r\n$6\r\ns3cret\r\n", ForeignKind.Redis, "*2\\r\\n$4\\r\\nAUTH...")]
    [InlineData("auth s3cret\r\n", ForeignKind.Redis, "auth...")]
    [InlineData("PING\r\n", ForeignKind.Redis, "PING\\r\\n")]
    [InlineData("\0\0\0\u0008\u0004\u00d2\u0016\u002f", ForeignKind.Postgres, "\\x00\\x00\\x00\\x08\\x04\\xd2\\x16/")]
    [InlineData("EHLO mail.example\r\n", ForeignKind.Smtp, "EHLO mail.example\\r\\n")]
    [InlineData("\u0001\0\0\0\u0001", ForeignKind.XProtocol, "\\x01\\x00\\x00\\x00\\x01")]
    [InlineData("\u0003\0\0\u0013\u000e\u00e0\0\0", ForeignKind.Rdp, "\\x03\\x00\\x00\\x13\\x0e\\xe0\\x00\\x00")]
    [InlineData("2026-11-21 \"WARN\" a\\b\n", ForeignKind.Text, "2026-11-21 \\\"WARN\\\" a\\\\b\\n")]
    [InlineData("\u0080\u0081\u0082", ForeignKind.Unknown, "\\x80\\x81\\x82")]
    public void Bytes_are_named_and_shown(string latin1, ForeignKind kind, string excerpt)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(latin1);
        Assert.Equal(kind, ForeignBytes.Recognise(bytes));
        Assert.Equal(excerpt, ForeignBytes.Excerpt(bytes));
        Assert.DoesNotContain("s3cret", ForeignBytes.Message(bytes, "a login"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_excerpt_is_short_and_printable_whatever_comes()
    {
        var random = new Random(5);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            string excerpt = ForeignBytes.Excerpt(bytes);
            Assert.True(excerpt.Length <= ForeignBytes.ExcerptLength && excerpt.All(c => c is >= ' ' and < '\x7f'));
        }
    }

    [Fact]
    public void A_character_that_is_cut_at_the_end_is_still_text()
    {
        byte[] text = Encoding.UTF8.GetBytes("naïve 中");
        for (int length = 0; length <= text.Length; length++)
            Assert.Equal(length > 0, ForeignBytes.IsText(text.AsSpan(0, length)));
        Assert.False(ForeignBytes.IsText([.. text, 0]));
    }

    [Fact]
    public void An_http_client_is_told_in_http()
    {
        string answer = Encoding.ASCII.GetString(ForeignBytes.Answer(ForeignKind.Http));
        string[] parts = answer.Split("\r\n\r\n");
        Assert.StartsWith("HTTP/1.0 400 Bad Request\r\n", answer, StringComparison.Ordinal);
        Assert.Contains($"Content-Length: {parts[1].Length}\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("MySQL port", parts[1], StringComparison.Ordinal);
        Assert.True(ForeignBytes.Answer(ForeignKind.Text).IsEmpty);
    }
}
