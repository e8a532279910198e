using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using GoneAway.Lab.Parts;

namespace GoneAway.Integration.Tests;

/// <summary>A gateway that may open few files, and more clients than that.</summary>
public sealed class DescriptorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void Those_too_many_are_told_so_and_the_others_are_served()
    {
        const int Files = 240, Clients = 300;
        string tool = Path.Combine(AppContext.BaseDirectory, "goneaway.dll"), path = Path.Combine(Path.GetTempPath(), $"goneaway-files-{Environment.ProcessId}.sock");
        using LocalServer server = LocalServer.Start(Flavour.MariaDb, "CREATE USER app@'%' IDENTIFIED BY 'secret';\n");
        var start = new ProcessStartInfo("prlimit", [$"--nofile={Files}:{Files}", "dotnet", tool, "gateway", "--backend", $"127.0.0.1:{server.Port}", "--listen", "unix:" + path]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        var open = new List<Socket>();
        try
        {
            var log = new StringBuilder();
            process.ErrorDataReceived += (_, line) => { lock (log) log.AppendLine(line.Data); };
            process.BeginErrorReadLine();
            string Log() { lock (log) return log.ToString(); }
            Assert.True(Poll.Until(() => Log().Contains("backend-up", StringComparison.Ordinal), Patience), Log());
            int refused = 0;
            for (int i = 0; i < Clients; i++)
            {
                var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
                open.Add(client);
                client.Connect(new UnixDomainSocketEndPoint(path));
                byte[] said = new byte[512];
                int count = client.Receive(said);
                refused += Encoding.Latin1.GetString(said, 0, count).Contains($"the gateway may have {Files} open files", StringComparison.Ordinal) ? 1 : 0;
            }
            Assert.InRange(refused, 1, Clients - 20);
            open.ForEach(static one => one.Dispose());
            Assert.True(Poll.Until(() => Asks(path) == "42\n", Patience), Log());
            Assert.False(process.HasExited);
        }
        finally
        {
            open.ForEach(static one => one.Dispose());
            process.Kill(entireProcessTree: true);
            File.Delete(path);
        }
    }

    private static string Asks(string path)
    {
        using var asks = Process.Start(new ProcessStartInfo("mariadb", ["--no-defaults", "--socket=" + path, "--user=app", "--password=secret", "-N", "-e", "SELECT 40 + 2"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return asks.StandardOutput.ReadToEnd();
    }
}
