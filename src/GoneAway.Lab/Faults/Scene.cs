using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Faults;

/// <summary>What faults do to a run's servers and network.</summary>
internal sealed class Scene(LabRun run, DatabaseServer server, IReadOnlyList<string> options)
{
    private static readonly ManualResetEventSlim Never = new();
    private DatabaseServer? second;

    public LabRun Run => run;
    public DatabaseServer Server { get; private set; } = server;
    public DatabaseServer Second => second ?? throw new LabException("there is no second server");

    /// <summary>Ends the server (in order, or by SIGKILL) and starts it again.</summary>
    public void Restart(bool crash)
    {
        End(crash);
        StartAgain();
    }

    public void End(bool crash)
    {
        if (crash)
            Server.Kill();
        else
            Server.Stop();
        Server.Dispose();
    }

    public void StartAgain() => Server = run.StartServer([.. options]);

    /// <summary>Starts a second server beside the first.</summary>
    public void StartSecond(params string[] more)
    {
        string folder = Path.Combine(run.Work, "second");
        Directory.CreateDirectory(folder);
        second = DatabaseServer.Start(run.Flavour, run.Network, run.ServerHost, folder, [.. options, .. more]);
        run.Keep(second);
    }

    /// <summary>Kills all connections of the application at the server, as pt-kill does.</summary>
    public void KillAll()
    {
        foreach (string id in Ask("SELECT id FROM information_schema.processlist WHERE user = 'app'").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            Ask("KILL " + id);
    }

    /// <summary>What a router does that forgets the connections that are open: their packets are dropped or reset, new connections pass.</summary>
    public void ForgetConnections(string verdict)
    {
        using Program sockets = Program.Start(run.Network, run.ClientHost, null, "ss", "-Htn", "dport", "=", ":3306");
        sockets.WaitForExit(TimeSpan.FromSeconds(10));
        string[] ports = [.. sockets.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3].Split(':')[^1])];
        if (ports.Length == 0)
            throw new LabException("no connection is open");
        run.Network.OnRouter($"tcp dport 3306 tcp sport {{{string.Join(",", ports)}}} {verdict}");
    }

    public static void Wait(double seconds) => Never.Wait(TimeSpan.FromSeconds(seconds));

    private string Ask(string sql)
    {
        using Program client = Program.Start(run.Network, run.ServerHost, null, "/usr/bin/mariadb", "--no-defaults", $"--socket={Path.Combine(run.Work, "s")}", "-u", "root", "-BN", "-e", sql);
        return client.WaitForExit(TimeSpan.FromSeconds(20)) == 0 ? client.Output : throw new LabException($"{sql}: {client.Output}");
    }
}
