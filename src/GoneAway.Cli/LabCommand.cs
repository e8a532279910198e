using System.CommandLine;
using GoneAway.Lab;
using GoneAway.Lab.Parts;
using GoneAway.Lab.Scenarios;
using GoneAway.Lab.Stories;
using GoneAway.Reports.Terminal;

namespace GoneAway.Cli;

/// <summary><c>goneaway lab [SCENARIO]</c></summary>
internal static class LabCommand
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string?>("SCENARIO") { Arity = ArgumentArity.ZeroOrOne, Description = "The scenario to run and explain; 'all' records every one below --keep." };
        var keep = new Option<string?>("--keep") { Description = "Keep the evidence in this folder." };
        var server = new Option<string>("--server") { Description = "mariadb, or mysql: MySQL 9 of Debian's unstable distribution, fetched into ~/.cache/goneaway.", DefaultValueFactory = _ => "mariadb" };
        server.AcceptOnlyFromAmong("mariadb", "mysql");
        var gateway = new Option<bool>("--with-gateway") { Description = "Run it twice, without and with the gateway in the path, and show what the application saw; 'all' runs every one that the gateway cures. Exit status 1: it still saw an error." };
        var page = new Option<string?>("--page") { Description = "Of a story: write it to this file, as Markdown, and the drawing of its lost connection beside it (.svg)." };
        var command = new Command("lab", "Makes a lost connection happen here, with real servers and clients in network namespaces of their own, and explains it. Needs root, mariadb-server, tcpdump. A story is a whole trouble with the software it happened to: explained from what its author had, then with what was asked for, then once more behind the gateway; exit status 1: it was not solved.\n\nExamples:\n  goneaway lab\n  goneaway lab wait-timeout\n  goneaway lab killed --server mysql --keep evidence\n  goneaway lab story-1") { name, keep, server, gateway, page, LedgerCommand.Create(terminal) };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is { } story && AllStories.Find(story) is { } told)
                return StoryRuns.Run(terminal, told, parsed.GetValue(keep), parsed.GetValue(page));
            Flavour flavour = parsed.GetValue(server) == "mysql" ? Flavour.MySql : Flavour.MariaDb;
            return parsed.GetValue(gateway) ? FaultRuns.Run(terminal, parsed.GetValue(name), flavour) : Run(terminal, parsed.GetValue(name), parsed.GetValue(keep), flavour);
        });
        return command;
    }

    private static int Run(Terminal terminal, string? name, string? keep, Flavour flavour)
    {
        using var output = new StreamWriter(terminal.Output, leaveOpen: true) { AutoFlush = true };
        if (name is null)
        {
            foreach (Scenario one in All.Scenarios)
                output.WriteLine($"{one.Name,-28} {one.Description}" + (one.Missing() is { } missing ? $"  (cannot run here: {missing})" : ""));
            foreach (Story one in AllStories.All)
                output.WriteLine($"{one.Name,-28} {one.Title}" + (one.Missing() is { } missing ? $"  (cannot run here: {missing})" : ""));
            return ExitStatus.Done;
        }
        Scenario[] chosen = name == "all" ? [.. All.Scenarios.Where(s => s.RunsOn(flavour))] : All.Find(name) is { } found ? [found] : [];
        if (chosen.Length == 0)
        {
            terminal.Error.WriteLine($"goneaway: no scenario is named '{Reports.Plain.Of(name)}'; 'goneaway lab' lists them");
            return ExitStatus.Usage;
        }
        if (!chosen[0].RunsOn(flavour))
        {
            terminal.Error.WriteLine($"goneaway: {chosen[0].Name} is made for {(flavour == Flavour.MySql ? "MariaDB" : "MySQL")} only (--server)");
            return ExitStatus.Usage;
        }
        string folder = keep ?? Directory.CreateTempSubdirectory("goneaway-lab-").FullName;
        try
        {
            foreach (Scenario scenario in chosen)
                if (!Record(scenario, flavour, chosen.Length > 1 ? Path.Combine(folder, scenario.Name) : folder, terminal, output))
                    return ExitStatus.NothingReadable;
        }
        finally
        {
            if (keep is null)
                Directory.Delete(folder, recursive: true);
        }
        return ExitStatus.Done;
    }

    private static bool Record(Scenario scenario, Flavour flavour, string folder, Terminal terminal, TextWriter output)
    {
        if (scenario.Missing() is { } missing)
        {
            terminal.Error.WriteLine($"goneaway: {scenario.Name} cannot run here: {missing}");
            return false;
        }
        output.WriteLine($"{scenario.Name}: {scenario.Description}");
        try
        {
            scenario.Run(folder, flavour);
        }
        catch (LabException error)
        {
            terminal.Error.WriteLine($"goneaway: {scenario.Name}: {error.Message}");
            return false;
        }
        output.WriteLine("the application saw: " + Reports.Plain.Of(File.ReadAllText(Path.Combine(folder, "application.log")).Trim().ReplaceLineEndings(" | ")));
        output.WriteLine();
        new Explain(new TerminalReport(output, terminal.Colour, terminal.Width)).Run([folder], () => Stream.Null);
        return true;
    }
}
