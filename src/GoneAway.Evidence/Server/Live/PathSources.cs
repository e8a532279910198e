using System.Net.Sockets;
using System.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Server.Live;

/// <summary>What stands between client and server: the proxy's runtime socket or configuration, the client's configuration, this host's kernel.</summary>
public static class PathSources
{
    private const int LargestAnswer = 16 << 20;

    private static readonly string[] ProxyCommands = ["show info", "show stat", "show servers state"];

    private static readonly string[] KernelSettings =
    [
        "net/ipv4/tcp_keepalive_time", "net/ipv4/tcp_keepalive_intvl", "net/ipv4/tcp_keepalive_probes", "net/ipv4/tcp_retries2",
        "net/netfilter/nf_conntrack_tcp_timeout_established", "net/netfilter/nf_conntrack_max", "net/netfilter/nf_conntrack_count",
    ];

    /// <summary>A file of the user's, read by whatever reader knows it.</summary>
    public static (InputSummary Summary, Findings Findings) ReadFile(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return EvidenceFile.WithAllReaders().Read(path, stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (new InputSummary(path, "unreadable", 0, 0, error is FileNotFoundException or DirectoryNotFoundException ? "no such file" : error is UnauthorizedAccessException ? "no permission to read it" : "cannot be read"), new Findings());
        }
    }

    /// <summary>HAProxy: its runtime socket (a path, or <c>host:port</c>), else its configuration file.</summary>
    public static async Task<IReadOnlyList<(InputSummary Summary, Findings Findings)>> ReadProxyAsync(string target, TimeSpan patience, TimeProvider time, CancellationToken cancel = default)
    {
        var deadline = new Deadline(patience, time, cancel);
        bool byTcp = !File.Exists(target) && Dsn.TryParse(target, out ServerAddress address, out _) && address is { Host: not null, Port: not null };
        if (!byTcp && !await IsSocketAsync(target, deadline))
            return [ReadFile(target)];
        var read = new List<(InputSummary, Findings)>();
        foreach (string command in ProxyCommands)
        {
            string name = $"{target}: {command}";
            try
            {
                byte[] answer = await deadline.RunAsync(LiveStage.Query, token => AskAsync(target, byTcp, command, token));
                read.Add(EvidenceFile.WithAllReaders().Read(name, new MemoryStream(answer, writable: false)));
            }
            catch (LiveException error)
            {
                read.Add((new InputSummary(name, "unreadable", 0, 0, error.Message), new Findings()));
            }
        }
        return read;
    }

    /// <summary>TCP keep-alive and connection tracking of this host.</summary>
    public static IReadOnlyList<Fact> ReadKernel()
    {
        var facts = new List<Fact>();
        foreach (string setting in KernelSettings)
        {
            string path = "/proc/sys/" + setting;
            try
            {
                if (File.Exists(path))
                    facts.Add(new Fact(FactKind.System, setting.Replace('/', '.'), File.ReadAllText(path).Trim(), null, path));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // A container may hide it; it is then not known.
            }
        }
        return facts;
    }

    private static async Task<bool> IsSocketAsync(string path, Deadline deadline)
    {
        if (!File.Exists(path) || Encoding.UTF8.GetByteCount(path) > 107)
            return false;
        try
        {
            await using NetworkStream probe = await deadline.RunAsync(LiveStage.Connect, token => Transport.DialAsync(new ServerAddress { Socket = path }, token));
            return true;
        }
        catch (LiveException)
        {
            return false;
        }
    }

    private static async Task<byte[]> AskAsync(string target, bool byTcp, string command, CancellationToken cancel)
    {
        ServerAddress address = byTcp && Dsn.TryParse(target, out ServerAddress parsed, out _) ? parsed : new ServerAddress { Socket = target };
        await using NetworkStream stream = await Transport.DialAsync(address, cancel);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\n"), cancel);
        using var answer = new MemoryStream();
        byte[] buffer = new byte[16384];
        int read;
        while (answer.Length < LargestAnswer && (read = await stream.ReadAsync(buffer, cancel)) > 0)
            answer.Write(buffer, 0, read);
        return answer.ToArray();
    }
}
