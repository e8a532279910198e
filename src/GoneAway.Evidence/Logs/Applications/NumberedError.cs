namespace GoneAway.Evidence.Logs.Applications;

/// <summary>
/// Finds MySQL's error number in the forms in which drivers and programs wrap it: <c>(1040, 'Too ...')</c>, <c>ERROR 1040 (08004)</c>,
/// <c>SQLSTATE[HY000] [1040]</c>, <c>General error: 2006 MySQL</c>, <c>(HY000/2002)</c>, <c>Error 1040: </c>, <c>errno: 1040</c>.
/// It knows errors whose text is cut off or translated.
/// </summary>
internal static class NumberedError
{
    /// <summary>Pieces that stand in each line with such a number, and seldom elsewhere.</summary>
    public static readonly string[] Triggers =
    [
        "SQLSTATE[", "OperationalError", "InterfaceError", "InternalError", "DatabaseError", "(HY000", "(08S01", "(08004", "(70100", "HY000)", "Got error: ", "when dumping table ", "errno: 10", "errno: 11", "errno: 20", "errno: 40",
    ];

    private static readonly string[] Before = ["ERROR ", "Error ", "rror: ", "HY000/", "08S01/", "08004/", "errno: ", "errno=", "errno ", "code: ", "code=", "Error_code: ", "errorCode=", "Error number: ", "MY-00"];

    public static bool TryFind(ReadOnlySpan<char> line, out int code, out int start)
    {
        code = start = 0;
        if (line.Length > 16384)
            line = line[..16384];
        for (int i = 1; i + 4 <= line.Length; i++)
        {
            if (line[i] is < '1' or > '9' || char.IsAsciiLetterOrDigit(line[i - 1]) && line[i - 1] != '0')
                continue;
            if (i + 4 < line.Length && (char.IsAsciiLetterOrDigit(line[i + 4]) || line[i + 4] == '.' && i + 5 < line.Length && char.IsAsciiDigit(line[i + 5])))
                continue;
            if (!char.IsAsciiDigit(line[i + 1]) || !char.IsAsciiDigit(line[i + 2]) || !char.IsAsciiDigit(line[i + 3]))
                continue;
            int number = (line[i] - '0') * 1000 + (line[i + 1] - '0') * 100 + (line[i + 2] - '0') * 10 + (line[i + 3] - '0');
            if (Codes.IsKnown(number) && IsWrapped(line, i))
            {
                (code, start) = (number, i);
                return true;
            }
        }
        return false;
    }

    private static bool IsWrapped(ReadOnlySpan<char> line, int at)
    {
        ReadOnlySpan<char> before = line[..at], after = line[(at + 4)..];
        if (before[^1] == '(')
            return after.StartsWith(", ", StringComparison.Ordinal) && after.Length > 2 && after[2] is '\'' or '"' or 'u' or 'b' or '\\' || after.StartsWith(",'", StringComparison.Ordinal);
        // SQLSTATE[HY000] [2002]
        if (before[^1] == '[')
            return after.Length > 0 && after[0] == ']' && before.EndsWith("] [", StringComparison.Ordinal) && before.LastIndexOf("SQLSTATE[") is var state and >= 0 && at - state < 20;
        // SQLSTATE[HY000]: General error: 2006 MySQL server has gone away
        if (before.EndsWith(": ", StringComparison.Ordinal) && after.Length > 0 && after[0] == ' ' && before.LastIndexOf("SQLSTATE[") is var general and >= 0 && at - general < 70)
            return true;
        foreach (string one in Before)
            if (before.EndsWith(one, StringComparison.Ordinal))
                return after.Length == 0 || after[0] is ':' or ' ' or ',' or '(' or ')' or '.' or '}' or ']' or '"' or '\'';
        return false;
    }
}
