using GoneAway.Model;

namespace GoneAway.Causes.Connect;

/// <summary>The server looks the client's name up before it greets.</summary>
public sealed class DnsLookup : Cause
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1);

    public override string Name => "dns-lookup";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The server was silent before its greeting: it was looking up the client's host name.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        Opening opening = connection.Opening;
        if ((opening.Established ?? opening.SynAck) is not { } open)
            return opening.Syn is null ? No("the connection is seen from its middle, after the greeting", connection.At(connection.First.Packet)) : No("TCP was never open", connection.Source);
        if (connection.Stage > Stage.AwaitingGreeting && opening.Greeting is { } greeting)
        {
            TimeSpan delay = greeting.At - open.At;
            if (delay < Noticeable)
                return No($"the greeting came {Spans.Show(delay)} after TCP was open", connection.At(greeting.Packet));
            if (connection.Stage == Stage.Commands)
                return No($"the greeting was late by {Spans.Show(delay)}, but the login succeeded", connection.At(greeting.Packet));
            return Found(connection, Grade.Likely, $"The greeting came only {Spans.Show(delay)} after TCP was open; by then the client had given up.", delay,
                new Evidence($"greeting {Spans.Show(delay)} after TCP was open", connection.At(greeting.Packet)), ["server-stalled"]);
        }
        if (connection.Errors.Count > 0 || opening.FirstServerData is not null)
            return No("the server's first packet came, and was no greeting", connection.At(opening.FirstServerData?.Packet ?? connection.First.Packet));
        Instant until = connection.Ending?.At.At ?? connection.ObservedUntil;
        TimeSpan silence = until - open.At;
        if (silence < Noticeable)
            return No($"the server had only {Spans.Show(silence)} to greet", connection.At(connection.Last.Packet));
        // What greets others in time is no server without names; what greets nobody may be no server at all.
        List<ConnectAttempt> around = [.. @case.AttemptsBetween(connection.Server, connection.First.At + TimeSpan.FromMinutes(-5), until + TimeSpan.FromMinutes(5))];
        bool greetsOthers = around.Exists(static a => a.Outcome == ConnectOutcome.Greeted);
        if (!greetsOthers && around.Count(a => a.Outcome == ConnectOutcome.Silent && a.Client.Address.Equals(connection.Client.Address)) > 1)
            return new Examination.NotEnough("nobody was greeted; a name lookup holds up the first connection of an address, then its result is kept", Collect(connection));
        return Found(connection, greetsOthers ? Grade.Likely : Grade.Possible, $"TCP was open, but no greeting came for {Spans.Show(silence)}" + (greetsOthers ? ", while the same server greeted others." : "."),
            silence, new Evidence($"TCP open, then {Spans.Show(silence)} of silence from the server", connection.At(open.Packet)),
            greetsOthers ? ["server-stalled"] : ["mesh-server-first", "server-stalled", "wrong-port"]);
    }

    private static Examination.Matched Found(Timeline connection, Grade grade, string summary, TimeSpan silence, Evidence first, IReadOnlyList<string> rivals) => new()
    {
        Grade = grade,
        Summary = summary + " The server looks up the client's name before it says anything.",
        ClosedBy = CloserOf(connection),
        Evidence = [first, EndOf(connection)],
        Symptom = new Symptom(2013, "Lost connection to MySQL server at 'reading initial communication packet'"),
        Rivals = rivals,
        Fix =
        [
            new Fix("server", "skip_name_resolve=ON (accounts must then be by address), or a resolver that answers fast for the clients' network, or the names in /etc/hosts."),
            new Fix("any", $"Do not raise the client's connect time-out above {Math.Ceiling(silence.TotalSeconds):0} s instead: every new address pays the wait again, and the server thread waits with it."),
        ],
        CollectNext = [Collect(connection)],
    };

    private static NextStep Collect(Timeline connection) => new(
        $"time getent hosts {connection.Client.Address}   (on the server); mysql -e \"SHOW GLOBAL VARIABLES LIKE 'skip_name_resolve'; SHOW PROCESSLIST\"   ('unauthenticated user' in state login = name lookup)",
        ["dns-lookup", "mesh-server-first", "server-stalled"]);

    // A greeting may come after the client gave up.
    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Find(Sign.UnknownHost) is { } unknown)
            return Told(Grade.Proven, "The client could not resolve the server's name: no packet was ever sent to the server.", ClosedBy.Client, [unknown]);
        if (@case.Setting("skip_name_resolve") is { Value: "ON" or "1" or "" } skip)
            return No("with skip_name_resolve the server looks up no name", skip.Source);
        if (loss.Find(Sign.LostBeforeGreeting) is not { } silent)
            return loss.Connection is not null ? Open("whether the server was looking up a name") : loss.Find(Sign.ConnectTimedOut) is not null ? Open("whether TCP was connected and the greeting late") : No("the greeting was not what was missing", loss.Source);
        if (Testimony.Around(loss, @case, Sign.NameLookupFailed) is (var lookup, _))
            return Told(Grade.Likely, "No greeting came in time, and the server could not resolve the client's address: it looks that up before it greets.", ClosedBy.Unknown, [lookup, silent], "server-stalled");
        Fact? failures = @case.Facts.FirstOrDefault(static f => f is { Kind: FactKind.HostCache, Number: > 0 } && (f.Name.StartsWith("COUNT_NAMEINFO", StringComparison.Ordinal) || f.Name.StartsWith("COUNT_ADDRINFO", StringComparison.Ordinal)));
        return failures is not null
            ? Told(Grade.Likely, "No greeting came in time, and the host cache counts failed name lookups.", ClosedBy.Unknown, [failures, silent])
            : @case.Setting("skip_name_resolve") is { Value: "OFF" or "0" } on
                ? Told(Grade.Possible, "No greeting came; the server looks up each new client's name before it greets.", ClosedBy.Unknown, [silent, on], "server-stalled", "listen-queue-overflow", "network-loss", "tunnel-target-refused")
                : Open("whether the server was waiting for a name lookup (skip_name_resolve, its DNS)");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "[mysqld] skip_name_resolve = ON (accounts must then name addresses, not host names), or repair the server's resolver; /etc/hosts for the clients that matter."),
        .. Causes.Remedies.RetryConnect("Only the first connect of an address is slow: the host cache keeps the answer."),
        new("do not", "Do not raise connect_timeout: it ties up server threads and leaves the DNS as it is."),
    ];

    public override string Page => """
        ## What happens
        With `skip_name_resolve=OFF` (the default) the server resolves the client's address, and the name back again, *before* it sends
        the greeting. A resolver that does not answer costs its whole time-out (5 s, 10 s, 15 s ...). The client waits, or gives up with
        `Lost connection at 'reading initial communication packet'`, system error 110 or 0.
        Only the first connection per address pays: then the host cache knows it. So it looks random.

        ## Evidence
        - TCP is open, the greeting comes seconds later or never; other connections at the same time are greeted at once.
        - The server's processlist shows `unauthenticated user` in state `login`.
        - In a capture on the server: DNS queries in the same gap. In its log: `IP address '...' could not be resolved`.

        ## Looks like it, but is not
        - Accept queue full or threads exhausted (thread pool stalled, `Can't create thread`): *all* new connections wait.
        - Too many open files: TCP opens (kernel), `Error in accept` is logged, no greeting comes.
        - A proxy that waits for the client to speak first: `mesh-server-first`; nobody ever speaks.
        - A connection accepted by a dead end (tunnel, wrong port): no greeting for anyone.

        ## Fix
        `skip_name_resolve=ON`; accounts by address. Otherwise a near, fast resolver and reverse zones for the clients' networks.
        Raising `connect_timeout` does nothing here: it counts from the greeting on.

        ## References
        - MySQL manual, "DNS Lookups and the Host Cache"; `sql/sql_connect.cc` (check_connection), `sql/hostname_cache.cc`.
        """;
}
