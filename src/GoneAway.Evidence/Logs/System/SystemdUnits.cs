using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Logs;

/// <summary>Names of units in systemd's messages, and which of them matter to a connection.</summary>
internal static class SystemdUnits
{
    private static readonly string[] Kinds = [".service", ".scope", ".slice"];

    private static readonly string[] Relevant =
    [
        "mysql", "mariadb", "percona", "galera", "haproxy", "proxysql", "maxscale", "keepalived", "docker", "containerd", "kubelet", "podman", "cloud-sql", "cloud_sql",
        "stunnel", "ssh-tunnel", "autossh", "openvpn", "wireguard", "wg-quick", "pacemaker", "corosync", "patroni", "orchestrator", "innodb",
    ];

    /// <summary>The unit that a message is about (<c>mysqld.service: Main process exited</c>, <c>Unit mysqld.service entered</c>) and what is said of it.</summary>
    public static bool TryUnit(ReadOnlySpan<char> text, out string unit, out string rest)
    {
        foreach (string kind in Kinds)
        {
            int at = text.IndexOf(kind, StringComparison.Ordinal);
            if (at < 1)
                continue;
            int start = text[..at].LastIndexOfAny(" \t'\"(") + 1;
            ReadOnlySpan<char> after = text[(at + kind.Length)..];
            if (start == at || at - start > 200 || after.Length > 0 && after[0] is not (':' or ' ' or '\''))
                continue;
            unit = Shown.Of(text[start..(at + kind.Length)]);
            rest = after.TrimStart(": ").ToString();
            return true;
        }
        (unit, rest) = ("", "");
        return false;
    }

    /// <summary>The database, what stands in front of it, or what runs it: not each of a host's hundred units.</summary>
    public static bool IsRelevant(ReadOnlySpan<char> name)
    {
        foreach (string word in Relevant)
            if (name.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
