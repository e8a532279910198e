using System.CommandLine;

namespace GoneAway.Cli;

/// <summary>The program: puts the commands together.</summary>
internal static class Program
{
    private static int Main(string[] arguments) => Run(arguments, Terminal.OfProcess());

    /// <summary>Runs one command line; see <see cref="ExitStatus"/> for what it answers.</summary>
    internal static int Run(string[] arguments, Terminal terminal)
    {
        var root = new RootCommand("Finds out why a MySQL connection was lost, proves it, and says how to keep it from happening again.")
        {
            ExplainCommand.Create(terminal),
            CheckCommand.Create(terminal),
            InspectCommand.Create(terminal),
            CollectCommand.Create(terminal),
            CausesCommand.Create(terminal),
            GatewayCommand.Create(terminal),
            LabCommand.Create(terminal),
        };
        ParseResult parsed = root.Parse(arguments);
        using var output = new StreamWriter(terminal.Output, leaveOpen: true) { AutoFlush = true };
        int status = parsed.Invoke(new InvocationConfiguration { Output = output, Error = terminal.Error, EnableDefaultExceptionHandler = false });
        return parsed.Errors.Count > 0 ? ExitStatus.Usage : status;
    }
}
