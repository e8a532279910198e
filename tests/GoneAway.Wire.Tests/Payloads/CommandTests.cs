using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Wire.Tests.Payloads;

public sealed class CommandTests
{
    private readonly PayloadWriter writer = new();

    [Theory]
    [InlineData(0)]
    [InlineData(Capabilities.QueryAttributes)]
    public void A_query_is_read_as_it_was_written(ulong capabilities)
    {
        Assert.True(ComQuery.TryRead(writer.WriteQuery("SELECT 1"u8, capabilities).Written, capabilities, out ComQuery query));
        Assert.Equal("SELECT 1"u8, query.Sql);
        Assert.Equal(0, query.Attributes.Count);
    }

    [Fact]
    public void Query_attributes_stand_before_the_statement()
    {
        byte[] payload = writer.WriteQuery("SELECT 1"u8, [[.. "trace"u8], [.. "n"u8], [.. "none"u8]],
            [ColumnType.VarString, ColumnType.LongLong, ColumnType.VarString], [[.. "ab12"u8], new byte[8], null]).Written.ToArray();
        Assert.True(ComQuery.TryRead(payload, Capabilities.QueryAttributes, out ComQuery query));
        Assert.Equal("SELECT 1"u8, query.Sql);
        BoundParameters.Enumerator walk = query.Attributes.GetEnumerator();
        Assert.True(walk.MoveNext());
        Assert.Equal("trace"u8, walk.Current.Name);
        Assert.Equal("ab12"u8, walk.Current.Value.Bytes);
        Assert.True(walk.MoveNext());
        Assert.Equal(8, walk.Current.Value.Bytes.Length);
        Assert.True(walk.MoveNext());
        Assert.True(walk.Current.Value.IsNull);
        Assert.False(walk.MoveNext());
    }

    [Fact]
    public void Query_attributes_that_are_cut_are_not_taken_for_a_statement()
    {
        byte[] payload = writer.WriteQuery(default, [[.. "trace"u8]], [ColumnType.VarString], [[.. "ab12"u8]]).Written.ToArray();
        for (int length = 3; length < payload.Length; length++)
            Assert.False(ComQuery.TryRead(payload.AsSpan(0, length), Capabilities.QueryAttributes, out _));
        Assert.True(ComQuery.TryRead(payload, Capabilities.QueryAttributes, out ComQuery query));
        Assert.True(query.Sql.IsEmpty);
    }

    [Fact]
    public void The_parameters_of_an_execution_are_read_as_they_were_written()
    {
        byte[] payload = writer.WriteExecute(7, [ColumnType.Long, ColumnType.VarString, ColumnType.DateTime], [[5, 0, 0, 0], null, []], flags: 1).Written.ToArray();
        Assert.True(ComStmtExecute.TryRead(payload, 3, 0, out ComStmtExecute execute));
        Assert.Equal((7u, (byte)1), (execute.StatementId, execute.Flags));
        var lengths = new List<int>();
        foreach (BoundParameters.Parameter parameter in execute.Parameters)
            lengths.Add(parameter.Value.IsNull ? -1 : parameter.Value.Bytes.Length);
        Assert.Equal([4, -1, 0], lengths);
    }

    [Fact]
    public void An_execution_with_the_types_of_the_one_before_says_so()
    {
        Assert.True(ComStmtExecute.TryRead([CommandCode.StmtExecute, 7, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 5, 0, 0, 0], 1, 0, out ComStmtExecute execute));
        Assert.False(execute.Parameters.HasTypes);
        Assert.Equal(1, execute.Parameters.Count);
        foreach (BoundParameters.Parameter _ in execute.Parameters)
            Assert.Fail("its value cannot be known");
    }

