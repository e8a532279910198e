namespace GoneAway.Wire.Payloads;

/// <summary>COM_SET_OPTION: switches multi-statements on (0) or off (1).</summary>
public readonly struct ComSetOption
{
    public ushort Option { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out ComSetOption command)
    {
        command = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte code) || code != CommandCode.SetOption || !reader.TryReadUInt16(out ushort option))
            return false;
        command = new ComSetOption { Option = option };
        return true;
    }
}
