using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace GoneAway.Lab.Parts;

/// <summary>A throw-away server on this host's loopback and a Unix socket, without root's network namespaces. Its accounts are the caller's.</summary>
public sealed class LocalServer : IDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(90);

    private readonly ProcessStartInfo start;
    private readonly string folder;
    private Process process;

    private LocalServer(ProcessStartInfo start, string folder, int port)
    {
        this.start = start;
        process = Process.Start(start)!;
        this.folder = folder;
        Port = port;
    }

    public int Port { get; }
    public string Socket => Path.Combine(folder, "s");
    public string Log => Path.Combine(folder, "server.log");
    /// <summary>Data of the server; MySQL keeps its own certificates there.</summary>
    public string Data => Path.Combine(folder, "data");

    /// <summary>Why no such server can be had here; null when it can.</summary>
    public static string? Missing(Flavour flavour)
    {
        if (flavour == Flavour.MySql)
            return Distribution.FindMySql(out string? reason) is null ? reason ?? "MySQL cannot be had" : null;
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin"];
        return folders.Any(static f => File.Exists(Path.Combine(f, "mariadbd"))) ? null : "mariadbd is not installed (package mariadb-server)";
    }

    /// <summary>Starts one, runs the statements, and waits until it takes connections.</summary>
    public static LocalServer Start(Flavour flavour, string statements, params string[] options)
    {
        Distribution distribution = Distribution.Of(flavour);
        string folder = Directory.CreateTempSubdirectory("gal-").FullName, temporary = Directory.CreateDirectory(Path.Combine(folder, "t")).FullName, init = Path.Combine(folder, "init.sql"), data = Path.Combine(folder, "data");
        if (Program.RunHere("cp", "-r", distribution.Template(), data) is { } error)
            throw new LabException("cannot copy the data folder: " + error);
        File.WriteAllText(init, statements);
        int port = FreePort();
        var start = new ProcessStartInfo(distribution.Server[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string option in (string[])[.. distribution.Server.Skip(1), $"--datadir={data}", $"--socket={Path.Combine(folder, "s")}", $"--pid-file={Path.Combine(folder, "pid")}", $"--port={port}",
            // A server that starts removes the temporary tables of others from a folder that they share.
            $"--tmpdir={temporary}", "--bind-address=127.0.0.1", $"--log-error={Path.Combine(folder, "server.log")}", $"--init-file={init}", "--innodb-buffer-pool-size=16M", .. options])
            start.ArgumentList.Add(option);
        var server = new LocalServer(start, folder, port);
        try
        {
            server.AwaitReady();
        }
        catch
        {
            server.Dispose();
            throw;
        }
        return server;
    }

    /// <summary>Ends it as SIGKILL does.</summary>
    public void Crash()
    {
        process.Kill();
        process.WaitForExit(10_000);
    }

    /// <summary>Starts it again after a crash, on the same port with the same data.</summary>
    public void StartAgain()
    {
        process.Dispose();
        File.Delete(Log);
        process = Process.Start(start)!;
        AwaitReady();
    }

    /// <summary>A signal by its name, such as STOP and CONT.</summary>
    public void Signal(string name)
    {
        Program.RunHere("kill", "-" + name, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        // A thread stops when it is next looked at, and may answer something before.
        if (name == "STOP" && !Poll.Until(IsStopped, TimeSpan.FromSeconds(20)))
            throw new LabException($"process {process.Id} does not stop");
    }

    private bool IsStopped()
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process.Id}/task").Select(static thread => File.ReadAllText(Path.Combine(thread, "stat"))).All(static stat => stat[stat.LastIndexOf(')') + 2] is 'T' or 't' or 'Z' or 'X');
        }
        catch (IOException)
        {
            // A thread has ended meanwhile.
            return false;
        }
    }

    private void AwaitReady()
    {
        if (!Poll.Until(() => process.HasExited || Said("ready for connections") && Said($"port: {Port}"), StartTime) || process.HasExited)
            throw new LabException($"{start.FileName} did not start: {(File.Exists(Log) ? File.ReadAllText(Log) : "nothing")}");
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit(10_000);
        }
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private bool Said(string text) => File.Exists(Log) && File.ReadAllText(Log).Contains(text, StringComparison.Ordinal);

    /// <summary>Below the range of source ports: until the server has it, no outgoing connection of this host can take it.</summary>
    private static int FreePort()
    {
        for (int i = 0; i < 100; i++)
        {
            int port = Random.Shared.Next(12_000, 32_000);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
        throw new LabException("no free port below 32000");
    }
}
