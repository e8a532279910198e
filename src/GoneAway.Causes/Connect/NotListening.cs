using GoneAway.Model;

namespace GoneAway.Causes.Connect;

/// <summary>Nobody listens at that address and port.</summary>
public sealed class NotListening : Cause
{
    public override string Name => "not-listening";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "Nothing listens on that address and port: the connection was refused.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Opening.Refused is not { } refused)
            return connection.Opening.SynAck is { } accepted
                ? No("the server's kernel accepted the connection", connection.At(accepted.Packet))
                : No("no connect was refused", connection.Source);
        Instant from = connection.First.At + TimeSpan.FromMinutes(-2);
        Instant to = connection.First.At + TimeSpan.FromMinutes(2);
        int refusals = 0, greeted = 0;
        foreach (ConnectAttempt attempt in @case.AttemptsBetween(connection.Server, from, to))
        {
            refusals += attempt.Outcome == ConnectOutcome.Refused ? 1 : 0;
            greeted += attempt.Outcome == ConnectOutcome.Greeted ? 1 : 0;
        }
        var evidence = new List<Evidence> { new($"SYN to {connection.Server} answered with a refusal", connection.At(refused.Packet)) };
        if (refusals > 1)
            evidence.Add(new Evidence($"{refusals} connects refused within 2 minutes of it", connection.Source));
        if (greeted > 0)
            evidence.Add(new Evidence($"{greeted} other connects to the same address were greeted within 2 minutes: the listener was away only for a while", connection.Source));
        return new Examination.Matched
        {
            // A firewall that rejects, or a service without endpoints, refuses in the host's name: the wire shows no difference.
            Grade = Grade.Likely,
            Summary = greeted > 0
                ? $"Nothing listened on {connection.Server} at that moment; the server was (re)starting or stopping."
                : $"Nothing listens on {connection.Server}: server down, wrong port or address, or bound to another interface.",
            ClosedBy = ClosedBy.Unknown,
            Evidence = evidence,
            Symptom = new Symptom(2003, $"Can't connect to MySQL server on '{connection.Server.Address}:{connection.Server.Port}' (111)"),
            Rivals = ["network-loss"],
            CollectNext = [new NextStep($"ss -ltnp 'sport = :{connection.Server.Port}'   (on the server: is there a listener?)", ["not-listening"])],
            Fix =
            [
                new Fix("server", $"ss -ltnp 'sport = :{connection.Server.Port}' on the server: is mysqld there, and bound to an address that the client can reach (bind_address, skip_networking)?"),
                new Fix("any", "During restarts clients should retry the connect with a growing pause; nothing has been sent, so it is always safe."),
            ],
        };
    }

    protected override Phases Fits => Phases.Connect;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? refused = loss.Find(Sign.ConnectRefused) ?? loss.Find(Sign.LocalSocketFailed);
        if (refused is null)
            return No("no connect was refused", loss.Source);
        if (Testimony.Around(loss, @case, Sign.ServerSignal, Sign.OomKill, Sign.ShutdownRequested, Sign.UnitDied) is (var end, true))
            return Open($"the server ended around then ({Words.Quote(end)}): that nobody listened followed from it");
        if (@case.Near(loss, TimeSpan.FromMinutes(30), TimeSpan.Zero, Sign.ServerStarting) is { At: not null } starting && @case.Near(loss, TimeSpan.Zero, TimeSpan.FromMinutes(30), Sign.ServerReady) is { At: not null })
            return Open($"the server was starting ({Words.Quote(starting)}): it was not listening yet");
        // Who has just lost a session knows that something listened.
        if (LostBefore(refused, loss, @case) is { } before)
            return Open($"a session was lost just before ({Words.Quote(before)}): the server ended, and that nobody listened followed from it");
        string local = refused.Sign == Sign.LocalSocketFailed
            ? refused.Errno == 13 ? "no permission to use the server's socket file" : "the server's socket file is missing or nobody listens on it"
            : "nothing listens on that address and port";
        bool sure = refused.Errno is 111 or 61 or 10061 or 2 or 13 || refused.Text.Contains("refused", StringComparison.OrdinalIgnoreCase);
        return Told(sure ? Grade.Likely : Grade.Possible, sure ? $"The connect was refused: {local}. The server is down, or listens elsewhere." : "The server could not be reached; the message does not say whether the connect was refused.", ClosedBy.Unknown, [refused, @case.Find(Sign.ServerStartFailed), @case.Setting("bind_address"), @case.Setting("skip_networking"), @case.Setting("socket")], "network-loss");
    }

    private static Sighting? LostBefore(Sighting refused, Loss loss, Case @case)
    {
        foreach (Sighting one in @case.Sightings)
            if (one.Origin == Origin.Application && one.Sign.IsLoss() && one.Sign is not Sign.ServerSaid && (one.Sign.Phases(one) & Phases.Session) != 0 && one != refused
                && one.At is { } at && loss.At is { } now && now - at >= TimeSpan.Zero && now - at < TimeSpan.FromMinutes(2))
                return one;
        return null;
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "ss -ltnp 'sport = :3306' on the server: is mysqld there, and bound to an address that the client can reach (bind_address, skip_networking, port)?"),
        .. Causes.Remedies.RetryConnect("During restarts clients get this too."),
    ];

    public override string Page => """
        ## What happens
        The other kernel answers the SYN with RST (or ICMP unreachable): no process listens there. Clients say 2003 with (111), 2002 for
        sockets, `Connection refused`.

        ## Evidence
        - SYN, then RST,ACK with nothing in between, or an ICMP error.
        - Refusals of all clients for a while, between sessions that work: a restart. Refusals always: a wrong address.

        ## Looks like it, but is not
        - No answer at all (SYN retransmitted, errno 110): a firewall drops it, see `network-loss`.
        - A firewall can also *reject* with a RST: its TTL differs from the server's; ICMP admin-prohibited gives errno 113.
        - 2013 followed by 2003: the server is gone. 2013 followed by a good connect: only the connection was.
        - `Can't connect to local MySQL server through socket` (2002, errno 2, 13 or 111) is the same for Unix sockets: path, permission, no listener.
        - errno 99 (EADDRNOTAVAIL): the client has no free port left, thousands of TIME-WAIT; nothing was sent.
        - HAProxy shows it as `SC` with Tc -1.

        ## Fix
        Start the server; correct port, `bind_address` (127.0.0.1 by default on Debian), `skip_networking`, the published port of a container.

        ## References
        - RFC 9293, 3.5.2 "Reset Generation"; MySQL manual, "Can't connect to [local] MySQL server".
        """;
}
