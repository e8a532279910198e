using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Server;

/// <summary>The server was shut down in order.</summary>
public sealed class ServerRestart : Cause
{
    public override string Name => "server-restart";
    public override CauseGroup Group => CauseGroup.Server;
    public override string Title => "The server was shut down or restarted in an orderly way and closed its sessions.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Opening.Refused is not null || connection.Ending is not { } ending)
            return No("no session was cut by a server that stopped", connection.At(connection.Last.Packet));
        ServerError? shutdown = ErrorOf(connection, ErrorCode.ServerShutdown);
        Surroundings around = Surroundings.Of(connection, ending, @case);
        if (shutdown is not null)
            return Shutdown(connection, ending, shutdown, around, @case);
        if (ending.By == Side.Client)
            return No("the client's side closed, not the server's", connection.At(ending.At.Packet));
        if (ending.Quit is { } quit)
            return No("the client said COM_QUIT", connection.At(quit.Packet));
        if (connection.Stage is not (Stage.Commands or Stage.Unknown or Stage.Encrypted))
            return No("the connection never got past the login", connection.At(connection.First.Packet));
        ServerError? killed = ErrorOf(connection, ErrorCode.ConnectionKilled);
        if (connection.Errors.Count > 0 && killed is null && ending.At.At - connection.Errors[^1].At.At < TimeSpan.FromSeconds(1))
            return No($"the server closed with another error, {connection.Errors[^1].Code}", connection.At(connection.Errors[^1].At.Packet));
        if (around.LivedOn is { } alive)
            return No($"the server lived on: a later greeting continues its count of threads ({alive.ThreadId} after {connection.Identity.ThreadId})", connection.At(alive.Packet));
        if (around.Losses < 2 && !around.ServerWasAway)
            return new Examination.NotEnough("only this connection was seen to end; whether the server stopped is not in the evidence", Collect(connection));
        bool announced = killed is not null || Surroundings.EndWasAnnounced(connection, ending, @case);
        bool listenerFirst = around.RefusedAfter is { } refused && refused.At < ending.At.At;
        bool gradual = around.Spread > TimeSpan.FromMilliseconds(300);
        if (!around.ServerWasAway && !announced)
            return Found(connection, Grade.Possible, $"{around.Losses} sessions were closed by the server within {Spans.Show(around.Spread)}; whether it stopped is not to be seen.", [.. around.Tell(connection), EndOf(connection)], ["server-crash", "killed", "proxy-reload"]);
        bool orderly = announced || listenerFirst || gradual;
        if (!orderly && around.LossesWhileBusy > 0 && !connection.Identity.IsMariaDb)
            return new Examination.NotEnough("the server stopped at one instant, in the middle of statements and without a word: an orderly end is less likely than a crash", Collect(connection));
        var evidence = new List<Evidence>();
        if (killed is not null)
            evidence.Add(EvidenceOf(connection, killed));
        if (listenerFirst)
            evidence.Add(new Evidence("the listener was closed first, the sessions after it: the order of a shutdown", connection.At(around.RefusedAfter!.Value.Packet)));
        evidence.AddRange(around.Tell(connection));
        evidence.Add(EndOf(connection));
        return Found(connection, orderly ? Grade.Likely : Grade.Possible, $"The server was stopped: it closed {Math.Max(1, around.Losses)} session(s) within {Spans.Show(around.Spread)}" + (around.RefusedAfter is not null ? " and refused new connects." : around.LowerThreadAfter is not null ? " and counted its threads anew afterwards." : "."),
            evidence, ["server-crash"]);
    }

    /// <summary>KILL sends 1053 to its victim too (THD::KILL_CONNECTION is ER_SERVER_SHUTDOWN): alone, the error proves nothing.</summary>
    private static Examination Shutdown(Timeline connection, Ending ending, ServerError shutdown, Surroundings around, Case @case)
    {
        Evidence said = EvidenceOf(connection, shutdown);
        if (@case.KillBefore(connection, ending.At.At) is { } kill)
            return No("KILL was sent to this session, and KILL answers with error 1053 too", kill.Source);
        if (around.LivedOn is { } alive)
            return No($"error 1053 came, but the server lived on ({alive.ThreadId} after {connection.Identity.ThreadId}): KILL sends that error too", connection.At(alive.Packet));
        bool gone = around.ServerWasAway;
        return Found(connection, gone ? Grade.Proven : Grade.Likely,
            gone ? "The server said that it was shutting down (error 1053)." : "The server said that it was shutting down (error 1053); whether it did is not in the evidence, and KILL says the same.",
            [said, .. around.Tell(connection), EndOf(connection)], gone ? [] : ["killed"]);
    }

    private static Examination.Matched Found(Timeline connection, Grade grade, string summary, IReadOnlyList<Evidence> evidence, string[] rivals) => new()
    {
        Grade = grade,
        Summary = summary,
        ClosedBy = ClosedBy.Server,
        Evidence = evidence,
        Rivals = rivals,
        Fix = [new Fix("any", "Drain before you stop: take the server out of the proxy or pool first, then shut down. Clients retry the connect with a growing pause; statements that were in flight have an unknown outcome unless they were reads."), new Fix("server", "Who stopped it? 'Received SHUTDOWN from user ...' (<via user signal> = systemd or kill), 'Normal shutdown (initiated by: ...)' on MariaDB; unattended-upgrades, needrestart, an operator.")],
        CollectNext = [Collect(connection)],
    };

    private static NextStep Collect(Timeline connection) => new(
        $"mysql -h {connection.Server.Address} -P {connection.Server.Port} -e \"SHOW GLOBAL STATUS LIKE 'Uptime'\"; grep -nE 'shutdown|SHUTDOWN|ready for connections|got signal' error.log", ["server-restart", "server-crash", "killed"]);

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (Testimony.LivedOn(loss, @case) is (var uptime, var why))
            return No(why, uptime.Source);
        Sighting? said = loss.Said(1053) ?? loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.PacketsOutOfOrder, Size: 36 });
        (Sighting Event, bool IsClose)? stop = Testimony.Around(loss, @case, Sign.ShutdownRequested, Sign.ForcedClose, Sign.UnitStopping, Sign.ShutdownComplete);
        if (stop is ({ Sign: Sign.UnitStopping } unit, _) && !Testimony.MayBeServer(unit))
            stop = null;
        // What was lost before the server was told to stop was lost for another reason; clocks of two hosts may differ a little.
        if (stop is ({ Sign: Sign.ShutdownRequested or Sign.UnitStopping } asked, _) && loss.At is { } lost && asked.At is { } then && then - lost > TimeSpan.FromSeconds(2) && said is null)
            return then - lost > TimeSpan.FromSeconds(10) || loss.Sightings.Any(static s => s.Origin == Origin.Server)
                ? Open($"the server was shut down only {Spans.Show(then - lost)} after the loss")
                : Told(Grade.Possible, $"The server was shut down{Testimony.Before(loss, asked)}.", ClosedBy.Server, [asked, loss.Told]);
        // Who is told of a shutdown is told of one that comes.
        if (stop is (var over, _) && said is not null && Testimony.ReadyBetween(loss, @case, over) is not null)
            stop = null;
        if (stop is (var past, _) && Testimony.ReadyBetween(loss, @case, past) is { } ready)
            return loss.Connection is { } seen && seen.First.At > past.At
                ? No("the connection was opened after the shutdown", ready.Source)
                : Told((loss.Phases & Phases.Idle) != 0 ? Grade.Likely : Grade.Possible, $"The server was shut down{Testimony.Before(loss, past)}, and was ready again before the loss: a connection opened before the shutdown is dead, and its owner learns it at the next use.", ClosedBy.Server, [past, ready, loss.Told], "wait-timeout", "server-crash", "table-corruption");
        if (stop is (var end, var close) && (close || said is not null))
            return Told(close && loss.At is not null && end.At is not null || said is not null && !Testimony.CameLater(loss, end) && !Testimony.MayBeOfAnotherServer(loss, @case, end) && loss.At - end.At < TimeSpan.FromMinutes(10) ? Grade.Proven : Grade.Likely, $"The server was shut down{(end.Subject is null || end.Sign != Sign.ShutdownRequested ? "" : $" by {end.Subject}")}{Testimony.Before(loss, end)}, and closed its sessions.", ClosedBy.Server, [end, said, loss.Told, Testimony.AwayAfter(loss)]);
        if (stop is (var earlier, _))
            return Told(loss.At is null || earlier.At is null ? Grade.Likely : (loss.Phases & Phases.Idle) != 0 ? Grade.Likely : Grade.Possible, $"The server was shut down{Testimony.Before(loss, earlier)}; a connection opened before that is dead.", ClosedBy.Server, [earlier, loss.Told], "wait-timeout");
        if (said is null && Testimony.DiedSilently(loss, @case) is { } recovery)
            return No("the server log has no word of a shutdown before the next start, which had to recover", recovery.Source);
        if (said is not null)
            return Told(Grade.Likely, "The server said that it was shutting down (error 1053); KILL says the same.", ClosedBy.Server, [said], "killed");
        if (Testimony.AwayAfter(loss) is { } away)
            return Told(Grade.Possible, "The connection was lost and the server could not be reached right after: it was stopped, or it crashed.", ClosedBy.Server, [loss.Told, away]);
        return Open("whether the server was restarted (Uptime, its log)");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Drain before stopping: take the server out of the proxy or pool first. Clients retry the connect with a growing pause; statements in flight have an unknown outcome unless they were reads."),
        new("server", "Who stopped it is in the line itself ('Received SHUTDOWN from user ...', <via user signal> = systemd or kill, MariaDB: initiated by ...): unattended-upgrades, needrestart, an operator."),
    ];

    public override string Page => """
        ## What happens
        SIGTERM, SHUTDOWN or a package upgrade. The listener closes first (new connects are refused), running statements may finish or get
        1053 `Server shutdown in progress` (MariaDB also 1927), and idle sessions get a FIN in one burst: MySQL exactly 2 s later
        (`Forcing close of thread`), MariaDB at once. During the window MySQL answers new connects with 1040 or 1053.

        ## Evidence
        - ERR 1053 together with refused connects or thread ids that begin low; or many sessions of one server ending within seconds, refused connects, later a greeting with a low thread id.
        - Log: `Received SHUTDOWN from user`, `Normal shutdown`, then `ready for connections`. Uptime shorter than the age of the loss.

        ## Looks like it, but is not
        - A crash: all at one instant, statements cut without a word, and no shutdown line: `server-crash`. MariaDB 10.11 ends sessions just
          so in an *orderly* shutdown too (running statements included, no error packet): there only its log or Uptime decides.
        - ERR 1053 on one session of a server that lives on: KILL sends the same number (`KILL_CONNECTION=ER_SERVER_SHUTDOWN`): `killed`.
        - An Uptime longer than the time since the last good query rules it out.
        - A proxy's restart does the same to its clients while the servers behind live: `proxy-reload`.
        - Group Replication's ABORT_SERVER and cloud failovers are shutdowns with a reason of their own in the log.
        - `offline_mode=ON` cuts ordinary sessions and leaves the listener: new logins get 3032.

        ## Fix
        Drain, then stop; let clients retry connects.

        ## References
        - MySQL manual, "The Server Shutdown Process"; `sql/mysqld.cc` (close_connections).
        """;
}
