using System.CommandLine;
using GoneAway.Evidence.Collecting;

namespace GoneAway.Cli;

/// <summary><c>goneaway collect [DSN...]</c></summary>
internal static class CollectCommand
{
    private const string Description = """
        Writes all that goneaway can read on this host into a folder or a .tar.gz, to be attached to a ticket and explained elsewhere:
        option files, the server's variables, counters, sessions and error log, HAProxy's configuration and statistics, kernel and unit
        logs, sockets, network settings. Reads only.

        Passwords, tokens, keys and hashes are taken out, and MANIFEST.txt says where; so are literals of running statements and the data
        of locked rows. Hosts, accounts, addresses and what logs say of them stay in: look through it before you hand it on.

        DSN: mysql://user@host:port, user@host:port, unix:/path; none: no server is asked. The password comes from --ask-password,
        --defaults-file, MYSQL_PWD or ~/.my.cnf, never from the command line.

        Examples:
          sudo goneaway collect ops@localhost
          sudo goneaway collect ops@db1 --server-log db1.err --haproxy /run/haproxy/admin.sock --client-config settings.py --output ticket-4711.tar.gz
          goneaway explain ticket-4711.tar.gz
        """;

    public static Command Create(Terminal terminal)
    {
        var servers = new Argument<string[]>("DSN") { Arity = ArgumentArity.ZeroOrMore, Description = "The servers, without a password." };
        var output = new Option<string?>("--output", "-o") { Description = "A folder, or a file that ends in .tar.gz; it must not exist yet (a folder may be empty). Default: goneaway-HOST-TIME.tar.gz here." };
        var logs = new Option<string[]>("--server-log", "--log") { Description = "A log to take along: the server's, an application's, HAProxy's. May be given again. The log that a server on this host names is found." };
        var proxies = new Option<string[]>("--haproxy") { Description = "HAProxy: its runtime socket (path or host:port) or its configuration. May be given again. /etc/haproxy/haproxy.cfg is found." };
        var clients = new Option<string[]>("--client-config") { Description = "A file with the client's pool settings (settings.py, application.yml, ...). May be given again." };
        var limit = new Option<double>("--log-limit") { Description = "Megabytes of each log, from its end.", DefaultValueFactory = _ => 20 };
        var watch = new Option<double>("--watch") { Description = "Seconds between two readings of the server's counters.", DefaultValueFactory = _ => 3 };
        var timeout = new Option<double>("--timeout") { Description = "Seconds for each step: connect, greeting, login, a query.", DefaultValueFactory = _ => 10 };
        var defaults = new Option<string?>("--defaults-file") { Description = "An option file to read in place of ~/.my.cnf and /etc/my.cnf: its group [client]." };
        var ask = new Option<bool>("--ask-password") { Description = "Ask for the password, without showing it." };
        limit.Within(0.001, 1000, "a number of megabytes, up to 1000");
        watch.Within(0, 86_400, "a number of seconds, up to a day");
        timeout.Within(0.001, 86_400, "a number of seconds, up to a day");
        var command = new Command("collect", Description) { servers, output, logs, proxies, clients, limit, watch, timeout, defaults, ask };
        command.SetAction((parsed, cancel) => RunAsync(terminal, new CollectRequest
        {
            Servers = parsed.GetValue(servers) ?? [],
            Logs = parsed.GetValue(logs) ?? [],
            Proxies = parsed.GetValue(proxies) ?? [],
            ClientConfigs = parsed.GetValue(clients) ?? [],
            Largest = (long)(parsed.GetValue(limit) * (1 << 20)),
            Watch = TimeSpan.FromSeconds(parsed.GetValue(watch)),
            Patience = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
            DefaultsFile = parsed.GetValue(defaults),
            AskPassword = parsed.GetValue(ask),
        }, parsed.GetValue(output), cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, CollectRequest request, string? output, CancellationToken cancel)
    {
        TimeProvider time = TimeProvider.System;
        output ??= $"goneaway-{Collection.Safe(Environment.MachineName)}-{time.GetUtcNow().UtcDateTime:yyyyMMdd-HHmmss}.tar.gz";
        bool packs = output.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || output.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);
        if (File.Exists(output) || Directory.Exists(output) && (packs || Directory.EnumerateFileSystemEntries(output).Any()))
            return Usage(terminal, $"{output} exists already; nothing is overwritten");
        ServerLogins? logins = request.Servers.Count == 0 ? null
            : new ServerLogins(terminal, new CheckRequest { Servers = request.Servers, DefaultsFile = request.DefaultsFile, AskPassword = request.AskPassword });
        if (logins?.Fault is { } fault)
            return Usage(terminal, fault);
        string folder = output;
        try
        {
            if (packs)
                folder = Directory.CreateTempSubdirectory("goneaway-collect-").FullName;
            else if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(output);
            else
                Directory.CreateDirectory(output, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var collection = new Collection(folder);
            var collect = new Collect(request, logins, collection, time);
            await collect.RunAsync(cancel);
            if (packs)
                Collection.Pack(folder, output);
            await using var text = new StreamWriter(terminal.Output, leaveOpen: true);
            text.WriteLine(Reports.Plain.Of($"{output}: {collection.Files} files, {collection.Removed} {(collection.Removed == 1 ? "secret" : "secrets")} removed (listed in {Collection.ManifestName})"));
            foreach ((string what, string why) in collection.Missing)
                text.WriteLine("not collected: " + Reports.Plain.Of($"{what}: {why}"));
            text.WriteLine("Look through it before you hand it on. Then: goneaway explain " + Reports.Plain.Of(output));
            return collect.Failed ? ExitStatus.NotConnected : ExitStatus.Done;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Usage(terminal, $"cannot write {output}: {error.Message}");
        }
        finally
        {
            if (packs && folder != output)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static int Usage(Terminal terminal, string complaint)
    {
        terminal.Error.WriteLine("goneaway: " + Reports.Plain.Of(complaint));
        return ExitStatus.Usage;
    }
}
