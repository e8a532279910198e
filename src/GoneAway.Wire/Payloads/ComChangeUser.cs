namespace GoneAway.Wire.Payloads;

/// <summary>COM_CHANGE_USER: a new login on the same connection.</summary>
/// <remarks>MySQL "COM_CHANGE_USER"; clients before 5.1 end after the schema.</remarks>
public readonly ref struct ComChangeUser
{
    public ReadOnlySpan<byte> User { get; private init; }
    public ReadOnlySpan<byte> AuthResponse { get; private init; }
    public ReadOnlySpan<byte> Database { get; private init; }
    public ushort Charset { get; private init; }
    public ReadOnlySpan<byte> AuthPlugin { get; private init; }
    public ConnectionAttributes Attributes { get; private init; }

    /// <param name="payload">The command with its first byte.</param>
    /// <param name="capabilities">What both ends agreed on.</param>
    /// <param name="command">The command.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, ulong capabilities, out ComChangeUser command)
    {
        command = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte code) || code != CommandCode.ChangeUser || !reader.TryReadNullTerminated(out ReadOnlySpan<byte> user)
            || !TryReadAuthResponse(ref reader, capabilities, out ReadOnlySpan<byte> auth)
            || !reader.TryReadNullTerminated(out ReadOnlySpan<byte> database))
            return false;
        ReadOnlySpan<byte> plugin = default, attributes = default;
        reader.TryReadUInt16(out ushort charset);
        if ((capabilities & Capabilities.PluginAuth) != 0)
            reader.TryReadNullTerminated(out plugin);
        if ((capabilities & Capabilities.ConnectAttributes) != 0)
            reader.TryReadLengthEncodedBytes(out attributes);
        command = new ComChangeUser
        {
            User = user,
            AuthResponse = auth,
            Database = database,
            Charset = charset,
            AuthPlugin = plugin,
            Attributes = new ConnectionAttributes(attributes),
        };
        return true;
    }

    private static bool TryReadAuthResponse(scoped ref PayloadReader reader, ulong capabilities, out ReadOnlySpan<byte> auth)
    {
        if ((capabilities & Capabilities.SecureConnection) == 0)
            return reader.TryReadNullTerminated(out auth);
        auth = default;
        return reader.TryReadByte(out byte length) && reader.TryReadBytes(length, out auth);
    }
}
