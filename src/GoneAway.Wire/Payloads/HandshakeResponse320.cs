namespace GoneAway.Wire.Payloads;

/// <summary>The login of a client from before 4.1.</summary>
/// <remarks>MySQL "Protocol::HandshakeResponse320".</remarks>
public readonly ref struct HandshakeResponse320
{
    public ushort Capabilities { get; private init; }
    /// <summary>In bytes; 0 for no limit.</summary>
    public int MaxPacketSize { get; private init; }
    public ReadOnlySpan<byte> User { get; private init; }
    public ReadOnlySpan<byte> AuthResponse { get; private init; }
    public ReadOnlySpan<byte> Database { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out HandshakeResponse320 response)
    {
        response = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadUInt16(out ushort capabilities) || (capabilities & Payloads.Capabilities.Protocol41) != 0
            || !reader.TryReadUInt24(out int maxPacket) || !reader.TryReadNullTerminated(out ReadOnlySpan<byte> user))
            return false;
        ReadOnlySpan<byte> auth = reader.Rest, database = default;
        if ((capabilities & Payloads.Capabilities.ConnectWithDb) != 0)
        {
            if (!reader.TryReadNullTerminated(out auth))
                return false;
            if (!reader.TryReadNullTerminated(out database))
                database = reader.Rest;
        }
        response = new HandshakeResponse320 { Capabilities = capabilities, MaxPacketSize = maxPacket, User = user, AuthResponse = auth, Database = database };
        return true;
    }
}
