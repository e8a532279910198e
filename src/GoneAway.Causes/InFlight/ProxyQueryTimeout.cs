using GoneAway.Model;

namespace GoneAway.Causes.InFlight;

/// <summary>A proxy cut a statement that took longer than the proxy waits.</summary>
public sealed class ProxyQueryTimeout : Cause
{
    public override string Name => "proxy-query-timeout";
    public override CauseGroup Group => CauseGroup.InFlight;
    public override string Title => "A proxy closed the connection while a statement was running: it took longer than the proxy waits for an answer.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (NotCutInSession(connection) is { } no)
            return no;
        if (connection.Ending is not { } ending || connection.PendingAtEnd() is not { } pending)
            return No("no statement was running when it ended", connection.At(connection.Last.Packet));
        double waited = (ending.At.At - pending.At.At).TotalSeconds;
        Fact? limit = @case.All(FactKind.Proxy, "timeout server").Concat(@case.All(FactKind.Proxy, "timeout tunnel")).FirstOrDefault(f => f.Number is { } seconds && Math.Abs(seconds - waited) < 1);
        if (limit is null)
            return Open("whether a proxy stands between, and its timeout server");
        return Told(Grade.Likely, $"The connection was closed {waited:0.0} s after the statement was sent; the proxy waits {limit.Value} s for the server ({limit.Name}).", ClosedBy.Proxy, [limit, EndOf(connection)], "killed") with { Symptom = new Symptom(2013, "Lost connection to MySQL server during query") };
    }

    protected override Phases Fits => Phases.Query | Phases.Fetch;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Find(Sign.ProxyQueryTimedOut) is { } said)
            return Told(Grade.Proven, "The proxy ended the statement by a limit of its own, and says so.", ClosedBy.Proxy, [said, loss.Told]);
        Fact? limit = @case.All(FactKind.Proxy, "timeout server").FirstOrDefault(static f => f.Number > 0);
        Sighting? session = loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxySessionEnded, State: ['s' or 'c', 'D', ..] });
        // A client that waits for its answer is silent too: the statement may run into timeout client first.
        if (session is not null && loss.Connection?.PendingAtEnd() is { } pending)
            return Told(Grade.Proven, $"HAProxy closed the session by its own time-out ({session.State}) while {pending.Name} was running: both sides were silent for too long{(limit is null ? "" : $" (timeout server is {limit.Value} s)")}.", ClosedBy.Proxy, [session, new Evidence($"{pending.Name} had no answer yet", loss.Connection.At(pending.At.Packet)), limit]);
        if (session is not null && Testimony.Waited(loss, session))
            return Told(Grade.Likely, $"HAProxy closed the session by its own time-out ({session.State}{(limit is null ? "" : $"; timeout server is {limit.Value} s")}) in the moment in which the application reported the loss: it was waiting for an answer.", ClosedBy.Proxy, [session, loss.Told, limit], "proxy-idle-timeout");
        if (session is { State: ['c', ..] })
            return loss.Find(Sign.LostDuringQuery) is { } during
                ? Told(Grade.Possible, "HAProxy closed the session because the client was silent for too long (cD): idle, or waiting for the answer of a long statement.", ClosedBy.Proxy, [session, during, limit], "proxy-idle-timeout")
                : No("HAProxy closed the session for the client's silence, and no statement is known to have run", session.Source);
        if (session is not null)
            return loss.Find(Sign.AbortedWriteError, Sign.StreamingInterrupted, Sign.UnexpectedEof) is { } busy
                ? Told(Grade.Likely, $"HAProxy closed the session because the server was silent for longer than timeout server{(limit is null ? "" : $" ({limit.Value} s)")}, while a statement was running.", ClosedBy.Proxy, [session, busy, limit], "proxy-idle-timeout")
                : Told(Grade.Possible, "HAProxy closed the session because the server was silent for too long (sD): a long statement, or an idle session.", ClosedBy.Proxy, [session, limit], "proxy-idle-timeout");
        if (loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxySessionEnded, State: not null }) is { } ended)
            return No($"the proxy's session ended otherwise ({ended.State})", ended.Source);
        return Open("whether a proxy stands between, and its timeout server");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("haproxy", "timeout server of the MySQL backend longer than the longest statement that may run (or a listener of its own for reports); timeout client the same."),
        new("any", "The statement goes on in the server after the proxy has left: its outcome is unknown. Make it shorter, or give it a limit of its own below the proxy's (max_execution_time), which keeps the connection."),
    ];

    public override string Page => """
        ## What happens
        A proxy counts a server that computes in silence as dead: HAProxy after `timeout server`, ProxySQL after `mysql-default_query_timeout`
        (24 h) or `max_transaction_time` (4 h), MySQL Router and cloud proxies by theirs. It closes both sides. The client gets
        2013 `Lost connection ... during query` exactly that long after it sent the statement.

        ## Evidence
        - HAProxy's log: `sD`, with Tt near `timeout server`, while the application was waiting for an answer.
        - A whole-second time between the statement and the close that equals the proxy's setting.
        - The server goes on: `SHOW PROCESSLIST` still has the statement, later the log says `Got an error writing communication packets`.

        ## Looks like it, but is not
        - `cD` names the client's side: `proxy-idle-timeout`. With `timeout client` shorter than the statement HAProxy 2.6 still delivers the answer.
        - The client's own deadline closes from the client's side: `client-read-timeout`.
        - KILL ends a statement at any time: `killed`.

        ## Fix
        A longer `timeout server` for MySQL, or shorter statements.

        ## References
        - HAProxy configuration manual, `timeout server`, 8.5 "Session state at disconnection"; ProxySQL, `mysql-default_query_timeout`.
        """;
}
