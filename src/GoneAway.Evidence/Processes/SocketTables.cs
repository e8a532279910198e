using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Processes;

/// <summary>Tables of sockets and of open descriptors: what <c>ss</c>, <c>netstat</c>, <c>lsof</c>, <c>fstat</c>, <c>sockstat</c>, <c>/proc/net/tcp</c>, <c>/proc/PID/fd</c> and <c>goneaway inspect</c> show.</summary>
internal sealed class SocketTables : IPassageReader
{
    private const int MostWords = 64;
    private const int MostRows = 200_000;
    private static readonly ISocketTable[] Tables = [new SsTable(), new NetstatTable(), new OpenFilesTable(), new KernelTable(), new InspectTable()];

    public string Kind => "socket table";

    public bool TryRead(Passage passage, Findings findings)
    {
        if (TryRows(passage.Lines, out List<SocketRow> rows, out Stamp? taken))
        {
            new SocketJudgement(passage with { Taken = passage.Taken ?? taken }, findings).Judge(rows);
            return true;
        }
        return false;
    }

    /// <summary>All rows, when nearly all lines belong to such tables.</summary>
    internal static bool TryRows(IReadOnlyList<string> lines, out List<SocketRow> rows, out Stamp? taken)
    {
        (rows, taken) = ([], null);
        int known = 0, foreign = 0, first = 0;
        string command = "";
        for (int i = 0; i < lines.Count; i++)
        {
            string text = Prompt.Clean(lines[i]);
            if (string.IsNullOrWhiteSpace(text))
                continue;
            if (Prompt.TryCommand(text, out string next))
            {
                command = next;
                continue;
            }
            string[] words = text.Split((char[]?)null, MostWords, StringSplitOptions.RemoveEmptyEntries);
            if (TryLine(new TableLine(i, text, words, command, rows.Count > 0 ? rows[^1] : null), ref first, out SocketRow? row))
            {
                known++;
                if (row is null)
                    continue;
                if (rows.Count > 0 && rows[^1].Line == row.Line)
                    rows[^1] = row;
                else if (rows.Count < MostRows)
                    rows.Add(row);
            }
            else if (Stamps.TryFind(text, out Stamp stamp) && text.Length < 60)
                taken ??= stamp;
            else if (++foreign > 3 + known / 20)
                return false;
        }
        return rows.Count > 0 && foreign <= 1 + known / 2;
    }

    private static bool TryLine(TableLine line, ref int first, out SocketRow? row)
    {
        // Rows of one table follow each other.
        if (Tables[first].TryLine(line, out row))
            return true;
        for (int i = 0; i < Tables.Length; i++)
            if (i != first && Tables[i].TryLine(line, out row))
            {
                first = i;
                return true;
            }
        return false;
    }
}
