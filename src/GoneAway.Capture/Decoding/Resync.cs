using GoneAway.Wire.Payloads;
using GoneAway.Wire.Session;

namespace GoneAway.Capture.Decoding;

/// <summary>Judges by one chunk alone whether a packet begins at its start.</summary>
internal static class Resync
{
    /// <summary>A whole command, or the beginning of a long one that is text.</summary>
    public static bool LooksLikeCommand(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 5 || bytes[3] != 0 || !CommandCode.IsKnown(bytes[4]))
            return false;
        int length = LengthOf(bytes);
        if (length + 4 == bytes.Length)
            return bytes[4] != CommandCode.Query || IsText(bytes[5..]);
        return length + 4 > bytes.Length && bytes[4] == CommandCode.Query && bytes.Length > 64 && IsText(bytes[5..]);
    }

    /// <summary>The first packet of an answer, or an ERR that nobody asked for.</summary>
    public static bool LooksLikeAnswer(ReadOnlySpan<byte> bytes, SessionPhase phase)
    {
        if (bytes.Length < 5)
            return false;
        int length = LengthOf(bytes);
        bool lone = bytes[3] == 0 && bytes[4] == 0xFF && length + 4 == bytes.Length && length > 8;
        if (phase == SessionPhase.AwaitingGreeting)
            return bytes[3] == 0 && bytes[4] is 0x0A or 0xFF;
        return lone || phase == SessionPhase.Busy && bytes[3] == 1 && length > 0;
    }

    private static int LengthOf(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes[..Math.Min(bytes.Length, 32)])
            if (b < 32 && b is not (9 or 10 or 13 or 0 or 1))
                return false;
        return true;
    }
}
