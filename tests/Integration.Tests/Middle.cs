using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GoneAway.Lab.Parts;

namespace GoneAway.Integration.Tests;

/// <summary>What stands between client and server: the gateway, as it is started by its users. GONEAWAY_TEST_MIDDLE=haproxy puts HAProxy there, to try the clients' scripts themselves.</summary>
internal sealed class Middle : IDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly string folder;

    private Middle(Process process, string folder, int port)
    {
        this.process = process;
        this.folder = folder;
        Port = port;
    }

    /// <summary>Why there is no gateway to start; null when there is.</summary>
    public static string? Missing { get; } = Proxy ? null
        : Command.Run(["dotnet", Tool, "gateway", "--help"], folder: AppContext.BaseDirectory) .Output.Contains("--backend", StringComparison.Ordinal) ? null : "this goneaway has no command 'gateway'";

    private static bool Proxy => Environment.GetEnvironmentVariable("GONEAWAY_TEST_MIDDLE") == "haproxy";
    private static string Tool => Path.Combine(AppContext.BaseDirectory, "goneaway.dll");

    public int Port { get; }
    public string Log => Path.Combine(folder, "log");

    public static Middle Start(int backend)
    {
        string folder = Directory.CreateTempSubdirectory("gam-").FullName;
        int port = FreePort();
        string log = Path.Combine(folder, "log");
        string command = Proxy ? $"exec haproxy -db -f '{folder}/haproxy.cfg'" : $"exec dotnet '{Tool}' gateway --backend 127.0.0.1:{backend} --listen 127.0.0.1:{port}";
        File.WriteAllText(Path.Combine(folder, "haproxy.cfg"), $"defaults\n mode tcp\n timeout connect 5s\n timeout client 5m\n timeout server 5m\nlisten a\n bind 127.0.0.1:{port}\n server s 127.0.0.1:{backend}\n");
        Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{command} >'{log}' 2>&1"]))!;
        var middle = new Middle(process, folder, port);
        if (!Poll.Until(() => process.HasExited || Answers(port), StartTime) || process.HasExited)
        {
            string said = File.ReadAllText(log);
            middle.Dispose();
            throw new LabException($"the gateway did not start: {said}");
        }
        return middle;
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

    private static bool Answers(int port)
    {
        using var probe = new TcpClient();
        try
        {
            probe.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
