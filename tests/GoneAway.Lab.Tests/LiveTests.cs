using System.Text;
using GoneAway.Lab.Parts;
using GoneAway.Lab.Scenarios;
using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Lab.Tests;

/// <summary>A test that needs root, servers and captures; skipped with the reason where they are missing.</summary>
public sealed class LabFactAttribute : FactAttribute
{
    public LabFactAttribute()
    {
        foreach (Scenario scenario in All.Scenarios)
            if (scenario.Missing() is { } missing)
                Skip = $"{scenario.Name}: {missing}";
    }
}

/// <summary>Every scenario, live.</summary>
public sealed class LiveTests
{
    [LabFact]
    public void Every_scenario_run_live_is_named_and_the_matrix_is_written()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("goneaway-live-");
        string skipped = "";
        var faults = new StringBuilder();
        var matrix = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            string? noMySql = Distribution.FindMySql(out string? reason) is null ? reason : null;
            skipped = noMySql is null ? "" : $"\nMySQL 9 could not be had ({noMySql}); its part was left out.\n";
            IEnumerable<(Scenario Scenario, Flavour Flavour)> runs = All.Scenarios.Where(static s => s.OnMariaDb).Select(static s => (s, Flavour.MariaDb))
                .Concat(All.Scenarios.Where(s => s.OnMySql && noMySql is null).Select(static s => (s, Flavour.MySql)));
            Parallel.ForEach(runs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, run =>
            {
                string name = run.Scenario.Name + (run.Flavour == Flavour.MySql ? " (MySQL 9)" : "");
                string? first = Try(run.Scenario, run.Flavour, Path.Combine(root.FullName, name), out string row);
                // Processes race here as they do elsewhere: what goes wrong once is run again, and the table says so. A wrong "proven" has no second chance.
                string? second = first is null || first.StartsWith(Verdicts.WrongAndProven, StringComparison.Ordinal) ? first
                    : Try(run.Scenario, run.Flavour, Path.Combine(root.FullName, name + " again"), out row);
                lock (matrix)
                {
                    matrix[name] = $"| {name} {row}" + (first is not null && second is null ? " at the second run; at the first: " + first.ReplaceLineEndings(" ").Replace('|', '/') + " |" : " |");
                    if (second is not null)
                        faults.AppendLine($"{name}: {second}");
                }
            });
        }
        finally
        {
            root.Delete(recursive: true);
        }
        File.WriteAllText(Repository.At("docs", "accuracy.md"), "# Accuracy\n\nWritten by the tests: every scenario of the lab, run live against MariaDB of Debian 12 and MySQL 9, and what was said of it.\n"
            + "A scenario may hold several connections; each different verdict is listed once.\n\n| scenario | truth | from the capture alone | with logs and settings |\n|---|---|---|---|\n" + string.Join("\n", matrix.Values) + "\n" + skipped);
        Assert.True(faults.Length == 0, faults.ToString());
    }

    private static string Said(IReadOnlyList<Incident> incidents) =>
        string.Join(", ", incidents.Select(static i => $"{i.Verdict.Cause ?? "unknown"} ({i.Verdict.Grade.ToString().ToLowerInvariant()})").Distinct().Order(StringComparer.Ordinal));

    /// <summary>Runs a scenario and has it judged, by its capture alone and by all that it left; null when all is right, else what is not.</summary>
    private static string? Try(Scenario scenario, Flavour flavour, string folder, out string row)
    {
        row = $"| {scenario.Cause} | not run |";
        try
        {
            scenario.Run(folder, flavour);
            SampleFolder sample = SampleFolder.Read(folder);
            IReadOnlyList<Incident> wire = Verdicts.Of(sample, captureAlone: true);
            IReadOnlyList<Incident> all = Verdicts.Of(sample);
            row = $"| {sample.Cause}{string.Concat(sample.AlsoAcceptable.Where(other => other != sample.Cause).Select(static other => ", or " + other))} | {Said(wire)} | {Said(all)}";
            string? onWire = Verdicts.Fault(sample, wire);
            if (!scenario.OnWire && onWire?.StartsWith(Verdicts.WrongAndProven, StringComparison.Ordinal) == false)
                onWire = null;
            return onWire ?? Verdicts.Fault(sample, all);
        }
        catch (Exception fault)
        {
            return fault.Message;
        }
    }
}
