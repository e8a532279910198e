using System.CommandLine;
using GoneAway.Reports.Json;
using GoneAway.Reports.Terminal;

namespace GoneAway.Cli;

/// <summary><c>goneaway check [DSN...]</c></summary>
internal static class CheckCommand
{
    private const string Description = """
        Finds what will cost connections on live servers, before it does: limits that do not fit each other on the path client, proxy,
        server; counters that move; logs that would never tell. Reads only; works with whatever the account may see and says what it could not.

        DSN: mysql://user@host:port/db?tls=required, user@host:port, host, unix:/path; none: what ~/.my.cnf says.
        The password comes from --ask-password, --defaults-file, MYSQL_PWD or ~/.my.cnf, never from the command line.

        Examples:
          goneaway check
          goneaway check ops@db1 ops@db2 --haproxy /etc/haproxy/haproxy.cfg --client-config settings.py
          goneaway check ops@db1 --haproxy /run/haproxy/admin.sock --watch 30 --format json --fail-on-hazard
        """;

    public static Command Create(Terminal terminal)
    {
        var servers = new Argument<string[]>("DSN") { Arity = ArgumentArity.ZeroOrMore, Description = "The servers, without a password." };
        var proxy = new Option<string?>("--haproxy") { Description = "HAProxy in front of them: its runtime socket (path or host:port) or its configuration file." };
        var clients = new Option<string[]>("--client-config") { Description = "A file with the client's pool settings (settings.py, application.yml, database.yml, ...). May be given again." };
        var watch = new Option<double>("--watch") { Description = "Seconds for which counters are watched.", DefaultValueFactory = _ => 3 };
        var timeout = new Option<double>("--timeout") { Description = "Seconds for each step: connect, greeting, login, a query.", DefaultValueFactory = _ => 10 };
        var format = new Option<string>("--format") { Description = "text for people, json for programs (docs/report.schema.json).", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var defaults = new Option<string?>("--defaults-file") { Description = "An option file to read in place of ~/.my.cnf and /etc/my.cnf: its group [client]." };
        var ask = new Option<bool>("--ask-password") { Description = "Ask for the password, without showing it." };
        var fail = new Option<bool>("--fail-on-hazard") { Description = "Exit with 1 when there is any hazard." };
        watch.Within(0, 86_400, "a number of seconds, up to a day");
        timeout.Within(0.001, 86_400, "a number of seconds, up to a day");
        var command = new Command("check", Description) { servers, proxy, clients, watch, timeout, format, defaults, ask, fail };
        command.SetAction((parsed, cancel) => RunAsync(terminal, new CheckRequest
        {
            Servers = parsed.GetValue(servers) ?? [],
            Proxy = parsed.GetValue(proxy),
            ClientConfigs = parsed.GetValue(clients) ?? [],
            Watch = TimeSpan.FromSeconds(parsed.GetValue(watch)),
            Patience = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
            DefaultsFile = parsed.GetValue(defaults),
            AskPassword = parsed.GetValue(ask),
        }, parsed.GetValue(format) == "json", parsed.GetValue(fail), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, CheckRequest request, bool asJson, bool failOnHazard, CancellationToken cancel)
    {
        var logins = new ServerLogins(terminal, request);
        if (logins.Fault is { } fault)
        {
            terminal.Error.WriteLine("goneaway: " + Reports.Plain.Of(fault));
            return ExitStatus.Usage;
        }
        await using var text = new StreamWriter(terminal.Output, leaveOpen: true);
        using JsonReport? json = asJson ? new JsonReport(terminal.Output) : null;
        var check = new Check(request, logins, TimeProvider.System);
        using (var waiting = terminal.ShowsProgress ? new WaitingLine(terminal, $"asking {logins.Count} {(logins.Count == 1 ? "server" : "servers")}, watching counters for {request.Watch.TotalSeconds:0.#} s") : null)
            await check.RunAsync(cancel);
        var report = new CheckReport(check);
        if (json is not null)
            report.Write(json);
        else
            report.Write(text, new TerminalReport(text, terminal.Colour, terminal.Width));
        return check.Failed ? ExitStatus.NotConnected : failOnHazard && check.HasHazards ? ExitStatus.GradeMet : ExitStatus.Done;
    }

    /// <summary>One line on standard error while there is nothing else to see.</summary>
    private sealed class WaitingLine : IDisposable
    {
        private readonly Terminal terminal;

        public WaitingLine(Terminal terminal, string text)
        {
            this.terminal = terminal;
            terminal.Error.Write($"\r\e[K{text}");
        }

        public void Dispose() => terminal.Error.Write("\r\e[K");
    }
}

/// <summary>What <c>check</c> is asked.</summary>
internal sealed record CheckRequest
{
    public required IReadOnlyList<string> Servers { get; init; }
    public string? Proxy { get; init; }
    public IReadOnlyList<string> ClientConfigs { get; init; } = [];
    public TimeSpan Watch { get; init; }
    public TimeSpan Patience { get; init; }
    public string? DefaultsFile { get; init; }
    public bool AskPassword { get; init; }
}
