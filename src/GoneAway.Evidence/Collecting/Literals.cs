using System.Text;

namespace GoneAway.Evidence.Collecting;

/// <summary>Takes what was written in quotes out of a statement: its shape tells enough, its data belongs to others.</summary>
internal static class Literals
{
    public static string Masked(string statement)
    {
        if (statement.IndexOfAny(['\'', '"']) < 0)
            return statement;
        var masked = new StringBuilder(statement.Length);
        for (int i = 0; i < statement.Length; i++)
        {
            char quote = statement[i];
            if (quote is not ('\'' or '"'))
            {
                masked.Append(quote);
                continue;
            }
            i++;
            while (i < statement.Length && statement[i] != quote)
                i += statement[i] == '\\' ? 2 : 1;
            masked.Append("'?'");
        }
        return masked.ToString();
    }
}
