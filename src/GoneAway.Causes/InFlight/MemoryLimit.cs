using GoneAway.Model;

namespace GoneAway.Causes.InFlight;

/// <summary>The session used more memory than it may.</summary>
public sealed class MemoryLimit : Cause
{
    public override string Name => "memory-limit";
    public override CauseGroup Group => CauseGroup.InFlight;
    public override string Title => "The session used more memory than the server allows one (or all) to use, and was closed.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        // MariaDB has these numbers for errors of statements.
        if (connection.Identity.IsMariaDb)
            return No("MariaDB has no such limit", connection.At(connection.First.Packet));
        if (FinalErrorOf(connection, 4081, 4082) is { } error)
            return new Examination.Matched { Grade = Grade.Proven, Summary = "The session's memory limit was exceeded; the server said so and closed.", ClosedBy = ClosedBy.Server, Evidence = [EvidenceOf(connection, error), EndOf(connection)] };
        return NotCutInSession(connection) ?? No("the server did not say error 4081 or 4082", connection.At(connection.Last.Packet));
    }

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (Testimony.IsMariaDb(loss, @case) == true)
            return No("MariaDB has no such limit", @case.Setting("version")?.Source ?? loss.Source);
        if ((loss.Said(4081, 4082) ?? loss.Find(Sign.MemoryLimitExceeded)) is { } said)
            return Told(Grade.Proven, "The session used more memory than connection_memory_limit or global_connection_memory_limit allows.", ClosedBy.Server, [said, @case.Setting("connection_memory_limit"), @case.Setting("global_connection_memory_limit")]);
        return @case.Setting("connection_memory_limit") is { Number: > 1e15 } off ? No("connection_memory_limit is not set", off.Source) : No("the server logs this at every verbosity and answers 4082; neither was seen", loss.Source);
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "Raise connection_memory_limit for the account's sessions, or make the statement smaller (GROUP_CONCAT, sorts, huge IN lists)."),
    ];

    public override string Page => """
        ## What happens
        MySQL 8.0.28 and newer can limit the memory of a session (`connection_memory_limit`) and of all ordinary ones together. Who is over it is
        told 4082 or 4081 and closed in the middle of the statement.

        ## Evidence
        - 4082 `Connection closed. Connection memory limit N bytes exceeded. Consumed M bytes.`; the same as an error line in the log, whatever its verbosity.

        ## Looks like it, but is not
        - The whole server is killed: `server-oom-killed`.

        ## Fix
        A higher limit or a smaller statement.

        ## References
        - MySQL manual, `connection_memory_limit`.
        """;
}
