namespace GoneAway.Wire.Payloads;

/// <summary>The server asks for another way to log in.</summary>
/// <remarks>MySQL "Protocol::AuthSwitchRequest"; a lone 0xFE asks for the password hash of before 4.1.</remarks>
public readonly ref struct AuthSwitchRequest
{
    /// <summary>True for the lone 0xFE: mysql_old_password.</summary>
    public bool IsOldPassword { get; private init; }
    public ReadOnlySpan<byte> AuthPlugin { get; private init; }
    /// <summary>A new scramble, as a rule, with the zero byte that ends it.</summary>
    public ReadOnlySpan<byte> Data { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out AuthSwitchRequest request)
    {
        request = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte header) || header != 0xFE)
            return false;
        if (reader.IsEmpty)
        {
            request = new AuthSwitchRequest { IsOldPassword = true };
            return true;
        }
        if (!reader.TryReadNullTerminated(out ReadOnlySpan<byte> plugin))
            return false;
        request = new AuthSwitchRequest { AuthPlugin = plugin, Data = reader.Rest };
        return true;
    }
}
