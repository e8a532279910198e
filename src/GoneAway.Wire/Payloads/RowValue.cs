namespace GoneAway.Wire.Payloads;

/// <summary>One value of a row or of a statement's parameters, as it was sent.</summary>
public readonly ref struct RowValue(bool isNull, ReadOnlySpan<byte> bytes)
{
    public bool IsNull { get; } = isNull;

    /// <summary>Without its length; empty for NULL.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}
