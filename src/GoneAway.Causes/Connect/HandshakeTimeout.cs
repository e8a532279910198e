using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Connect;

/// <summary>The server waited for the login longer than connect_timeout.</summary>
public sealed class HandshakeTimeout : Cause
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1.5);

    public override string Name => "handshake-timeout";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The client did not complete its login within the server's connect_timeout.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is Stage.Commands)
            return No("the login was completed", connection.At(connection.Opening.LoggedIn?.Packet ?? connection.First.Packet));
        if (connection.Opening.Greeting is not { } greeting)
            return No("there was no greeting for the client to answer", connection.Source);
        ServerError? error = ErrorOf(connection, ErrorCode.NetReadInterrupted);
        if (connection.Ending is not { } ending)
            return new Examination.NotEnough($"the login is missing since {Spans.Show(connection.ObservedUntil - greeting.At)}, and the evidence ends before anybody closes", CollectLonger(connection));
        // After the server's ERR it is a race who closes first.
        if (ending.By == Side.Client && error is null)
            return No("the client closed, not the server", connection.At(ending.At.Packet));
        TimeSpan waited = ending.At.At - greeting.At;
        if (error is null && (waited < Shortest || connection.Errors.Count > 0))
            return No($"the server closed {Spans.Show(waited)} after its greeting: sooner than any connect_timeout (2 s at least)", connection.At(ending.At.Packet));
        if (error is null && connection.Stage == Stage.Authenticating && ending.IdleBefore < Shortest)
            return No("the login was under way when the server closed", connection.At(ending.At.Packet));
        if (error is null && connection.Opening.Login is { } sent && (connection.ServerActivity.LastData?.At ?? greeting.At) <= sent.At)
            return No("the client's login had come; it was the server's turn to answer", connection.At(sent.Packet));
        // TLS hides the login. What came after the handshake's own time may have been it, late, or the work of a session that was logged in.
        bool isHidden = connection.Stage == Stage.Encrypted && error is null;
        if (isHidden && waited - ending.IdleBefore > Shortest)
            return new Examination.NotEnough("whether the login was complete: TLS hides it", Values);
        bool retransmitted = connection.ServerActivity.UnansweredRetransmissions > 0;
        var evidence = new List<Evidence> { new("greeting", connection.At(greeting.Packet)) };
        if (error is not null)
            evidence.Add(EvidenceOf(connection, error));
        evidence.Add(connection.Opening.Login is { } login
            ? new Evidence("the login began but was not completed", connection.At(login.Packet))
            : isHidden ? new Evidence($"all that followed the greeting is inside TLS, and nothing came in the last {Spans.Show(ending.IdleBefore)}", connection.At(ending.At.Packet))
            : new Evidence($"no login from the client for {Spans.Show(waited)}", connection.At(ending.At.Packet)));
        evidence.Add(EndOf(connection));
        return new Examination.Matched
        {
            Grade = error is not null && error.Sequence > 0 && !retransmitted ? Grade.Proven : isHidden ? Grade.Possible : Grade.Likely,
            Summary = $"The server gave up after {Spans.Show(waited)}: its greeting got no complete login within connect_timeout" + (isHidden ? ", if the session was not logged in already: TLS hides that." : "."),
            ClosedBy = ClosedBy.Server,
            Evidence = evidence,
            Symptom = new Symptom(2013, "Lost connection to MySQL server at 'reading authorization packet'"),
            Rivals = retransmitted ? ["network-loss"] : isHidden ? ["wait-timeout", "server-restart", "killed"] : error is null ? ["server-restart", "killed"] : [],
            Fix =
            [
                new Fix("any", "Look at the client between greeting and login: a paused process or starved CPU, a slow TLS or password step, a debugger, a port scanner that only listens."),
                new Fix("server", "Do not raise connect_timeout first: a longer one only ties up server threads with clients that never come. Let the client retry."),
            ],
            CollectNext = [isHidden ? Values : new NextStep("mysql -e \"SHOW GLOBAL VARIABLES LIKE 'connect_timeout'; SHOW GLOBAL STATUS LIKE 'Aborted_connects%'\"", ["handshake-timeout"])],
        };
    }

    private static NextStep Values => new("mysql -e \"SHOW GLOBAL VARIABLES LIKE '%_timeout'; SHOW GLOBAL STATUS LIKE 'Aborted_%'\"", ["handshake-timeout", "wait-timeout"]);

    private static NextStep CollectLonger(Timeline connection) =>
        new($"tcpdump -i any -s 0 -w handshake.pcap port {connection.Server.Port}   (for a minute or more)", ["handshake-timeout", "dns-lookup"]);

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? cut = loss.Find(Sign.HandshakeTimedOut) ?? loss.Said(1159);
        Fact? limit = @case.Setting("connect_timeout");
        if (cut is not null)
            return Told(Grade.Likely, "The login did not arrive within connect_timeout, so the server gave up waiting for it.", ClosedBy.Server, [cut, limit], "not-mysql-traffic");
        if (loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.PacketsOutOfOrder, SequenceReceived: 1, SequenceExpected: 2, State: "login" }) is { } unread)
            return Told(Grade.Possible, "The server's packet 1 came where 2 was due: it answered without having read the login, as it does when connect_timeout passes before the login comes.", ClosedBy.Server, [unread, limit], "shared-between-threads", "proxy-protocol-header");
        if (loss.Find(Sign.LostDuringLogin) is not { } login)
            return loss.Find(Sign.LostBeforeGreeting) is not null ? Open("who waited for whom while connecting") : loss.Find(Sign.AbortedUnauthenticated) is not null ? Open("whether the client sent a login at all") : No("the handshake was not cut", loss.Source);
        return login.Errno is 110 or 104 or 0 or 11 or 115 || login.Text.Contains("authorization", StringComparison.Ordinal)
            ? Told(Grade.Possible, "The handshake was cut after the greeting: the login (or its answer) did not come in time.", ClosedBy.Unknown, [login, limit], "network-loss", "server-restart", "tls-mismatch")
            : Open("who waited for whom during the login");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        .. Causes.Remedies.RetryConnect("Find what delays the login: a client starved of CPU, slow TLS, packet loss."),
        new("do not", "Do not raise connect_timeout as the cure: half-open logins then tie up server threads for longer, and the network is as bad as before. Retrying is the fix."),
    ];

    public override string Page => """
        ## What happens
        The server has greeted and waits for the login, `connect_timeout` seconds (10; at least 2). Then it closes: MySQL with ERR 1159
        (sequence 1) and FIN, MariaDB with a bare RST. The client says `Lost connection at 'reading authorization packet'`, 2013 or 2003.

        ## Evidence
        - Greeting, then no complete login for connect_timeout, then the server's ERR 1159 or close.
        - MySQL's log: a bare `[Note] Got timeout reading communication packets`; MariaDB: `closed normally without authentication`,
          which is what it says of every end before the login.
        - `Aborted_connects` and host_cache's COUNT_HANDSHAKE_ERRORS move; these count towards `host-blocked`.

        ## Looks like it, but is not
        - Silence *before* the greeting is the server's: see `dns-lookup`.
        - The client closing at its own connect time-out: the first FIN is the client's.
        - Greeting retransmitted without an answer: the path loses packets, see `network-loss`.

        ## Fix
        Find what holds the client up. Retrying is right: nothing had been executed. A longer connect_timeout makes the symptom rarer
        while each waiting thread costs a connection; behind a slow link 10 s is already plenty.

        ## References
        - MySQL manual, `connect_timeout`; "Communication Errors and Aborted Connections"; `sql/auth/sql_authentication.cc`.
        """;
}
