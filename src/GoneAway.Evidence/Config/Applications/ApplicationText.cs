using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>A piece of an application's source or configuration, cut into settings.</summary>
internal sealed class ApplicationText
{
    private const int LongestText = 4 << 20;
    private static readonly string[] Others = ["postgres", "psycopg", "sqlserver", "mssql", "mongodb", "oracle:thin", "npgsql", "pgsql"];
    private static readonly string[] Ours = ["mysql", "maria", "3306"];

    private ApplicationText(Passage passage, List<Block> blocks, bool isYaml)
    {
        Passage = passage;
        Blocks = blocks;
        IsYaml = isYaml;
    }

    public Passage Passage { get; }
    public IReadOnlyList<Block> Blocks { get; }
    public bool IsYaml { get; }

    public IEnumerable<Setting> Settings => Blocks.SelectMany(static one => one.Settings);

    /// <summary>Null when it is a log, prose, a table, or of another database.</summary>
    public static ApplicationText? TryOf(Passage passage)
    {
        if (passage.Lines.Count > 50_000 || passage.Lines.Sum(static one => (long)one.Length) > LongestText || IsLog(passage) || Mentions(passage, Others) && !Mentions(passage, Ours))
            return null;
        passage = Plain(passage);
        bool source = IsSource(passage), yaml = !source && IsYamlLike(passage);
        List<Block> blocks = source ? SourceText.Read(passage.Lines) : yaml ? LineText.Yaml(passage) : LineText.Plain(passage);
        return new ApplicationText(passage, blocks, yaml);
    }

    public bool Has(params ReadOnlySpan<string> words) => Mentions(Passage, words);

    private static bool Mentions(Passage passage, ReadOnlySpan<string> words)
    {
        foreach (string line in passage.Lines)
            foreach (string word in words)
                if (line.Contains(word, StringComparison.OrdinalIgnoreCase))
                    return true;
        return false;
    }

    /// <summary>Lines with times, stacks, fences or the frames of tables: other readers know what to do with them.</summary>
    private static bool IsLog(Passage passage)
    {
        int seen = 0, logged = 0;
        foreach (string line in passage.Lines)
        {
            ReadOnlySpan<char> text = line.AsSpan().TrimStart();
            if (text.IsEmpty)
                continue;
            if (text.StartsWith("Traceback (most recent", StringComparison.Ordinal) || text.StartsWith("```", StringComparison.Ordinal) || text.StartsWith("at ", StringComparison.Ordinal) && text.Contains('(') || text.StartsWith("+---", StringComparison.Ordinal)
                || text.StartsWith("Caused by: ", StringComparison.Ordinal) || text.StartsWith("mysql> ", StringComparison.Ordinal) || text.StartsWith("MariaDB [", StringComparison.Ordinal) || text.StartsWith("ERROR ", StringComparison.Ordinal))
                return true;
            // What a program said: the parts around it are looked at one by one.
            foreach (string word in (ReadOnlySpan<string>)["SQLSTATE[", "OperationalError: (", "InterfaceError: (", "has gone away", "Lost connection to ", "Communications link failure", "Aborted connection "])
                if (text.Contains(word, StringComparison.Ordinal))
                    return true;
            if (++seen <= 400 && Stamps.TryFind(line, out _))
                logged++;
        }
        return logged > 2 || logged * 4 > seen;
    }

    /// <summary>Without the marks of quoting around it; of a difference what it leads to.</summary>
    private static Passage Plain(Passage passage)
    {
        bool difference = passage.Lines.Any(static one => one.StartsWith("@@ -", StringComparison.Ordinal)), quoted = passage.Lines.All(static one => one.Length == 0 || one[0] == '>');
        bool code = passage.Lines.Sum(static one => one.Count('`')) == 2 && passage.Lines.Any(static one => one.StartsWith('`'));
        if (!difference && !quoted && !code)
            return passage;
        var lines = new List<string>(passage.Lines.Count);
        foreach (string line in passage.Lines)
            lines.Add(difference ? line is ['-', ..] or ['@', '@', ..] ? "" : line.Length > 0 ? line[1..] : line : quoted ? line.TrimStart('>', ' ') : line.Trim('`'));
        return passage with { Lines = lines };
    }

    private static bool IsSource(Passage passage)
    {
        int first = 0;
        foreach (string line in passage.Lines)
        {
            ReadOnlySpan<char> text = line.AsSpan().Trim();
            if (text.IsEmpty || text[0] is '#' or ';' || text.StartsWith("//", StringComparison.Ordinal))
                continue;
            if (first++ == 0 && text[0] is '{' or '<')
                return true;
            foreach (string word in (ReadOnlySpan<string>)["import ", "from ", "const ", "let ", "var ", "func ", "package ", "<?php", "use ", "public ", "private ", "module.exports", "export default", "def ", "class ", "return ", "db.", "new ", "using ", "require", "config :", "datasource "])
                if (text.StartsWith(word, StringComparison.Ordinal))
                    return true;
            if (text[^1] is '{' or '(' or '[' && !(text[^1] == '{' && text.EndsWith("#{", StringComparison.Ordinal)) || text.Contains(" => ", StringComparison.Ordinal) || text.Contains("({", StringComparison.Ordinal)
                || text.Contains("= {", StringComparison.Ordinal) || text.Contains("= [", StringComparison.Ordinal) || text.Contains("'] =", StringComparison.Ordinal) || text.Contains("\"] =", StringComparison.Ordinal))
                return true;
            int call = text.IndexOf('(');
            if (call > 0 && (char.IsAsciiLetterOrDigit(text[call - 1]) || text[call - 1] == '_') && text.Contains(')') && !text.Contains("://", StringComparison.Ordinal) && !text[..call].Contains(": ", StringComparison.Ordinal))
                return true;
            if (call > 0 && text.Contains("create_engine(", StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private static bool IsYamlLike(Passage passage)
    {
        int pairs = 0, equals = 0;
        foreach (string line in passage.Lines)
        {
            ReadOnlySpan<char> text = line.AsSpan().Trim().TrimStart("- ");
            int end = text.IndexOfAny(':', '=', ' ');
            if (end < 1)
                continue;
            if (text[end] == ':' && (end + 1 == text.Length || text[end + 1] == ' '))
                pairs++;
            else if (text.Contains('='))
                equals++;
        }
        return pairs > equals;
    }
}
