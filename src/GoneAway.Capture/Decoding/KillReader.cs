using System.Buffers.Binary;
using System.Text;
using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Capture.Decoding;

/// <summary>Is shown every command, to pick out those that end other connections.</summary>
internal interface IKillObserver
{
    void Look(ReadOnlySpan<byte> command, in Moment at, Recorder recorder);
}

/// <summary>Recognises KILL statements and COM_PROCESS_KILL.</summary>
internal static class KillReader
{
    public static bool TryRead(ReadOnlySpan<byte> command, out uint threadId, out bool queryOnly)
    {
        threadId = 0;
        queryOnly = false;
        if (command.Length >= 5 && command[0] == CommandCode.ProcessKill)
        {
            threadId = BinaryPrimitives.ReadUInt32LittleEndian(command[1..]);
            return true;
        }
        if (command.Length < 7 || command[0] != CommandCode.Query)
            return false;
        int start = command[1..].IndexOfAny("kK"u8);
        if (start is < 0 or > 200)
            return false;
        // Comments and white space may stand before it; query attributes are two bytes.
        ReadOnlySpan<byte> text = command[(1 + start)..];
        if (text.Length < 6 || (text[1] | 0x20) != 'i' || (text[2] | 0x20) != 'l' || (text[3] | 0x20) != 'l' || text[4] != ' ' || !OnlyPrelude(command.Slice(1, start)))
            return false;
        string[] words = Encoding.ASCII.GetString(text[5..Math.Min(text.Length, 64)]).Trim(' ', ';', '\0').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (string word in words)
        {
            if (uint.TryParse(word.TrimEnd(';'), out threadId))
                return true;
            queryOnly |= word.Equals("QUERY", StringComparison.OrdinalIgnoreCase);
        }
        return false;
    }

    private static bool OnlyPrelude(ReadOnlySpan<byte> before)
    {
        if (before.IndexOf("*/"u8) >= 0)
            return true;
        foreach (byte b in before)
            if (b is not (0 or 1 or 9 or 10 or 13 or 32))
                return false;
        return true;
    }
}
