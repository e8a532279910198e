using System.Buffers;
using System.Text;

namespace GoneAway.Evidence.Server;

/// <summary>Tables whose columns are parted by tabs (<c>mysql -B</c>), commas or semicolons, with their heading.</summary>
internal static class DelimitedTables
{
    private const int LongestHeading = 8000;
    private static readonly SearchValues<char> NotInNames = SearchValues.Create("=:{}<>");

    /// <summary>Reads the table whose heading is that line.</summary>
    /// <param name="next">The first line after it.</param>
    public static bool TryRead(string[] lines, int from, out Table? table, out int next)
    {
        table = null;
        next = from;
        string heading = lines[from];
        if (heading.Length > LongestHeading || DelimiterOf(heading) is not { } delimiter)
            return false;
        string[] columns = Cells(heading, delimiter);
        if (new Table(columns, []).Kind == TableKind.Other || !columns.All(IsName))
            return false;
        var rows = new List<TableRow>();
        int i = from + 1;
        for (; i < lines.Length && (lines[i].Contains(delimiter, StringComparison.Ordinal) || ServerNames.IsVariable(lines[i])) && !Pasted.IsStatement(lines[i]); i++)
        {
            string[] cells = Cells(lines[i], delimiter);
            // Another result set may follow without a blank line.
            if (cells.Length > 1 && new Table(cells, []).Kind != TableKind.Other)
                break;
            rows.Add(new TableRow(cells, i));
        }
        // One column alone has no delimiter: SELECT @@wait_timeout.
        for (; columns.Length == 1 && i < lines.Length && rows.Count < 1 && lines[i].Length > 0; i++)
            rows.Add(new TableRow([lines[i].Trim()], i));
        next = i;
        table = new Table(columns, rows);
        return true;
    }

    private static char? DelimiterOf(string heading)
    {
        if (heading.Contains('\t', StringComparison.Ordinal))
            return '\t';
        if (heading.Contains(',', StringComparison.Ordinal))
            return ',';
        if (heading.Contains(';', StringComparison.Ordinal) && !heading.EndsWith(';'))
            return ';';
        return heading.AsSpan().Trim().StartsWith("@@", StringComparison.Ordinal) && !heading.Contains('=', StringComparison.Ordinal) ? '\t' : null;
    }

    private static bool IsName(string column) => column.Length is > 0 and < 64 && column.AsSpan().IndexOfAny(NotInNames) < 0;

    /// <summary>Cells without quotes; a doubled quote stands for one.</summary>
    private static string[] Cells(string line, char delimiter)
    {
        if (delimiter == '\t' || !line.Contains('"', StringComparison.Ordinal))
            return [.. line.Split(delimiter).Select(static cell => cell.Trim())];
        var cells = new List<string>();
        var cell = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
                cell.Append(line[++i]);
            else if (c == '"')
                quoted = !quoted;
            else if (c == delimiter && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
                cell.Append(c);
        }
        cells.Add(cell.ToString().Trim());
        return [.. cells];
    }
}
