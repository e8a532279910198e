namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Code names errors that it handles or raises; that is no error that happened.</summary>
internal static class SourceText
{
    private static readonly string[] Keywords =
        ["if(", "elif ", "} else if", "except ", "raise ", "return ", "throw ", "catch ", "catch(", "} catch", "rescue ", "const ", "assert ", "assert_", "self.assert"];

    /// <summary>Words of prose, too: these need an operator of code.</summary>
    private static readonly string[] Conditions = ["if ", "when ", "unless ", "case "];

    private static readonly string[] Operators = ["==", " in str(", " in repr(", "!= ", "&& ", "|| ", ".errno", ".args", ".message", ".code", "getMessage", "strpos(", "contains(", "Contains(", "includes(", "include?", "match("];

    /// <summary>A statement that has the message in quotation marks or handles it by its number, or a comment behind a statement.</summary>
    /// <param name="start">Where the message begins.</param>
    public static bool IsCode(ReadOnlySpan<char> line, int start)
    {
        ReadOnlySpan<char> before = line[..start];
        int comment = Math.Max(before.LastIndexOf(" # ", StringComparison.Ordinal), before.LastIndexOf(" // ", StringComparison.Ordinal));
        if (comment > 0 && before[..comment].IndexOf('=') > 0)
            return true;
        ReadOnlySpan<char> text = line.TrimStart(" \t>|");
        foreach (string keyword in Keywords)
            if (text.StartsWith(keyword, StringComparison.Ordinal))
                return text.ContainsAny('(', '"', '\'') && text.TrimEnd() is [.., ':' or '{' or ';' or ')' or ',' or '\'' or '"' or '|' or '&'];
        foreach (string condition in Conditions)
            if (text.StartsWith(condition, StringComparison.Ordinal))
                return HasOperator(text);
        return false;
    }

    private static bool HasOperator(ReadOnlySpan<char> text)
    {
        foreach (string one in Operators)
            if (text.Contains(one, StringComparison.Ordinal))
                return true;
        return false;
    }
}
