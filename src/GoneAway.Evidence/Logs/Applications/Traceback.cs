using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>An error with the lines that belong to it: its chain of causes, its frames, the record that logged it.</summary>
internal sealed class Traceback(MessageIndex index)
{
    private const int MostBefore = 40;
    private const int MostAfter = 120;

    private readonly List<(Sighting Sighting, Hit Hit)> found = [];
    private readonly List<string> tags = [];
    private StackMarks.Speaks about;
    private int? pid;
    private string? worker;
    // Where in a connection's life the frames since the last error are.
    private Sign? stage;
    // The same by frames below their error, as Java prints them.
    private Sign? reached;

    /// <summary>What it comes to: each error once.</summary>
    public List<Sighting> Sightings { get; } = [];

    /// <summary>Number of the last line that was taken.</summary>
    public int ReadTo { get; private set; }

    public void Read(LogLine line, Hit hit)
    {
        LineContent.Part part = LineContent.Of(line.Text, out int indent);
        // A program's forks and jobs are no errors: nothing belongs to them.
        bool stands = hit.Message?.Sign is Sign.JobRan or Sign.WorkersForked or Sign.KillLogged or Sign.WorkedAgain || IsWhole(line.Text);
        Tag(line.Text);
        if (!stands && part != LineContent.Part.Header)
            Before(line);
        if (hit.Message is { Shared: true })
            Datasource(line);
        TakeAll(line.Text, hit, line.Source);
        if (!stands)
            After(line, part == LineContent.Part.Header, indent);
        Finish(line.Stamp);
    }

    /// <summary>A record in JSON has its stack trace within; Docker's is a line of a log.</summary>
    private static bool IsWhole(ReadOnlySpan<char> line) => line.StartsWith("{\"", StringComparison.Ordinal) && line.TrimEnd().EndsWith("}", StringComparison.Ordinal) && !line.StartsWith("{\"log\"", StringComparison.Ordinal);

    /// <summary>True when the line is the program text that Python prints below <c>File "..."</c>.</summary>
    public static bool IsSourceCode(LogLine line, int offset)
    {
        LineContent.Of(offset == 0 ? line.Text : line.Line(offset), out int indent);
        if (indent < 4)
            return false;
        for (int back = 1; back <= 10; back++)
        {
            ReadOnlySpan<char> text = line.Line(offset - back);
            LineContent.Part part = LineContent.Of(text, out int outer);
            if (part is not (LineContent.Part.Other or LineContent.Part.Frame))
                return false;
            if (outer >= indent)
                continue;
            // A statement of several lines: its first one stands less deep, below the frame.
            if (part == LineContent.Part.Frame || outer < 4)
                return part == LineContent.Part.Frame && (text.Contains("File \"", StringComparison.Ordinal) || text.Contains("File \\\"", StringComparison.Ordinal));
            indent = outer;
        }
        return false;
    }

