using GoneAway.Capture;
using GoneAway.Diagnosis;
using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Causes.Tests.Traps;

/// <summary>Evidence that misleads: what comes after the end, errors that two causes send, thread ids of others.</summary>
public sealed class TrapTests
{
    private const string Victim = "10.0.0.5:51234";
    private const string Inactivity = "The client was disconnected by the server because of inactivity.";

    [Fact]
    public void A_query_on_the_closed_connection_does_not_hide_the_idle_timer()
    {
        Incident incident = Explain(new Conversation(Victim).Open("5.7.44").Query("UPDATE t SET a=1").Ok().Ack(Side.Client).Wait(28800)
            .Fin(Side.Server).Ack(Side.Client).Wait(500).Query("SELECT 1").Reset(Side.Server));
        Assert.Equal(("wait-timeout", Grade.Likely), (incident.Verdict.Cause, incident.Verdict.Grade));
        Assert.Contains(incident.Alternatives, static other => other.Cause == "used-after-close");
    }

    [Fact]
    public void A_query_on_the_closed_connection_was_not_cut_by_the_close()
    {
        Incident incident = Explain(new Conversation(Victim).Open().Query("UPDATE t SET a=1").Ok().Ack(Side.Client).Wait(33.47)
            .Fin(Side.Server).Ack(Side.Client).Wait(400).Query("SELECT 1").Reset(Side.Server));
        Assert.DoesNotContain("in the middle of", incident.Verdict.Summary, StringComparison.Ordinal);
        Assert.True(incident.Verdict.Grade <= Grade.Possible, incident.Verdict.Summary);
    }

    [Fact]
    public void Error_1053_alone_does_not_prove_a_shutdown()
    {
        Incident incident = Explain(ShuttingDown());
        Assert.Equal(("server-restart", Grade.Likely), (incident.Verdict.Cause, incident.Verdict.Grade));
        Assert.Contains(incident.Alternatives, static other => other.Cause == "killed");
    }

    [Fact]
    public void Error_1053_and_a_refused_connect_prove_it()
    {
        Incident incident = Explain(ShuttingDown(), new Conversation("10.0.0.7:40001").Wait(7).Syn().Reset(Side.Server));
        Assert.Equal(("server-restart", Grade.Proven), (incident.Verdict.Cause, incident.Verdict.Grade));
    }

    [Fact]
    public void Error_1053_after_KILL_is_the_KILLs()
    {
        Incident incident = Explain(ShuttingDown(), new Conversation("10.0.0.7:40000").Wait(4.9).Open(threadId: 50, user: "root").Query("KILL 42").Ok().Quit());
        Assert.Equal(("killed", Grade.Proven), (incident.Verdict.Cause, incident.Verdict.Grade));
        Assert.Contains(incident.RuledOut, static other => other.Cause == "server-restart");
    }

    [Fact]
    public void Error_1053_from_a_server_that_lives_on_is_no_restart()
    {
        Incident incident = Explain(ShuttingDown(), new Conversation("10.0.0.7:40000").Wait(9).Open(threadId: 50).Quit());
        Assert.NotEqual("server-restart", incident.Verdict.Cause);
    }

    [Fact]
    public void A_KILL_of_another_thread_is_not_taken_for_this_one()
    {
        Incident incident = Explain(new Conversation(Victim).Open().Query("SELECT SLEEP(100)").Wait(5.3).Fin(Side.Server),
            new Conversation("10.0.0.7:40000").Wait(5.2).Open(threadId: 50, user: "root").Query("KILL 43").Ok().Quit());
        Assert.NotEqual(Grade.Proven, incident.Verdict.Grade);
    }

    [Fact]
    public void A_KILL_of_a_thread_id_that_two_servers_have_proves_nothing()
    {
        Incident incident = Explain(new Conversation(Victim).Open().Query("SELECT SLEEP(100)").Wait(5.3).Fin(Side.Server),
            new Conversation("10.0.0.5:51300", "10.0.0.10:3306").Open().Query("SELECT SLEEP(100)").Wait(5.2).Fin(Side.Server),
            new Conversation("10.0.0.7:40000", "10.0.0.10:3306").Wait(5.1).Open(threadId: 50, user: "root").Query("KILL 42").Ok().Quit());
        Assert.True(incident.Verdict.Grade < Grade.Proven, incident.Verdict.Summary);
    }

