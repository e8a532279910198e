namespace GoneAway.Wire.Payloads;

/// <summary>What an authentication plugin of the server sends on its own account.</summary>
/// <remarks>MySQL "Protocol::AuthMoreData".</remarks>
public readonly ref struct AuthMoreData
{
    private const byte FastAuthOk = 3;
    private const byte FullAuthNeeded = 4;

    public ReadOnlySpan<byte> Data { get; private init; }

    /// <summary>caching_sha2_password: the password was in the server's cache.</summary>
    public bool IsFastAuthOk => Data.Length == 1 && Data[0] == FastAuthOk;

    /// <summary>caching_sha2_password: the password itself is needed, over TLS or RSA.</summary>
    public bool IsFullAuthNeeded => Data.Length == 1 && Data[0] == FullAuthNeeded;

    public static bool TryRead(ReadOnlySpan<byte> payload, out AuthMoreData data)
    {
        data = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte header) || header != 0x01)
            return false;
        data = new AuthMoreData { Data = reader.Rest };
        return true;
    }
}
