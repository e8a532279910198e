using System.Text;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Statements;

public sealed class OkRewriteTests
{
    private const ulong Backend = Capabilities.Protocol41 | Capabilities.SessionTrack | Capabilities.DeprecateEof;
    private const ulong Old = Capabilities.Protocol41;
    private const ushort Changed = StatusFlags.Autocommit | StatusFlags.SessionStateChanged;

    private readonly PayloadWriter writer = new();
    private readonly SessionTrackFilter filter = new();

    [Fact]
    public void The_usual_ok_passes_as_it_is()
    {
        byte[] ok = Ok(affected: 200, insertId: 7);
        Assert.False(OkRewrite.NeedsRewrite(ok));
        Assert.False(OkRewrite.NeedsRewrite(Ok(affected: 70_000, insertId: ulong.MaxValue, info: "Rows matched: 1")));
    }

    /// <summary>The manual has it without, for those without session tracking; no server does, and PHP's driver counts on it.</summary>
    [Fact]
    public void Info_keeps_its_length_for_a_client_without_session_tracking()
    {
        byte[] ok = Ok(affected: 300, insertId: 70_000, warnings: 3, info: "Rows matched: 300");
        Assert.False(OkRewrite.NeedsRewrite(ok));
        OkPacket read = Rewrite(ok, Old);
        Assert.Equal((300ul, 70_000ul, (ushort)3, "\u0011Rows matched: 300"), (read.AffectedRows, read.LastInsertId, read.Warnings, Encoding.UTF8.GetString(read.Info)));
    }

    [Fact]
    public void Changes_that_the_client_did_not_ask_for_are_left_out()
    {
        byte[] ok = Ok(info: "x", changes: Changes([("sql_mode", "ANSI"), ("Autocommit", "OFF"), ("time_zone", "UTC")], schema: "shop", stateChange: true, gtid: "0-1-5"));
        Assert.True(OkRewrite.NeedsRewrite(ok));
        Assert.Equal(["0 Autocommit=OFF", "0 time_zone=UTC", "1 =shop"], Told(Rewrite(ok, Backend)));
        filter.TrackVariables(" sql_mode ,"u8);
        filter.Schema = false;
        filter.StateChange = filter.Gtids = true;
        Assert.Equal(["0 sql_mode=ANSI", "2 =1", "3 =0-1-5"], Told(Rewrite(ok, Backend)));
        filter.TrackVariables("*"u8);
        Assert.Equal(5, Told(Rewrite(ok, Backend)).Length);
        filter.Reset();
        Assert.Equal(3, Told(Rewrite(ok, Backend)).Length);
        OkPacket old = Rewrite(ok, Old);
        Assert.Equal(("\u0001x", StatusFlags.Autocommit), (Encoding.UTF8.GetString(old.Info), old.Status));
    }

    [Fact]
    public void Nothing_left_is_no_change()
    {
        OkPacket read = Rewrite(Ok(changes: Changes([("sql_mode", new string('x', 70_000))], schema: null, stateChange: true, gtid: null)), Backend);
        Assert.Equal(StatusFlags.Autocommit, read.Status);
        Assert.Empty(Told(read));
        Assert.Equal(7, writer.Written.Length);
    }

