namespace GoneAway.Evidence.Config;

/// <summary>A server line of haproxy.cfg, what default-server says included.</summary>
internal sealed class HaProxyServer
{
    private static readonly HashSet<string> WithValue = new(StringComparer.Ordinal)
    {
        "addr", "port", "inter", "fastinter", "downinter", "rise", "fall", "weight", "maxconn", "minconn", "maxqueue", "slowstart", "id", "cookie", "observe", "error-limit", "on-error", "on-marked-down", "on-marked-up",
        "source", "track", "sni", "verify", "verifyhost", "ca-file", "crt", "crl-file", "alpn", "check-alpn", "check-sni", "ciphers", "ciphersuites", "resolvers", "resolve-opts", "resolve-prefer", "init-addr", "redir",
        "agent-port", "agent-addr", "agent-inter", "agent-send", "pool-max-conn", "pool-purge-delay", "pool-low-conn", "max-reuse", "proto", "check-proto", "ssl-min-ver", "ssl-max-ver", "namespace", "tcp-ut", "set-proxy-v2-tlv-fmt",
        "proxy-v2-options", "socks4", "log-proto", "log-bufsize", "error-count", "hash-key", "ws", "shard", "guid", "interface", "usesrc",
    };

    private readonly List<(string Name, string Value)> options;

    public HaProxyServer(HaProxySection section, HaProxySetting line)
    {
        Name = line.Words[0];
        Address = line.Words.Count > 1 ? line.Words[1] : "";
        Source = line.Source;
        if (GoneAway.Evidence.Logs.Address.TrySplitName(Plain(Address), out string host, out int port))
            (Host, Port) = (host, port);
        options = Of(line.Words, 2, Defaults(section, line.DefaultServers));
    }

    public string Name { get; }
    public string Address { get; }
    public string Source { get; }
    public string? Host { get; }
    /// <summary>Null when the client's own port is used, or it is a Unix socket.</summary>
    public int? Port { get; }
    /// <summary>The option by which a PROXY header is sent; null when none is.</summary>
    public string? SendProxy => Has("send-proxy") ? "send-proxy" : Has("send-proxy-v2") || Has("send-proxy-v2-ssl") || Has("send-proxy-v2-ssl-cn") ? "send-proxy-v2" : null;
    public bool IsMySql => Port is { } port && GoneAway.Evidence.Logs.Address.IsMySqlPort(port);
    public bool IsBackup => Has("backup");
    /// <summary>Checked by a plain connect: to the port of the service itself, with no agent to ask.</summary>
    public bool ChecksServicePort => Has("check") && (Value("port") is null || Value("port") == Port?.ToString(System.Globalization.CultureInfo.InvariantCulture)) && Value("addr") is null;

    public bool Has(string option) => options.Exists(one => one.Name == option);

    public string? Value(string option) => options.Find(one => one.Name == option).Value is { Length: > 0 } value ? value : null;

    /// <summary>The address, the options of the line itself, then what it has from default-server.</summary>
    public override string ToString() => string.Join(' ', [Address, .. options.Select(static one => one.Value.Length == 0 ? one.Name : $"{one.Name} {one.Value}")]);

    /// <summary>What the default-server lines above give: those of the outermost defaults first, each next one over them.</summary>
    private static List<(string Name, string Value)> Defaults(HaProxySection section, int above)
    {
        List<(string Name, string Value)> given = section.Parent is { } parent ? Defaults(parent, parent.DefaultServers.Count) : [];
        foreach (HaProxySetting line in section.DefaultServers.Take(above))
            given = Of(line.Words, 0, given);
        return given;
    }

    /// <summary>Reads from left to right over what holds already: a later word of the same option wins, "no-" takes one away.</summary>
    private static List<(string Name, string Value)> Of(IReadOnlyList<string> words, int from, List<(string Name, string Value)> below)
    {
        var own = new List<(string Name, string Value)>();
        var replaced = new HashSet<string>(StringComparer.Ordinal);
        for (int i = from; i < words.Count; i++)
        {
            string name = words[i];
            string value = WithValue.Contains(name) && i + 1 < words.Count ? words[++i] : "";
            bool taken = name.StartsWith("no-", StringComparison.Ordinal);
            if (taken)
                name = name[3..];
            replaced.Add(name);
            int at = own.FindIndex(one => one.Name == name);
            if (taken && at >= 0)
                own.RemoveAt(at);
            else if (at >= 0)
                own[at] = (name, value);
            else if (!taken)
                own.Add((name, value));
        }
        own.AddRange(below.Where(one => !replaced.Contains(one.Name)));
        return own;
    }

    /// <summary>Address without its family: ipv4@10.0.0.1:3306.</summary>
    private static string Plain(string address) => address.StartsWith("ipv", StringComparison.Ordinal) && address.IndexOf('@') is var at and > 0 ? address[(at + 1)..] : address;
}
