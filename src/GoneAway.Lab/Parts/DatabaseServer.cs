namespace GoneAway.Lab.Parts;

/// <summary>A server of the run's own, on port 3306 of its host, with the account app/secret and the schema shop.</summary>
public sealed class DatabaseServer : IDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly Program program;

    private DatabaseServer(Program program, string log)
    {
        this.program = program;
        Log = log;
    }

    /// <summary>Path of its error log.</summary>
    public string Log { get; }

    /// <summary>Starts one and waits until it takes connections. The data of an earlier one in the same folder are taken over.</summary>
    public static DatabaseServer Start(Flavour flavour, Network network, string host, string folder, params string[] options)
    {
        Distribution distribution = Distribution.Of(flavour);
        string data = Path.Combine(folder, "data"), log = Path.Combine(folder, "server.log"), init = Path.Combine(folder, "init.sql");
        if (!Directory.Exists(data) && Program.RunHere("cp", "-r", distribution.Template(), data) is { } error)
            throw new LabException("cannot copy the data folder: " + error);
        File.WriteAllText(init, "CREATE DATABASE IF NOT EXISTS shop;\nCREATE USER IF NOT EXISTS app@'%' IDENTIFIED BY 'secret';\nGRANT ALL ON *.* TO app@'%';\n");
        // Not to be taken for ready by what an earlier one wrote.
        File.Delete(log);
        Program program = Program.Start(network, host, null,
            [.. distribution.Server, $"--datadir={data}", $"--socket={Path.Combine(folder, "s")}", $"--pid-file={Path.Combine(folder, "pid")}", "--port=3306", "--bind-address=0.0.0.0",
             $"--log-error={log}", $"--init-file={init}", "--innodb-buffer-pool-size=16M", "--skip-name-resolve", .. options]);
        var server = new DatabaseServer(program, log);
        if (!Poll.Until(() => program.HasExited || File.Exists(log) && File.ReadAllText(log).Contains("ready for connections", StringComparison.Ordinal), StartTime) || program.HasExited)
        {
            string said = File.Exists(log) ? File.ReadAllText(log) : program.Output;
            server.Dispose();
            throw new LabException($"{flavour} did not start: {said}");
        }
        return server;
    }

    /// <summary>Ends it as systemd does, and waits.</summary>
    public void Stop()
    {
        program.Signal("TERM");
        program.WaitForExit(TimeSpan.FromSeconds(30));
    }

    public void Kill()
    {
        program.Signal("KILL");
        program.WaitForExit(TimeSpan.FromSeconds(10));
    }

    public void Dispose() => program.Dispose();
}
