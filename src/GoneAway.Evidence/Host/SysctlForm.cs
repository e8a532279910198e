using System.Buffers;

namespace GoneAway.Evidence.Host;

/// <summary>
/// <c>net.ipv4.tcp_keepalive_time = 7200</c> as <c>sysctl</c> and its configuration files have it, <c>/proc/sys/net/ipv4/...:7200</c> as <c>grep</c> shows it,
/// bare values under <c>cat /proc/sys/...</c>; the BSDs' <c>net.inet.tcp.keepidle: 7200000</c>; IPVS time-outs.
/// </summary>
internal sealed class SysctlForm : IHostForm
{
    private static readonly string[] Roots = ["net", "kernel", "vm", "fs", "user", "dev", "abi", "debug", "sunrpc", "crypto", "kern", "hw", "machdep", "security", "vfs", "compat", "p1003_1b", "ddb", "fscache", "cam"];

    private static readonly string[] Kept =
    [
        "net.ipv4.tcp_", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_nonlocal_bind", "net.ipv4.vs.", "net.netfilter.nf_conntrack_", "net.ipv4.netfilter.ip_conntrack_", "net.nf_conntrack_max",
        "net.core.somaxconn", "net.core.netdev_max_backlog", "net.inet.tcp.", "net.inet.ip.portrange.", "kern.ipc.soacceptqueue", "kern.ipc.somaxconn", "kern.maxfiles", "kern.somaxconn",
        "fs.file-max", "fs.file-nr", "fs.nr_open", "vm.overcommit_", "vm.swappiness", "vm.max_map_count", "kernel.pid_max", "kernel.threads-max",
    ];

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789 \t-");

    private string? file;
    private int bare;
    private string bareCommand = "";

    public bool TryLine(HostLine line, HostFacts facts)
    {
        if (TryIpvs(line, facts))
            return true;
        string text = line.Text.Trim();
        if (text.StartsWith('-') && text.Length > 1 && char.IsAsciiLetter(text[1]))
            // In configuration files: errors of this one are ignored.
            text = text[1..];
        if (text.StartsWith("sysctl: ", StringComparison.Ordinal) || text.StartsWith("* Applying ", StringComparison.Ordinal))
            return true;
        if (file is not null && text[0] is '#' or ';')
            return true;
        int sign = text.IndexOfAny(['=', ':']);
        if (sign < 0)
            return TryBare(line, text, facts);
        string name = Name(text.AsSpan(0, sign));
        if (name.Length == 0)
            return false;
        file = name;
        Keep(line, name, text[(sign + 1)..], facts);
        return true;
    }

    /// <summary>A value alone: the command, or <c>tail</c>'s heading, names the file; several values follow in its order.</summary>
    private bool TryBare(HostLine line, string text, HostFacts facts)
    {
        if (text.Length > 40 || !char.IsAsciiDigit(text[0]) || text.AsSpan().ContainsAnyExcept(Digits))
            return false;
        if (!ReferenceEquals(bareCommand, line.Command))
            (bareCommand, bare) = (line.Command, 0);
        int index = 0;
        foreach (string word in line.Command.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = Name(word);
            if (name.Length == 0 || index++ != bare)
                continue;
            bare++;
            Keep(line, name, text, facts);
            return true;
        }
        return false;
    }

    private static void Keep(HostLine line, string name, string value, HostFacts facts)
    {
        // Old kernels' names for what the newer ones have.
        name = name.Replace("net.ipv4.netfilter.ip_conntrack_", "net.netfilter.nf_conntrack_", StringComparison.Ordinal);
        if (name == "net.nf_conntrack_max")
            name = "net.netfilter.nf_conntrack_max";
        if (Array.Exists(Kept, start => name.StartsWith(start, StringComparison.Ordinal)))
            facts.Add(line, name, string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    /// <summary>In points; empty when the text is none of sysctl's names.</summary>
    private static string Name(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.StartsWith("/proc/sys/", StringComparison.Ordinal))
            text = text[10..];
        if (text.Length is < 4 or > 200)
            return "";
        int end = text.IndexOfAny('.', '/');
        if (end < 1 || end == text.Length - 1 || Array.IndexOf(Roots, text[..end].ToString()) < 0)
            return "";
        foreach (char c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '/' or '_' or '-' or '%' or '@' or ':'))
                return "";
        return text[end] == '/' ? text.ToString().Replace('/', '.') : text.ToString();
    }

    /// <summary>ipvsadm -l --timeout: "Timeout (tcp tcpfin udp): 900 120 300".</summary>
    private static bool TryIpvs(HostLine line, HostFacts facts)
    {
        if (line.Words is not ["Timeout", "(tcp", "tcpfin", "udp):", var tcp, ..])
            return false;
        facts.Add(line, "ipvs.timeout_tcp", tcp);
        return true;
    }
}
