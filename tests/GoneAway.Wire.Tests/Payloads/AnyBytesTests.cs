using FsCheck;
using FsCheck.Fluent;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Wire.Tests.Payloads;

/// <summary>Bad bytes are data: every reader answers, whatever it is given.</summary>
public sealed class AnyBytesTests
{
    private static readonly byte[] LeadingBytes = [0x00, 0x01, 0x03, 0x09, 0x0A, 0x11, 0x12, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1B, 0x1C, 0x1E, 0xFB, 0xFE, 0xFF];
    private static readonly ulong[] CapabilitySets = [0, ulong.MaxValue, GreetingFields.MySql8(1, new byte[20]).Capabilities, GreetingFields.MariaDb(1, new byte[20]).Capabilities];

    [Fact]
    public void No_random_payload_makes_a_reader_throw() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll<byte[]>(static bytes => ReadAsEverything(bytes)));

    [Fact]
    public void No_random_payload_behind_a_true_first_byte_makes_a_reader_throw() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll<byte[]>(static bytes =>
        {
            foreach (byte first in LeadingBytes)
                ReadAsEverything([first, .. bytes]);
        }));

    [Fact]
    public void No_true_payload_with_one_byte_changed_or_cut_off_makes_a_reader_throw()
    {
        foreach (byte[] payload in Samples.All())
        {
            for (int i = 0; i < payload.Length; i++)
            {
                ReadAsEverything(payload[..i]);
                foreach (byte other in (ReadOnlySpan<byte>)[0x00, 0x7F, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF])
                {
                    byte[] changed = [.. payload];
                    changed[i] = other;
                    ReadAsEverything(changed);
                }
            }
        }
    }

    [Fact]
    public void A_length_larger_than_any_array_is_not_read()
    {
        var reader = new PayloadReader([0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2]);
        Assert.False(reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> bytes));
        Assert.True(bytes.IsEmpty);
        Assert.Equal(11, reader.Rest.Length);
        Assert.False(reader.TrySkip(-1));
        Assert.False(reader.TryReadBytes(int.MaxValue, out _));
    }

    private static void ReadAsEverything(byte[] bytes)
    {
        foreach (ulong capabilities in CapabilitySets)
        {
            ReadServerPayloads(bytes, capabilities);
            ReadClientPayloads(bytes, capabilities);
        }
    }

    private static void ReadServerPayloads(byte[] bytes, ulong capabilities)
    {
        HandshakeV10.TryRead(bytes, out _);
        HandshakeV9.TryRead(bytes, out _);
        AuthSwitchRequest.TryRead(bytes, out _);
        AuthMoreData.TryRead(bytes, out _);
        ErrPacket.TryRead(bytes, out _);
        EofPacket.TryRead(bytes, out _);
        PrepareOk.TryRead(bytes, capabilities, out _);
        ProgressReport.TryRead(bytes, out _);
        ColumnDefinition41.TryRead(bytes, capabilities, out _);
        ResultSetHeader.TryRead(bytes, capabilities, out _);
        if (OkPacket.TryRead(bytes, capabilities, out OkPacket ok))
            foreach (SessionStateChanges.Change change in new SessionStateChanges(ok.StateChanges))
                Assert.True(change.Value.Length <= bytes.Length);
        foreach (SessionStateChanges.Change change in new SessionStateChanges(bytes))
            Assert.True(change.Name.Length + change.Value.Length <= bytes.Length);
        int values = 0;
        foreach (RowValue value in new TextRow(bytes))
            values += value.IsNull ? 1 : value.Bytes.Length + 1;
        Assert.True(values <= bytes.Length);
        if (BinaryRow.TryRead(bytes, 9, out BinaryRow row))
            for (byte type = 0; row.TryReadValue(type, out _); type = (byte)(type * 5 + 3))
                continue;
    }

    private static void ReadClientPayloads(byte[] bytes, ulong capabilities)
    {
        if (HandshakeResponse41.TryRead(bytes, capabilities, out HandshakeResponse41 login))
            foreach (ConnectionAttributes.Attribute attribute in login.Attributes)
                Assert.True(attribute.Name.Length + attribute.Value.Length <= bytes.Length);
        HandshakeResponse320.TryRead(bytes, out _);
        SslRequest.TryRead(bytes, out _);
        if (ComQuery.TryRead(bytes, capabilities, out ComQuery query))
            Assert.True(query.Sql.Length < bytes.Length);
        if (ComStmtExecute.TryRead(bytes, 3, capabilities, out ComStmtExecute execute))
            foreach (BoundParameters.Parameter parameter in execute.Parameters)
                Assert.True(parameter.Value.Bytes.Length < bytes.Length);
        ComStmtSendLongData.TryRead(bytes, out _);
        StatementCommand.TryRead(bytes, out _);
        TextCommand.TryRead(bytes, out _);
        ComFieldList.TryRead(bytes, out _);
        ComProcessKill.TryRead(bytes, out _);
        ComSetOption.TryRead(bytes, out _);
        ComChangeUser.TryRead(bytes, capabilities, out _);
        ComRegisterReplica.TryRead(bytes, out _);
        ComBinlogDump.TryRead(bytes, out _);
    }
}
