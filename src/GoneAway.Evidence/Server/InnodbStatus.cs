using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Server;

/// <summary>SHOW ENGINE INNODB STATUS: transactions left open, and threads that wait long for a latch.</summary>
internal static class InnodbStatus
{
    private const int LongWait = 30;
    private static readonly Template Header = new("INNODB MONITOR OUTPUT");
    private static readonly Template Transaction = new("---TRANSACTION {}, ACTIVE{rest}");
    private static readonly Template Thread = new("MySQL thread id {id}, ");
    private static readonly Template MariaThread = new("MariaDB thread id {id}, ");
    private static readonly Template Wait = new("has waited at {place} for {n} seconds");

    public static bool IsHeader(string line) => Header.TryMatch(line, out _) && !IsFooter(line[..Math.Min(line.Length, 60)]);

    /// <summary>Reads the output that begins at the line.</summary>
    /// <param name="next">The first line after it.</param>
    /// <param name="line">Where all of it stands, when the client wrote it in one line.</param>
    public static void Read(string[] lines, int from, StateFindings state, out int next, int? line = null)
    {
        if (Stamps.TryFind(lines[from], out Stamp stamp) && stamp.HasYear)
            state.Now = stamp;
        state.IsKnown = true;
        int i = from + 1;
        TimeSpan? active = null;
        for (; i < lines.Length && !IsEnd(lines[i]); i++)
        {
            string one = lines[i];
            if (Transaction.TryMatch(one, out Template.Matched open))
                active = SecondsOf(open.Text(one, "rest"));
            else if (one.StartsWith("---", StringComparison.Ordinal))
                active = null;
            else if (active is { } since && (Thread.TryMatch(one, out Template.Matched thread) || MariaThread.TryMatch(one, out thread)))
            {
                state.Add(Session(one, thread, since, state, line ?? i));
                active = null;
            }
            else if (Wait.TryMatch(one, out Template.Matched wait) && double.TryParse(wait.Text(one, "n"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is >= LongWait and < int.MaxValue)
                state.Add(new Sighting { Sign = Sign.ServerStalls, Origin = Origin.Server, Source = state.At(line ?? i), Text = Shown.Of(one), Stamp = state.Now, Elapsed = TimeSpan.FromSeconds(seconds) });
        }
        next = i < lines.Length && IsFooter(lines[i]) ? i + 1 : i;
    }

    private static bool IsFooter(string line) => line.Contains("END OF INNODB MONITOR OUTPUT", StringComparison.Ordinal);

    private static bool IsEnd(string line) => IsFooter(line) || Pasted.IsInteractive(line) || IsOfLog(line);

    /// <summary>The server's log goes on after an output that was cut off.</summary>
    private static bool IsOfLog(string line) => line.Length > 20 && char.IsAsciiDigit(line[0]) && (line.Contains(" [Note] ", StringComparison.Ordinal)
        || line.Contains(" [ERROR] ", StringComparison.Ordinal) || line.Contains(" [Warning] ", StringComparison.Ordinal) || line.Contains(" [System] ", StringComparison.Ordinal));

    /// <summary>" 7200 sec inserting, thread declared inside InnoDB 5000".</summary>
    private static TimeSpan? SecondsOf(ReadOnlySpan<char> rest)
    {
        int open = rest.IndexOfAnyInRange('0', '9');
        if (open < 0)
            return null;
        ReadOnlySpan<char> digits = rest[open..];
        int end = digits.IndexOfAnyExceptInRange('0', '9');
        return end > 0 && digits[end..].StartsWith(" sec", StringComparison.Ordinal) && int.TryParse(digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>"MySQL thread id 8, OS thread handle 140, query id 1234 10.0.0.5 app updating": host, user, and a state while it works.</summary>
    private static Sighting Session(string line, Template.Matched thread, TimeSpan active, StateFindings state, int at)
    {
        string[] words = [];
        int query = line.IndexOf("query id ", StringComparison.Ordinal);
        if (query >= 0)
            words = line[(query + 9)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // localhost has no address before it; a TCP client has its name and address.
        bool named = words.Length > 2 && System.Net.IPAddress.TryParse(words[2], out _) && !System.Net.IPAddress.TryParse(words[1], out _);
        int user = named ? 3 : 2;
        bool works = words.Length > user + 1;
        return new Sighting
        {
            Sign = Sign.SessionSeen,
            Origin = Origin.Server,
            Source = state.At(at),
            Text = Shown.Of(line),
            Stamp = state.Now,
            ThreadId = thread.Number(line, "id") is { } id && id <= uint.MaxValue ? (uint)id : null,
            ClientHost = words.Length > 1 ? words[1] : null,
            User = words.Length > user ? words[user] : null,
            State = works ? string.Join(' ', words[(user + 1)..]) : "in transaction",
            Elapsed = active,
        };
    }
}
