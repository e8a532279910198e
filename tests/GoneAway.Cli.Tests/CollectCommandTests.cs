using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GoneAway.Cli.Tests;

#pragma warning disable CA1416 // Runs on Linux.
/// <summary><c>goneaway collect</c> as a user types it, and what <c>explain</c> makes of it.</summary>
public sealed class CollectCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("goneaway-collect-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        int status = Program.Run(arguments, new Terminal { Input = Stream.Null, Output = output, Error = error });
        return (status, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private string At(string name) => Path.Combine(folder, name);

    private string Written(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }

    private string Log() => Written("db1.err", "2026-11-21  8:00:00 12 [Warning] Aborted connection 12 to db: 'shop' user: 'app' host: '10.0.0.5' (Got timeout reading communication packets)\n2026-11-21  8:00:01 13 [Note] CHANGE MASTER TO MASTER_PASSWORD='hunter2'\n");

    private string Settings() => Written("settings.py", "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'PASSWORD': 'hunter2', 'CONN_MAX_AGE': 600}}\n");

    private string Proxy() => Written("haproxy.cfg", "defaults\n  mode tcp\n  timeout client 50s\n  timeout server 50s\nlisten mysql\n  bind *:3306\n  stats auth admin:hunter2\n  server db1 10.0.0.9:3306 check\n");

    [Fact]
    public void All_that_was_named_is_in_the_folder_without_its_secrets_and_can_be_explained()
    {
        (int status, string output, _) = Run("collect", "--output", At("out"), "--server-log", Log(), "--client-config", Settings(), "--haproxy", Proxy());
        Assert.Equal(0, status);
        Assert.StartsWith(At("out") + ": ", output);
        foreach (string file in (string[])["logs/db1.err", "client/settings.py", "haproxy/haproxy.cfg", "system/sysctl.txt", "network/sockets.txt", "MANIFEST.txt"])
            Assert.True(File.Exists(At("out/" + file)), file);
        foreach (string path in Directory.EnumerateFiles(At("out"), "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain("hunter2", File.ReadAllText(path));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
        string manifest = File.ReadAllText(At("out/MANIFEST.txt"));
        Assert.Contains("logs/db1.err:2  MASTER_PASSWORD", manifest);
        Assert.Contains("client/settings.py:1  PASSWORD", manifest);
        Assert.Contains("haproxy/haproxy.cfg:7  stats auth", manifest);
        Assert.Contains("\n  /proc/version: Linux version ", manifest);
        Assert.Contains("server state: no server was named (DSN)", manifest);
        Assert.Contains("net.ipv4.tcp_keepalive_time = ", File.ReadAllText(At("out/system/sysctl.txt")));
        Assert.DoesNotContain("fastopen_key", File.ReadAllText(At("out/system/sysctl.txt")));

        (status, output, _) = Run("explain", At("out"), "--format", "json");
        Assert.Equal(0, status);
        using var report = System.Text.Json.JsonDocument.Parse(output);
        Dictionary<string, string?> kinds = report.RootElement.GetProperty("inputs").EnumerateArray().ToDictionary(static i => i.GetProperty("path").GetString()!, static i => i.GetProperty("kind").GetString());
        Assert.Equal("manifest", kinds[At("out/MANIFEST.txt")]);
        Assert.Equal("haproxy.cfg", kinds[At("out/haproxy/haproxy.cfg")]);
        Assert.DoesNotContain("unreadable", kinds.Values);
    }

    [Fact]
    public void An_archive_holds_the_same_in_a_folder_of_its_name()
    {
        Assert.Equal(0, Run("collect", "-o", At("ticket-7.tar.gz"), "--server-log", Log()).Status);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("ticket-7.tar.gz")));
        using var packed = new GZipStream(File.OpenRead(At("ticket-7.tar.gz")), CompressionMode.Decompress);
        using var tar = new TarReader(packed);
        var names = new List<string>();
        while (tar.GetNextEntry() is { } entry)
            names.Add(entry.Name);
        Assert.Contains("ticket-7/MANIFEST.txt", names);
        Assert.Contains("ticket-7/logs/db1.err", names);
        (int status, string output, _) = Run("explain", At("ticket-7.tar.gz"), "--format", "json");
        Assert.Equal(0, status);
        Assert.Contains("ticket-7.tar.gz!ticket-7/logs/db1.err", output);
    }

    [Fact]
    public void A_long_log_is_cut_at_the_beginning_of_a_line()
    {
        string log = Written("long.err", string.Concat(Enumerable.Range(0, 5000).Select(static i => $"line {i:00000}\n")));
        Assert.Equal(0, Run("collect", "-o", At("out"), "--server-log", log, "--log-limit", "0.01").Status);
        string tail = File.ReadAllText(At("out/logs/long.err"));
        Assert.StartsWith("line 0", tail);
        Assert.EndsWith("line 04999\n", tail);
        Assert.InRange(tail.Length, 10_000, 10_486);
        Assert.Contains("of 55000 bytes", File.ReadAllText(At("out/MANIFEST.txt")));
    }

    [Fact]
    public void What_was_named_and_is_not_there_is_told_and_the_rest_is_written()
    {
        (int status, string output, _) = Run("collect", "-o", At("out"), "--server-log", At("none.err"), "--haproxy", At("none.cfg"));
        Assert.Equal(3, status);
        Assert.Contains($"not collected: {At("none.err")}: no such file", output);
        Assert.Contains($"not collected: {At("none.cfg")}: no such file or socket", output);
        Assert.True(File.Exists(At("out/MANIFEST.txt")));
    }

    [Fact]
    public void A_server_that_cannot_be_asked_is_told_and_the_rest_is_written()
    {
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        (int status, string output, _) = Run("collect", $"app@127.0.0.1:{((IPEndPoint)held.LocalEndPoint!).Port}", "-o", At("out"));
        Assert.Equal(3, status);
        Assert.Contains("nobody listens", output);
        Assert.True(File.Exists(At("out/system/sysctl.txt")));
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        string file = Written("there.tar.gz", "mine");
        (int status, _, string error) = Run("collect", "-o", file);
        Assert.Equal(2, status);
        Assert.Contains("exists already", error);
        Assert.Equal(2, Run("collect", "-o", folder).Status);
        Assert.Equal("mine", File.ReadAllText(file));
    }

    [Theory]
    [InlineData("app:hunter2@db1")]
    [InlineData("--log-limit", "-1")]
    [InlineData("--watch", "x")]
    public void Wrong_usage_is_status_2_and_repeats_no_password(params string[] arguments)
    {
        (int status, string output, string error) = Run(["collect", "-o", At("out"), .. arguments]);
        Assert.Equal(2, status);
        Assert.DoesNotContain("hunter2", output + error);
        Assert.False(Directory.Exists(At("out")));
    }

    [Fact]
    public async Task A_HAProxy_socket_is_asked()
    {
        string path = At("admin.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task serving = Task.Run(() =>
        {
            for (int i = 0; i < 3; i++)
            {
                using Socket client = listener.Accept();
                byte[] asked = new byte[100];
                int length = client.Receive(asked);
                client.Send(Encoding.ASCII.GetBytes("answer to " + Encoding.ASCII.GetString(asked, 0, length)));
            }
        });
        string configuration = Written("haproxy.cfg", $"global\n  stats socket {path} mode 660\n");
        Assert.Equal(0, Run("collect", "-o", At("out"), "--haproxy", configuration).Status);
        Assert.Equal("answer to show stat\n", File.ReadAllText(At("out/haproxy/show-stat.csv")));
        await serving.WaitAsync(TimeSpan.FromSeconds(10));
    }
}
