using GoneAway.Model;

namespace GoneAway.Causes.Connect;

/// <summary>The server could not accept: it had no free file descriptor.</summary>
public sealed class OutOfDescriptors : Cause
{
    public override string Name => "out-of-descriptors";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The server had no free file descriptor for a new connection.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        return connection.Stage >= Stage.AwaitingLogin
            ? No("the server greeted", connection.At(connection.Opening.Greeting?.Packet ?? connection.First.Packet))
            : Open("whether the server could accept at all (its log)");
    }

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if ((loss.Find(Sign.AcceptFailed) ?? Testimony.Around(loss, @case, Sign.AcceptFailed)?.Event) is { } accept)
            return Told(Grade.Likely, "The server could not accept connections: it had run out of file descriptors.", ClosedBy.Server, [accept, @case.Setting("open_files_limit"), loss.Told]);
        if (loss.Find(Sign.NoDescriptorsInClient) is { } client)
            return Told(Grade.Proven, "The client's process has no free file descriptor for a socket: it leaks them or its limit is too low.", ClosedBy.Client, [client]);
        return @case.LastOf("Connection_errors_accept") is { Number: 0 } none ? No("Connection_errors_accept is 0", none.Source) : Open("whether accept failed at the server (Connection_errors_accept, its log)");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "LimitNOFILE in the unit (systemctl edit mysql) and open_files_limit above max_connections + 2 x table_open_cache; the server says at start what it got."),
        new("any", "If it is the client that has none: ls /proc/PID/fd | wc -l, find the leak, raise its LimitNOFILE."),
    ];

    public override string Page => """
        ## What happens
        accept() fails with EMFILE: the kernel has already completed the TCP handshake, so the client is connected and waits for a greeting that
        does not come: 2013 at 'reading initial communication packet'. In the client the same limit shows as `Too many open files` on connect.

        ## Evidence
        - Log: `Error in accept: Too many open files` (only every 256th is logged); `Connection_errors_accept` moves.
        - At start: `Changed limits: max_open_files`.

        ## Looks like it, but is not
        - 1040 is `too-many-connections`: there the server answers.
        - A full listen queue drops SYNs: `listen-queue-overflow`.

        ## Fix
        A higher limit, fewer open tables, or the leak.

        ## References
        - MySQL manual, `open_files_limit`, "File Not Found and Similar Errors".
        """;
}
