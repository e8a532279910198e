using GoneAway.Model;

namespace GoneAway.Causes.Idle;

/// <summary>A proxy between client and server closed an idle connection.</summary>
public sealed class ProxyIdleTimeout : Cause
{
    private const int Many = 3;
    private static readonly TimeSpan Same = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(500);

    private static readonly string[] Limits = ["timeout client", "timeout server", "timeout tunnel", "wait_timeout", "proxy_timeout", "idle_timeout", "connection_timeout"];

    public override string Name => "proxy-idle-timeout";
    public override CauseGroup Group => CauseGroup.Idle;
    public override string Title => "A proxy (HAProxy, a cloud balancer) closed the connection at its own idle time-out.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown or Stage.Encrypted))
            return No("the connection never got past the login", connection.At(connection.First.Packet));
        if (connection.Ending is not { Quit: null } ending)
            return No("nobody closed the connection without COM_QUIT", connection.At(connection.Last.Packet));
        if (connection.Errors.Count > 0 && ending.At.At - connection.Errors[^1].At.At < TimeSpan.FromSeconds(1))
            return No($"a MySQL server closed it, with error {connection.Errors[^1].Code}", connection.At(connection.Errors[^1].At.Packet));
        if (connection.PendingAtEnd() is not null)
            return No("the connection was not idle", connection.At(connection.Work.Pending!.At.Packet));
        if (ending.IdleBefore < TimeSpan.FromSeconds(0.9))
            return No($"the connection had been idle for only {Spans.Show(ending.IdleBefore)}", connection.At(ending.At.Packet));
        if (ending.By == Side.Client)
            return No("the client's side closed; a proxy's time-out in front of the client would show on its other side", connection.At(ending.At.Packet));
        if (connection.Identity.IsMariaDb && ending.Kind == EndKind.Reset)
            return No("RST at the end of an idle time is MariaDB's own way; proxies close by FIN", connection.At(ending.At.Packet));
        Timeline? behind = @case.ClosedByProxy(connection);
        if (behind is null && KnownLimit(connection, ending) is { } own)
            return No($"the idle time is the session's own {own.Name} ({own.Value} s)", connection.At(own.Packet));
        // At the same moment it is no timer of theirs: something ended them together.
        int alike = 1;
        foreach (EndingSummary end in @case.Endings)
            if (end.By == Side.Server && !end.Clean && end.LoggedIn && end.Server.Equals(connection.Server) && (end.IdleBefore - ending.IdleBefore).Duration() < Same
                && (end.At - ending.At.At).Duration() > Apart)
                alike++;
        bool? announces = Versions.AnnouncesIdleClose(connection.Identity);
        bool notTheServer = announces == true || connection.Identity.IsMariaDb || behind is not null;
        double fraction = Math.Abs(ending.IdleBefore.TotalSeconds - Math.Round(ending.IdleBefore.TotalSeconds));
        if (behind is null && alike < Many && fraction > 0.15)
            return new Examination.NotEnough($"{(alike <= 1 ? "one connection" : alike + " connections")} closed after {Spans.Show(ending.IdleBefore)} idle: no round time, and not common to many", Collect(connection));
        if (behind is null && alike < Many && Surroundings.EndedTogether(connection, ending, @case))
            return new Examination.NotEnough(Surroundings.NoTimer, Collect(connection));
        var evidence = new List<Evidence> { EndOf(connection) };
        if (alike > 1)
            evidence.Insert(0, new Evidence($"{alike} connections to {connection.Server} were closed after the same idle time, {Spans.Show(ending.IdleBefore)}", connection.Source));
        if (behind is { Ending: { } other })
            evidence.Insert(0, new Evidence($"the same session on the other side, {behind.Client} to {behind.Server}: the proxy closed it there too, and the server was still in it", behind.At(other.At.Packet)));
        else if (notTheServer)
            evidence.Add(new Evidence(announces == true ? $"MySQL {connection.Identity.ServerVersion} would have said error 4031 first" : "MariaDB would have closed an idle session by RST", connection.At(connection.Opening.Greeting?.Packet ?? 0)));
        return new Examination.Matched
        {
            Grade = behind is not null || alike >= Many && notTheServer ? Grade.Likely : Grade.Possible,
            Summary = $"{(behind is null ? "Something" : "The proxy")} between client and server closed the connection after {Spans.Show(ending.IdleBefore)} idle"
                + (alike > 1 ? $", as it did with {alike - 1} other{(alike == 2 ? "" : "s")}" : "") + ": a proxy's time-out.",
            ClosedBy = ClosedBy.Proxy,
            Evidence = evidence,
            Symptom = new Symptom(2006, "MySQL server has gone away"),
            Rivals = behind is not null ? ["proxy-reload", "proxy-backend-down"] : notTheServer ? ["killed", "server-restart"] : ["wait-timeout", "killed"],
            Fix =
            [
                new Fix("haproxy", "timeout client and timeout server longer than the pool's idle time (or timeout tunnel, which overrides both), plus option clitcpka and srvtcpka; at least as long as wait_timeout."),
                new Fix("any", $"Or retire pooled connections before {Math.Floor(ending.IdleBefore.TotalSeconds):0} s idle."),
            ],
            CollectNext = [Collect(connection)],
        };
    }

    private static (string Name, string Value, long Packet)? KnownLimit(Timeline connection, Ending ending)
    {
        foreach (string name in (ReadOnlySpan<string>)[connection.Identity.Interactive ? "interactive_timeout" : "wait_timeout", "idle_transaction_timeout"])
            if (connection.Work.Settings.TryGetValue(name, out SettingSeen setting) && setting.Number is { } limit
                && limit > 0 && Math.Abs(ending.IdleBefore.TotalSeconds - limit) < 1.2 && Versions.AnnouncesIdleClose(connection.Identity) != true)
                return (name, setting.Value, setting.At.Packet);
        return null;
    }

    private static NextStep Collect(Timeline connection) => new(
        $"grep -n timeout /etc/haproxy/haproxy.cfg   (on whatever stands at {connection.Server}); or capture behind it as well: who closes first there?", ["proxy-idle-timeout", "wait-timeout", "killed"]);

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? session = loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxySessionEnded, State: ['c' or 's', 'D', ..] });
        if (loss.Find(Sign.ProxyIdleClosed) is { } said)
            return Told(Grade.Proven, $"The proxy closed the connection because it was idle{(said.Idle is { } age ? $" for {Spans.Show(age)}" : "")}, and says so.", ClosedBy.Proxy, [said]);
        Fact[] limits = [.. Limits.Select(name => @case.All(FactKind.Proxy, name)).SelectMany(static f => f).Where(static f => f.Number > 0)];
        Fact? tightest = limits.MinBy(static f => f.Number);
        if (session is not null)
        {
            bool client = session.State![0] == 'c';
            Fact? own = limits.Where(f => f.Name == (client ? "timeout client" : "timeout server") || f.Name == "timeout tunnel").MinBy(f => Math.Abs((f.Number ?? 0) - (session.Elapsed?.TotalSeconds ?? 0)));
            if (loss.Connection?.PendingAtEnd() is not null)
                return No("a statement was running when the proxy's time-out struck", session.Source);
            // The packets show that nothing ran, and HAProxy speaks of this very connection: nothing else is written so.
            if (loss.Connection is { Ending.By: Side.Server } idle && session.ClientPort is { } port && port == idle.Client.Port)
                return Told(Grade.Proven, $"HAProxy ended this session by its own time-out ({session.State}: the {(client ? "client" : "server")} side was silent for too long){(own is null ? "" : $", {own.Name} = {own.Value} s")}; nothing was running on it.", ClosedBy.Proxy, [session, own, loss.Told]);
            bool during = loss.Find(Sign.LostDuringQuery, Sign.AbortedWriteError) is not null, busy = Testimony.Waited(loss, session) || !client && loss.Find(Sign.AbortedWriteError) is not null;
            return Told(busy ? Grade.Possible : Grade.Likely, $"HAProxy ended the session by its own time-out ({session.State}: the {(client ? "client" : "server")} side was silent for too long){(own is null ? "" : $", {own.Name} = {own.Value} s")}.", ClosedBy.Proxy, [session, own, loss.Told], client && !during ? [] : ["proxy-query-timeout"]);
        }
        if (loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.ProxySessionEnded, State: not null }) is { } ended)
            return No($"the proxy's session ended otherwise ({ended.State})", ended.Source);
        if (tightest is null)
            return Open("whether a proxy stands between, and its idle time-outs");
        if (loss.Idle is not { } silent)
            return Told(Grade.Possible, $"A proxy stands between and closes silent connections after {tightest.Value} s ({tightest.Name}).", ClosedBy.Proxy, [tightest], "wait-timeout");
        Fact? wait = @case.Setting("wait_timeout");
        return silent.Time.TotalSeconds < tightest.Number - 0.5
            ? No($"the connection had been idle for {Spans.Show(silent.Time)}; the proxy waits {tightest.Value} s at least ({tightest.Name})", tightest.Source)
            : Told(wait?.Number is { } later && later > silent.Time.TotalSeconds || wait is null && loss.Connection is not null ? Grade.Likely : Grade.Possible, $"The connection had been idle for {Spans.Show(silent.Time)}; the proxy closes silent ones after {tightest.Value} s ({tightest.Name}).", ClosedBy.Proxy, [tightest, wait, loss.Told], "wait-timeout", "nat-idle-timeout");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        .. Causes.Remedies.ShorterIdle(Limits.SelectMany(name => @case.All(FactKind.Proxy, name)).Where(static f => f.Number > 0).Min(static f => f.Number)),
        new("haproxy", "timeout client and timeout server of the MySQL sections equal, and longer than the pool's lifetime (or above wait_timeout); option clitcpka and option srvtcpka keep firewalls awake, but do not reset these timers."),
    ];

    public override string Page => """
        ## What happens
        A TCP proxy closes connections that are silent for its own time: HAProxy `timeout client`, `timeout server` (50 s in Debian's
        example, 1 min in others), `timeout tunnel`; nginx stream `proxy_timeout` 10 min; Envoy and Istio 1 h; RDS Proxy 30 min; ProxySQL's and
        MaxScale's own limits. A FIN reaches the application although MySQL's wait_timeout is hours away.

        ## Evidence
        - Many connections closed after the same idle time, to a fraction of a second, at different moments.
        - By FIN, without 4031 (MySQL from 8.0.24 would send it), without MariaDB's RST.
        - In a capture of both sides of the proxy: one greeting (thread id, scramble) on two connections, and the proxy closes both.
        - HAProxy's log: `cD` or `sD`; with the port of a captured client on which nothing ran it is proof. `timeout tunnel` always says `cD`. With `timeout client` shorter than a query the *next* query fails.

        ## Looks like it, but is not
        - `wait-timeout` of an older MySQL is the same bare FIN; its value decides.
        - An AWS NLB or NAT sends nothing at its 350 s; the next packet gets a RST or no answer: `nat-idle-timeout`.
        - A query cut off in the middle: `proxy-query-timeout`.

        ## Fix
        One order on the whole path: pool's idle time < every proxy's time-out < wait_timeout. Keep-alives on the TCP level do not count for
        HAProxy's timers; they do for NAT.

        ## References
        - HAProxy manual, `timeout client`, `timeout server`, `timeout tunnel`, 8.5 "Session state at disconnection".
        """;
}
