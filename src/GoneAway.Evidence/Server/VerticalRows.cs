namespace GoneAway.Evidence.Server;

/// <summary>Rows printed one column a line, as the mysql client does after \G.</summary>
internal static class VerticalRows
{
    private const int MostColumns = 120;

    public static bool IsRowMark(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        return line.Length > 10 && line.StartsWith("***", StringComparison.Ordinal) && line.IndexOf(" row", StringComparison.Ordinal) is > 0 and var at
            && line[..at].TrimEnd().TrimEnd('.') is [.., >= '0' and <= '9'];
    }

    /// <summary>Reads rows with their marks, one table for all that have the same columns.</summary>
    public static bool TryRead(string[] lines, int from, out Table? table, out int next)
    {
        table = null;
        next = from;
        if (!IsRowMark(lines[from]))
            return false;
        var rows = new List<(Dictionary<string, string> Cells, int Line)>();
        var columns = new List<string>();
        int i = from;
        while (i < lines.Length && IsRowMark(lines[i]))
        {
            int mark = i++;
            var cells = new Dictionary<string, string>(StringComparer.Ordinal);
            ReadRow(lines, ref i, cells, columns);
            rows.Add((cells, mark + 1));
        }
        next = i;
        if (columns.Count == 0)
            return false;
        table = new Table(columns, [.. rows.Select(row => new TableRow([.. columns.Select(name => row.Cells.GetValueOrDefault(name, ""))], row.Line))]);
        return true;
    }

    private static void ReadRow(string[] lines, ref int i, Dictionary<string, string> cells, List<string> columns)
    {
        int colon = -1;
        string? last = null;
        for (; i < lines.Length && !IsRowMark(lines[i]) && cells.Count < MostColumns; i++)
        {
            string line = lines[i];
            if (Pasted.IsDialog(line) || line.Length == 0 && colon >= 0 && !GoesOn(lines, i, colon))
                break;
            int at = ColonOf(line);
            // The client aligns the colons; what has none there belongs to the value above.
            bool isColumn = at > 0 && (colon < 0 || at == colon || last is not null && char.IsWhiteSpace(line[0]) == false && cells.Count < 3 && at != colon && colon < 0);
            if (!isColumn && at > 0 && IsReplicaColumn(line.AsSpan(0, at).Trim()))
                isColumn = true;
            if (isColumn)
            {
                colon = colon < 0 ? at : colon;
                last = line[..at].Trim();
                if (!columns.Contains(last))
                    columns.Add(last);
                cells[last] = line[(at + 1)..].Trim();
            }
            else if (last is not null && cells[last].Length < 20_000)
                cells[last] += "\n" + line;
            else if (last is null)
                break;
        }
    }

    /// <summary>A blank line inside of a statement: the next column follows within some lines.</summary>
    private static bool GoesOn(string[] lines, int from, int colon)
    {
        for (int i = from + 1; i < lines.Length && i < from + 30 && !IsRowMark(lines[i]); i++)
            if (ColonOf(lines[i]) == colon)
                return true;
        return false;
    }

    private static bool IsReplicaColumn(ReadOnlySpan<char> name) =>
        name.StartsWith("Slave_", StringComparison.Ordinal) || name.StartsWith("Master_", StringComparison.Ordinal) || name.StartsWith("Replica_", StringComparison.Ordinal)
        || name.StartsWith("Source_", StringComparison.Ordinal) || name.StartsWith("Last_", StringComparison.Ordinal) || name.StartsWith("Seconds_", StringComparison.Ordinal)
        || name is "Id" or "User" or "Host" or "db" or "Command" or "Time" or "State" or "Info" or "Value" or "Variable_name";

    private static int ColonOf(string line)
    {
        int at = line.IndexOf(':', StringComparison.Ordinal);
        if (at <= 0)
            return -1;
        ReadOnlySpan<char> name = line.AsSpan(0, at).Trim();
        if (name.Length is 0 or > 64)
            return -1;
        foreach (char c in name)
            if (!(char.IsAsciiLetterOrDigit(c) || c is '_' or '@' or '.' or '(' or ')' or ' '))
                return -1;
        return name.Contains(' ') && !name.StartsWith("@@", StringComparison.Ordinal) ? -1 : at;
    }
}
