namespace GoneAway.Capture.Decoding;

/// <summary>Recognises a PROXY protocol header (haproxy's doc/proxy-protocol.txt), versions 1 and 2.</summary>
internal static class ProxyHeader
{
    private static ReadOnlySpan<byte> Version2 => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>Length of the header that the bytes begin with; 0 when there is none.</summary>
    public static int Length(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("PROXY "u8))
        {
            int end = bytes[..Math.Min(bytes.Length, 108)].IndexOf("\r\n"u8);
            return end < 0 ? 0 : end + 2;
        }
        return bytes.Length >= 16 && bytes.StartsWith(Version2) ? Math.Min(bytes.Length, 16 + (bytes[14] << 8 | bytes[15])) : 0;
    }
}
