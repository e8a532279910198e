using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.InFlight;

/// <summary>The client stopped sending in the middle, and the server gave up reading.</summary>
public sealed class SlowWriter : Cause
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(0.9);

    public override string Name => "slow-writer";
    public override CauseGroup Group => CauseGroup.InFlight;
    public override string Title => "The client stopped in the middle of sending; the server gave up after net_read_timeout.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown))
            return connection.Identity.UsesTls
                ? new Examination.NotEnough("the connection is encrypted: packets cannot be told apart")
                : No("no command was ever sent", connection.At(connection.First.Packet));
        Work work = connection.Work;
        bool uploading = work.UploadOpen || ErrorOf(connection, ErrorCode.NetReadInterrupted) is { Unsolicited: false, Stage: Stage.Commands };
        bool half = work.Pending is { } pending && pending.Received < pending.Length;
        if (!uploading && !half)
            return No("no upload and no half-sent packet was under way", connection.At(connection.Last.Packet));
        ServerError? error = ErrorOf(connection, ErrorCode.NetReadInterrupted);
        // After the server's ERR it is a race who closes first.
        if (connection.Ending is not { Quit: null } ending || ending.By == Side.Client && error is null)
            return No("the server did not close the connection", connection.At(connection.Last.Packet));
        TimeSpan waited = connection.ClientActivity.LastData is { } last ? ending.At.At - last.At : TimeSpan.Zero;
        if (error is null && waited < Noticeable)
            return No($"the client had sent data only {Spans.Show(waited)} before the server closed", connection.At(ending.At.Packet));
        var evidence = new List<Evidence>();
        if (error is not null)
            evidence.Add(EvidenceOf(connection, error));
        if (work.Pending is { } stuck)
            evidence.Add(new Evidence(half ? $"{stuck.Received} of {stuck.Length} announced bytes of {stuck.Name} came" : $"{stuck.Name} {stuck.Text}: the file's contents stopped coming", connection.At(stuck.At.Packet)));
        evidence.Add(new Evidence($"nothing from the client for {Spans.Show(waited)}", connection.At(connection.ClientActivity.LastData?.Packet ?? ending.At.Packet)));
        evidence.Add(EndOf(connection));
        return new Examination.Matched
        {
            Grade = error is not null && uploading ? Grade.Proven : Grade.Likely,
            Summary = half
                ? $"The client sent only part of a packet and stopped; the server closed after {Spans.Show(waited)} (wait_timeout rules here, not net_read_timeout)."
                : $"The client stopped in the middle of an upload for {Spans.Show(waited)}; the server gave up: net_read_timeout.",
            ClosedBy = ClosedBy.Server,
            Evidence = evidence,
            Symptom = new Symptom(2013, "Lost connection to MySQL server during query"),
            Rivals = error is null ? ["killed"] : [],
            Fix =
            [
                new Fix("any", "Feed the upload without pauses: complete the file first, then LOAD DATA LOCAL; look at what the sender waited for."),
                new Fix("server", "SET SESSION net_read_timeout = 600 in the loading session."),
            ],
            CollectNext = [new NextStep($"mysql -h {connection.Server.Address} -P {connection.Server.Port} -e \"SHOW GLOBAL VARIABLES WHERE Variable_name IN ('net_read_timeout','wait_timeout')\"", ["slow-writer", "wait-timeout"])],
        };
    }

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        bool upload = loss.Sightings.Any(static s => s.Text.Contains("LOAD DATA", StringComparison.OrdinalIgnoreCase)) || @case.Sightings.Any(static s => s.Sign == Sign.SessionSeen && s.Text.Contains("LOAD DATA", StringComparison.OrdinalIgnoreCase));
        if ((loss.Said(1159) ?? loss.Find(Sign.AbortedReadTimeout)) is { } said && upload)
            return Told(Grade.Likely, "The upload of a LOAD DATA LOCAL stood still for longer than net_read_timeout.", ClosedBy.Server, [said, @case.Setting("net_read_timeout")], "wait-timeout");
        return loss.Find(Sign.GoneAway) is { } idle ? No("nothing was being uploaded (LOAD DATA LOCAL): net_read_timeout rules only there", idle.Source)
            : Open("whether a LOAD DATA LOCAL was under way, and stood still for longer than net_read_timeout");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "SET SESSION net_read_timeout for the upload, or feed it faster; check what stalls the source of the data."),
    ];

    public override string Page => """
        ## What happens
        While a statement runs the server waits for more from the client (LOAD DATA LOCAL, mostly) at most `net_read_timeout` (30 s) at a time.
        If the feed stalls it gives up. A plain query sent in halves is *not* covered: the server reads the whole packet under wait_timeout,
        so a client that stops after 10 of 1000 bytes hangs for hours.

        ## Evidence
        - LOCAL INFILE under way, no data from the client for net_read_timeout, then the server's ERR 1159 or close.
        - Log: `(Got timeout reading communication packets)` while the session's command is Query, not Sleep.
        - On the wire of a half-sent query: the header's length against the bytes that came.

        ## Looks like it, but is not
        - Idle sessions have the same log line: `wait-timeout`.
        - A packet cut short by stray bytes before it: `stray-bytes`.
        - A client paused by a debugger, SIGSTOP or a frozen virtual machine: its kernel goes on acknowledging, nothing more is sent.

        ## Fix
        Do not pipe a slow producer into LOAD DATA LOCAL; raise net_read_timeout for that session.

        ## References
        - MySQL manual, `net_read_timeout`; `sql/sql_parse.cc` (do_command).
        """;
}
