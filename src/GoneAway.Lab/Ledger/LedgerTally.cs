using System.Globalization;

namespace GoneAway.Lab.Ledger;

/// <summary>A promise that was broken.</summary>
public enum BreachKind : byte
{
    Missing,
    Twice,
    ThereAfterAll,
    Half,
    NobodysRow,
    UnknownWithoutNeed,
    WrongAnswer,
    LostConnection,
    Unanswered,
}

/// <param name="Entry">The work that it happened to, where it is one.</param>
public sealed record Breach(BreachKind Kind, LedgerEntry? Entry, string Text);

/// <summary>What came out of a run.</summary>
public sealed class LedgerTally
{
    private static readonly (string Title, string Step)[] Steps =
        [("write", "write"), ("commit", "commit"), ("in transaction", "inside"), ("begin", "begin"), ("rollback", "rollback"), ("read", "read")];

    private static readonly (BreachKind Kind, string Text)[] Promises =
    [
        (BreachKind.Missing, "acknowledged, but missing"),
        (BreachKind.Twice, "written twice"),
        (BreachKind.ThereAfterAll, "not executed, but there"),
        (BreachKind.Half, "half of a transaction"),
        (BreachKind.NobodysRow, "rows that nobody wrote"),
        (BreachKind.UnknownWithoutNeed, "unknown, though no write was in flight"),
        (BreachKind.WrongAnswer, "wrong answers"),
        (BreachKind.LostConnection, "connections lost through the gateway"),
        (BreachKind.Unanswered, "never answered"),
    ];

    public required IReadOnlyList<LedgerEntry> Entries { get; init; }
    /// <summary>Those whose rows are in the tables.</summary>
    public required IReadOnlySet<LedgerEntry> Done { get; init; }
    public required IReadOnlyList<Breach> Breaches { get; init; }
    /// <summary>What was done to the server and its network, and when (seconds of Unix time).</summary>
    public IReadOnlyList<(double At, string Fault)> Faults { get; set; } = [];
    public int RefusedConnects { get; set; }

    public bool IsKept => Breaches.Count == 0;

    public int Count(Told told) => Entries.Count(e => e.Told == told);

    /// <summary>Prints the tally as a table, and what was broken with the faults around it.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine("faults: " + string.Join(", ", Faults.Where(static f => !f.Fault.StartsWith("over", StringComparison.Ordinal)).GroupBy(static f => f.Fault.Split(' ')[0]).OrderBy(static g => g.Key, StringComparer.Ordinal).Select(static g => $"{g.Count()} {g.Key}")));
        output.WriteLine($"connects that failed: {RefusedConnects}; the longest wait: {(Entries.Count == 0 ? 0 : Entries.Max(static e => e.Took)).ToString("0.0", CultureInfo.InvariantCulture)} s");
        output.WriteLine();
        output.WriteLine($"{"told",-24}" + string.Concat(Steps.Select(static s => $"{s.Title,15}")) + $"{"all",12}");
        Line(output, "acknowledged", static e => e.Told == Told.Acknowledged);
        Line(output, "not executed", static e => e.Told == Told.NotExecuted);
        Line(output, "outcome unknown", static e => e.Told == Told.OutcomeUnknown);
        Line(output, "  of these written", e => e.Told == Told.OutcomeUnknown && Done.Contains(e));
        Line(output, "connection lost", static e => e.Told == Told.Lost);
        Line(output, "  of these written", e => e.Told == Told.Lost && Done.Contains(e));
        output.WriteLine();
        foreach (IGrouping<int, LedgerEntry> errors in Entries.Where(static e => e.Told is Told.NotExecuted or Told.OutcomeUnknown or Told.Lost).GroupBy(static e => e.Code).OrderBy(static g => g.Key))
            output.WriteLine($"{errors.Count(),7} x {errors.Key,-5} {Short(errors.First().Text)}");
        output.WriteLine();
        foreach ((BreachKind kind, string text) in Promises)
            output.WriteLine($"{Breaches.Count(b => b.Kind == kind),7}  {text}");
        foreach (Breach breach in Breaches.GroupBy(static b => b.Kind).SelectMany(static g => g.Take(5)))
            output.WriteLine("  " + Describe(breach));
        output.WriteLine(IsKept ? "all promises were kept" : $"{Breaches.Count} breaches");
    }

    private void Line(TextWriter output, string title, Func<LedgerEntry, bool> counted)
    {
        LedgerEntry[] those = [.. Entries.Where(counted)];
        output.WriteLine($"{title,-24}" + string.Concat(Steps.Select(s => $"{those.Count(e => e.Step == s.Step),15}")) + $"{those.Length,12}");
    }

    private string Describe(Breach breach)
    {
        if (breach.Entry is not { } e)
            return $"{breach.Kind}: {Short(breach.Text)}";
        string around = string.Join(", ", Faults.Where(f => f.At > e.At - 12 && f.At < e.At + 1).Select(f => $"{f.Fault} {(f.At - e.At).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture)} s"));
        return $"{breach.Kind}: client {e.Client}, number {e.Number}, {e.Kind} at {e.Step}, {e.At.ToString("0.000", CultureInfo.InvariantCulture)}: {Short(breach.Text)} [{around}]";
    }

    private static string Short(string text) => text.Length <= 300 ? text : text[..300] + " ...";
}
