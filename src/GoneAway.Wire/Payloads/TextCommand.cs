namespace GoneAway.Wire.Payloads;

/// <summary>Commands that are a code and a text: COM_INIT_DB and COM_STMT_PREPARE.</summary>
public readonly ref struct TextCommand
{
    public byte Code { get; private init; }
    /// <summary>A schema's name, or a statement.</summary>
    public ReadOnlySpan<byte> Text { get; private init; }

    public static bool TryRead(ReadOnlySpan<byte> payload, out TextCommand command)
    {
        command = default;
        var reader = new PayloadReader(payload);
        if (!reader.TryReadByte(out byte code) || code is not (CommandCode.InitDb or CommandCode.StmtPrepare))
            return false;
        command = new TextCommand { Code = code, Text = reader.Rest };
        return true;
    }
}
