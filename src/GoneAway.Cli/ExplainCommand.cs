using System.CommandLine;
using GoneAway.Model;
using GoneAway.Reports.Html;
using GoneAway.Reports.Json;
using GoneAway.Reports.Terminal;

namespace GoneAway.Cli;

/// <summary><c>goneaway explain PATH...</c></summary>
internal static class ExplainCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Arity = ArgumentArity.OneOrMore, Description = "Evidence: captures (pcap, pcapng), logs, configuration, pasted SHOW output, lists of sockets; files, .gz, .tar.gz or folders; - reads one from standard input." };
        var format = new Option<string>("--format") { Description = "text for people at a terminal; html for people: one file with everything and each connection's timeline drawn, to open in a browser or to hand on; json for programs (docs/report.schema.json).", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "html", "json");
        var output = new Option<string?>("--output") { Description = "Write the report to this file." };
        var failOn = new Option<string?>("--fail-on") { Description = "Exit with 1 when a verdict has at least this grade: possible, likely or proven." };
        failOn.AcceptOnlyFromAmong("possible", "likely", "proven");
        var ports = new Option<int[]>("--port") { Description = "A port that speaks MySQL, for connections that never got so far as to show it; 3306 and 33060 are known. May be given again." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Every incident in full, with all that is ruled out." };
        var command = new Command("explain", "Finds out why connections were lost, from any mix of evidence.\n\nFiles named together are one case; so is a folder with all below it. A folder of folders holds one case in each.\n\nExamples:\n  goneaway explain app.log my.cnf haproxy.cfg\n  goneaway explain capture.pcap error.log\n  goneaway explain samples/ --format json\n  goneaway explain ticket-4711.tar.gz --format html --output ticket-4711.html\n  tcpdump -i any -U -w - port 3306 | goneaway explain -") { paths, format, output, failOn, ports, verbose };
        command.SetAction(parsed => Run(terminal, parsed.GetValue(paths)!, parsed.GetValue(format)!, parsed.GetValue(output),
            parsed.GetValue(failOn), parsed.GetValue(ports) ?? [], parsed.GetValue(verbose)));
        return command;
    }

    private static int Run(Terminal terminal, string[] paths, string format, string? outputPath, string? failOn, int[] ports, bool verbose)
    {
        Stream output;
        try
        {
            output = outputPath is null ? terminal.Output : new FileStream(outputPath, FileMode.Create);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"goneaway: cannot write {outputPath}: {error.Message}");
            return ExitStatus.Usage;
        }
        bool read;
        Grade highest;
        try
        {
            using var text = new StreamWriter(output, leaveOpen: true);
            using JsonReport? json = format == "json" ? new JsonReport(output) : null;
            IReportWriter report = json is not null ? json : format == "html" ? new HtmlReport(text) : new TerminalReport(text, terminal.Colour && outputPath is null, terminal.Width, verbose);
            using var progress = new ProgressLine(terminal);
            var explain = new Explain(report, terminal.ShowsProgress ? progress.Show : null) { Ports = ports };
            read = explain.Run(paths, () => terminal.Input);
            highest = explain.HighestGrade;
        }
        finally
        {
            if (outputPath is not null)
                output.Dispose();
        }
        if (!read)
        {
            terminal.Error.WriteLine("goneaway: nothing readable: no evidence of a known kind in " + (paths.Length == 1 ? paths[0] : $"any of {paths.Length} inputs"));
            return ExitStatus.NothingReadable;
        }
        return failOn is not null && highest >= Enum.Parse<Grade>(failOn, ignoreCase: true) ? ExitStatus.GradeMet : ExitStatus.Done;
    }
}
