using System.Buffers;

namespace GoneAway.Evidence.Server;

/// <summary>Tables drawn with lines: those of the mysql client, of markdown, of wikis.</summary>
internal static class BoxTables
{
    private const int LongestCell = 60;
    private static readonly SearchValues<char> Drawing = SearchValues.Create("+-=|: ");

    public static bool IsRow(ReadOnlySpan<char> line) => line.TrimStart() is ['|', _, ..];

    /// <summary>Reads the table that begins at the line.</summary>
    /// <param name="next">The first line after it.</param>
    public static bool TryRead(string[] lines, int from, out Table? table, out int next)
    {
        table = null;
        next = from;
        if (!IsBorder(lines[from]) && !IsRow(lines[from]))
            return false;
        List<string>? columns = null;
        var rows = new List<TableRow>();
        bool drawn = false;
        int i = from;
        while (i < lines.Length && (IsBorder(lines[i]) || IsRow(lines[i])))
        {
            if (IsBorder(lines[i]))
            {
                // What stands above the first line below a row is the heading, unless it was cut off.
                if (rows.Count == 1 && columns is null && !ServerNames.IsKnown(Bare(rows[0].Cells[0])))
                {
                    columns = [.. rows[0].Cells];
                    rows.Clear();
                }
                drawn = true;
                i++;
                if (rows.Count > 0 && columns is not null && BeginsAnother(lines, i))
                    break;
                continue;
            }
            int at = i;
            List<string> cells = ReadRow(lines, ref i, columns?.Count ?? 0);
            if (cells.Count == 0)
                continue;
            if (columns is null && rows.Count == 0 && new Table(cells, []).Kind != TableKind.Other)
                columns = cells;
            else
                rows.Add(new TableRow(Fit(cells, columns), at));
        }
        next = i;
        // A value cut off at the end of what was pasted is not the value.
        if (i == lines.Length && rows.Count > 0 && rows[^1].Line > from && !IsBorder(lines[i - 1])
            && (!lines[i - 1].EndsWith('|') && lines[rows[^1].Line - 1] is [.., '|' or '+'] || rows[^1].Cells.Length < columns?.Count))
            rows.RemoveAt(rows.Count - 1);
        if (rows.Count == 0 && columns is null || rows.Count > 0 && !drawn && columns is null && rows[0].Cells.Length < 2)
            return false;
        table = new Table(columns ?? [], rows);
        return true;
    }

    /// <summary>Result sets follow one another without a blank line.</summary>
    private static bool BeginsAnother(string[] lines, int i) => i < lines.Length && IsBorder(lines[i])
        || i + 1 < lines.Length && IsRow(lines[i]) && IsBorder(lines[i + 1]) && new Table(Cells(lines[i]), []).Kind != TableKind.Other;

    private static List<string> ReadRow(string[] lines, ref int i, int columns)
    {
        string row = lines[i++];
        // A statement within a cell may go over many lines.
        for (int more = 0; more < LongestCell && i < lines.Length && !row.EndsWith('|') && Bars(row) <= columns; more++)
        {
            if (lines[i].Length == 0 || IsBorder(lines[i]) || IsRow(lines[i]) || Pasted.IsDialog(lines[i]))
                break;
            row = row + "\n" + lines[i++];
        }
        return Cells(row);
    }

    private static int Bars(string row) => row.AsSpan().Count('|');

    private static List<string> Cells(string row)
    {
        ReadOnlySpan<char> rest = row.AsSpan().Trim();
        // Wikis write headings between double bars.
        bool doubled = rest.StartsWith("||", StringComparison.Ordinal) && rest.EndsWith("||", StringComparison.Ordinal) && rest.Length > 4;
        string text = doubled ? rest.ToString().Replace("||", "|", StringComparison.Ordinal) : rest.ToString();
        string inner = text[1..];
        if (inner.EndsWith('|'))
            inner = inner[..^1];
        var cells = new List<string>();
        foreach (string cell in inner.Split('|'))
            cells.Add(Bare(cell));
        return cells;
    }

    /// <summary>Bars inside of a statement do not part columns: what is too much goes to Info, or to the last column.</summary>
    private static string[] Fit(List<string> cells, List<string>? columns)
    {
        int surplus = columns is null ? 0 : cells.Count - columns.Count;
        if (surplus <= 0)
            return [.. cells];
        int wide = columns!.FindIndex(static one => Table.Plain(one) is "info" or "value" or "current_statement");
        if (wide < 0)
            wide = columns.Count - 1;
        string[] fitted = new string[columns.Count];
        for (int i = 0; i < fitted.Length; i++)
            fitted[i] = i < wide ? cells[i] : i == wide ? string.Join('|', cells.GetRange(i, surplus + 1)) : cells[i + surplus];
        return fitted;
    }

    public static string Bare(string cell) => cell.Trim().Trim('`').Trim();

    private static bool IsBorder(string line)
    {
        ReadOnlySpan<char> rest = line.AsSpan().Trim();
        return rest.Length > 2 && rest[0] is '+' or '|' or '-' or ':' && rest.IndexOfAnyExcept(Drawing) < 0 && (rest.Contains("--", StringComparison.Ordinal) || rest.Contains(":-", StringComparison.Ordinal)) && rest.IndexOfAny('+', '|') >= 0;
    }
}
