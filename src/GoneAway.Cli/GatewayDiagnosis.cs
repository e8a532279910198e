using GoneAway.Causes;
using GoneAway.Diagnosis;
using GoneAway.Gateway.Incidents;
using GoneAway.Model;

namespace GoneAway.Cli;

/// <summary>
/// The judge of <c>explain</c> for what a running gateway loses: names a cause at once for the error, and judges for good on a thread of its
/// own once what happened around the loss is known. What it holds is bounded in number and time; what is too much is counted by the gateway.
/// </summary>
internal sealed class GatewayDiagnosis : IIncidentJudge, IDisposable
{
    private const int MostWaiting = 1024, MostKept = 1024, MostTimelines = 256, MostAtOnce = 64;
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(75);
    // A loop that is busy sees an end later than it came.
    private static readonly TimeSpan Unordered = TimeSpan.FromMilliseconds(250);

    private readonly TimeSpan settle;
    private readonly TimeSpan patience;
    private readonly Judge judge = new(Catalogue.All);
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly List<EndingSummary> endings = [];
    private readonly List<ConnectAttempt> attempts = [];
    private readonly List<KillSeen> kills = [];
    private readonly List<Timeline> timelines = [];
    private readonly Queue<Waiting> waiting = new();
    private readonly Dictionary<string, Verdict> alike = [];
    private readonly Thread thread;
    private readonly ManualResetEventSlim stop = new();
    private long second;
    private int atOnce;

    /// <param name="settle">How long to wait for what happens around a loss.</param>
    /// <param name="patience">How much longer where nobody has asked the server again.</param>
    public GatewayDiagnosis(TimeProvider? time = null, TimeSpan? settle = null, TimeSpan? patience = null)
    {
        this.time = time ?? TimeProvider.System;
        this.settle = settle ?? TimeSpan.FromSeconds(3.2);
        this.patience = patience ?? TimeSpan.FromSeconds(10);
        thread = new Thread(Run) { IsBackground = true, Name = "incidents" };
        thread.Start();
    }

    public void OnConnection(Timeline timeline, EndingSummary? ending, ConnectAttempt? attempt)
    {
        lock (gate)
        {
            if (ending is { } end)
                Keep(endings, end, MostKept);
            if (attempt is { } begun)
                Keep(attempts, begun, MostKept);
            Keep(timelines, timeline, MostTimelines);
        }
    }

    public void OnAttempt(ConnectAttempt attempt)
    {
        lock (gate)
            Keep(attempts, attempt, MostKept);
    }

    public void OnKill(KillSeen kill)
    {
        lock (gate)
            Keep(kills, kill, MostKept);
    }

    public Verdict NameCause(Timeline timeline, IReadOnlyList<Fact> facts)
    {
        string kind = $"{timeline.Server} {timeline.Ending?.By} {timeline.Ending?.Kind} {timeline.Work.Pending is null} {(timeline.Errors.Count > 0 ? timeline.Errors[^1].Code : 0)}";
        lock (gate)
        {
            // A server that ends cuts thousands: the first of them speak for all.
            long now = time.GetTimestamp() / time.TimestampFrequency;
            if (now != second)
            {
                (second, atOnce) = (now, 0);
                alike.Clear();
            }
            if (++atOnce > MostAtOnce && alike.TryGetValue(kind, out Verdict? known))
                return known.Grade == Grade.Proven ? known with { Grade = Grade.Likely } : known;
        }
        Verdict verdict = judge.Examine(new Loss { Connection = timeline, At = timeline.Last.At }, CaseOf(timeline, facts), "").Verdict;
        // A KILL is of one thread.
        lock (gate)
            if (!kills.Exists(one => one.ThreadId == timeline.Identity.ThreadId))
                alike[kind] = verdict;
        return verdict;
    }

    public bool Examine(Timeline timeline, IReadOnlyList<Fact> facts, string id, Action<Incident> tell)
    {
        lock (gate)
        {
            if (waiting.Count >= MostWaiting)
                return false;
            waiting.Enqueue(new Waiting(timeline, facts, id, tell, time.GetTimestamp()));
            return true;
        }
    }

    public void Complete()
    {
        while (Next(all: true) is { } one)
            JudgeNow(one);
    }

    public void Dispose()
    {
        stop.Set();
        thread.Join();
        stop.Dispose();
    }

    private void Run()
    {
        while (!stop.Wait(TimeSpan.FromMilliseconds(100)))
        {
            while (Next(all: false) is { } one)
                JudgeNow(one);
        }
    }

    /// <summary>One whose surroundings are known, or not to be waited for any longer. The order is that of the losses.</summary>
    private Waiting? Next(bool all)
    {
        lock (gate)
        {
            if (!waiting.TryPeek(out Waiting? first))
                return null;
            TimeSpan waited = time.GetElapsedTime(first.Since);
            if (!all && (waited < settle || waited < settle + patience && !WasAsked(first.Timeline)))
                return null;
            return waiting.Dequeue();
        }
    }

    private bool WasAsked(Timeline timeline)
    {
        if (timeline.Ending is not { By: Side.Server } ending || timeline.Errors.Count > 0)
            return true;
        foreach (ConnectAttempt attempt in attempts)
            if (attempt.At >= ending.At.At && attempt.Server.Equals(timeline.Server))
                return true;
        return false;
    }

    private void JudgeNow(Waiting one)
    {
        Incident incident = judge.Examine(new Loss { Connection = one.Timeline, At = one.Timeline.Last.At }, CaseOf(one.Timeline, one.Facts), one.Id);
        one.Tell(incident);
    }

    private Case CaseOf(Timeline timeline, IReadOnlyList<Fact> facts)
    {
        ConnectAttempt[] seen;
        EndingSummary[] ends;
        Timeline[] others;
        KillSeen[] killed;
        lock (gate)
        {
            Forget();
            (seen, ends, others, killed) = ([.. attempts], [.. endings], [.. timelines], [.. kills]);
        }
        if (timeline.Ending is { } ending)
            for (int i = 0; i < seen.Length; i++)
                // That a connect was refused before an end is evidence only where the order is sure.
                if (seen[i].Outcome == ConnectOutcome.Refused && seen[i].At < ending.At.At && ending.At.At - seen[i].At < Unordered)
                    seen[i] = seen[i] with { At = new Instant(ending.At.At.UnixNanoseconds + 1) };
        Array.Sort(seen, static (a, b) => a.At.CompareTo(b.At));
        Array.Sort(ends, static (a, b) => a.At.CompareTo(b.At));
        return new Case { Timelines = others, Endings = ends, Attempts = seen, Kills = killed, Facts = facts };
    }

    private void Forget()
    {
        Instant old = new Instant((time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick) + -Kept;
        endings.RemoveAll(e => e.At < old);
        attempts.RemoveAll(a => a.At < old);
        kills.RemoveAll(k => k.At < old);
        timelines.RemoveAll(t => t.Last.At < old);
    }

    private static void Keep<T>(List<T> list, T item, int most)
    {
        if (list.Count >= most)
            list.RemoveRange(0, most / 4);
        list.Add(item);
    }

    private sealed record Waiting(Timeline Timeline, IReadOnlyList<Fact> Facts, string Id, Action<Incident> Tell, long Since);
}
