using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Protocol;

/// <summary>Several threads of one process use one connection without a lock.</summary>
public sealed class SharedBetweenThreads : Cause
{
    public override string Name => "shared-between-threads";
    public override CauseGroup Group => CauseGroup.Protocol;
    public override string Title => "Several threads of one process use one connection at the same time.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown))
            return connection.Identity.UsesTls
                ? new Examination.NotEnough("the connection is encrypted: commands cannot be told apart", SharedAfterFork.Inspect(connection))
                : No("the connection never got as far as commands", connection.At(connection.First.Packet));
        if (connection.Violations.FirstOrDefault(static v => v.Kind == ViolationKind.DataAfterQuit) is { } afterQuit)
            return connection.LastEvents.Any(e => e.Kind == EventKind.Quit && afterQuit.At.At - e.At >= TimeSpan.FromMilliseconds(50))
                ? No("commands went on long after COM_QUIT: a driver closes its own descriptor with it, so another process holds the socket", connection.At(afterQuit.At.Packet))
                : new Examination.NotEnough("a command followed COM_QUIT at once: threads or processes", SharedAfterFork.Inspect(connection));
        Violation? halves = connection.Violations.FirstOrDefault(static v =>
            v.Side == Side.Client && v.Kind is ViolationKind.WrongSequence or ViolationKind.Malformed && v.Bytes.Length > 8 && !Bytes.IsText(v.Bytes.Span));
        bool overlaps = connection.Work.OverlapCount > 0;
        if (halves is not null && !connection.HasGaps)
        {
            ServerError? error = ErrorOf(connection, ErrorCode.PacketsOutOfOrder, ErrorCode.MalformedPacket);
            var evidence = new List<Evidence> { new($"a packet with sequence {halves.ReceivedSequence} where {Math.Max(0, halves.ExpectedSequence)} was due: {Bytes.Quote(halves.Bytes.Span, 40)}", connection.At(halves.At.Packet)) };
            if (error is not null)
                evidence.Add(EvidenceOf(connection, error));
            return new Examination.Matched
            {
                Grade = overlaps ? Grade.Likely : Grade.Possible,
                Summary = "Packets of two writers run into each other on this connection.",
                ClosedBy = CloserOf(connection),
                Evidence = evidence,
                Rivals = ["shared-after-fork"],
                Fix = Fixes,
                CollectNext = [SharedAfterFork.Inspect(connection)],
            };
        }
        if (!overlaps)
            return connection.HasGaps
                ? new Examination.NotEnough("parts of the connection are missing from the capture", SharedAfterFork.Inspect(connection))
                : No("commands and answers alternate strictly: one writer at a time", connection.Source);
        return new Examination.NotEnough("two writers share the connection; whether they are threads or processes is not to be seen on the wire", SharedAfterFork.Inspect(connection));
    }

    private static IReadOnlyList<Fix> Fixes { get; } =
    [
        new Fix("any", "One connection per thread or task, from a pool; a connection is not to be shared without a lock around the whole of query and result."),
    ];

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        IReadOnlyList<Sighting> mixture = Testimony.Mixture(loss);
        // After a broken read a driver takes its own connection for busy.
        if (loss.Find(Sign.UsedConcurrently) is { } busy && loss.Sightings.First(static s => s.Sign.IsLoss()) == busy)
            return Told(Grade.Likely, "The driver itself says that the connection was in use by somebody else in the same process.", ClosedBy.Client, [busy, .. mixture.Take(2)], "commands-out-of-sync");
        bool crossed = mixture.Any(static s => s is { Sign: Sign.PacketsOutOfOrder, SequenceExpected: > 0 } or { Sign: Sign.MixedUpResult });
        if (mixture.Count > 0 && crossed)
            return @case.Sightings.FirstOrDefault(s => s.Sign == Sign.SocketShared && SharedAfterFork.IsOf(loss, s, @case)) is { } shared
                ? No("the socket is held by several processes, which explains it", shared.Source)
                : Told(Grade.Possible, "Packets or rows of another statement arrived: two users of one connection, threads or forked processes.", ClosedBy.Client, [.. mixture.Take(3)], "shared-after-fork");
        return Open("whether several threads use the connection");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => Causes.Remedies.OnePerThread();

    public override string Page => """
        ## What happens
        Two threads (or tasks of an event loop) use one connection at once. Their commands overlap, answers are read by the wrong one, or
        halves of packets mix and the server answers 1156. Errors: `Packet sequence number wrong`, `'NoneType' object has no attribute 'read'`,
        Ruby `This connection is in use by`, Go `busy buffer`, EF `A second operation was started`, 2014, wrong rows.

        ## Evidence
        - A command before the earlier one was answered; packets that are whole but out of sequence.
        - One process holds the socket, with several threads in the driver.

        ## Looks like it, but is not
        - Processes after a fork make the same picture; what comes after COM_QUIT decides for `shared-after-fork`, else the host does.
        - A cancelled task (asyncio time-out, Go context) that leaves an answer unread: `commands-out-of-sync`.
        - EF, Hibernate and ActiveRecord have messages of their own for it; they come before anything reaches the wire.
        - `Bad file descriptor`: one thread closed what another was using.

        ## Fix
        A pool; check a connection out for one unit of work. `threadsafety` of Python drivers is 1: share the module, not connections.

        ## References
        - PEP 249, threadsafety; MySQL manual, "Writing C API Threaded Client Programs".
        """;
}
