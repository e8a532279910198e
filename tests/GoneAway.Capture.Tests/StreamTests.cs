using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Capture.Tests;

/// <summary>Whatever happens to segments on their way, the streams come out the same or the gap is told.</summary>
public sealed class StreamTests
{
    private static Conversation Talk() => new Conversation("10.0.0.5:51234").Open(threadId: 77)
        .Query("SELECT * FROM a").Rows(40, 700).Query("INSERT INTO b VALUES (1)").Ok().Query("SELECT * FROM c").Rows(3, 20000).Quit().Fin(Side.Client).Fin(Side.Server);

    private static (long Commands, long Rows, bool Gaps, int Violations, bool Clean) Sum(Told told)
    {
        Timeline connection = Assert.Single(told.Connections);
        return (connection.Work.Commands, connection.Work.Rows, connection.HasGaps, connection.Violations.Count, connection.Ending?.IsClean ?? false);
    }

    [Fact]
    public void A_healthy_session_is_counted_right() => Assert.Equal((3, 43, false, 0, true), Sum(Told.Of(Talk())));

    [Fact]
    public void Segments_in_disorder_and_twice_give_the_same()
    {
        byte[] capture = PcapBytes.Write(Talk());
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            byte[] mixed = Records.Rewrite(capture, records => Disorder(records, new Random(seed)));
            (long commands, long rows, bool gaps, int violations, _) = Sum(Told.Of(mixed));
            return commands == 3 && rows == 43 && !gaps && violations == 0;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Loss_is_told_as_a_gap_and_what_follows_is_understood_again()
    {
        byte[] capture = PcapBytes.Write(Talk());
        int count = Records.Split(capture).Count;
        // One data segment of the server at a time is missing; the session after it is still followed.
        for (int lost = 10; lost < count - 12; lost++)
        {
            byte[] cut = Records.Rewrite(capture, records => { records.RemoveAt(lost); return records; });
            Timeline connection = Assert.Single(Told.Of(cut).Connections);
            Assert.True(connection.Ending is not null, $"packet {lost + 1}");
            Assert.True(connection.Violations.All(static v => v.Kind is not ViolationKind.NotMySql), $"packet {lost + 1}: {string.Join(", ", connection.Violations.Select(static v => v.Kind))}");
        }
    }

    [Fact]
    public void A_capture_that_begins_in_the_middle_is_understood_from_the_next_command_on()
    {
        byte[] cut = Records.Rewrite(PcapBytes.Write(Talk()), static records => records[20..]);
        Timeline connection = Assert.Single(Told.Of(cut).Connections);
        Assert.Equal(Stage.Commands, connection.Stage);
        Assert.Equal(2, connection.Work.Commands);
        Assert.True(connection.Ending!.IsClean);
    }

    [Fact]
    public void The_same_ports_used_again_are_another_connection()
    {
        Conversation second = new Conversation("10.0.0.5:51234").Wait(5).Open(threadId: 78).Query("SELECT 1").Rows(1).Quit().Fin(Side.Client).Fin(Side.Server);
        Told told = Told.Of(Talk(), second);
        Assert.Equal([77u, 78u], told.Connections.Select(static c => c.Identity.ThreadId!.Value).Order());
        Assert.Equal(2, told.Totals.CleanCloses);
    }

    [Fact]
    public void Another_port_than_3306_is_recognised_by_its_greeting()
    {
        Told told = Told.Of(new Conversation("10.0.0.5:51234", "10.0.0.9:13390").Open().Query("SELECT 1").Rows(1).Quit().Fin(Side.Client));
        Assert.Equal(1, told.Totals.Connections);
    }

    private static List<byte[]> Disorder(List<byte[]> records, Random random)
    {
        // The handshake and the end stay; between them neighbours change places and some come twice.
        for (int i = 8; i < records.Count - 4; i++)
        {
            if (random.Next(4) == 0 && SameDirection(records[i], records[i + 1]))
                (records[i], records[i + 1]) = (records[i + 1], records[i]);
            else if (random.Next(5) == 0)
                records.Insert(i, records[i]);
        }
        return records;
    }

    private static bool SameDirection(byte[] a, byte[] b) => a.AsSpan(16 + 12, 4).SequenceEqual(b.AsSpan(16 + 12, 4));
}

/// <summary>Takes a classic pcap apart and puts it together again.</summary>
internal static class Records
{
    public static List<byte[]> Split(byte[] capture)
    {
        var records = new List<byte[]>();
        for (int offset = 24; offset < capture.Length;)
        {
            int length = 16 + (int)BinaryPrimitives.ReadUInt32LittleEndian(capture.AsSpan(offset + 8));
            records.Add(capture[offset..(offset + length)]);
            offset += length;
        }
        return records;
    }

    public static byte[] Rewrite(byte[] capture, Func<List<byte[]>, List<byte[]>> change) =>
        [.. capture[..24], .. change(Split(capture)).SelectMany(static record => record)];
}
