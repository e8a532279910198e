using GoneAway.Wire.Payloads;

namespace GoneAway.Wire.Writing;

/// <summary>Writes the payloads of a server's answers.</summary>
public static class Responses
{
    private const byte NullValue = 0xFB;

    /// <summary>OK_Packet.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="status">See <see cref="StatusFlags"/>; with SessionStateChanged the changes are written.</param>
    /// <param name="affectedRows">Rows.</param>
    /// <param name="lastInsertId">0 for none.</param>
    /// <param name="warnings">How many.</param>
    /// <param name="info">For people.</param>
    /// <param name="changes">Session state changes, encoded.</param>
    /// <param name="capabilities">What both ends agreed on.</param>
    /// <param name="endsResult">Written in place of EOF, with its header 0xFE.</param>
    public static PayloadWriter WriteOk(this PayloadWriter writer, ushort status = StatusFlags.Autocommit, ulong affectedRows = 0,
        ulong lastInsertId = 0, ushort warnings = 0, ReadOnlySpan<byte> info = default, ReadOnlySpan<byte> changes = default,
        ulong capabilities = 0, bool endsResult = false)
    {
        writer.Clear().Byte(endsResult ? (byte)0xFE : (byte)0).LengthEncoded(affectedRows).LengthEncoded(lastInsertId)
            .UInt16(status).UInt16(warnings);
        bool changed = (status & StatusFlags.SessionStateChanged) != 0;
        if ((capabilities & Capabilities.SessionTrack) == 0)
            return writer.Bytes(info);
        if (changed || info.Length > 0)
            writer.LengthEncodedBytes(info);
        return changed ? writer.LengthEncodedBytes(changes) : writer;
    }

    /// <summary>ERR_Packet; without an SQLSTATE as before the login, or as of a client from before 4.1.</summary>
    public static PayloadWriter WriteError(this PayloadWriter writer, ushort code, ReadOnlySpan<byte> sqlState, ReadOnlySpan<byte> message)
    {
        writer.Clear().Byte(0xFF).UInt16(code);
        if (sqlState.Length == 5)
            writer.Byte((byte)'#').Bytes(sqlState);
        return writer.Bytes(message);
    }

    /// <summary>EOF_Packet.</summary>
    public static PayloadWriter WriteEof(this PayloadWriter writer, ushort status = StatusFlags.Autocommit, ushort warnings = 0) =>
        writer.Clear().Byte(0xFE).UInt16(warnings).UInt16(status);

    /// <summary>A result set's header.</summary>
    public static PayloadWriter WriteResultSetHeader(this PayloadWriter writer, int columns, ulong capabilities = 0)
    {
        writer.Clear().LengthEncoded((ulong)columns);
        return (capabilities & (Capabilities.OptionalResultsetMetadata | Capabilities.MariaDbCacheMetadata)) != 0 ? writer.Byte(1) : writer;
    }

    /// <summary>LOCAL INFILE: asks the client for a file.</summary>
    public static PayloadWriter WriteFileRequest(this PayloadWriter writer, ReadOnlySpan<byte> fileName) => writer.Clear().Byte(NullValue).Bytes(fileName);

    /// <summary>Protocol::ColumnDefinition41.</summary>
    public static PayloadWriter WriteColumn(this PayloadWriter writer, ReadOnlySpan<byte> name, byte type = ColumnType.VarString,
        ReadOnlySpan<byte> schema = default, ReadOnlySpan<byte> table = default, uint length = 1024, ushort charset = 45, ulong capabilities = 0)
    {
        writer.Clear().LengthEncodedBytes("def"u8).LengthEncodedBytes(schema).LengthEncodedBytes(table).LengthEncodedBytes(table)
            .LengthEncodedBytes(name).LengthEncodedBytes(name);
        if ((capabilities & Capabilities.MariaDbExtendedTypeInfo) != 0)
            writer.LengthEncoded(0);
        return writer.Byte(0x0C).UInt16(charset).UInt32(length).Byte(type).UInt16(0).Byte(0).Zeros(2);
    }

    /// <summary>A row of the text protocol; null is NULL.</summary>
    public static PayloadWriter WriteTextRow(this PayloadWriter writer, params ReadOnlySpan<byte[]?> values)
    {
        writer.Clear();
        foreach (byte[]? value in values)
        {
            if (value is null)
                writer.Byte(NullValue);
            else
                writer.LengthEncodedBytes(value);
        }
        return writer;
    }

    /// <summary>A row of the binary protocol. Values are as they go over the wire, without their lengths; null is NULL.</summary>
    public static PayloadWriter WriteBinaryRow(this PayloadWriter writer, ReadOnlySpan<byte> types, ReadOnlySpan<byte[]?> values)
    {
        writer.Clear().Byte(0);
        BinaryValues.WriteNullBitmap(writer, values, offset: 2);
        return BinaryValues.Write(writer, types, values);
    }

    /// <summary>COM_STMT_PREPARE_OK.</summary>
    public static PayloadWriter WritePrepareOk(this PayloadWriter writer, uint statementId, ushort columns, ushort parameters, ushort warnings = 0) =>
        writer.Clear().Byte(0).UInt32(statementId).UInt16(columns).UInt16(parameters).Byte(0).UInt16(warnings);
}
