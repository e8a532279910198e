namespace GoneAway.Wire.Payloads;

/// <summary>COM_PROCESS_KILL: ends the connection with a thread id.</summary>
public readonly struct ComProcessKill
{
    /// <summary>The id as the greeting gave it: its lower 32 bits.</summary>
    public uint ThreadId { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out ComProcessKill command)
    {
        command = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte code) || code != CommandCode.ProcessKill || !reader.TryReadUInt32(out uint id))
            return false;
        command = new ComProcessKill { ThreadId = id };
        return true;
    }
}
