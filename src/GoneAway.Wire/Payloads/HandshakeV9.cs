namespace GoneAway.Wire.Payloads;

/// <summary>The greeting of servers before 3.21.</summary>
/// <remarks>MySQL "Protocol::HandshakeV9".</remarks>
public readonly ref struct HandshakeV9
{
    public ReadOnlySpan<byte> ServerVersion { get; private init; }
    public uint ConnectionId { get; private init; }
    public ReadOnlySpan<byte> Scramble { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out HandshakeV9 greeting)
    {
        greeting = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte protocol) || protocol != 9 || !reader.TryReadNullTerminated(out ReadOnlySpan<byte> version)
            || !reader.TryReadUInt32(out uint id) || !reader.TryReadNullTerminated(out ReadOnlySpan<byte> scramble))
            return false;
        greeting = new HandshakeV9 { ServerVersion = version, ConnectionId = id, Scramble = scramble };
        return true;
    }
}
