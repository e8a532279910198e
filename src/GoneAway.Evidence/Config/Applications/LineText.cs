using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>Keys and values that stand one on a line: .ini, .properties, .env, and YAML with its indentation.</summary>
internal static class LineText
{
    private const int MostLines = 100_000;

    /// <summary>[section], key = value, key: value, export KEY=value.</summary>
    public static List<Block> Plain(Passage passage)
    {
        var root = new Block("", "", null, 0);
        List<Block> blocks = [root];
        Block open = root;
        for (int i = 0; i < passage.Lines.Count && i < MostLines; i++)
        {
            ReadOnlySpan<char> line = passage.Lines[i].AsSpan().Trim(" \t>");
            if (line.IsEmpty || line[0] is '#' or ';' or '!' || line.Length > 8192)
                continue;
            if (line[0] == '[' && line.IndexOf(']') is > 1 and var close)
            {
                blocks.Add(open = new Block(line[1..close].ToString(), "", root, i));
                root.Inner.Add(open);
                continue;
            }
            foreach (string word in (ReadOnlySpan<string>)["export ", "ENV ", "Environment=", "- "])
                if (line.StartsWith(word, StringComparison.Ordinal))
                    line = line[word.Length..].TrimStart(" \"'");
            int end = line.IndexOfAny('=', ':');
            if (end < 1 || line[..end].TrimEnd().Contains(' ') && !IsSpaced(line[..end]))
                continue;
            string key = line[..end].Trim(" \t\"'").ToString();
            open.Settings.Add(new Setting(key, Value(line[(end + 1)..]), i, open));
        }
        return blocks;
    }

    /// <summary>Words of a key of .NET: "Connection Idle Timeout".</summary>
    private static bool IsSpaced(ReadOnlySpan<char> key) => key.Length < 40 && key.TrimEnd().Count(' ') < 4 && !key.ContainsAny('(', ')', '/') && !key.ContainsAny('{', '?', '<');

    /// <summary>YAML as configuration files use it: nested keys, lists, anchors and their merging, several documents.</summary>
    public static List<Block> Yaml(Passage passage)
    {
        var root = new Block("", "", null, 0);
        List<Block> blocks = [root];
        var open = new List<(int Indent, Block Block)>();
        var anchors = new Dictionary<string, Block>(StringComparer.Ordinal);
        for (int i = 0; i < passage.Lines.Count && i < MostLines; i++)
        {
            string line = passage.Lines[i];
            ReadOnlySpan<char> text = line.AsSpan().TrimStart(' ');
            int indent = line.Length - text.Length;
            if (text.IsEmpty || text[0] is '#' or '%' || text.StartsWith("<%", StringComparison.Ordinal) || line.Length > 8192)
                continue;
            if (text.StartsWith("---", StringComparison.Ordinal))
            {
                open.Clear();
                continue;
            }
            while (text.StartsWith("- ", StringComparison.Ordinal))
            {
                indent += 2;
                text = text[2..].TrimStart(' ');
            }
            int colon = text.IndexOf(": ", StringComparison.Ordinal);
            // environment: - KEY=value
            if (colon < 0 && text.IndexOf('=') is > 0 and var equals && !text[..equals].Contains(' ') && open.Count > 0)
                open[^1].Block.Settings.Add(new Setting(text[..equals].Trim("\"'").ToString(), Value(text[(equals + 1)..]), i, open[^1].Block));
            if (colon < 0 && text.Length > 1 && text[^1] == ':')
                colon = text.Length - 1;
            if (colon < 1 || colon > 120)
                continue;
            while (open.Count > 0 && open[^1].Indent >= indent)
                open.RemoveAt(open.Count - 1);
            Block around = open.Count > 0 ? open[^1].Block : root;
            string key = text[..colon].Trim(" \"'").ToString();
            ReadOnlySpan<char> value = text[(colon + 1)..].Trim();
            if (key == "<<" && value.Length > 1 && value[0] == '*' && anchors.TryGetValue(value[1..].ToString(), out Block? merged))
                Merge(merged, around);
            else if (value.IsEmpty || value[0] == '&' || value[0] == '#')
            {
                var inner = new Block(key, "", around, i);
                around.Inner.Add(inner);
                blocks.Add(inner);
                open.Add((indent, inner));
                if (value.Length > 1 && value[0] == '&')
                    anchors[value[1..].ToString()] = inner;
            }
            else
                Add(around, key, Value(value), i);
        }
        return blocks;
    }

    /// <summary>A pair "name: KEY", "value: ..." of a list is a setting of that name.</summary>
    private static void Add(Block block, string key, SettingValue value, int line)
    {
        // What stands here itself overrides what was merged.
        block.Settings.RemoveAll(one => one.Key == key && one.Line < block.Line);
        if (key == "value" && block.Settings.Count > 0 && block.Settings[^1] is { Key: "name" } name && name.Line == line - 1)
            block.Settings.Add(new Setting(name.Value.Text, value, line, block));
        else
            block.Settings.Add(new Setting(key, value, line, block));
    }

    /// <summary>What is written below overrides what was merged: it stands before it in the list.</summary>
    private static void Merge(Block from, Block to)
    {
        foreach (Setting setting in from.Settings)
            if (to.Find(setting.Key) is null)
                to.Settings.Add(setting with { Block = to });
    }

    /// <summary>A value without its quotes and comment; of a placeholder (${NAME:5}, &lt;%= ENV.fetch("N") { 5 } %&gt;) the default.</summary>
    private static SettingValue Value(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.Length > 1 && text[0] is '"' or '\'')
        {
            int close = text[1..].IndexOf(text[0]);
            text = close < 0 ? text[1..] : text[1..(close + 1)];
        }
        else
        {
            int comment = text.IndexOf(" #", StringComparison.Ordinal);
            if (comment < 0)
                comment = text.IndexOf(" ;", StringComparison.Ordinal);
            text = (comment < 0 ? text : text[..comment]).TrimEnd(" ,;\"'");
        }
        if (text.StartsWith("<%=", StringComparison.Ordinal) || text.StartsWith("${", StringComparison.Ordinal))
            return Default(text);
        if (text.Length is > 2 and < 60 && char.IsAsciiDigit(text[0]) && text.Contains('*'))
            return Expression.Of([.. SourceTokens.Of([text.ToString()]).Where(static one => one.Kind != TokenKind.LineEnd).Select(static one => new Term(one, null))]);
        return Expression.OfText(text.ToString());
    }

    private static SettingValue Default(ReadOnlySpan<char> text)
    {
        if (text[0] == '$')
        {
            int colon = text.IndexOf(':');
            int close = text.LastIndexOf('}');
            return colon < 0 || close < colon ? new SettingValue("") : Expression.OfText(text[(colon + 1)..close].TrimStart('-').ToString()) with { IsDefault = true };
        }
        int open = text.LastIndexOf('{'), comma = text.LastIndexOf(','), from = Math.Max(open, comma);
        if (from < 0)
            return new SettingValue("");
        ReadOnlySpan<char> rest = text[(from + 1)..].Trim(" \"'");
        int end = rest.IndexOfAny("})%\"'");
        return Expression.OfText((end < 0 ? rest : rest[..end]).Trim().ToString()) with { IsDefault = true };
    }
}
