namespace GoneAway.Lab.Parts;

/// <summary>A server of the run's own, on port 3306 of its host, with the account app/secret and the schema shop.</summary>
public sealed class DatabaseServer : IDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly Program program;

    private readonly string port;

    private DatabaseServer(Program program, string log, string port)
    {
        this.port = port;
        this.program = program;
        Log = log;
    }

    /// <summary>Its process id.</summary>
    public int Id => program.Id;

    /// <summary>Path of its error log.</summary>
    public string Log { get; }

    /// <summary>Starts one and waits until it takes connections. The data of an earlier one in the same folder are taken over.</summary>
    /// <param name="options">Of its command line; with --defaults-file it reads that.</param>
    public static DatabaseServer Start(Flavour flavour, Network network, string host, string folder, params string[] options)
    {
        Distribution distribution = Distribution.Of(flavour);
        string data = Path.Combine(folder, "data"), log = Path.Combine(folder, "server.log"), init = Path.Combine(folder, "init.sql");
        if (!Directory.Exists(data) && Program.RunHere("cp", "-r", distribution.Template(), data) is { } error)
            throw new LabException("cannot copy the data folder: " + error);
        File.WriteAllText(init, "CREATE DATABASE IF NOT EXISTS shop;\nCREATE USER IF NOT EXISTS app@'%' IDENTIFIED BY 'secret';\nGRANT ALL ON *.* TO app@'%' WITH GRANT OPTION;\n");
        // An earlier one's log goes on: its "ready for connections" is not this one's.
        int ready = Readies(log);
        string? defaults = options.FirstOrDefault(static o => o.StartsWith("--defaults-file=", StringComparison.Ordinal));
        Program program = Program.Start(network, host, null,
            [.. distribution.Server.Select(option => option == "--no-defaults" && defaults is not null ? defaults : option), $"--datadir={data}", $"--socket={Path.Combine(folder, "s")}", $"--pid-file={Path.Combine(folder, "pid")}", "--port=3306", "--bind-address=0.0.0.0",
             $"--log-error={log}", $"--init-file={init}", "--innodb-buffer-pool-size=16M", "--skip-name-resolve", .. options.Where(option => option != defaults)]);
        var server = new DatabaseServer(program, log, options.FirstOrDefault(static o => o.StartsWith("--port=", StringComparison.Ordinal))?[7..] ?? "3306");
        if (!Poll.Until(() => program.HasExited || Readies(log) > ready, StartTime) || program.HasExited)
        {
            string said = File.Exists(log) ? File.ReadAllText(log) : program.Output;
            server.Dispose();
            throw new LabException($"{flavour} did not start: {said}");
        }
        return server;
    }

    private static int Readies(string log) => File.Exists(log) ? File.ReadAllText(log).Split("ready for connections").Length - 1 : 0;

    /// <summary>What a person would paste of its state: the time, settings and counters; null when it does not answer.</summary>
    public string? Describe(Network network, string host)
    {
        using Program client = Program.Start(network, host, null, ["/usr/bin/mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", port, "-u", "app", "-psecret", "-t", "-e", """
            SELECT NOW();
            SHOW GLOBAL VARIABLES WHERE Variable_name REGEXP 'timeout|max_allowed_packet|max_conn|skip_name|offline_mode|read_only|log_error_verbosity|log_warnings|^version';
            SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime','Com_kill','Aborted_clients','Aborted_connects','Max_used_connections','Threads_connected','Connection_errors_max_connections');
            """]);
        client.WaitForExit(TimeSpan.FromSeconds(10));
        return client.Output.Contains("Uptime", StringComparison.Ordinal) ? client.Output : null;
    }

    /// <summary>Waits until its error log holds the text.</summary>
    public void WaitForLog(string text, TimeSpan deadline)
    {
        if (!Poll.Until(() => File.Exists(Log) && File.ReadAllText(Log).Contains(text, StringComparison.Ordinal), deadline))
            throw new LabException($"'{text}' did not come in the error log");
    }

    /// <summary>Sends a signal by name, e.g. STOP.</summary>
    public void Signal(string name) => program.Signal(name);

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
