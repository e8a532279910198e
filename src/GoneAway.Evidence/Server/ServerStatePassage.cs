using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Server;

/// <summary>Variables, counters, sessions and replicas of a server as people paste them, in all shapes that clients print.</summary>
public sealed class ServerStatePassage : IPassageReader
{
    public string Kind => "server state";

    public bool TryRead(Passage passage, Findings findings)
    {
        var walk = new Walk(passage);
        walk.Run();
        int share = walk.Understood * 100 / Math.Max(1, walk.NotBlank);
        // A whole text may hold other things that have readers of their own; they find them in its parts.
        if (!passage.IsPart && share < 75)
            return false;
        if (walk.State.TryComplete(findings))
        {
            foreach (int line in walk.Left)
                findings.Leave(passage.FirstLine + line);
            return true;
        }
        return passage.IsPart && walk.NotBlank > 0 && walk.IsDialogAlone;
    }

    /// <summary>Goes through the passage, line by line or table by table.</summary>
    private sealed class Walk(Passage passage)
    {
        private const int MostJson = 2;
        private const int MostBetween = 4;
        private readonly string[] lines = Pasted.Clean(passage.Lines);
        private readonly List<(int Line, string Name, string Value)> pairs = [];
        private bool pairsTell;
        private int json;
        private int statements;

        public StateFindings State { get; } = new(passage);
        public int Understood { get; private set; }
        public int NotBlank { get; private set; }
        public List<int> Left { get; } = [];
        /// <summary>Statements whose answers stand in another part.</summary>
        public bool IsDialogAlone => statements > 0 && Understood == NotBlank;

        public void Run()
        {
            for (int i = 0; i < lines.Length;)
            {
                int next = Step(i);
                if (next > i)
                    Understood += Count(i, next);
                else
                {
                    if (!string.IsNullOrWhiteSpace(lines[i]))
                        Left.Add(i);
                    next = i + 1;
                }
                NotBlank += Count(i, next);
                i = next;
            }
            EndPairs();
        }

        private int Count(int from, int to)
        {
            int count = 0;
            for (int i = from; i < to && i < lines.Length; i++)
                if (!string.IsNullOrWhiteSpace(lines[i]))
                    count++;
            return count;
        }

        /// <summary>Reads what begins at the line; the first line after it, or the same when nothing does.</summary>
        private int Step(int i)
        {
            string line = lines[i];
            if (string.IsNullOrWhiteSpace(line))
                return i;
            if (PairLines.TryRead(line, out string name, out string value, out bool telling) && !IsInTable(line))
            {
                // Words far from one another are no run.
                if (pairs.Count > 0 && i - pairs[^1].Line > MostBetween)
                    EndPairs();
                pairs.Add((i, name, value));
                pairsTell |= telling;
                return i + 1;
            }
            if (Pasted.IsStatement(line))
            {
                EndPairs();
                statements++;
                State.Ask(line);
                Time(line);
                return i + 1;
            }
            if (InnodbStatus.IsHeader(line))
            {
                return Innodb(line, i);
            }
            if (TryTable(i, out int next) || TryStatus(i, out next))
                return next;
            if (JsonState.IsStart(line) && json < MostJson)
            {
                if (JsonState.TryRead(lines, i, State, out next))
                    return next;
                json++;
            }
            return Other(line, i) ? i + 1 : i;
        }

        /// <summary>mysql -B writes the whole text in one line, its ends as \n.</summary>
        private int Innodb(string line, int i)
        {
            int next = i + 1;
            string[] escaped = line.Split("\\n");
            if (escaped.Length > 10)
                InnodbStatus.Read(escaped, Math.Max(0, Array.FindIndex(escaped, InnodbStatus.IsHeader)), State, out _, i);
            else
                InnodbStatus.Read(lines, i, State, out next);
            return next;
        }

        private static bool IsInTable(string line) => line.AsSpan().TrimStart() is ['|', ..] && line.AsSpan().Count('|') > 1;

        private bool TryTable(int i, out int next)
        {
            if (!VerticalRows.TryRead(lines, i, out Table? table, out next) && !BoxTables.TryRead(lines, i, out table, out next) && !DelimitedTables.TryRead(lines, i, out table, out next))
                return false;
            EndPairs();
            // SHOW ENGINE INNODB STATUS has one row, whose last cell is a text of its own.
            int text = Array.FindIndex(lines, i, next - i, InnodbStatus.IsHeader);
            if (text > i)
            {
                next = text;
                return true;
            }
            return TableFacts.TryTell(table!, State) || statements > 0;
        }

        private bool TryStatus(int i, out int next)
        {
            next = i + 1;
            var counters = new List<(string Name, string Value)>();
            if (StatusLines.TryCounters(lines[i], counters))
            {
                foreach ((string name, string value) in counters)
                    State.Add(new Fact(FactKind.Status, name, value, State.Now, State.At(i)));
                return true;
            }
            if (StatusLines.TryVersion(lines[i], out string version) && (IsOfClient(lines[i]) || i > 0 && Pasted.IsDialog(lines[i - 1])))
                State.Add(new Fact(FactKind.Variable, "version", version, State.Now, State.At(i)));
            else if (StatusLines.TryUptime(lines[i], out string seconds))
                State.Add(new Fact(FactKind.Status, "Uptime", seconds, State.Now, State.At(i)));
            else
                return false;
            return true;
        }

        /// <summary>A server that crashed names its version, too; clients set it off.</summary>
        private static bool IsOfClient(string line) => line.Contains('\t', StringComparison.Ordinal) || line.Contains("  ", StringComparison.Ordinal);

        /// <summary>What stands between tables: an empty answer, a time, the names of columns.</summary>
        private bool Other(string line, int i)
        {
            if (Pasted.IsDialog(line))
            {
                if (line.StartsWith("Empty set", StringComparison.Ordinal) && State.AskedForReplica)
                    State.Add(new Fact(FactKind.Replica, "rows", "0", State.Now, State.At(i)));
                return true;
            }
            Time(line);
            return line.AsSpan().Trim().StartsWith("variable_name", StringComparison.OrdinalIgnoreCase);
        }

        /// <summary>A line that is little more than a time dates what follows: that of date, pt-stalk's TS. It stays a log's all the same.</summary>
        private void Time(string line)
        {
            if (line.Length <= 60 && (Pasted.IsStatement(line) || HasShortWordsOnly(line)) && Stamps.TryFind(line, out Stamp stamp) && stamp.HasYear)
                State.Now = stamp;
        }

        /// <summary>Days, months and zones have four letters at most, and begin with a capital.</summary>
        private static bool HasShortWordsOnly(string line)
        {
            for (int i = 0; i < line.Length;)
            {
                int from = i;
                while (i < line.Length && char.IsLetter(line[i]))
                    i++;
                if (i - from > 4 || i > from && char.IsLower(line[from]))
                    return false;
                i = i == from ? i + 1 : i;
            }
            return true;
        }

        /// <summary>A run of settings counts when one of them is surely a server's; else its lines are left.</summary>
        private void EndPairs()
        {
            if (pairsTell && IsRun())
            {
                if (pairs.Exists(static p => ServerNames.IsCounter(p.Name, out _)))
                    State.CounterTables++;
                foreach ((int line, string name, string value) in pairs)
                    State.Setting(name, value, line);
            }
            else
                foreach ((int line, _, _) in pairs)
                {
                    Left.Add(line);
                    Understood--;
                }
            pairs.Clear();
            pairsTell = false;
        }

        /// <summary>Lone words in a long text are none.</summary>
        private bool IsRun() => pairs.Count > 1 || statements > 0 || lines.Length < 6;
    }
}
