namespace GoneAway.Lab.Parts;

/// <summary>
/// Network namespaces of one run, so that every server can have port 3306 and every rule is private.
/// Up to three hosts: <c>client</c> (10.77.0.2) and <c>server</c> (10.77.1.2) with a router between them, or one host with its loopback.
/// </summary>
public sealed class Network : IDisposable
{
    private static int counter;
    private readonly List<string> names = [];
    private readonly string prefix = $"ga{Environment.ProcessId}x{Interlocked.Increment(ref counter)}";

    private Network() { }

    public const string ClientAddress = "10.77.0.2";
    public const string ServerAddress = "10.77.1.2";

    /// <summary>One host.</summary>
    public static Network Single()
    {
        var network = new Network();
        network.Add("host");
        return network;
    }

    /// <summary>Client, router, server.</summary>
    public static Network Routed()
    {
        var network = new Network();
        foreach (string host in (ReadOnlySpan<string>)["client", "router", "server"])
            network.Add(host);
        network.Link("client", ClientAddress, "10.77.0.1", 0);
        network.Link("server", ServerAddress, "10.77.1.1", 1);
        network.Run("router", "sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
        return network;
    }

    /// <summary>The namespace of a host, for <c>ip netns exec</c>.</summary>
    public string NameOf(string host) => prefix + host[0];

    /// <summary>The network device of a host, in a routed network.</summary>
    public string DeviceOf(string host) => $"{prefix}a{(host == "server" ? 1 : 0)}";

    /// <summary>Runs a command on a host and waits for it; throws with its output when it fails.</summary>
    public void Run(string host, params string[] command)
    {
        using var program = Program.Start(this, host, null, command);
        if (program.WaitForExit(TimeSpan.FromSeconds(20)) != 0)
            throw new LabException($"{string.Join(' ', command)}: {program.Output}");
    }

    /// <summary>A rule of nftables for what the router passes on, e.g. <c>tcp dport 3306 drop</c>.</summary>
    public void OnRouter(string rule)
    {
        Run("router", "nft", "add", "table", "inet", "lab");
        Run("router", "nft", "add", "chain", "inet", "lab", "forward", "{ type filter hook forward priority 0; }");
        Run("router", ["nft", "add", "rule", "inet", "lab", "forward", .. rule.Split(' ')]);
    }

    /// <summary>Takes all rules of <see cref="OnRouter"/> away.</summary>
    public void ClearRouter() => Run("router", "nft", "delete", "table", "inet", "lab");

    /// <summary>True when somebody listens on a TCP port of the host on which the program runs.</summary>
    public static bool Listens(Program program, int port)
    {
        try
        {
            // proc_net_tcp(5): local address and port in hexadecimal, and the state, 0A for LISTEN.
            string place = $":{port:X4}";
            return File.ReadLines($"/proc/{program.Id}/net/tcp").Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, "0A", ..] && local.EndsWith(place, StringComparison.Ordinal));
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Gives a host a file of its own in /etc, or a folder there, which hides the machine's; before its programs start.</summary>
    public void WriteEtc(string host, string file, string content)
    {
        string path = Path.Combine(EtcOf(NameOf(host)), file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public void Dispose()
    {
        foreach (string name in names)
        {
            Program.RunHere("ip", "netns", "del", name);
            if (Directory.Exists(EtcOf(name)))
                Directory.Delete(EtcOf(name), recursive: true);
        }
    }

    /// <summary>What <c>ip netns exec</c> lays over /etc.</summary>
    private static string EtcOf(string name) => "/etc/netns/" + name;

    private void Add(string host)
    {
        string name = NameOf(host);
        if (Program.RunHere("ip", "netns", "add", name) is { } error)
            throw new LabException("cannot make a network namespace (the lab needs root): " + error);
        names.Add(name);
        Run(host, "ip", "link", "set", "lo", "up");
    }

    private void Link(string host, string address, string gateway, int index)
    {
        string near = $"{prefix}a{index}", far = $"{prefix}b{index}";
        Program.RunHere("ip", "link", "add", near, "netns", NameOf(host), "type", "veth", "peer", "name", far, "netns", NameOf("router"));
        Run(host, "ip", "addr", "add", address + "/24", "dev", near);
        Run(host, "ip", "link", "set", near, "up");
        Run("router", "ip", "addr", "add", gateway + "/24", "dev", far);
        Run("router", "ip", "link", "set", far, "up");
        Run(host, "ip", "route", "add", "default", "via", gateway);
    }
}
