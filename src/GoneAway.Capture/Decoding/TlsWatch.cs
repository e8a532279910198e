using GoneAway.Model;

namespace GoneAway.Capture.Decoding;

/// <summary>Reads the little that TLS shows: who spoke last, and alerts sent before encryption starts (RFC 8446, 5.1 and 6).</summary>
internal sealed class TlsWatch
{
    private const byte AlertRecord = 21;
    private const byte ApplicationData = 23;

    public Side? LastSpeaker { get; private set; }

    public TlsAlert? Take(Side side, ReadOnlySpan<byte> bytes, in Moment at)
    {
        TlsAlert? alert = null;
        // Records may span segments; only those that begin a chunk or follow whole ones are judged.
        while (bytes.Length >= 5 && bytes[1] == 3)
        {
            int length = bytes[3] << 8 | bytes[4];
            if (bytes[0] == AlertRecord && length == 2 && bytes.Length >= 7 && bytes[5] is 1 or 2)
                alert = new TlsAlert(side, bytes[5], bytes[6], at);
            if (bytes[0] == ApplicationData && length > 32)
                LastSpeaker = side;
            if (bytes.Length <= 5 + length)
                break;
            bytes = bytes[(5 + length)..];
        }
        return alert;
    }
}
