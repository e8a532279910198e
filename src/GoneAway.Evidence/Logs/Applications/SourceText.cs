namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Code names errors that it handles or raises; that is no error that happened.</summary>
internal static class SourceText
{
    private static readonly string[] Keywords =
        ["if ", "if(", "elif ", "} else if", "except ", "raise ", "return ", "throw ", "catch ", "catch(", "} catch", "rescue ", "case ", "when ", "unless ", "const ", "assert ", "assert_", "self.assert"];

    /// <summary>A statement that has the message in quotation marks or handles it by its number.</summary>
    public static bool IsCode(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> text = line.TrimStart(" \t>|");
        foreach (string keyword in Keywords)
            if (text.StartsWith(keyword, StringComparison.Ordinal))
                return text.ContainsAny('(', '"', '\'') && text.TrimEnd() is [.., ':' or '{' or ';' or ')' or ',' or '\'' or '"' or '|' or '&'];
        return false;
    }
}
