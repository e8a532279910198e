using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using GoneAway.Gateway;
using GoneAway.Gateway.Configuration;

namespace GoneAway.Cli;

/// <summary><c>goneaway gateway</c></summary>
internal static class GatewayCommand
{
    private const string Description = """
        Stands between applications and MySQL or MariaDB servers, and speaks MySQL on both sides: lost server connections are replaced where
        that is safe, and an error that must be says its cause. Applications connect to it as to the server.

        Options given here go before those of the file; docs/gateway/configuration.md has the file's keys.
        Signals: TERM and INT let sessions end and stop (a second one: at once), HUP reads the file again, USR2 starts the program anew and
        hands the listening sockets over (operation.handover_socket).

        Examples:
          goneaway gateway --backend 127.0.0.1:3306
          goneaway gateway --backend db1 --backend db2 --listen 0.0.0.0:3306 --pool transaction --http 127.0.0.1:6034
          goneaway gateway --config /etc/goneaway/goneaway.yaml --check-config
        """;

    // The runtime has no name for it; the number is the same on x86-64 and ARM64.
    private const PosixSignal UserSignal2 = (PosixSignal)12;

    public static Command Create(Terminal terminal)
    {
        var config = new Option<string?>("--config", "-c") { Description = "The configuration, in YAML." };
        var backends = new Option<string[]>("--backend") { Description = "A server: host, host:port or unix:/path, in place of those of the file. May be given again." };
        var listen = new Option<string[]>("--listen") { Description = "Where clients connect: host:port, *:port or unix:/path. May be given again. Default: 127.0.0.1:6033." };
        var check = new Option<bool>("--check-config") { Description = "Say what is wrong with all this, and do nothing else." };
        var pool = new Option<string?>("--pool") { Description = "session: a client keeps its server connection while it works; transaction: for a transaction." };
        pool.AcceptOnlyFromAmong("session", "transaction");
        var http = new Option<string?>("--http") { Description = "host:port for /healthz, /readyz and /metrics." };
        var user = new Option<string?>("--user") { Description = "Account of the health checks." };
        var password = new Option<string?>("--password-env") { Description = "Environment variable with its password." };
        var json = new Option<bool>("--json-log") { Description = "Log lines are JSON." };
        var command = new Command("gateway", Description) { config, backends, listen, check, pool, http, user, password, json };
        // Not as a task: for those the command line library handles SIGTERM itself and ends the process two seconds later.
        command.SetAction(parsed =>
        {
            var request = new GatewayRequest
            {
                ConfigFile = parsed.GetValue(config),
                Backends = parsed.GetValue(backends) ?? [],
                Listen = parsed.GetValue(listen) ?? [],
                Pool = parsed.GetValue(pool),
                Http = parsed.GetValue(http),
                User = parsed.GetValue(user),
                PasswordVariable = parsed.GetValue(password),
                JsonLog = parsed.GetValue(json),
            };
            return RunAsync(terminal, request, parsed.GetValue(check)).GetAwaiter().GetResult();
        });
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, GatewayRequest request, bool checkOnly)
    {
        (GatewayOptions? options, IReadOnlyList<string> errors) = request.Read();
        foreach (string error in errors)
            terminal.Error.WriteLine(Reports.Plain.Of(error));
        if (options is null)
            return ExitStatus.Usage;
        if (checkOnly)
        {
            await using var output = new StreamWriter(terminal.Output, leaveOpen: true);
            await output.WriteLineAsync($"{Reports.Plain.Of(request.ConfigFile ?? "options")}: ok");
            return ExitStatus.Done;
        }
        var commands = Channel.CreateUnbounded<HostCommand>();
        int stops = 0;
        using PosixSignalRegistration terminate = On(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = On(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration reload = On(PosixSignal.SIGHUP, () => HostCommand.Reload);
        using PosixSignalRegistration replace = On(UserSignal2, () => HostCommand.Replace);
        await using Stream log = Console.OpenStandardError();
        using var judge = new GatewayDiagnosis();
        return await GatewayHost.RunAsync(options, new HostSurroundings
        {
            Commands = commands.Reader,
            Reread = request.Read,
            StartSuccessor = StartSuccessor,
            Log = log,
            Judge = judge,
            Holders = new SocketHolders(),
        });

        HostCommand Stop() => Interlocked.Increment(ref stops) == 1 ? HostCommand.Drain : HostCommand.Stop;

        PosixSignalRegistration On(PosixSignal signal, Func<HostCommand> means) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            commands.Writer.TryWrite(means());
        });
    }

    /// <summary>The file at this program's path may be a newer one by now.</summary>
    private static void StartSuccessor()
    {
        string[] arguments = Environment.GetCommandLineArgs();
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("this program has no path");
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        // Under "dotnet goneaway.dll" the program is dotnet, and the first argument its file.
        bool hosted = Path.GetFileNameWithoutExtension(program) == "dotnet";
        foreach (string argument in hosted ? arguments : arguments.Skip(1))
            start.ArgumentList.Add(argument);
        using Process? started = Process.Start(start);
    }
}

/// <summary>What <c>gateway</c> is asked, and the options that come of it; read again at each reload.</summary>
internal sealed record GatewayRequest
{
    public string? ConfigFile { get; init; }
    public IReadOnlyList<string> Backends { get; init; } = [];
    public IReadOnlyList<string> Listen { get; init; } = [];
    public string? Pool { get; init; }
    public string? Http { get; init; }
    public string? User { get; init; }
    public string? PasswordVariable { get; init; }
    public bool JsonLog { get; init; }

    /// <summary>Null, and what is wrong, where these options cannot be used: <c>goneaway.yaml:12:3: error: ...</c>.</summary>
    public (GatewayOptions? Options, IReadOnlyList<string> Errors) Read()
    {
        if (ConfigFile is not null)
        {
            if (ConfigurationFile.CheckAddresses(OnTop(new GatewayOptions())) is { Count: > 0 } misspelt)
                return (null, [.. misspelt.Select(static one => "goneaway: error: " + one)]);
            (GatewayOptions? read, IReadOnlyList<ConfigurationError> errors) = ConfigurationFile.Read(ConfigFile, OnTop);
            return (read, [.. errors.Select(error => $"{ConfigFile}:{error.Line}:{error.Column}: error: {error.Message}")]);
        }
        GatewayOptions options = OnTop(new GatewayOptions());
        IReadOnlyList<string> wrong = Backends.Count == 0 ? ["no server: --backend HOST:PORT, or --config FILE"] : ConfigurationFile.Check(options);
        return (wrong.Count == 0 ? options : null, [.. wrong.Select(static one => "goneaway: error: " + one)]);
    }

    private GatewayOptions OnTop(GatewayOptions options) => options with
    {
        Backends = Backends.Count == 0 ? options.Backends : [.. Backends.Select(BackendOptions.At)],
        Listen = Listen.Count == 0 ? options.Listen : Listen,
        Pool = Pool is null ? options.Pool : options.Pool with { Mode = Pool == "transaction" ? PoolMode.Transaction : PoolMode.Session },
        Health = options.Health with { User = User ?? options.Health.User, PasswordVariable = PasswordVariable ?? options.Health.PasswordVariable },
        Operation = options.Operation with { Http = Http ?? options.Operation.Http, JsonLog = JsonLog || options.Operation.JsonLog },
    };
}
