using System.Text;

namespace GoneAway.Evidence.Options;

/// <summary>Reads the lines of option files as the server does.</summary>
/// <remarks>mysys/my_default.cc, search_default_file_with_ext; MySQL "Using Option Files".</remarks>
internal static class OptionSyntax
{
    /// <summary>Null for blank lines and comments.</summary>
    public static OptionLine? Parse(string line, string source)
    {
        ReadOnlySpan<char> rest = line.AsSpan().Trim();
        if (rest.Length == 0 || rest[0] is '#' or ';')
            return null;
        if (rest[0] == '!')
            return Directive(rest[1..], source);
        if (rest[0] == '[')
        {
            int end = rest.IndexOf(']');
            return end < 0 ? new OptionLine(OptionLineKind.BadGroup, rest.ToString(), null, source) : new OptionLine(OptionLineKind.Group, rest[1..end].TrimEnd().ToString(), null, source);
        }
        rest = WithoutComment(rest);
        int equals = rest.IndexOf('=');
        if (equals < 0)
            return new OptionLine(OptionLineKind.Setting, rest.TrimEnd().ToString(), null, source);
        return new OptionLine(OptionLineKind.Setting, rest[..equals].TrimEnd().ToString(), ValueOf(rest[(equals + 1)..].Trim()), source);
    }

    private static OptionLine Directive(ReadOnlySpan<char> rest, string source)
    {
        rest = rest.TrimStart();
        foreach ((string word, OptionLineKind kind) in ((string, OptionLineKind)[])[("includedir", OptionLineKind.IncludeFolder), ("include", OptionLineKind.Include)])
            if (rest.StartsWith(word, StringComparison.Ordinal) && rest.Length > word.Length && char.IsWhiteSpace(rest[word.Length]))
                return new OptionLine(kind, rest[word.Length..].Trim().ToString(), null, source);
        return new OptionLine(OptionLineKind.BadDirective, rest.ToString(), null, source);
    }

    /// <summary>A hash begins a comment anywhere outside of quotes, an escaped quote ends none.</summary>
    private static ReadOnlySpan<char> WithoutComment(ReadOnlySpan<char> text)
    {
        char quote = '\0';
        bool escaped = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is '\'' or '"' && !escaped)
                quote = quote == '\0' ? c : quote == c ? '\0' : quote;
            if (quote == '\0' && c == '#')
                return text[..i].TrimEnd();
            escaped = quote != '\0' && c == '\\' && !escaped;
        }
        return text;
    }

    private static string ValueOf(ReadOnlySpan<char> value)
    {
        if (value.Length > 1 && value[0] is '\'' or '"' && value[^1] == value[0])
            value = value[1..^1];
        if (!value.Contains('\\'))
            return value.ToString();
        var plain = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            char? escaped = value[i] == '\\' && i + 1 < value.Length
                ? value[i + 1] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 's' => ' ', '"' => '"', '\'' => '\'', '\\' => '\\', _ => null }
                : null;
            plain.Append(escaped ?? value[i]);
            if (escaped is not null)
                i++;
        }
        return plain.ToString();
    }
}
