using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes;

/// <summary>What happened on the same server around the end of a connection: one loss or many, and was the server still there.</summary>
internal readonly record struct Surroundings(int Losses, int LossesWhileBusy, TimeSpan Spread, EndingSummary? Other, ConnectAttempt? RefusedAfter, ConnectAttempt? LowerThreadAfter, ConnectAttempt? LivedOn)
{
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SameIdle = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Announcement = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(60);
    private const uint AtOneTime = 64, Few = 16, Many = 500;

    /// <summary>The server was gone for new connects, or counts its threads anew.</summary>
    public bool ServerWasAway => RefusedAfter is not null || LowerThreadAfter is not null;

    public static Surroundings Of(Timeline connection, Ending ending, Case @case)
    {
        int losses = 0, busy = 0;
        Instant first = ending.At.At, last = ending.At.At;
        EndingSummary? other = null;
        foreach (EndingSummary loss in @case.LossesNear(connection.Server, ending.At.At, Near))
        {
            if (loss.By != Side.Server || !loss.LoggedIn)
                continue;
            losses++;
            if (loss.IdleBefore > TimeSpan.Zero && !loss.Client.Equals(connection.Client))
                other ??= loss;
            if (loss.At < first)
                first = loss.At;
            if (loss.At > last)
                last = loss.At;
        }
        foreach (Timeline timeline in @case.Timelines)
            if (timeline.Server.Equals(connection.Server) && timeline.PendingAtEnd() is not null && timeline.Ending is { By: Side.Server } end && (end.At.At - ending.At.At).Duration() < Near)
                busy++;
        (uint highest, bool isOneCount) = ThreadsBefore(connection, ending, @case);
        ConnectAttempt? refused = null, lower = null, greeted = null;
        foreach (ConnectAttempt attempt in @case.AttemptsBetween(connection.Server, ending.At.At + -Near, ending.At.At + After))
        {
            if (attempt.Outcome == ConnectOutcome.Refused)
                refused ??= attempt;
            if (attempt.Outcome == ConnectOutcome.Greeted && attempt.At > ending.At.At)
            {
                greeted ??= attempt;
                if (isOneCount && connection.Identity.ThreadId is { } thread && attempt.ThreadId != 0 && attempt.ThreadId < thread)
                    lower ??= attempt;
            }
        }
        // A server that counts anew has not given so many numbers so soon, unless there were few before.
        bool counts = greeted?.ThreadId > highest && (highest >= Many || greeted.Value.ThreadId - highest <= Few);
        ConnectAttempt? on = refused is null && lower is null && isOneCount && highest > 0 && counts ? greeted : null;
        return new Surroundings(losses, busy, last - first, other, refused, lower, on);
    }

    /// <summary>The highest thread id that the server is known to have given before, and whether all are of one count: behind a balancer several servers count.</summary>
    private static (uint Highest, bool IsOneCount) ThreadsBefore(Timeline connection, Ending ending, Case @case)
    {
        uint highest = 0, before = connection.Identity.ThreadId ?? 0, last = 0;
        bool isOne = true;
        foreach (ConnectAttempt attempt in @case.AttemptsBetween(connection.Server, default, ending.At.At))
        {
            if (attempt.Outcome != ConnectOutcome.Greeted || attempt.ThreadId == 0)
                continue;
            // A server that restarts falls back once; who falls back and is there again at once is two.
            isOne &= attempt.ThreadId <= highest || last + AtOneTime >= highest;
            highest = Math.Max(highest, attempt.ThreadId);
            last = attempt.ThreadId;
        }
        foreach (EndingSummary one in @case.Endings)
            if (one.Server.Equals(connection.Server) && one.At <= ending.At.At)
                before = Math.Max(before, one.ThreadId);
        return (connection.Identity.ThreadId is null ? 0 : Math.Max(highest, before), isOne);
    }

    /// <summary>Connects to the server were tried after that moment, and no packet came back.</summary>
    public static bool NobodyAnswers(Timeline connection, Instant since, Case @case)
    {
        bool tried = false;
        foreach (ConnectAttempt attempt in @case.AttemptsBetween(connection.Server, since, since + After))
        {
            if (attempt.Outcome != ConnectOutcome.NoAnswer)
                return false;
            tried = true;
        }
        return tried;
    }

    /// <summary>Why an idle timer need not have ended it, where another session of the server ended at the same moment.</summary>
    public const string NoTimer = "other sessions of the server ended at the same moment, at work or after other idle times: an idle timer runs for each";

    /// <summary>Another session of the server ended at the same moment, in the middle of a command or after another idle time: something ended them together.</summary>
    public static bool EndedTogether(Timeline connection, Ending ending, Case @case) =>
        @case.LossesNear(connection.Server, ending.At.At, AtOnce).Any(o => o.By == Side.Server && o.LoggedIn && !o.Client.Equals(connection.Client) && (o.IdleBefore - ending.IdleBefore).Duration() > SameIdle)
        || @case.Timelines.Any(t => t.Server.Equals(connection.Server) && t.Ending is { By: Side.Server } end && (end.At.At - ending.At.At).Duration() < AtOnce && t.PendingAtEnd() is not null);

    /// <summary>The server told some session of it that it was ending: 1053, or MariaDB's 1927.</summary>
    public static bool EndWasAnnounced(Timeline connection, Ending ending, Case @case) =>
        @case.Timelines.Any(t => t.Server.Equals(connection.Server) && t.Errors.Any(e => e.Code is ErrorCode.ServerShutdown or ErrorCode.ConnectionKilled && (e.At.At - ending.At.At).Duration() < Announcement));

    public List<Evidence> Tell(Timeline connection)
    {
        var evidence = new List<Evidence>();
        if (Losses > 1)
            evidence.Add(new Evidence($"{Losses} connections of {connection.Server} were closed by the server within {Spans.Show(Spread)}", connection.Source));
        if (RefusedAfter is { } refused)
            evidence.Add(new Evidence($"a connect from {refused.Client} was refused around that time", connection.At(refused.Packet)));
        if (LowerThreadAfter is { } lower)
            evidence.Add(new Evidence($"a later greeting has thread id {lower.ThreadId}, lower than {connection.Identity.ThreadId}: the server counts anew", connection.At(lower.Packet)));
        return evidence;
    }
}
