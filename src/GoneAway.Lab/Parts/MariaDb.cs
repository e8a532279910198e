namespace GoneAway.Lab.Parts;

/// <summary>A MariaDB server of the run's own, on port 3306 of its host, with the account app/secret and the schema shop.</summary>
public sealed class MariaDb : IDisposable
{
    private static readonly Lock TemplateLock = new();
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly Program program;

    private MariaDb(Program program, string log)
    {
        this.program = program;
        Log = log;
    }

    /// <summary>Path of its error log.</summary>
    public string Log { get; }

    public static MariaDb Start(Network network, string host, string folder, params string[] options)
    {
        string data = Path.Combine(folder, "data"), log = Path.Combine(folder, "server.log"), init = Path.Combine(folder, "init.sql");
        if (!Directory.Exists(data) && Program.RunHere("cp", "-r", Template(), data) is { } error)
            throw new LabException("cannot copy the data folder: " + error);
        File.WriteAllText(init, "CREATE DATABASE IF NOT EXISTS shop;\nCREATE USER IF NOT EXISTS app@'%' IDENTIFIED BY 'secret';\nGRANT ALL ON *.* TO app@'%';\n");
        Program program = Program.Start(network, host, null,
            ["mariadbd", "--no-defaults", "--user=root", $"--datadir={data}", $"--socket={Path.Combine(folder, "s")}", $"--pid-file={Path.Combine(folder, "pid")}", "--port=3306", "--bind-address=0.0.0.0",
             $"--log-error={log}", $"--init-file={init}", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M", "--innodb-fast-shutdown=2", "--skip-name-resolve", .. options]);
        var server = new MariaDb(program, log);
        if (!Poll.Until(() => program.HasExited || File.Exists(log) && File.ReadAllText(log).Contains("ready for connections", StringComparison.Ordinal), StartTime) || program.HasExited)
        {
            string said = File.Exists(log) ? File.ReadAllText(log) : program.Output;
            server.Dispose();
            throw new LabException("MariaDB did not start: " + said);
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

    /// <summary>A fresh data folder, made once per process.</summary>
    private static string Template()
    {
        lock (TemplateLock)
        {
            string folder = Path.Combine(Path.GetTempPath(), $"goneaway-lab-{Environment.ProcessId}");
            string data = Path.Combine(folder, "template");
            if (Directory.Exists(data))
                return data;
            Directory.CreateDirectory(folder);
            if (Program.RunHere("mariadb-install-db", "--no-defaults", "--user=root", $"--datadir={data}", "--skip-test-db", "--auth-root-authentication-method=normal") is { } error)
                throw new LabException("mariadb-install-db: " + error);
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
            return data;
        }
    }
}
