using GoneAway.Model;

namespace GoneAway.Causes.Connect;

/// <summary>The server could not create a thread for the connection.</summary>
public sealed class OutOfThreads : Cause
{
    public override string Name => "out-of-threads";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The server could not create a thread for the connection.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage == Stage.Commands)
            return No("the server served this session", connection.At(connection.Opening.LoggedIn?.Packet ?? connection.First.Packet));
        if (ErrorOf(connection, 1135, 1041) is { } error)
            return new Examination.Matched { Grade = Grade.Proven, Summary = "The server could not create a thread (or find memory) for the connection, and said so.", ClosedBy = ClosedBy.Server, Evidence = [EvidenceOf(connection, error), EndOf(connection)] };
        return connection.Stage >= Stage.AwaitingLogin ? No("the server greeted", connection.At(connection.Opening.Greeting?.Packet ?? connection.First.Packet)) : Open("whether the server could create threads (Connection_errors_internal, its log)");
    }

    protected override Phases Fits => Phases.Connect | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if ((loss.Said(1135, 1041) ?? loss.Find(Sign.ThreadNotCreated) ?? Testimony.Around(loss, @case, Sign.ThreadNotCreated)?.Event) is { } said)
            return Told(said.Sign == Sign.ServerSaid ? Grade.Proven : Grade.Likely, "The server could not create a thread (or find memory) for the connection.", ClosedBy.Server, [said, loss.Told]);
        return @case.LastOf("Connection_errors_internal") is { Number: 0 } none ? No("Connection_errors_internal is 0", none.Source) : Open("whether the server could create threads (Connection_errors_internal, its log)");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "Raise what limits threads: TasksMax in the unit, the container's pids limit, ulimit -u, kernel.threads-max; or fewer connections, thread_cache_size, a smaller thread_stack."),
    ];

    public override string Page => """
        ## What happens
        pthread_create fails with EAGAIN: systemd's TasksMax, the pids cgroup, ulimit -u or memory is used up. The client gets 1135
        `Can't create a new thread (errno 11)` in place of the greeting, or 1041 `Out of memory`.

        ## Evidence
        - 1135, 1041; log: `Can't create thread to handle new connection(errno= 11)`; `Connection_errors_internal` moves.

        ## Looks like it, but is not
        - 1040: the server's own limit: `too-many-connections`.
        - Memory that runs out for good: `server-oom-killed`.

        ## Fix
        A higher limit on tasks, or fewer connections.

        ## References
        - MySQL manual, "Can't create new thread"; systemd.resource-control(5), `TasksMax`.
        """;
}