    public static bool IsNear(LogLine line, string words)
    {
        for (int back = 0; back <= MostBefore * 2; back++)
            if ((back == 0 ? line.Text : line.Line(-back)).Contains(words, StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <summary>The frames above an error name its stack; the record above them its worker.</summary>
    private void Before(LogLine line)
    {
        for (int back = 1; back <= MostBefore; back++)
        {
            ReadOnlySpan<char> text = line.Line(-back);
            LineContent.Part part = LineContent.Of(text, out int indent);
            if (part == LineContent.Part.Blank || part == LineContent.Part.Other && indent == 0)
                return;
            Tag(text);
            if (part == LineContent.Part.Header)
                return;
        }
    }

    /// <summary>Prisma says above its error, past a blank line, which kind of database it means.</summary>
    private void Datasource(LogLine line)
    {
        for (int back = 1; back <= 8; back++)
            if (line.Line(-back) is var text && text.StartsWith("Datasource \"", StringComparison.Ordinal))
                Tag(text);
    }

    private void After(LogLine line, bool isRecord, int outer)
    {
        bool joined = false, linked = false, framed = false, first = true, left = false;
        int blanks = 0, others = 0;
        for (int next = 1; next <= MostAfter && blanks <= 3 && others <= 30; next++)
        {
            ReadOnlySpan<char> text = line.Line(next);
            LineContent.Part part = LineContent.Of(text, out int indent);
            if (part == LineContent.Part.Blank)
            {
                blanks++;
                continue;
            }
            Hit hit = default;
            bool holds = part is not (LineContent.Part.Frame or LineContent.Part.Traceback) && index.TryFind(text, out hit) && !IsSourceCode(line, next);
            switch (part)
            {
                case LineContent.Part.Frame:
                    (linked, framed, left) = (false, true, false);
                    break;
                case LineContent.Part.Joint:
                    joined = true;
                    break;
                case LineContent.Part.Link:
                    linked = true;
                    break;
                case LineContent.Part.Traceback when joined || isRecord && first:
                    joined = true;
                    break;
                case LineContent.Part.Traceback:
                case LineContent.Part.Header when !(holds && (joined || hit.Message is { Follows: true } && IsNew(hit) && found.Exists(static one => one.Hit.Message is { Rank: not null } or { Sign: Sign.StaleInPool }))):
                    return;
                case LineContent.Part.Other when indent <= outer || blanks > 0:
                    if (holds && !joined && !linked && !(IsSame(hit) && blanks == 0 && !left) && !(IsRanked && hit.Message is { Rank: not null } && !framed && (isRecord || IsNew(hit))))
                        return;
                    others++;
                    // Past a blank line begins something else, unless it turns out to be the next error of the chain.
                    left |= blanks > 0 && !joined && !linked && !holds;
                    break;
            }
            (blanks, first) = (0, false);
            if (!left || holds)
                Tag(text);
            if (!holds)
                continue;
            others = 0;
            joined = false;
            ReadTo = line.Number + next;
            TakeAll(text, hit, line.Source);
            stage = null;
        }
    }

    private bool IsRanked => found.Exists(static one => one.Hit.Message is { Rank: not null });

    /// <summary>The fields of one error object: its name, its number, its text.</summary>
    private bool IsSame(Hit hit) => (hit.Code ?? hit.Message?.Code) is { } code && found.Exists(one => one.Sighting.Code == code);

    private bool IsNew(Hit hit) => !found.Exists(one => one.Hit.Message == hit.Message);

    private void Tag(ReadOnlySpan<char> text)
    {
        about |= StackMarks.Add(text, tags);
        stage ??= FrameStage.Of(text);
        if (reached != Sign.LostDuringLogin)
            reached = StageMarks.Of(text) ?? reached;
        pid ??= WorkerTag.Pid(text);
        worker ??= WorkerTag.Worker(text);
    }

    private void TakeAll(ReadOnlySpan<char> text, Hit hit, string source)
    {
        Take(text, hit, source);
        if (hit.Message is not { Weak: false })
            return;
        foreach (Hit other in index.Others(text, hit))
            if (hit.Message.Rank is not null || other.Message!.Rank is not null)
                Take(text, other, source);
    }

    private void Take(ReadOnlySpan<char> text, Hit hit, string source)
    {
        Sighting sighting = FrameStage.Apply(stage, HitSighting.Of(text, hit, source));
        for (int i = 0; i < found.Count; i++)
        {
            Sighting known = found[i].Sighting;
            // The record above a stack trace quotes its error without the place.
            if (stage is not null && known.Sign is Sign.LostDuringQuery or Sign.ClientReadTimedOut && sighting.Sign == stage)
                known = known with { Sign = sighting.Sign };
            if (known.Sign != sighting.Sign || known.Sign == Sign.ServerSaid && known.Code != sighting.Code)
                continue;
            found[i] = (Join(known, sighting), Hit.Better(found[i].Hit, hit));
            return;
        }
        if (found.Count < 8)
            found.Add((sighting, hit));
    }

    internal static Sighting Join(Sighting one, Sighting other) => one with
    {
        Code = one.Code ?? other.Code,
        Errno = one.Errno ?? other.Errno,
        Idle = one.Idle ?? other.Idle,
        Elapsed = one.Elapsed ?? other.Elapsed,
        Size = one.Size ?? other.Size,
        ServerHost = one.ServerHost ?? other.ServerHost,
        ServerPort = one.ServerPort ?? other.ServerPort,
        SequenceExpected = one.SequenceExpected ?? other.SequenceExpected,
        SequenceReceived = one.SequenceReceived ?? other.SequenceReceived,
        State = one.State ?? other.State,
        Subject = one.Subject ?? other.Subject,
        Pid = one.Pid ?? other.Pid,
        ThreadId = one.ThreadId ?? other.ThreadId,
        ClientHost = one.ClientHost ?? other.ClientHost,
        ClientPort = one.ClientPort ?? other.ClientPort,
        Stack = other.Stack.Count == 0 ? one.Stack : [.. one.Stack, .. other.Stack],
    };

    private void Finish(Stamp? stamp)
    {
        var chain = new Chain(found, about, reached);
        foreach (Sighting sighting in chain.Sightings())
            Sightings.Add(sighting with
            {
                Stamp = stamp,
                Pid = sighting.Pid ?? pid,
                Worker = sighting.Worker ?? worker,
                Stack = StackTag.WithLanguages(sighting.Stack.Concat(tags)),
            });
    }
}
