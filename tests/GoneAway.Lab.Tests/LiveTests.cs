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
            IEnumerable<(Scenario Scenario, Flavour Flavour)> runs = All.Scenarios.Select(static s => (s, Flavour.MariaDb))
                .Concat(All.Scenarios.Where(s => s.OnMySql && noMySql is null).Select(static s => (s, Flavour.MySql)));
            Parallel.ForEach(runs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, run =>
            {
                string name = run.Scenario.Name + (run.Flavour == Flavour.MySql ? " (MySQL 9)" : "");
                string folder = Path.Combine(root.FullName, name);
                try
                {
                    run.Scenario.Run(folder, run.Flavour);
                    SampleFolder sample = SampleFolder.Read(folder);
                    IReadOnlyList<Incident> incidents = Verdicts.Of(sample);
                    lock (matrix)
                        matrix[name] = Row(name, run.Scenario, incidents);
                    Verdicts.AssertRight(sample, incidents);
                }
                catch (Exception fault)
                {
                    lock (matrix)
                        faults.AppendLine($"{name}: {fault.Message}");
                }
            });
        }
        finally
        {
            root.Delete(recursive: true);
        }
        File.WriteAllText(Repository.At("docs", "accuracy.md"), "# Accuracy\n\nWritten by the tests: every scenario of the lab, run live against MariaDB of Debian 12 and MySQL 9, and what was said of it.\n"
            + "A scenario may hold several connections; each different verdict is listed once.\n\n| scenario | truth | verdicts |\n|---|---|---|\n" + string.Join("\n", matrix.Values) + "\n" + skipped);
        Assert.True(faults.Length == 0, faults.ToString());
    }

    private static string Row(string name, Scenario scenario, IReadOnlyList<Incident> incidents) =>
        $"| {name} | {scenario.Cause}{string.Concat(scenario.AlsoAcceptable.Where(a => a != scenario.Cause).Select(static a => ", or " + a))} | "
        + string.Join(", ", incidents.Select(static i => $"{i.Verdict.Cause ?? "unknown"} ({i.Verdict.Grade.ToString().ToLowerInvariant()})").Distinct().Order(StringComparer.Ordinal)) + " |";
}
