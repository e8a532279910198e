namespace GoneAway.Lab.Parts;

/// <summary>The gateway as its own process, on a host of the lab.</summary>
public sealed class GatewayProcess : IDisposable
{
    private readonly Program program;

    private GatewayProcess(Program program, int port)
    {
        this.program = program;
        Port = port;
    }

    /// <summary>Where it listens, on its host's loopback.</summary>
    public int Port { get; }
    public int Id => program.Id;
    public bool HasExited => program.HasExited;
    /// <summary>What it has logged.</summary>
    public string Output => program.Output;

    /// <summary>Why it cannot be started from here; null when it can.</summary>
    public static string? Missing() => !File.Exists(Executable) ? Executable + " is not there" : Program.RunHere(Executable, "gateway", "--check-config", "--backend", "127.0.0.1:3306") is null ? null : "this build has no gateway";

    private static string Executable => Path.Combine(AppContext.BaseDirectory, "goneaway");

    /// <summary>Lines of a configuration file.</summary>
    public static IReadOnlyList<string> Settings(bool transactionPool, bool transactionReplay) =>
    [
        "pool:",
        $"  mode: {(transactionPool ? "transaction" : "session")}",
        "loss:",
        $"  transaction_replay: {(transactionReplay ? "true" : "false")}",
    ];

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="folder">Where its configuration is written.</param>
    /// <param name="settings">Lines of its configuration; the lab's account is added.</param>
    public static GatewayProcess Start(Network network, string host, string folder, IReadOnlyList<string> backends, IReadOnlyList<string> settings, int port = 6033)
    {
        string config = Path.Combine(folder, "goneaway.yaml");
        File.WriteAllText(Path.Combine(folder, "app.password"), "secret");
        // A first login that is only handed on teaches nothing: its session would end with its server connection.
        File.WriteAllLines(config, [.. settings, "accounts:", "  entries:", "    - user: app", "      password_file: app.password"]);
        Program program = Program.Start(network, host, null,
            [Executable, "gateway", .. backends.SelectMany(static b => (string[])["--backend", b]), "--listen", $"127.0.0.1:{port}", "--config", config]);
        var gateway = new GatewayProcess(program, port);
        if (!Poll.Until(() => program.HasExited || Network.Listens(program, port), TimeSpan.FromSeconds(20)) || program.HasExited)
        {
            string said = program.Output;
            gateway.Dispose();
            throw new LabException("the gateway did not start: " + said);
        }
        return gateway;
    }

    /// <summary>Sends a signal by name, e.g. HUP.</summary>
    public void Signal(string name) => program.Signal(name);

    public void Dispose() => program.Dispose();
}
