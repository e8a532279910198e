using System.Text.Json;

namespace GoneAway.Evidence.Options;

/// <summary>mysqld-auto.cnf: what SET PERSIST and PERSIST_ONLY keep, as JSON.</summary>
/// <remarks>MySQL 8.0 "Persisted System Variables"; version 1 has one object, version 2 parts static, dynamic and early ones.</remarks>
internal static class PersistedOptions
{
    private const int Deepest = 5;

    public static OptionFile? TryRead(string path, int firstLine, IReadOnlyList<string> lines)
    {
        int first = 0;
        while (first < lines.Count && string.IsNullOrWhiteSpace(lines[first]))
            first++;
        if (first == lines.Count || lines[first].AsSpan().TrimStart() is not ['{', ..])
            return null;
        string text = string.Join('\n', lines);
        if (!text.Contains("\"mysql_server", StringComparison.Ordinal) && !text.Contains("\"mysql_dynamic_", StringComparison.Ordinal) && !text.Contains("\"mysql_static_", StringComparison.Ordinal))
            return null;
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            var found = new List<OptionLine>();
            Walk(json.RootElement, name => $"{path}:{LineOf(lines, name) + firstLine}", found, 0);
            return new OptionFile(path, [new OptionLine(OptionLineKind.Group, OptionGroups.Server, null, $"{path}:{firstLine}"), .. found]) { IsPersisted = true };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Walk(JsonElement element, Func<string, string> at, List<OptionLine> found, int depth)
    {
        if (depth > Deepest || element.ValueKind != JsonValueKind.Object)
            return;
        foreach (JsonProperty one in element.EnumerateObject())
        {
            if (one.Value.ValueKind != JsonValueKind.Object)
                continue;
            if (one.Value.TryGetProperty("Value", out JsonElement value))
                found.Add(new OptionLine(OptionLineKind.Setting, one.Name, value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText(), at(one.Name)));
            else
                Walk(one.Value, at, found, depth + 1);
        }
    }

    private static int LineOf(IReadOnlyList<string> lines, string name)
    {
        for (int i = 0; i < lines.Count; i++)
            if (lines[i].Contains($"\"{name}\"", StringComparison.Ordinal))
                return i;
        return 0;
    }
}
