using System.Globalization;

namespace GoneAway.Lab.Ledger;

/// <summary>What a client was told of one piece of work.</summary>
public enum Told : byte
{
    /// <summary>Nothing: it was still waiting when the run ended.</summary>
    Nothing,
    Acknowledged,
    /// <summary>An answer that cannot be: another's, or rows missing that had been acknowledged.</summary>
    Wrong,
    /// <summary>An error that says that nothing was done.</summary>
    NotExecuted,
    /// <summary>The gateway's error that says that nobody can tell.</summary>
    OutcomeUnknown,
    /// <summary>The connection was lost, or the server's last word on it was that it closes.</summary>
    Lost,
}

/// <summary>One piece of work of one client: a statement, or a transaction.</summary>
/// <param name="Step">Where it was when the answer came: write (autocommit), begin, inside, commit, rollback, read.</param>
/// <param name="Code">The error's code; 0 where the driver had none.</param>
/// <param name="At">When the answer came, in seconds of Unix time.</param>
public sealed record LedgerEntry(int Client, int Number, string Kind, int Parts, Told Told, string Step, int Code, string Text, double At)
{
    /// <summary>Lost connections as drivers number them, and the server's ER_SERVER_SHUTDOWN and ER_CONNECTION_KILLED, which end the connection.</summary>
    private static readonly HashSet<int> LostCodes = [0, 2002, 2003, 2006, 2013, 2014, 2055, 1053, 1927];

    /// <summary>From its first statement to its answer, in seconds.</summary>
    public double Took { get; init; }

    /// <summary>The only steps at which it may be unknown whether something was written.</summary>
    public bool MayHaveWritten => Step is "write" or "commit";

    /// <summary>Rows of this kind are in the table <c>ledger</c>, those of others in <c>journal</c>.</summary>
    public bool InLedger => Kind == "unique";

    /// <summary>Reads what the clients wrote down; the connects that failed are counted.</summary>
    public static IReadOnlyList<LedgerEntry> ReadAll(IEnumerable<string> lines, out int refusedConnects)
    {
        var entries = new Dictionary<(int, int), LedgerEntry>();
        refusedConnects = 0;
        foreach (string line in lines)
        {
            string[] fields = line.Split('\t');
            if (fields[0] == "C")
            {
                refusedConnects++;
                continue;
            }
            (int, int) key = (Whole(fields[1]), Whole(fields[2]));
            double at = double.Parse(fields[^1], CultureInfo.InvariantCulture);
            if (fields[0] == "B")
                entries.Add(key, new LedgerEntry(key.Item1, key.Item2, fields[3], Whole(fields[4]), Told.Nothing, "", 0, "", at));
            else
                entries[key] = entries[key] with { Told = ToldBy(fields[3], Whole(fields[5])), Step = fields[4], Code = Whole(fields[5]), Text = fields[6], At = at, Took = at - entries[key].At };
        }
        return [.. entries.Values];
    }

    private static Told ToldBy(string outcome, int code) => outcome switch
    {
        "acknowledged" => Told.Acknowledged,
        "wrong" => Told.Wrong,
        _ when code == 1105 => Told.OutcomeUnknown,
        _ when LostCodes.Contains(code) => Told.Lost,
        _ => Told.NotExecuted,
    };

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
