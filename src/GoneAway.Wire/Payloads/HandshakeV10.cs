namespace GoneAway.Wire.Payloads;

/// <summary>The greeting: the first packet of a connection, from the server.</summary>
/// <remarks>MySQL "Protocol::HandshakeV10"; servers before 4.1 end after the lower capabilities.</remarks>
public readonly ref struct HandshakeV10
{
    private static ReadOnlySpan<byte> MariaDbPrefix => "5.5.5-"u8;

    /// <summary>As sent.</summary>
    public ReadOnlySpan<byte> ServerVersion { get; private init; }
    public uint ConnectionId { get; private init; }
    public ReadOnlySpan<byte> ScrambleStart { get; private init; }
    public ReadOnlySpan<byte> ScrambleRest { get; private init; }
    public ulong Capabilities { get; private init; }
    public byte Charset { get; private init; }
    public ushort Status { get; private init; }
    /// <summary>Empty where the server names none.</summary>
    public ReadOnlySpan<byte> AuthPlugin { get; private init; }

    public bool IsMariaDb => ServerVersion.IndexOf("MariaDB"u8) >= 0 || ServerVersion.StartsWith(MariaDbPrefix) || Capabilities >> 32 != 0;

    /// <summary>Without the prefix by which MariaDB 10 passes for a 5.5 server to old replicas.</summary>
    public ReadOnlySpan<byte> PlainVersion => ServerVersion.StartsWith(MariaDbPrefix) ? ServerVersion[MariaDbPrefix.Length..] : ServerVersion;

    public static bool TryRead(ReadOnlySpan<byte> payload, out HandshakeV10 greeting)
    {
        greeting = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte protocol) || protocol != 10
            || !reader.TryReadNullTerminated(out ReadOnlySpan<byte> version) || version.Length > 128
            || !reader.TryReadUInt32(out uint id)
            || !reader.TryReadBytes(8, out ReadOnlySpan<byte> scramble)
            || !reader.TrySkip(1)
            || !reader.TryReadUInt16(out ushort low))
            return false;
        greeting = new HandshakeV10 { ServerVersion = version, ConnectionId = id, ScrambleStart = scramble, Capabilities = low };
        if (!reader.TryReadByte(out byte charset) || !reader.TryReadUInt16(out ushort status) || !reader.TryReadUInt16(out ushort high)
            || !reader.TryReadByte(out byte scrambleLength) || !reader.TrySkip(6) || !reader.TryReadUInt32(out uint extended))
            return true;
        ulong capabilities = low | (ulong)high << 16;
        // MariaDB 10.2+: without CLIENT_MYSQL the last four filler bytes are capabilities.
        if ((capabilities & Payloads.Capabilities.LongPassword) == 0)
            capabilities |= (ulong)extended << 32;
        int restLength = Math.Max(13, scrambleLength - 8);
        if (!reader.TryReadBytes(restLength, out ReadOnlySpan<byte> rest))
            rest = default;
        if (!reader.TryReadNullTerminated(out ReadOnlySpan<byte> plugin))
            plugin = reader.Rest;
        greeting = new HandshakeV10
        {
            ServerVersion = version,
            ConnectionId = id,
            ScrambleStart = scramble,
            ScrambleRest = rest,
            Capabilities = capabilities,
            Charset = charset,
            Status = status,
            AuthPlugin = plugin,
        };
        return true;
    }
}
