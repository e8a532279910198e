using GoneAway.Wire.Payloads;

namespace GoneAway.Wire.Writing;

/// <summary>Writes the payloads of a client's commands.</summary>
public static class Commands
{
    /// <summary>Commands without a body: COM_PING, COM_QUIT, COM_STATISTICS, COM_RESET_CONNECTION and such; or with one that is ready.</summary>
    public static PayloadWriter WriteCommand(this PayloadWriter writer, byte code, ReadOnlySpan<byte> body = default) =>
        writer.Clear().Byte(code).Bytes(body);

    /// <summary>COM_QUERY without query attributes.</summary>
    public static PayloadWriter WriteQuery(this PayloadWriter writer, ReadOnlySpan<byte> sql, ulong capabilities = 0)
    {
        writer.Clear().Byte(CommandCode.Query);
        if ((capabilities & Capabilities.QueryAttributes) != 0)
            writer.LengthEncoded(0).LengthEncoded(1);
        return writer.Bytes(sql);
    }

    /// <summary>COM_QUERY with query attributes, which both ends must know.</summary>
    public static PayloadWriter WriteQuery(this PayloadWriter writer, ReadOnlySpan<byte> sql, ReadOnlySpan<byte[]> names,
        ReadOnlySpan<byte> types, ReadOnlySpan<byte[]?> values)
    {
        writer.Clear().Byte(CommandCode.Query).LengthEncoded((ulong)values.Length).LengthEncoded(1);
        if (values.Length > 0)
            WriteParameters(writer, names, types, values);
        return writer.Bytes(sql);
    }

    /// <summary>COM_STMT_EXECUTE without query attributes.</summary>
    public static PayloadWriter WriteExecute(this PayloadWriter writer, uint statementId, ReadOnlySpan<byte> types,
        ReadOnlySpan<byte[]?> values, byte flags = 0)
    {
        writer.Clear().Byte(CommandCode.StmtExecute).UInt32(statementId).Byte(flags).UInt32(1);
        if (values.Length > 0)
            WriteParameters(writer, default, types, values);
        return writer;
    }

    /// <summary>COM_STMT_SEND_LONG_DATA.</summary>
    public static PayloadWriter WriteLongData(this PayloadWriter writer, uint statementId, ushort parameter, ReadOnlySpan<byte> data) =>
        writer.Clear().Byte(CommandCode.StmtSendLongData).UInt32(statementId).UInt16(parameter).Bytes(data);

    /// <summary>COM_STMT_CLOSE or COM_STMT_RESET.</summary>
    public static PayloadWriter WriteStatementCommand(this PayloadWriter writer, byte code, uint statementId) =>
        writer.Clear().Byte(code).UInt32(statementId);

    /// <summary>COM_STMT_FETCH.</summary>
    public static PayloadWriter WriteFetch(this PayloadWriter writer, uint statementId, uint rows) =>
        writer.Clear().Byte(CommandCode.StmtFetch).UInt32(statementId).UInt32(rows);

    private static void WriteParameters(PayloadWriter writer, ReadOnlySpan<byte[]> names, ReadOnlySpan<byte> types, ReadOnlySpan<byte[]?> values)
    {
        BinaryValues.WriteNullBitmap(writer, values, offset: 0);
        writer.Byte(1);
        for (int i = 0; i < values.Length; i++)
        {
            writer.UInt16(types[i]);
            if (!names.IsEmpty)
                writer.LengthEncodedBytes(names[i]);
        }
        BinaryValues.Write(writer, types, values);
    }
}
