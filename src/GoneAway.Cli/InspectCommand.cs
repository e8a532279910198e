using System.CommandLine;
using GoneAway.Reports.Json;
using GoneAway.Reports.Terminal;

namespace GoneAway.Cli;

/// <summary><c>goneaway inspect [PID...]</c></summary>
internal static class InspectCommand
{
    private const string Description = """
        Looks at the connections to MySQL that processes of this host have open: one connection in several processes, one on a standard
        descriptor, one that the server has closed or forgotten, answers that nobody read, idle times near wait_timeout, missing keep-alive.
        Only looks; nothing is stopped, traced or sent. As root it sees all processes and containers, else those of this account, and says so.

        PID: processes to look at; none: all. Who shares a connection with them is told all the same.
        With --dsn the server is asked for its sessions, which are joined by client port and by the process number that drivers tell it.
        The password comes from --ask-password, --defaults-file, MYSQL_PWD or ~/.my.cnf, never from the command line.

        Examples:
          sudo goneaway inspect
          goneaway inspect $(pgrep -f 'gunicorn|celery')
          sudo goneaway inspect --dsn ops@db1 --json --fail-on-hazard
        """;

    public static Command Create(Terminal terminal)
    {
        var pids = new Argument<int[]>("PID") { Arity = ArgumentArity.ZeroOrMore, Description = "Processes by number; none for all." };
        var server = new Option<string?>("--dsn") { Description = "The server to ask for its sessions: user@host:port, mysql://user@host:port, unix:/path; without a password." };
        var ports = new Option<int[]>("--port") { Description = "A port that speaks MySQL beside 3306, 33060, the server's of --dsn and those of a mysqld here. May be given again." };
        var timeout = new Option<double>("--timeout") { Description = "Seconds for each step with the server: connect, greeting, login, a query.", DefaultValueFactory = _ => 10 };
        var format = new Option<string>("--format") { Description = "text for people, json for programs (docs/report.schema.json).", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var json = new Option<bool>("--json") { Description = "The same as --format json." };
        var defaults = new Option<string?>("--defaults-file") { Description = "An option file to read in place of ~/.my.cnf and /etc/my.cnf: its group [client]." };
        var ask = new Option<bool>("--ask-password") { Description = "Ask for the password, without showing it." };
        var fail = new Option<bool>("--fail-on-hazard") { Description = "Exit with 1 when there is any hazard." };
        pids.Validators.Add(static result =>
        {
            if (result.Tokens.Any(static token => !int.TryParse(token.Value, out int pid) || pid < 1))
                result.AddError("a PID is a positive number");
        });
        ports.Validators.Add(static result =>
        {
            if (result.Tokens.Any(static token => !int.TryParse(token.Value, out int port) || port is < 1 or > 65535))
                result.AddError("--port is a number from 1 to 65535");
        });
        timeout.Within(0.001, 86_400, "a number of seconds, up to a day");
        var command = new Command("inspect", Description) { pids, server, ports, timeout, format, json, defaults, ask, fail };
        command.SetAction((parsed, cancel) => RunAsync(terminal, new InspectRequest
        {
            Pids = parsed.GetValue(pids) ?? [],
            Server = parsed.GetValue(server),
            Ports = parsed.GetValue(ports) ?? [],
            Patience = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
            DefaultsFile = parsed.GetValue(defaults),
            AskPassword = parsed.GetValue(ask),
        }, parsed.GetValue(json) || parsed.GetValue(format) == "json", parsed.GetValue(fail), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, InspectRequest request, bool asJson, bool failOnHazard, CancellationToken cancel)
    {
        ServerLogins? logins = request.Server is { } dsn ? new ServerLogins(terminal, new CheckRequest { Servers = [dsn], DefaultsFile = request.DefaultsFile, AskPassword = request.AskPassword }) : null;
        if (logins?.Fault is { } fault)
        {
            terminal.Error.WriteLine("goneaway: " + Reports.Plain.Of(fault));
            return ExitStatus.Usage;
        }
        if (!Directory.Exists("/proc/self/fd"))
        {
            terminal.Error.WriteLine("goneaway: inspect needs Linux's /proc, which is not mounted here");
            return ExitStatus.NothingReadable;
        }
        await using var text = new StreamWriter(terminal.Output, leaveOpen: true);
        using JsonReport? json = asJson ? new JsonReport(terminal.Output) : null;
        var inspect = new Inspect(request, logins, TimeProvider.System);
        await inspect.RunAsync(cancel);
        var report = new InspectReport(inspect);
        if (json is not null)
            report.Write(json);
        else
            report.Write(text, new TerminalReport(text, terminal.Colour, terminal.Width));
        foreach (int pid in inspect.Found.Missing)
            terminal.Error.WriteLine($"goneaway: there is no process {pid}");
        return inspect.Failed ? ExitStatus.NotConnected : failOnHazard && inspect.Hazards.Count > 0 ? ExitStatus.GradeMet : ExitStatus.Done;
    }
}
