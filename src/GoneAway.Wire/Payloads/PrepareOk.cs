namespace GoneAway.Wire.Payloads;

/// <summary>The answer to COM_STMT_PREPARE; definitions of parameters, then of columns follow.</summary>
/// <remarks>MySQL "COM_STMT_PREPARE_OK".</remarks>
public readonly struct PrepareOk
{
    public uint StatementId { get; private init; }
    public ushort Columns { get; private init; }
    public ushort Parameters { get; private init; }
    public ushort Warnings { get; private init; }
    /// <summary>False when the definitions of parameters and columns are left out.</summary>
    public bool MetadataFollows { get; private init; }

    /// <param name="payload">The packet.</param>
    /// <param name="capabilities">What both ends agreed on.</param>
    /// <param name="ok">What it says.</param>
    public static bool TryRead(ReadOnlySpan<byte> payload, ulong capabilities, out PrepareOk ok)
    {
        ok = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte header) || header != 0 || !reader.TryReadUInt32(out uint id)
            || !reader.TryReadUInt16(out ushort columns) || !reader.TryReadUInt16(out ushort parameters))
            return false;
        // Servers before 5.0 end here.
        reader.TrySkip(1);
        reader.TryReadUInt16(out ushort warnings);
        bool follows = (capabilities & Capabilities.OptionalResultsetMetadata) == 0 || !reader.TryReadByte(out byte flag) || flag != 0;
        ok = new PrepareOk { StatementId = id, Columns = columns, Parameters = parameters, Warnings = warnings, MetadataFollows = follows };
        return true;
    }
}