    [Fact]
    public void Long_values_keep_their_lengths()
    {
        filter.TrackVariables("*"u8);
        OkPacket read = Rewrite(Ok(changes: Changes([("a", new string('x', 300)), ("b", new string('y', 70_000))], schema: "s", stateChange: false, gtid: null)), Backend);
        Assert.Equal(["0 a=" + new string('x', 300), "0 b=" + new string('y', 70_000), "1 =s"], Told(read));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void The_end_of_rows_is_what_the_client_agreed_to(bool backendOk, bool clientOk)
    {
        ushort status = StatusFlags.InTransaction | StatusFlags.MoreResultsExist;
        byte[] end = backendOk
            ? new PayloadWriter().WriteOk((ushort)(status | StatusFlags.SessionStateChanged), warnings: 9, changes: Changes([("sql_mode", "")], null, true, null), capabilities: Backend, endsResult: true).Written.ToArray()
            : new PayloadWriter().WriteEof(status, 9).Written.ToArray();
        ulong backend = backendOk ? Backend : Backend & ~Capabilities.DeprecateEof, client = clientOk ? Backend : Old;
        Assert.True(OkRewrite.TryWriteEndOfRows(writer, end, backend, client, filter));
        Assert.Equal(0xFE, writer.Written[0]);
        if (clientOk)
            Assert.True(OkPacket.TryRead(writer.Written, client, out OkPacket ok) && ok.Status == status && ok.Warnings == 9 && ok.Info.IsEmpty && ok.StateChanges.IsEmpty);
        else
            Assert.True(EofPacket.TryRead(writer.Written, out EofPacket eof) && eof.Status == status && eof.Warnings == 9);
    }

    [Fact]
    public void Bytes_that_are_no_ok_are_refused_and_none_throws()
    {
        Assert.False(OkRewrite.TryWrite(writer, [0xFF, 1, 2], Backend, Backend, filter));
        Assert.False(OkRewrite.TryWriteEndOfRows(writer, [0x00, 0, 0, 0, 0, 0, 0], Backend, Backend, filter));
        Assert.False(OkRewrite.TryWriteEndOfRows(writer, [], Backend, Old, filter));
        byte[] ok = Ok(info: "x", changes: Changes([("autocommit", "OFF")], "s", true, "1"));
        var random = new Random(3);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bad = ok[..random.Next(ok.Length + 1)];
            if (bad.Length > 0)
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            OkRewrite.NeedsRewrite(bad);
            if (OkRewrite.TryWrite(writer, bad, Backend, Backend, filter))
                Assert.True(OkPacket.TryRead(writer.Written, Backend, out _));
        }
    }

    private OkPacket Rewrite(byte[] payload, ulong client)
    {
        Assert.True(OkRewrite.TryWrite(writer, payload, Backend, client, filter));
        Assert.True(OkPacket.TryRead(writer.Written, client, out OkPacket ok));
        return ok;
    }

    private static byte[] Ok(ulong affected = 0, ulong insertId = 0, ushort warnings = 0, string info = "", byte[]? changes = null) =>
        new PayloadWriter().WriteOk(changes is null ? StatusFlags.Autocommit : Changed, affected, insertId, warnings, Encoding.UTF8.GetBytes(info), changes, Backend).Written.ToArray();

    /// <summary>All variables in one block, as MariaDB sends them.</summary>
    private static byte[] Changes((string Name, string Value)[] variables, string? schema, bool stateChange, string? gtid)
    {
        var all = new PayloadWriter();
        var block = new PayloadWriter();
        foreach ((string name, string value) in variables)
            block.LengthEncodedBytes(Encoding.UTF8.GetBytes(name)).LengthEncodedBytes(Encoding.UTF8.GetBytes(value));
        all.Byte(0).LengthEncodedBytes(block.Written);
        if (schema is not null)
            all.Byte(1).LengthEncodedBytes(block.Clear().LengthEncodedBytes(Encoding.UTF8.GetBytes(schema)).Written);
        if (stateChange)
            all.Byte(2).LengthEncodedBytes(block.Clear().LengthEncodedBytes("1"u8).Written);
        if (gtid is not null)
            all.Byte(3).LengthEncodedBytes(block.Clear().Byte(0).LengthEncodedBytes(Encoding.UTF8.GetBytes(gtid)).Written);
        return all.Written.ToArray();
    }

    private static string[] Told(OkPacket ok)
    {
        var told = new List<string>();
        foreach (SessionStateChanges.Change change in new SessionStateChanges(ok.StateChanges))
            told.Add($"{change.Type} {Encoding.UTF8.GetString(change.Name)}={Encoding.UTF8.GetString(change.Value)}");
        return [.. told];
    }
}
