using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes;

/// <summary>What happened on the same server around the end of a connection: one loss or many, and was the server still there.</summary>
internal readonly record struct Surroundings(int Losses, int LossesWhileBusy, TimeSpan Spread, EndingSummary? Other, ConnectAttempt? RefusedAfter, ConnectAttempt? LowerThreadAfter, ConnectAttempt? GreetedAfter)
{
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Announcement = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(60);

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
        ConnectAttempt? refused = null, lower = null, greeted = null;
        foreach (ConnectAttempt attempt in @case.AttemptsBetween(connection.Server, ending.At.At + -Near, ending.At.At + After))
        {
            if (attempt.Outcome == ConnectOutcome.Refused)
                refused ??= attempt;
            if (attempt.Outcome == ConnectOutcome.Greeted && attempt.At > ending.At.At)
            {
                greeted ??= attempt;
                if (connection.Identity.ThreadId is { } thread && attempt.ThreadId != 0 && attempt.ThreadId < thread)
                    lower ??= attempt;
            }
        }
        return new Surroundings(losses, busy, last - first, other, refused, lower, greeted);
    }

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
