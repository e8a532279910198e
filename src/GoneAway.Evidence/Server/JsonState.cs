using System.Text;
using System.Text.Json;

namespace GoneAway.Evidence.Server;

/// <summary>Server state as JSON: rows as objects, or an object of names.</summary>
internal static class JsonState
{
    private const int Deepest = 8;
    private const int MostRows = 50_000;
    private const int Sample = 20;
    private const int LongestText = 4 << 20;

    public static bool IsStart(string line) => line.AsSpan().TrimStart() is ['{' or '[', ..];

    /// <summary>Reads the values that begin at the line, one after the other. False when it is no JSON or says nothing of a server.</summary>
    /// <param name="next">The first line after them.</param>
    public static bool TryRead(string[] lines, int from, StateFindings state, out int next)
    {
        next = from;
        var text = new StringBuilder();
        for (int i = from; i < lines.Length && text.Length < LongestText; i++)
            text.Append(lines[i]).Append('\n');
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        var place = new Place(lines, from);
        var open = new List<JsonDocument>();
        try
        {
            int read = ReadValues(bytes, open);
            List<JsonElement> rows = [.. open.Select(static one => one.RootElement).Where(static one => one.ValueKind == JsonValueKind.Object)];
            bool any = rows.Count == 1 ? Tell(rows[0], place, state, 0) : rows.Count > 1 && Rows(rows, place, state, 0);
            foreach (JsonDocument one in open)
                if (one.RootElement.ValueKind == JsonValueKind.Array)
                    any |= Tell(one.RootElement, new Place(lines, from), state, 0);
            int last = from + bytes.AsSpan(0, read).Count((byte)'\n');
            next = Math.Max(from + 1, Math.Min(last + (read > 0 && bytes[read - 1] != (byte)'\n' ? 1 : 0), lines.Length));
            return any;
        }
        finally
        {
            foreach (JsonDocument one in open)
                one.Dispose();
        }
    }

    /// <summary>Values one after the other, up to the first that is none; the bytes read.</summary>
    private static int ReadValues(byte[] bytes, List<JsonDocument> values)
    {
        int read = 0;
        try
        {
            while (read < bytes.Length && values.Count < MostRows)
            {
                var reader = new Utf8JsonReader(bytes.AsSpan(read), new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowMultipleValues = true });
                values.Add(JsonDocument.ParseValue(ref reader));
                read += (int)reader.BytesConsumed;
                // A log in JSON: its first lines tell that no server's state comes.
                if (values.Count == Sample && !values.Exists(static one => IsLikely(one.RootElement)))
                    break;
                while (read < bytes.Length && bytes[read] is (byte)' ' or (byte)'\n' or (byte)'\t' or (byte)',')
                    read++;
                if (read >= bytes.Length || bytes[read] is not ((byte)'{' or (byte)'['))
                    break;
            }
        }
        catch (JsonException)
        {
            // Cut off, or no JSON from here on: what was read before counts.
        }
        return read;
    }

    private static bool IsLikely(JsonElement element) => element.ValueKind != JsonValueKind.Object
        || element.EnumerateObject().Any(static one => one.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array || ServerNames.IsTelling(PairLines.Bare(one.Name)) || IsTelling(one))
        || new Table(element.EnumerateObject().Take(100).Select(static one => one.Name), []).Kind != TableKind.Other;

    private static bool IsTelling(JsonProperty cell) => cell.Name is "name" && cell.Value.ValueKind == JsonValueKind.String && ServerNames.IsTelling(cell.Value.GetString()!);

    private static bool Tell(JsonElement element, Place place, StateFindings state, int depth)
    {
        if (depth > Deepest)
            return false;
        if (element.ValueKind == JsonValueKind.Array)
        {
            List<JsonElement> rows = [.. element.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.Object).Take(MostRows)];
            return rows.Count > 0 && Rows(rows, place, state, depth + 1);
        }
        if (element.ValueKind != JsonValueKind.Object)
            return false;
        bool any = false;
        List<JsonProperty> names = [];
        bool telling = false;
        foreach (JsonProperty one in element.EnumerateObject())
        {
            if (one.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                any |= Tell(one.Value, place, state, depth + 1);
            else if (ServerNames.IsKnown(PairLines.Bare(one.Name)))
            {
                names.Add(one);
                telling |= ServerNames.IsTelling(PairLines.Bare(one.Name));
            }
        }
        if (!telling)
            return any || AsRow(element, place, state);
        foreach (JsonProperty one in names)
            state.Setting(one.Name, TextOf(one.Value), place.Of(one.Name));
        return true;
    }

    // As one row of a table, whose own values have been looked at already.
    private static bool AsRow(JsonElement element, Place place, StateFindings state) => Rows([element], place, state, Deepest);

    private static bool Rows(List<JsonElement> rows, Place place, StateFindings state, int depth)
    {
        var columns = new List<string>();
        foreach (JsonElement row in rows.Take(20))
            foreach (JsonProperty cell in row.EnumerateObject())
                if (columns.Count < 200 && !columns.Contains(cell.Name))
                    columns.Add(cell.Name);
        if (columns.Contains("name") && columns.Contains("value") && Flags(rows, place, state))
            return true;
        if (new Table(columns, []).Kind == TableKind.Other)
        {
            bool any = false;
            if (depth >= Deepest)
                return false;
            foreach (JsonElement row in rows.Take(1000))
                any |= row.EnumerateObject().Any(static cell => cell.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array || ServerNames.IsTelling(cell.Name)) && Tell(row, place, state, depth + 1);
            return any;
        }
        var read = new List<TableRow>();
        foreach (JsonElement row in rows)
        {
            string[] cells = [.. columns.Select(name => row.TryGetProperty(name, out JsonElement cell) ? TextOf(cell) : "")];
            read.Add(new TableRow(cells, cells.Length > 0 ? place.Of(cells[0]) : 0));
        }
        return TableFacts.TryTell(new Table(columns, read), state);
    }

    /// <summary>Flags of a cloud's database: name and value, as many other things have them.</summary>
    private static bool Flags(List<JsonElement> rows, Place place, StateFindings state)
    {
        if (!rows.Take(1000).Any(static row => row.EnumerateObject().Any(IsTelling)))
            return false;
        foreach (JsonElement row in rows)
            if (row.TryGetProperty("name", out JsonElement named) && named.ValueKind == JsonValueKind.String && named.GetString() is { } name && ServerNames.IsVariable(name) && row.TryGetProperty("value", out JsonElement value))
                state.Setting(name, TextOf(value), place.Of(name));
        return true;
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.True => "ON",
        JsonValueKind.False => "OFF",
        JsonValueKind.Null => "NULL",
        _ => value.GetRawText(),
    };

    /// <summary>Finds the line of a word by looking on from the one found last.</summary>
    private sealed class Place(string[] lines, int from)
    {
        private int at = from;

        public int Of(string word)
        {
            for (int i = at; i < lines.Length && i < at + 200; i++)
                if (lines[i].Contains(word, StringComparison.Ordinal))
                    return at = i;
            return at;
        }
    }
}
