using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>
/// A packet's "size" and "sequence id" are four bytes (<c>size size size id</c>). When a driver reads them in the wrong place they are
/// something else, and can be told from the numbers: text of another protocol, or the ERR that the server sent unasked.
/// </summary>
internal static class Misread
{
    private const byte ErrMarker = 0xff;

    public static Sighting Decode(ReadOnlySpan<char> text, Sighting sighting)
    {
        if (sighting is not { Size: >= 0 and < 1 << 24 and var size, SequenceReceived: >= 0 and < 256 and var received })
            return sighting;
        ReadOnlySpan<byte> bytes = [(byte)size, (byte)(size >> 8), (byte)(size >> 16), (byte)received];
        // The beginning of an ERR without its header: marker, number, '#' of the SQL state.
        int code = bytes[1] | bytes[2] << 8;
        if (bytes[0] == ErrMarker && bytes[3] == '#' && Codes.IsKnown(code))
            return sighting with { Sign = Sign.ServerSaid, Code = code, State = "read as a packet's header" };
        return IsText(bytes) ? sighting with { State = $"the text \"{(char)bytes[0]}{(char)bytes[1]}{(char)bytes[2]}{(char)bytes[3]}\"" } : sighting;
    }

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte one in bytes)
            if (one is < 32 or > 126)
                return false;
        return true;
    }
}
