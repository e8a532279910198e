namespace GoneAway.Evidence.Processes;

/// <summary>A socket to MySQL in a trace: its ends, where its stream of packets stands, who used it.</summary>
internal sealed class TracedSocket
{
    public string? ServerHost { get; init; }
    public int? ServerPort { get; init; }
    public string? ClientHost { get; init; }
    public int? ClientPort { get; init; }
    /// <summary>It is MySQL's: by its port, its path, or what went over it.</summary>
    public bool Confirmed { get; set; }
    /// <summary>Bytes still to come of the packet that is being written.</summary>
    public long Pending { get; set; }
    /// <summary>The stream's packets are followed: a header was seen where one had to be.</summary>
    public bool InStep { get; set; }
    public bool Encrypted { get; set; }
    /// <summary>A command was written and nothing has come back.</summary>
    public bool Awaiting { get; set; }
    public bool Quit { get; set; }
    public long Received { get; set; }
    public bool Ended { get; set; }
    /// <summary>When bytes last went either way.</summary>
    public TimeSpan? LastTraffic { get; set; }
    public SortedSet<int> Users { get; } = [];
    public int FirstUseByAnother { get; set; } = -1;

    /// <summary>What a write was, for the protocol.</summary>
    public enum Written : byte
    {
        Packet,
        Continuation,
        Unknown,
        /// <summary>No packet of MySQL: text, or too few bytes for a header.</summary>
        Stray,
    }

    /// <param name="bytes">As far as shown.</param>
    /// <param name="count">Bytes written.</param>
    public Written Write(ReadOnlySpan<byte> bytes, long count)
    {
        if (count <= 0)
            return Written.Unknown;
        if (Pending > 0)
        {
            Pending = Math.Max(0, Pending - count);
            return Written.Continuation;
        }
        if (bytes.Length >= 3 && bytes[0] is >= 0x14 and <= 0x17 && bytes[1] == 3 && bytes[2] <= 4)
        {
            Encrypted = true;
            return Written.Packet;
        }
        if (IsText(bytes) && (bytes.Length < 4 || bytes[2] >= 0x20))
            // As a header it would announce 2 MB or more.
            return count >= 4 && InStep && count > 2 << 20 ? Written.Unknown : Written.Stray;
        if (Encrypted || bytes.Length < 4)
            return Written.Unknown;
        long length = bytes[0] | bytes[1] << 8 | bytes[2] << 16;
        if (count < 4)
            return Written.Unknown;
        if (count == length + 4 || count < length + 4 && (InStep || bytes[3] == 0))
        {
            InStep = true;
            Pending = length + 4 - count;
            Quit |= length == 1 && bytes.Length > 4 && bytes[4] == 1 && bytes[3] == 0;
            return Written.Packet;
        }
        return Written.Unknown;
    }

    /// <summary>Printable characters and line ends only, one letter at least unless it is a line end alone.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return false;
        foreach (byte one in bytes)
            if (one is < 0x20 and not (9 or 10 or 13 or 27) or 0x7f)
                return false;
        return true;
    }
}
