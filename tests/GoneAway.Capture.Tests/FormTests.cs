using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Capture.Tests;

/// <summary>The same packets in every form of capture file tell the same.</summary>
public sealed class FormTests
{
    public static TheoryData<PcapForm> Forms => new(
        from ng in (bool[])[false, true]
        from big in (bool[])[false, true]
        from nanoseconds in (bool[])[false, true]
        from link in (int[])[101, 1, 113, 276, 0]
        select new PcapForm { Ng = ng, BigEndian = big, Nanoseconds = nanoseconds, LinkType = link });

    private static Conversation Talk() => new Conversation("10.0.0.5:51234").Open(threadId: 77, program: "celery", pid: 2387)
        .Query("SELECT * FROM t").Rows(5, 3000).Wait(100).Error(4031, "HY000", "The client was disconnected by the server because of inactivity.", 0).Fin(Side.Server);

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_is_read(PcapForm form)
    {
        Told told = Told.Of(PcapBytes.Write(form, Talk()));
        Timeline connection = Assert.Single(told.Connections);
        Assert.Equal(form.Ng ? "pcapng" : "pcap", told.Input.Kind);
        Assert.Null(told.Input.Note);
        Assert.Equal(77u, connection.Identity.ThreadId);
        Assert.Equal("celery", connection.Identity.Program);
        Assert.Equal(2387, connection.Identity.Pid);
        Assert.Equal(5, connection.Work.Rows);
        Assert.Equal("2026-11-20T10:00:00.000000Z", connection.First.At.ToString());
        Assert.InRange(connection.Ending!.IdleBefore.TotalSeconds, 99.9, 100.1);
        Assert.Equal("wait-timeout", Assert.Single(told.Incidents).Verdict.Cause);
    }

    [Fact]
    public void IPv6_with_extension_headers_is_read()
    {
        foreach (int link in (int[])[101, 1, 113, 276])
        {
            Timeline connection = Assert.Single(Told.Of(PcapBytes.Write(new PcapForm { IpV6 = true, LinkType = link }, Talk())).Connections);
            Assert.Equal("[fd00::a00:5]:51234", connection.Client.ToString());
            Assert.Equal(5, connection.Work.Rows);
        }
    }

    [Fact]
    public void Fragments_in_disorder_are_put_together()
    {
        Told told = Told.Of(PcapBytes.Write(new PcapForm { Fragmented = true }, Talk()));
        Timeline connection = Assert.Single(told.Connections);
        Assert.False(connection.HasGaps);
        Assert.Equal(5, connection.Work.Rows);
        Assert.Equal("wait-timeout", Assert.Single(told.Incidents).Verdict.Cause);
    }

    [Fact]
    public void A_snap_length_costs_contents_but_no_boundaries()
    {
        Told told = Told.Of(PcapBytes.Write(new PcapForm { SnapLength = 400 }, Talk()));
        Timeline connection = Assert.Single(told.Connections);
        Assert.True(connection.HasGaps);
        Assert.Equal(5, connection.Work.Rows);
        Assert.Equal("wait-timeout", Assert.Single(told.Incidents).Verdict.Cause);
    }
}
