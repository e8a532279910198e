using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Wire.Tests.Payloads;

public sealed class ResponseTests
{
    private readonly PayloadWriter writer = new();

    [Theory]
    [InlineData(0, false)]
    [InlineData(Capabilities.SessionTrack, false)]
    [InlineData(Capabilities.SessionTrack, true)]
    public void An_OK_is_read_as_it_was_written(ulong capabilities, bool endsResult)
    {
        byte[] payload = writer.WriteOk(StatusFlags.InTransaction, 300, 1UL << 40, 2, "Rows matched: 1"u8, default, capabilities, endsResult).Written.ToArray();
        Assert.True(OkPacket.TryRead(payload, capabilities, out OkPacket ok));
        Assert.Equal(300u, ok.AffectedRows);
        Assert.Equal(1UL << 40, ok.LastInsertId);
        Assert.Equal(StatusFlags.InTransaction, ok.Status);
        Assert.Equal(2, ok.Warnings);
        Assert.Equal("Rows matched: 1"u8, ok.Info);
        Assert.Equal(endsResult ? 0xFE : 0x00, payload[0]);
    }

    [Fact]
    public void Session_state_changes_are_told_one_by_one()
    {
        byte[] changes =
        [
            0, 23, 10, .. "autocommit"u8, 2, .. "ON"u8, 4, .. "mode"u8, 3, .. "abc"u8,
            1, 5, 4, .. "shop"u8,
            3, 7, 0, 5, .. "a:1-5"u8,
            5, 9, 8, .. "T_______"u8,
            77, 2, 9, 9,
        ];
        byte[] payload = writer.WriteOk(StatusFlags.SessionStateChanged, changes: changes, capabilities: Capabilities.SessionTrack).Written.ToArray();
        Assert.True(OkPacket.TryRead(payload, Capabilities.SessionTrack, out OkPacket ok));
        var told = new List<string>();
        foreach (SessionStateChanges.Change change in new SessionStateChanges(ok.StateChanges))
            told.Add(change.Type + " " + Text(change.Name) + "=" + Text(change.Value));
        Assert.Equal(["0 autocommit=ON", "0 mode=abc", "1 =shop", "3 =a:1-5", "5 =T_______", "77 =\t\t"], told);
    }

    [Fact]
    public void An_EOF_is_5_bytes_or_1_and_nothing_else_is_one()
    {
        byte[] payload = writer.WriteEof(StatusFlags.MoreResultsExist, 9).Written.ToArray();
        Assert.True(EofPacket.TryRead(payload, out EofPacket eof));
        Assert.Equal(StatusFlags.MoreResultsExist, eof.Status);
        Assert.Equal(9, eof.Warnings);
        for (int length = 0; length < 5; length++)
            Assert.Equal(length == 1, EofPacket.TryRead(payload.AsSpan(0, length), out _));
        Assert.False(EofPacket.TryRead([.. payload, 0, 0], out _));
    }

    [Fact]
    public void A_column_is_read_as_it_was_written()
    {
        foreach (ulong capabilities in (ReadOnlySpan<ulong>)[0, Capabilities.MariaDbExtendedTypeInfo])
        {
            byte[] payload = writer.WriteColumn("id"u8, ColumnType.Long, "shop"u8, "orders"u8, 11, 63, capabilities).Written.ToArray();
            Assert.True(ColumnDefinition41.TryRead(payload, capabilities, out ColumnDefinition41 column));
            Assert.Equal("shop.orders.id", Text(column.Schema) + "." + Text(column.Table) + "." + Text(column.Name));
            Assert.Equal((ColumnType.Long, 11u, (ushort)63), (column.Type, column.Length, column.Charset));
            for (int length = 0; length < payload.Length; length++)
                Assert.False(ColumnDefinition41.TryRead(payload.AsSpan(0, length), capabilities, out _));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Capabilities.OptionalResultsetMetadata)]
    [InlineData(Capabilities.MariaDbCacheMetadata)]
    public void A_result_header_is_read_as_it_was_written(ulong capabilities)
    {
        Assert.True(ResultSetHeader.TryRead(writer.WriteResultSetHeader(300, capabilities).Written, capabilities, out ResultSetHeader header));
        Assert.Equal(300, header.ColumnCount);
        Assert.True(header.MetadataFollows);
        Assert.False(header.IsFileRequest);
    }

    [Fact]
    public void A_request_for_a_file_gives_its_name()
    {
        Assert.True(ResultSetHeader.TryRead(writer.WriteFileRequest("rows.csv"u8).Written, 0, out ResultSetHeader header));
        Assert.True(header.IsFileRequest);
        Assert.Equal("rows.csv"u8, header.FileName);
    }

    [Fact]
    public void A_text_row_tells_NULL_from_an_empty_string()
    {
        var values = new List<string?>();
        TextRow.Enumerator walk = new TextRow(writer.WriteTextRow([.. "1"u8], null, [], new byte[300]).Written).GetEnumerator();
        while (walk.MoveNext())
            values.Add(walk.Current.IsNull ? null : Text(walk.Current.Bytes));
        Assert.Equal(["1", null, "", new string('\0', 300)], values);
        Assert.True(walk.IsComplete);
    }

    [Fact]
    public void A_binary_row_of_every_type_is_read_as_it_was_written()
    {
        byte[] types = [ColumnType.Tiny, ColumnType.Short, ColumnType.Long, ColumnType.LongLong, ColumnType.Double, ColumnType.Float,
            ColumnType.DateTime, ColumnType.Time, ColumnType.VarString, ColumnType.Json, ColumnType.Blob, ColumnType.Year];
        byte[]?[] values = [[1], [2, 0], [3, 0, 0, 0], new byte[8], null, new byte[4], [234, 7, 11, 20], [], new byte[251], null, [], [234, 7]];
        byte[] payload = writer.WriteBinaryRow(types, values).Written.ToArray();
        Assert.True(BinaryRow.TryRead(payload, types.Length, out BinaryRow row));
        for (int i = 0; i < types.Length; i++)
        {
            Assert.True(row.TryReadValue(types[i], out RowValue value));
            Assert.Equal(values[i] is null, value.IsNull);
            Assert.Equal(values[i] ?? [], value.Bytes);
        }
        Assert.True(row.IsComplete);
        Assert.False(row.TryReadValue(ColumnType.Tiny, out _));
    }

    [Fact]
    public void A_prepared_statement_is_read_as_it_was_written()
    {
        Assert.True(PrepareOk.TryRead(writer.WritePrepareOk(7, 3, 2, 1).Written, 0, out PrepareOk ok));
        Assert.Equal((7u, 3, 2, 1), (ok.StatementId, ok.Columns, ok.Parameters, ok.Warnings));
        Assert.False(PrepareOk.TryRead([0, 7, 0, 0, 0, 3, 0, 2], 0, out _));
    }

    [Fact]
    public void A_progress_report_is_no_plain_error()
    {
        Assert.True(ProgressReport.TryRead([0xFF, 0xFF, 0xFF, 1, 1, 2, 0x10, 0x27, 0, 9, .. "copy rows"u8], out ProgressReport report));
        Assert.Equal((1, 2, 10_000), (report.Stage, report.Stages, report.Progress));
        Assert.Equal("copy rows"u8, report.Info);
        Assert.False(ProgressReport.TryRead(writer.WriteError(1927, "70100"u8, "Connection was killed"u8).Written, out _));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.ASCII.GetString(bytes);
}