    [Fact]
    public void The_servers_1158_and_the_clients_reset_after_it_are_consequences()
    {
        Incident incident = Explain(new Conversation(Victim).Open().Query("SELECT 1").Rows(1).Ack(Side.Client).Wait(3.4)
            .Fin(Side.Client).Error(1158, "08S01", "Got an error reading communication packets", 0).Fin(Side.Server).Reset(Side.Client));
        Assert.Equal(("client-vanished", ClosedBy.Client), (incident.Verdict.Cause, incident.ClosedBy));
    }

    [Fact]
    public void An_announced_idle_timer_stays_the_cause_however_late_it_is_noticed()
    {
        Incident incident = Explain(new Conversation(Victim).Open().Query("SELECT 1").Rows(1).Ack(Side.Client).Wait(7.3)
            .Error(4031, "HY000", Inactivity, 0).Fin(Side.Server).Wait(400).Query("SELECT 1").Reset(Side.Server));
        Assert.Equal(("wait-timeout", Grade.Proven), (incident.Verdict.Cause, incident.Verdict.Grade));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    public void An_error_an_hour_after_the_end_of_an_idle_connection_is_that_ones_where_only_one_can_be_meant(int connections, int incidents)
    {
        Conversation[] idle = [.. Enumerable.Range(0, connections).Select(static i => new Conversation($"10.0.0.5:{51234 + i}").Open("5.7.44", (uint)(42 + i)).Query("SELECT 1").Rows(1).Wait(3600.2 + i).Fin(Side.Server).Fin(Side.Client))];
        var found = new List<Incident>();
        var investigation = new Investigation(found.Add);
        investigation.Begin([new Sighting { Sign = Sign.GoneAway, Code = 2006, Origin = Origin.Application, Source = "worker.log:7", Text = "gone away", Stamp = new Stamp(new DateTime(2026, 11, 20, 12, 0, 0), TimeSpan.Zero) }], []);
        new CaptureAnalyzer("trap.pcap", investigation).Analyze(new MemoryStream(PcapBytes.Write(idle)));
        investigation.Complete();
        Assert.Equal(incidents, found.Count);
    }

    [Fact]
    public void The_text_that_went_to_MySQL_is_shown_with_the_letter_that_was_read_as_a_sequence_number()
    {
        Incident incident = Explain(new Conversation(Victim).Open().Query("SELECT 1").Rows(1).Wait(60).Raw(Side.Client, "rndc: warning: key file (rndc.key) exists\n"u8)
            .Error(1156, "08S01", "Got packets out of order", 0).Fin(Side.Server).Reset(Side.Client));
        Assert.Contains("\"rndc: warning: key file (rndc.key) exists", incident.Verdict.Summary, StringComparison.Ordinal);
        Assert.Contains(incident.Evidence, static one => one.Text.Contains("its sequence is 99 ('c'); 0 was due", StringComparison.Ordinal));
        Assert.Contains(incident.Evidence, static one => one.Text.StartsWith("ERR 1156", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_took_a_job_is_not_who_lost_the_connection()
    {
        var lost = new Sighting { Sign = Sign.GoneAway, Code = 2006, Origin = Origin.Application, Source = "worker.log:7", Text = "gone away", Stamp = new Stamp(new DateTime(2026, 11, 20, 12, 0, 0), TimeSpan.Zero) };
        var found = new List<Incident>();
        var investigation = new Investigation(found.Add);
        investigation.Begin([lost with { Sign = Sign.JobRan, Code = null, Source = "worker.log:6", Worker = "MainProcess" }, lost], []);
        investigation.Complete();
        Assert.Null(Assert.Single(found).Party.Program);
    }

    private static Conversation ShuttingDown() =>
        new Conversation(Victim).Open().Query("SELECT SLEEP(100)").Wait(5).Error(1053, "08S01", "Server shutdown in progress").Fin(Side.Server);

    private static Incident Explain(params Conversation[] talks)
    {
        var incidents = new List<Incident>();
        var investigation = new Investigation(incidents.Add);
        new CaptureAnalyzer("trap.pcap", investigation).Analyze(new MemoryStream(PcapBytes.Write(talks)));
        investigation.Complete();
        return incidents.Single(static incident => incident.Connection!.Client.ToString() == Victim);
    }
}
