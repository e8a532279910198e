namespace GoneAway.Wire.Payloads;

/// <summary>The login of a client from 4.1 on.</summary>
/// <remarks>MySQL "Protocol::HandshakeResponse41".</remarks>
public readonly ref struct HandshakeResponse41
{
    public ulong Capabilities { get; private init; }
    /// <summary>The largest packet in bytes that the client says it takes.</summary>
    public uint MaxPacketSize { get; private init; }
    public byte Charset { get; private init; }
    public ReadOnlySpan<byte> User { get; private init; }
    public ReadOnlySpan<byte> AuthResponse { get; private init; }
    public ReadOnlySpan<byte> Database { get; private init; }
    public ReadOnlySpan<byte> AuthPlugin { get; private init; }
    /// <summary>The connection attributes, still encoded.</summary>
    public ConnectionAttributes Attributes { get; private init; }

    /// <param name="payload">May be cut: what is there is read.</param>
    /// <param name="serverCapabilities">Of the greeting; all ones when it is not known.</param>
    /// <param name="response">The login.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, ulong serverCapabilities, out HandshakeResponse41 response)
    {
        response = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadUInt32(out uint low) || (low & Payloads.Capabilities.Protocol41) == 0
            || !reader.TryReadUInt32(out uint maxPacket) || !reader.TryReadByte(out byte charset)
            || !reader.TrySkip(19) || !reader.TryReadUInt32(out uint extended)
            || !reader.TryReadNullTerminated(out ReadOnlySpan<byte> user))
            return false;
        ulong capabilities = low;
        if ((low & Payloads.Capabilities.LongPassword) == 0)
            capabilities |= (ulong)extended << 32;
        ulong agreed = capabilities & serverCapabilities;
        TryReadAuthResponse(ref reader, agreed, out ReadOnlySpan<byte> auth);
        ReadOnlySpan<byte> database = default, plugin = default, attributes = default;
        if ((capabilities & Payloads.Capabilities.ConnectWithDb) != 0)
            reader.TryReadNullTerminated(out database);
        if ((capabilities & Payloads.Capabilities.PluginAuth) != 0 && !reader.TryReadNullTerminated(out plugin))
        {
            plugin = reader.Rest;
            reader.TrySkip(plugin.Length);
        }
        if ((capabilities & Payloads.Capabilities.ConnectAttributes) != 0 && reader.TryReadLengthEncoded(out ulong length))
            attributes = reader.Rest[..(int)Math.Min(length, (ulong)reader.Rest.Length)];
        response = new HandshakeResponse41
        {
            Capabilities = capabilities,
            MaxPacketSize = maxPacket,
            Charset = charset,
            User = user,
            AuthResponse = auth,
            Database = database,
            AuthPlugin = plugin,
            Attributes = new ConnectionAttributes(attributes),
        };
        return true;
    }

    private static bool TryReadAuthResponse(scoped ref PayloadReader reader, ulong agreed, out ReadOnlySpan<byte> auth)
    {
        if ((agreed & Payloads.Capabilities.PluginAuthLengthEncoded) != 0)
            return reader.TryReadLengthEncodedBytes(out auth);
        if ((agreed & Payloads.Capabilities.SecureConnection) == 0)
            return reader.TryReadNullTerminated(out auth);
        auth = default;
        return reader.TryReadByte(out byte length) && reader.TryReadBytes(length, out auth);
    }
}
