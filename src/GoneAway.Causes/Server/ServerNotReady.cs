using GoneAway.Model;

namespace GoneAway.Causes.Server;

/// <summary>The server runs, but does not serve yet, or not now.</summary>
public sealed class ServerNotReady : Cause
{
    public override string Name => "server-not-ready";
    public override CauseGroup Group => CauseGroup.Server;
    public override string Title => "The server was starting, recovering or out of its cluster, and not ready to serve.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (FinalErrorOf(connection, 1047) is { } refused && refused.Message.Contains("WSREP", StringComparison.Ordinal))
            return new Examination.Matched { Grade = Grade.Proven, Summary = "The cluster node was not ready to serve (WSREP): it was joining, donating, or had lost its quorum.", ClosedBy = CloserOf(connection), Evidence = [EvidenceOf(connection, refused), EndOf(connection)] };
        return connection.Errors.Count == 0 && connection.Stage >= Stage.Commands
            ? No("the server served this session", connection.At(connection.Opening.LoggedIn?.Packet ?? connection.First.Packet))
            : Open("whether the server was still starting, or out of its cluster");
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if ((loss.Find(Sign.NodeNotReady) ?? loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ServerSaid, Code: 1047 } && s.Text.Contains("WSREP", StringComparison.Ordinal))) is { } said)
            return Told(Grade.Proven, "The cluster node was not ready to serve (WSREP): it was joining, donating, or had lost its quorum.", ClosedBy.Server, [said, @case.Find(Sign.NodeNotReady)]);
        if (Testimony.Around(loss, @case, Sign.NodeNotReady) is (var node, true))
            return Told(Grade.Likely, $"The cluster node left its ready state{Testimony.Before(loss, node)}.", ClosedBy.Server, [node, loss.Told], "failover");
        // Refused after a loss is a consequence; only what began with a refusal may have come too early.
        if (loss.Told is { Sign: Sign.ConnectRefused or Sign.LocalSocketFailed or Sign.ProxyConnectFailed } refused
            && @case.Near(loss, TimeSpan.FromMinutes(30), TimeSpan.Zero, Sign.ServerStarting, Sign.CrashRecovery) is { At: not null } starting
            && @case.Near(loss, TimeSpan.Zero, TimeSpan.FromMinutes(30), Sign.ServerReady) is { At: not null } ready && loss.At is not null)
            return Told(Grade.Likely, "The server was starting and not yet ready for connections; why it had to start is another question.", ClosedBy.Server, [starting, refused, ready], "not-listening", "server-restart", "server-crash");
        if (loss.Phases == Phases.Login || loss.Find(Sign.AbortedInactivity, Sign.AbortedReadTimeout) is not null)
            return No("the server was serving: it says so itself", loss.Source);
        return Open("whether the server was starting or out of its cluster");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Ask before sending traffic: health checks that log in and run a query (Galera: wsrep_ready, wsrep_local_state = 4), start orders that wait for 'ready for connections'; retry the connect with a growing pause."),
        new("haproxy", "option mysql-check answers only that a login works; for Galera use a clustercheck script (http-check on port 9200)."),
    ];

    public override string Page => """
        ## What happens
        A server that starts refuses connects until recovery is done, sometimes for minutes. A Galera node that joins, is a donor, or lost the quorum
        accepts logins and answers every statement with 1047 `WSREP has not yet prepared node for application use`; the session lives, pools often
        throw it away. In containers the entrypoint starts a temporary server first, which accepts only local connects.

        ## Evidence
        - 1047 with WSREP; log: `Shifting SYNCED -> DONOR/DESYNCED`, `non-Primary`.
        - Connects refused between `Starting` (or crash recovery) and `ready for connections`.

        ## Looks like it, but is not
        - Nothing listens at all, ever: `not-listening`.
        - `1047 Unknown command` is a proxy or an old server that does not know a command.
        - A node that became a replica answers 1290: `failover`.

        ## Fix
        Checks that ask the right question, and patience in the client.

        ## References
        - Galera documentation, node states; MySQL manual, "InnoDB Recovery".
        """;
}
