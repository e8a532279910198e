using GoneAway.Model;

namespace GoneAway.Causes.InFlight;

/// <summary>The client did not take the result, and the server gave up writing.</summary>
public sealed class SlowReader : Cause
{
    private const double DefaultLimit = 60;

    public override string Name => "slow-reader";
    public override CauseGroup Group => CauseGroup.InFlight;
    public override string Title => "The client read its result too slowly; the server gave up after net_write_timeout.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown or Stage.Encrypted))
            return No("no result was ever sent", connection.At(connection.First.Packet));
        TimeSpan stalled = connection.ClientActivity.ZeroWindowLongest;
        if (stalled == TimeSpan.Zero)
            return connection.HasGaps || !connection.SeesPackets
                ? new Examination.NotEnough("the client's receive windows are not in the evidence, or not all of them")
                : No("the client's receive window was never full: it took everything the server sent", connection.At(connection.Last.Packet));
        if (connection.Ending is not { Quit: null } ending)
            return No("the connection was not cut", connection.At(connection.Last.Packet));
        if (connection.PendingAtEnd() is not { } pending)
            return No("no result was under way when the connection ended", connection.At(ending.At.Packet));
        if (ending.By == Side.Client)
            return No("the client closed, not the server", connection.At(ending.At.Packet));
        bool known = connection.Work.Settings.TryGetValue("net_write_timeout", out SettingSeen setting) && setting.Number is not null;
        double limit = setting.Number ?? DefaultLimit;
        if (known && stalled.TotalSeconds < limit * 0.9)
            return No($"the client stopped reading for {Spans.Show(stalled)} at most, net_write_timeout is {limit:0} s", connection.At(setting.At.Packet));
        if (stalled < TimeSpan.FromSeconds(0.9))
            return No($"the client stopped reading for {Spans.Show(stalled)} at most; net_write_timeout is 1 s at least", connection.At(ending.At.Packet));
        return new Examination.Matched
        {
            Grade = Grade.Likely,
            Summary = $"The client took no data for {Spans.Show(stalled)} in the middle of a result ({pending.Rows} rows, {pending.ResponseBytes} bytes delivered); the server gave up: net_write_timeout{(known ? $" = {limit:0} s" : "")}.",
            ClosedBy = ClosedBy.Server,
            Evidence =
            [
                new Evidence($"client's receive window at zero, {Spans.Show(stalled)} at the longest, {Spans.Show(connection.ClientActivity.ZeroWindowTotal)} in all", connection.At(connection.ClientActivity.ZeroWindowSince?.Packet ?? pending.ResponseEnd?.Packet ?? ending.At.Packet)),
                new Evidence($"{pending.Name} {pending.Text}: row {pending.Rows} reached, {pending.ResponseBytes} bytes, result not complete", connection.At(pending.At.Packet)),
                EndOf(connection),
            ],
            Symptom = new Symptom(2013, "Lost connection to MySQL server during query"),
            Fix =
            [
                new Fix("any", "Fetch without long pauses: take the result into memory or a file first and process it then, or page through it by key. For mysqldump: write to a fast disk, compress afterwards or with a faster compressor (zstd, pigz)."),
                new Fix("server", "For the session that exports: SET SESSION net_write_timeout = 3600. Not globally: stuck readers would hold threads and memory that long."),
            ],
            Rivals = ["killed"],
            CollectNext = [new NextStep($"mysql -h {connection.Server.Address} -P {connection.Server.Port} -e \"SHOW GLOBAL VARIABLES LIKE 'net_write_timeout'\"; grep -n 'writing communication packets' error.log", ["slow-reader", "killed"])],
        };
    }

    protected override Phases Fits => Phases.Query | Phases.Fetch;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Fact? limit = @case.Setting("net_write_timeout");
        if ((loss.Find(Sign.AbortedWriteTimeout) ?? loss.Said(1161)) is { } said)
            return Told(Grade.Likely, "The client's side took no data of a result for longer than net_write_timeout, so the server gave up writing: the client did not read, or the path had died.", ClosedBy.Server, [said, limit], "network-loss", "nat-idle-timeout");
        Sighting? streaming = loss.Find(Sign.StreamingInterrupted), write = loss.Find(Sign.AbortedWriteError) ?? loss.Said(1160);
        bool? mariaDb = Testimony.IsMariaDb(loss, @case);
        if (write is not null && (mariaDb == true || streaming is not null))
            return Told(Grade.Likely, "The server failed writing a result: on MariaDB that is how net_write_timeout shows.", ClosedBy.Server, [write, streaming, limit], "client-vanished", "client-read-timeout");
        if (streaming is not null)
            return Told(Grade.Likely, "The connection failed while the application was streaming a result: it read more slowly than net_write_timeout allows.", ClosedBy.Server, [streaming, limit], "server-crash", "killed");
        if (loss.Sightings.FirstOrDefault(static s => s.Sign == Sign.LostDuringQuery && s.Stack.Any(static t => t is "mysqldump" or "mydumper")) is { } dump)
            return loss.Sightings.Concat(@case.Sightings).FirstOrDefault(s => s.Source != dump.Source && s.Sign == dump.Sign && s.State is { } row && row == dump.State && s.Subject == dump.Subject) is { } again
                ? No($"it stopped at the same {again.State} twice: what stands there decides, not the time", again.Source)
                : Told(Grade.Possible, "A dump was cut off in the middle of a table: its output (gzip, NFS, a pipe) may be slower than net_write_timeout allows.", ClosedBy.Server, [dump, limit], "server-crash", "packet-too-large", "network-loss", "killed");
        return write is not null
            ? Told(Grade.Possible, "The server failed writing a result: the client was gone, or had stopped reading.", ClosedBy.Unknown, [write, limit], "client-vanished", "client-read-timeout")
            : Open("whether the client had stopped reading (net_write_timeout)");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Read faster: fetch into memory or to a file first, work afterwards; page with LIMIT; do not sleep between fetches."),
        new("mysqldump", "Dump to a fast disk first and compress afterwards (or use a parallel compressor); --net-buffer-length does not help. A whole dump can be retried."),
        new("server", "For the export's session only: SET SESSION net_write_timeout = 3600."),
        new("jdbc", "useCursorFetch=true with a fetch size, or netTimeoutForStreamingResults (which sets net_write_timeout for the session)."),
    ];

    public override string Page => """
        ## What happens
        The application fetches row by row and does something slow in between (compresses, writes to NFS, waits). Its receive buffer fills,
        its window goes to zero, the server cannot write; after `net_write_timeout` (60 s) it gives up. The client drains what is in its
        buffer and then says 2013 `Lost connection to MySQL server during query`, sometimes minutes later.

        ## Evidence
        - Window 0 from the client for at least net_write_timeout, inside a result set that never gets its end.
        - MySQL: data and FIN come only when the client reads again. MariaDB: RST at the time-out.
        - Log: MySQL `(Got timeout writing communication packets)`; MariaDB `(Got an error writing communication packets)`; its time is the true one.

        ## Looks like it, but is not
        - A slow *query* sends nothing, but the client's window is open.
        - The client's own read time-out: the client closes first.
        - `connect_timeout` has nothing to do with it.

        ## Fix
        Read at full speed, process later. Raise net_write_timeout in the exporting session only.

        ## References
        - MySQL manual, `net_write_timeout`; `sql-common/net_serv.cc` (net_write_packet).
        """;
}
