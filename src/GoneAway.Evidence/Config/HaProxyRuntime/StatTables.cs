using System.Text.Json;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Config;

/// <summary>The rows of <c>show stat</c> in the shapes in which they come: CSV, typed, JSON, a table made of the CSV.</summary>
internal static class StatTables
{
    private const int MostRows = 20_000;

    /// <summary>Reads a table that begins at that line.</summary>
    /// <returns>Lines used; 0 when none begins there.</returns>
    public static int TryTable(Passage passage, int at, List<RuntimeRow> rows)
    {
        ReadOnlySpan<char> line = passage.Lines[at].AsSpan();
        int start = line.IndexOf("pxname", StringComparison.Ordinal);
        if (start < 0 || line.Length > 16384 || line.IndexOf("svname", StringComparison.Ordinal) < start)
            return 0;
        char separator = line[start..].IndexOfAny(",|\t;") is var found and >= 0 ? line[start + found] : ' ';
        return separator == ' ' ? Aligned(passage, at, rows) : Separated(passage, at, separator, rows);
    }

    private static int Separated(Passage passage, int at, char separator, List<RuntimeRow> rows)
    {
        List<string> names = Cells(passage.Lines[at], separator).ConvertAll(static one => one.Trim('#', ' ', '>'));
        int first = names.IndexOf("pxname"), next = at + 1;
        if (first < 0)
            return 0;
        for (; next < passage.Lines.Count && rows.Count < MostRows; next++)
        {
            string line = passage.Lines[next];
            if (line.Length == 0 || !line.Contains(separator) && !IsRule(line))
                break;
            if (IsRule(line))
                continue;
            List<string> cells = Cells(line, separator);
            // The header is one cell longer where a prompt or a frame stands before it.
            int shift = cells.Count < names.Count && first > 0 && names[0].Length == 0 ? 1 : 0;
            var row = new RuntimeRow(passage.At(next));
            for (int i = first; i < names.Count && i - shift < cells.Count; i++)
                row.Set(names[i], cells[i - shift].Trim(' ', '"', '>'));
            if (row.IsSound())
                rows.Add(row);
        }
        return next - at;
    }

    /// <summary>Columns in line with their names; a row whose words do not begin below a name was shifted by <c>column</c> and says nothing.</summary>
    private static int Aligned(Passage passage, int at, List<RuntimeRow> rows)
    {
        string header = passage.Lines[at];
        var columns = new List<(string Name, int Start)>();
        for (int i = 0; i < header.Length;)
        {
            int end = i;
            while (end < header.Length && header[end] is not (' ' or '\t'))
                end++;
            if (end > i && header.AsSpan(i, end - i).Trim('#').Length > 0)
                columns.Add((header[i..end].Trim('#'), i));
            i = end + 1;
        }
        int next = at + 1;
        for (; next < passage.Lines.Count && rows.Count < MostRows && passage.Lines[next].Trim().Length > 0; next++)
        {
            string line = passage.Lines[next];
            var row = new RuntimeRow(passage.At(next));
            bool straight = true;
            for (int i = 0; i < columns.Count && straight && columns[i].Start < line.Length; i++)
            {
                int from = columns[i].Start is 2 && columns[i].Name == "pxname" ? 0 : columns[i].Start, to = Math.Min(line.Length, i + 1 < columns.Count ? columns[i + 1].Start : line.Length);
                straight = from == 0 || line[from - 1] == ' ';
                row.Set(columns[i].Name, line[from..to].Trim());
            }
            if (straight && row.IsSound())
                rows.Add(row);
        }
        return next - at;
    }

    /// <summary>"F.2.0.0.pxname.1:KNS:str:fe_mysql": kind, proxy, server, column.</summary>
    public static int TryTyped(Passage passage, int at, List<RuntimeRow> rows)
    {
        int next = at;
        string open = "";
        RuntimeRow? row = null;
        for (; next < passage.Lines.Count && rows.Count < MostRows && TryField(passage.Lines[next], out string owner, out string column, out string value); next++)
        {
            if (row is null || owner != open)
            {
                Close();
                (row, open) = (new RuntimeRow(passage.At(next)), owner);
            }
            row.Set(column, value);
        }
        Close();
        return next - at;

        void Close()
        {
            if (row?.IsSound() == true)
                rows.Add(row);
        }
    }

    private static bool TryField(string line, out string owner, out string column, out string value)
    {
        (owner, column, value) = ("", "", "");
        string[] parts = line.Split(':', 4);
        string[] path = parts[0].Split('.');
        if (parts.Length < 4 || path.Length != 6 || path[0] is not ("F" or "B" or "S" or "L") || parts[2] is not ("str" or "u32" or "s32" or "u64" or "s64" or "avg"))
            return false;
        (owner, column, value) = ($"{path[0]}.{path[1]}.{path[2]}", path[4], parts[3]);
        return true;
    }

    /// <summary>The answer to <c>show stat json</c> on one line.</summary>
    public static int TryJson(Passage passage, int at, List<RuntimeRow> rows)
    {
        string line = passage.Lines[at];
        if (!line.StartsWith("[[{\"objType\"", StringComparison.Ordinal))
            return 0;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            foreach (JsonElement one in document.RootElement.EnumerateArray())
            {
                var row = new RuntimeRow(passage.At(at));
                foreach (JsonElement field in one.EnumerateArray())
                    row.Set(field.GetProperty("field").GetProperty("name").GetString() ?? "", field.GetProperty("value").GetProperty("value").ToString());
                if (row.IsSound() && rows.Count < MostRows)
                    rows.Add(row);
            }
            return 1;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return 0;
        }
    }

    /// <summary>The frame of a box table.</summary>
    private static bool IsRule(string line) => line.Length > 0 && line.AsSpan().Trim("+-=| :").IsEmpty;

    /// <summary>Cells, those in double quotes with their separators (a check's words may have some).</summary>
    private static List<string> Cells(string line, char separator)
    {
        var cells = new List<string>();
        int from = 0;
        bool quoted = false;
        for (int i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && line[i] == '"')
                quoted = !quoted;
            if (i < line.Length && (line[i] != separator || quoted))
                continue;
            cells.Add(line[from..i]);
            from = i + 1;
        }
        return cells;
    }
}
