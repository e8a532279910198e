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

    private readonly Dictionary<string, string> options = new(StringComparer.Ordinal);
    private readonly HashSet<string> refused = new(StringComparer.Ordinal);

    public HaProxyServer(HaProxySection section, HaProxySetting line)
    {
        Name = line.Words[0];
        Address = line.Words.Count > 1 ? line.Words[1] : "";
        Source = line.Source;
        if (GoneAway.Evidence.Logs.Address.TrySplitName(Plain(Address), out string host, out int port))
            (Host, Port) = (host, port);
        // What the line itself says comes first and holds; a default is what is left.
        Take(line.Words, 2);
        for (HaProxySection? at = section; at is not null; at = at.Parent)
            for (int i = at.DefaultServers.Count - 1; i >= 0; i--)
                Take(at.DefaultServers[i].Words, 0);
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

    public bool Has(string option) => options.ContainsKey(option);

    public string? Value(string option) => options.TryGetValue(option, out string? value) && value.Length > 0 ? value : null;

    public override string ToString() => string.Join(' ', [Address, .. options.Select(static one => one.Value.Length == 0 ? one.Key : $"{one.Key} {one.Value}")]);

    private void Take(IReadOnlyList<string> words, int from)
    {
        for (int i = from; i < words.Count; i++)
        {
            string word = words[i];
            bool valued = WithValue.Contains(word) && i + 1 < words.Count;
            string value = valued ? words[++i] : "";
            if (word.StartsWith("no-", StringComparison.Ordinal))
                refused.Add(word[3..]);
            else if (!refused.Contains(word))
                options.TryAdd(word, value);
        }
    }

    /// <summary>Address without its family: ipv4@10.0.0.1:3306.</summary>
    private static string Plain(string address) => address.StartsWith("ipv", StringComparison.Ordinal) && address.IndexOf('@') is var at and > 0 ? address[(at + 1)..] : address;
}
