namespace GoneAway.Lab.Ledger;

/// <summary>Compares what the clients were told with what the tables hold.</summary>
public sealed class Judge
{
    private readonly Dictionary<(bool Ledger, int Client, int Number), Dictionary<int, int>> rows = [];
    private readonly List<Breach> breaches = [];
    private readonly bool throughGateway;

    /// <param name="throughGateway">Then a lost connection is a breach too: whatever happens behind the gateway, its clients keep theirs.</param>
    public Judge(bool throughGateway) => this.throughGateway = throughGateway;

    /// <summary>A row of a table, with the number of times that it is there.</summary>
    public void Row(bool ledger, int client, int number, int part, int times)
    {
        if (!rows.TryGetValue((ledger, client, number), out Dictionary<int, int>? parts))
            rows[(ledger, client, number)] = parts = [];
        parts[part] = times;
    }

    /// <param name="counters">What the table of counters holds.</param>
    public LedgerTally Decide(IReadOnlyList<LedgerEntry> entries, IReadOnlyDictionary<int, long> counters)
    {
        var done = new HashSet<LedgerEntry>();
        foreach (LedgerEntry entry in entries)
        {
            if (Examine(entry))
                done.Add(entry);
            rows.Remove((entry.InLedger, entry.Client, entry.Number));
        }
        foreach ((bool ledger, int client, int number) in rows.Keys)
            breaches.Add(new Breach(BreachKind.NobodysRow, null, $"client {client}, number {number} in {(ledger ? "ledger" : "journal")}"));
        foreach ((int client, long value) in counters)
            Count(entries.Where(e => e.Client == client && e.Kind is "counter" or "transaction"), done, client, value);
        return new LedgerTally { Entries = entries, Done = done, Breaches = breaches };
    }

    /// <summary>True when rows of it are there.</summary>
    private bool Examine(LedgerEntry entry)
    {
        rows.TryGetValue((entry.InLedger, entry.Client, entry.Number), out Dictionary<int, int>? there);
        int parts = entry.Kind is "counter" or "read" or "rollback" ? 0 : entry.Parts;
        int present = there?.Count ?? 0;
        if (there?.Values.Any(static times => times > 1) == true)
            Add(BreachKind.Twice, entry, $"parts {string.Join(", ", there.Where(static p => p.Value > 1).Select(static p => $"{p.Key} ({p.Value} times)"))}");
        switch (entry.Told)
        {
            case Told.Acknowledged when present < parts:
                Add(BreachKind.Missing, entry, $"{present} of {parts} rows are there");
                break;
            case Told.Wrong:
                Add(BreachKind.WrongAnswer, entry, entry.Text);
                break;
            case Told.Nothing:
                Add(BreachKind.Unanswered, entry, "still waiting at the end");
                break;
            // ER_DUP_ENTRY: every number is used once, so that somebody has sent it twice.
            case Told.NotExecuted when entry.Code == 1062:
                Add(BreachKind.Twice, entry, entry.Text);
                break;
            case Told.NotExecuted when present > 0:
                Add(BreachKind.ThereAfterAll, entry, $"{present} of {parts} rows are there; told: {entry.Text}");
                break;
            case Told.OutcomeUnknown when !entry.MayHaveWritten:
                Add(BreachKind.UnknownWithoutNeed, entry, $"at {entry.Step}; told: {entry.Text}");
                break;
            case Told.Lost when throughGateway:
                Add(BreachKind.LostConnection, entry, entry.Text);
                break;
        }
        if (entry.Told is Told.OutcomeUnknown or Told.Lost or Told.Nothing && present > 0)
        {
            if (present < parts)
                Add(BreachKind.Half, entry, $"{present} of {parts} rows are there");
            if (entry.Told != Told.Nothing && !entry.MayHaveWritten)
                Add(BreachKind.ThereAfterAll, entry, $"never committed, yet {present} of {parts} rows are there");
        }
        if (entry.Kind == "rollback" && present > 0)
            Add(BreachKind.ThereAfterAll, entry, $"rolled back, yet {present} rows are there");
        return present > 0;
    }

    /// <summary>A transaction that wrote its rows has counted; only of single updates whose outcome nobody knows it may be either.</summary>
    private void Count(IEnumerable<LedgerEntry> entries, HashSet<LedgerEntry> done, int client, long value)
    {
        long least = 0, most = 0;
        foreach (LedgerEntry entry in entries)
        {
            bool certain = entry.Kind == "transaction" ? done.Contains(entry) : entry.Told == Told.Acknowledged;
            bool possible = entry.Kind == "counter" && entry.Told is Told.OutcomeUnknown or Told.Lost or Told.Nothing;
            least += certain ? 1 : 0;
            most += certain || possible ? 1 : 0;
        }
        if (value < least || value > most)
            breaches.Add(new Breach(value < least ? BreachKind.Missing : BreachKind.Twice, null, $"the counter of client {client} is {value}; by what it was told, {least} to {most}"));
    }

    private void Add(BreachKind kind, LedgerEntry entry, string text) => breaches.Add(new Breach(kind, entry, text));
}
