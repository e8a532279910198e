using System.Buffers.Binary;
using System.Text;
using GoneAway.Wire.Payloads;

namespace GoneAway.TestKit;

/// <summary>Writes payloads as servers and clients do, byte by byte from the protocol's documentation and not by the code under test.</summary>
public static class Payload
{
    public static byte[] Greeting(string version, uint threadId, string plugin, ulong capabilities)
    {
        var bytes = new List<byte> { 10 };
        bytes.AddRange(Text(version));
        bytes.Add(0);
        bytes.AddRange(UInt32(threadId));
        bytes.AddRange("12345678"u8);
        bytes.Add(0);
        bytes.AddRange(UInt16((ushort)capabilities));
        bytes.Add(45);
        bytes.AddRange(UInt16(2));
        bytes.AddRange(UInt16((ushort)(capabilities >> 16)));
        bytes.Add(21);
        bytes.AddRange(new byte[6]);
        bytes.AddRange(UInt32((uint)(capabilities >> 32)));
        bytes.AddRange("123456789012"u8);
        bytes.Add(0);
        bytes.AddRange(Text(plugin));
        bytes.Add(0);
        return [.. bytes];
    }

    public static byte[] Login(string user, string? schema, string plugin, ulong capabilities, IReadOnlyDictionary<string, string> attributes)
    {
        var bytes = new List<byte>();
        bytes.AddRange(UInt32((uint)capabilities));
        bytes.AddRange(UInt32(16777216));
        bytes.Add(45);
        bytes.AddRange(new byte[19]);
        bytes.AddRange(UInt32((uint)(capabilities >> 32)));
        bytes.AddRange(Text(user));
        bytes.Add(0);
        bytes.Add(20);
        bytes.AddRange(new byte[20]);
        if ((capabilities & Capabilities.ConnectWithDb) != 0)
        {
            bytes.AddRange(Text(schema ?? ""));
            bytes.Add(0);
        }
        bytes.AddRange(Text(plugin));
        bytes.Add(0);
        if ((capabilities & Capabilities.ConnectAttributes) == 0)
            return [.. bytes];
        var block = new List<byte>();
        foreach ((string name, string value) in attributes)
        {
            block.AddRange(LengthEncoded(Text(name)));
            block.AddRange(LengthEncoded(Text(value)));
        }
        bytes.AddRange(LengthEncoded([.. block]));
        return [.. bytes];
    }

    public static byte[] Ok(ushort status, byte header = 0) => [header, 0, 0, .. UInt16(status), 0, 0];

    public static byte[] Eof(ushort status) => [0xFE, 0, 0, .. UInt16(status)];

    public static byte[] Error(int code, string? sqlState, string message) =>
        [0xFF, .. UInt16((ushort)code), .. sqlState is null ? [] : Text("#" + sqlState), .. Text(message)];

    public static byte[] Column(string name) =>
        [.. LengthEncoded("def"u8), 0, 0, 0, .. LengthEncoded(Text(name)), 0, 0x0C, 45, 0, 0, 1, 0, 0, 0xFD, 0, 0, 0, 0, 0];

    public static byte[] TextRow(params string[] values) => [.. values.SelectMany(v => LengthEncoded(Text(v)))];

    public static byte[] LengthEncoded(ReadOnlySpan<byte> value) => value.Length < 251
        ? [(byte)value.Length, .. value]
        : value.Length < 65536
            ? [0xFC, .. UInt16((ushort)value.Length), .. value]
            : [0xFD, (byte)value.Length, (byte)(value.Length >> 8), (byte)(value.Length >> 16), .. value];

    public static byte[] Framed(byte sequence, ReadOnlySpan<byte> payload) =>
        [(byte)payload.Length, (byte)(payload.Length >> 8), (byte)(payload.Length >> 16), sequence, .. payload];

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] UInt16(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }
}