    [Fact]
    public void Statement_commands_are_read_as_they_were_written()
    {
        Assert.True(StatementCommand.TryRead(writer.WriteStatementCommand(CommandCode.StmtClose, 7).Written, out StatementCommand close));
        Assert.Equal((CommandCode.StmtClose, 7u), (close.Code, close.StatementId));
        Assert.True(StatementCommand.TryRead(writer.WriteFetch(7, 100).Written, out StatementCommand fetch));
        Assert.Equal(100u, fetch.Rows);
        Assert.False(StatementCommand.TryRead(writer.WriteStatementCommand(CommandCode.StmtFetch, 7).Written, out _));
        Assert.True(ComStmtSendLongData.TryRead(writer.WriteLongData(7, 2, "piece"u8).Written, out ComStmtSendLongData data));
        Assert.Equal((7u, 2), (data.StatementId, data.Parameter));
        Assert.Equal("piece"u8, data.Data);
    }

    [Fact]
    public void Small_commands_are_read()
    {
        Assert.True(TextCommand.TryRead([CommandCode.InitDb, .. "shop"u8], out TextCommand schema));
        Assert.Equal("shop"u8, schema.Text);
        Assert.True(ComProcessKill.TryRead([CommandCode.ProcessKill, 42, 0, 0, 0], out ComProcessKill kill));
        Assert.Equal(42u, kill.ThreadId);
        Assert.True(ComSetOption.TryRead([CommandCode.SetOption, 1, 0], out ComSetOption option));
        Assert.Equal(1, option.Option);
        Assert.True(ComFieldList.TryRead([CommandCode.FieldList, .. "orders"u8, 0, (byte)'%'], out ComFieldList fields));
        Assert.Equal("orders"u8, fields.Table);
        Assert.Equal("%"u8, fields.Wildcard);
        Assert.False(ComProcessKill.TryRead([CommandCode.ProcessKill, 42, 0, 0], out _));
    }

    [Fact]
    public void A_change_of_user_is_read()
    {
        byte[] payload = [CommandCode.ChangeUser, .. "app"u8, 0, 2, 8, 9, .. "shop"u8, 0, 45, 0, .. "mysql_native_password"u8, 0, 7, 4, .. "_pid"u8, 1, (byte)'7'];
        const ulong capabilities = Capabilities.SecureConnection | Capabilities.PluginAuth | Capabilities.ConnectAttributes;
        Assert.True(ComChangeUser.TryRead(payload, capabilities, out ComChangeUser command));
        Assert.Equal("app"u8, command.User);
        Assert.Equal("shop"u8, command.Database);
        Assert.Equal("mysql_native_password"u8, command.AuthPlugin);
        Assert.Equal((2, 45), (command.AuthResponse.Length, command.Charset));
        ConnectionAttributes.Enumerator attributes = command.Attributes.GetEnumerator();
        Assert.True(attributes.MoveNext());
        Assert.Equal("7"u8, attributes.Current.Value);
    }

    [Fact]
    public void Commands_of_a_replica_are_read()
    {
        Assert.True(ComRegisterReplica.TryRead([CommandCode.RegisterReplica, 5, 0, 0, 0, 1, (byte)'h', 1, (byte)'u', 0, 0xEA, 0x0C], out ComRegisterReplica replica));
        Assert.Equal((5u, 3306), (replica.ServerId, replica.Port));
        Assert.True(ComBinlogDump.TryRead([CommandCode.BinlogDump, 4, 0, 0, 0, 1, 0, 5, 0, 0, 0, .. "bin.000001"u8], out ComBinlogDump dump));
        Assert.Equal((4UL, (ushort)1, 5u), (dump.Position, dump.Flags, dump.ServerId));
        Assert.Equal("bin.000001"u8, dump.FileName);
        Assert.True(ComBinlogDump.TryRead([CommandCode.BinlogDumpGtid, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, .. "bin"u8, 4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9], out dump));
        Assert.Equal("bin"u8, dump.FileName);
        Assert.Equal((4UL, 1), (dump.Position, dump.Gtids.Length));
    }
}
