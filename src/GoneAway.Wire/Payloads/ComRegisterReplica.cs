namespace GoneAway.Wire.Payloads;

/// <summary>COM_REGISTER_SLAVE: a replica says who it is.</summary>
public readonly ref struct ComRegisterReplica
{
    public uint ServerId { get; private init; }
    public ReadOnlySpan<byte> HostName { get; private init; }
    public ReadOnlySpan<byte> User { get; private init; }
    public ushort Port { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out ComRegisterReplica command)
    {
        command = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte code) || code != CommandCode.RegisterReplica || !reader.TryReadUInt32(out uint id)
            || !TryReadShort(ref reader, out ReadOnlySpan<byte> host) || !TryReadShort(ref reader, out ReadOnlySpan<byte> user)
            || !TryReadShort(ref reader, out _) || !reader.TryReadUInt16(out ushort port))
            return false;
        command = new ComRegisterReplica { ServerId = id, HostName = host, User = user, Port = port };
        return true;
    }

    private static bool TryReadShort(scoped ref PayloadReader reader, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return reader.TryReadByte(out byte length) && reader.TryReadBytes(length, out bytes);
    }
}
