using System.Buffers;
using System.Net;
using System.Text;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Wire.Tests.Payloads;

public sealed class ProxyHeaderTests
{
    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 5000 3306\r\n", "192.0.2.1:5000", "198.51.100.2:3306")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n", "[2001:db8::1]:1", "[2001:db8::2]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN ffff::1 x y z\r\n", null, null)]
    public void Version_1_is_read_however_it_is_cut(string text, string? source, string? destination)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text + "behind");
        for (int i = 0; i < text.Length; i++)
            Assert.Equal(OperationStatus.NeedMoreData, ProxyHeader.TryRead(bytes.AsSpan(0, i), out _));
        Assert.Equal(OperationStatus.Done, ProxyHeader.TryRead(bytes, out ProxyHeader? header));
        Assert.Equal((text.Length, false, source, destination), (header!.HeaderLength, header.IsLocal, header.Source?.ToString(), header.Destination?.ToString()));
        Assert.Equal(text.Length, ProxyHeader.Length(bytes));
    }

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 5000\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 5000 65536\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 5000 -1\r\n")]
    [InlineData("PROXY TCP4 ::1 ::1 5000 1\r\n")]
    [InlineData("PROXY TCP6 1.2.3.4 1.2.3.5 5000 1\r\n")]
    [InlineData("PROXY UDP4 1.2.3.4 1.2.3.5 5000 1\r\n")]
    [InlineData("PROXY TCP4 1.2.3.4  1.2.3.5 5000 1\r\n")]
    [InlineData("PROXIED")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIX")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0011")]
    public void Others_are_none(string text) =>
        Assert.Equal(OperationStatus.InvalidData, ProxyHeader.TryRead(Encoding.Latin1.GetBytes(text), out _));

    [Fact]
    public void A_text_without_an_end_is_none() =>
        Assert.Equal(OperationStatus.InvalidData, ProxyHeader.TryRead(Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 107)), out _));

    public static TheoryData<IPEndPoint?, IPEndPoint?, string?, string?> Ends => new()
    {
        { IPEndPoint.Parse("192.0.2.1:5000"), IPEndPoint.Parse("198.51.100.2:3306"), "192.0.2.1:5000", "198.51.100.2:3306" },
        { IPEndPoint.Parse("[::ffff:192.0.2.1]:5000"), IPEndPoint.Parse("198.51.100.2:3306"), "192.0.2.1:5000", "198.51.100.2:3306" },
        { IPEndPoint.Parse("[2001:db8::1]:5000"), IPEndPoint.Parse("198.51.100.2:3306"), "[2001:db8::1]:5000", "[::ffff:198.51.100.2]:3306" },
        { null, IPEndPoint.Parse("198.51.100.2:3306"), null, null },
        { null, null, null, null },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void What_is_written_is_read_however_it_is_cut(IPEndPoint? source, IPEndPoint? destination, string? readSource, string? readDestination)
    {
        var output = new ArrayBufferWriter<byte>();
        output.WriteProxyHeader(source, destination);
        ReadOnlySpan<byte> bytes = output.WrittenSpan;
        for (int i = 0; i < bytes.Length; i++)
            Assert.Equal(OperationStatus.NeedMoreData, ProxyHeader.TryRead(bytes[..i], out _));
        Assert.Equal(OperationStatus.Done, ProxyHeader.TryRead([.. bytes, 1, 2, 3], out ProxyHeader? header));
        Assert.Equal((bytes.Length, false, readSource, readDestination), (header!.HeaderLength, header.IsLocal, header.Source?.ToString(), header.Destination?.ToString()));
    }

    [Fact]
    public void Local_says_no_address()
    {
        var output = new ArrayBufferWriter<byte>();
        output.WriteLocalProxyHeader();
        Assert.Equal(OperationStatus.Done, ProxyHeader.TryRead(output.WrittenSpan, out ProxyHeader? header));
        Assert.True(header is { IsLocal: true, Source: null, HeaderLength: 16 });
    }

    [Fact]
    public void Tags_and_later_families_are_passed_over_and_short_addresses_refused()
    {
        byte[] four = [.. ProxyHeader.Signature, 0x21, 0x11, 0, 15, 1, 2, 3, 4, 5, 6, 7, 8, 0x13, 0x88, 0x0C, 0xEA, 4, 0, 0];
        Assert.Equal(OperationStatus.Done, ProxyHeader.TryRead(four, out ProxyHeader? header));
        Assert.Equal(("1.2.3.4:5000", "5.6.7.8:3306", 31), (header!.Source!.ToString(), header.Destination!.ToString(), header.HeaderLength));
        four[13] = 0x41;
        Assert.Equal(OperationStatus.Done, ProxyHeader.TryRead(four, out header));
        Assert.Null(header!.Source);
        four[13] = 0x21;
        Assert.Equal(OperationStatus.InvalidData, ProxyHeader.TryRead(four, out _));
    }
}
