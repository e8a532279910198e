namespace GoneAway.Evidence.Server.Live;

/// <summary>An error of the server in answer to a statement.</summary>
public sealed record ServerError(int Code, string Message);

/// <summary>The answer to a statement of the text protocol: rows as text, or the server's error.</summary>
/// <param name="Columns">Their names; none for a statement without a result.</param>
/// <param name="Rows">Null is NULL.</param>
/// <param name="Error">Null when it went well.</param>
public sealed record QueryAnswer(IReadOnlyList<string> Columns, IReadOnlyList<string?[]> Rows, ServerError? Error)
{
    public bool IsOk => Error is null;

    /// <summary>Place of a column by its name, upper and lower case alike; -1 when there is none.</summary>
    public int IndexOf(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
            if (Columns[i].Equals(column, StringComparison.OrdinalIgnoreCase))
                return i;
        return -1;
    }
}
