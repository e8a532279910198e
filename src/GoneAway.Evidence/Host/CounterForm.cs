using System.Globalization;

namespace GoneAway.Evidence.Host;

/// <summary>The kernel's counters: <c>nstat</c>, <c>netstat -s</c> in words, <c>/proc/net/netstat</c> and <c>snmp</c>, <c>ss -s</c>, <c>/proc/net/sockstat</c>. Facts have nstat's names.</summary>
internal sealed class CounterForm : IHostForm
{
    private static readonly string[] Groups = ["Ip", "Ip6", "Icmp", "Icmp6", "IcmpMsg", "Tcp", "Udp", "Udp6", "UdpLite", "UdpLite6", "TcpExt", "IpExt", "MPTcpExt", "Sctp"];

    private static readonly string[] Kept =
    [
        "TcpExtListenOverflows", "TcpExtListenDrops", "TcpExtTCPTimeouts", "TcpRetransSegs", "TcpOutSegs", "TcpAttemptFails", "TcpEstabResets", "TcpOutRsts", "TcpActiveOpens", "TcpPassiveOpens", "TcpCurrEstab",
        "TcpExtTCPAbortOnTimeout", "TcpExtTCPAbortOnMemory", "TcpExtTCPAbortOnData", "TcpExtTCPAbortOnClose", "TcpExtTCPAbortOnLinger", "TcpExtTCPReqQFullDrop", "TcpExtTCPReqQFullDoCookies", "TcpExtSyncookiesSent",
        "TcpExtTCPTimeWaitOverflow", "TcpExtPAWSPassive", "TcpExtPAWSActive", "TcpExtPAWSEstab", "TcpExtTCPKeepAlive", "TcpExtOutOfWindowIcmps", "TcpExtTCPMemoryPressures", "TcpExtTCPBacklogDrop", "TcpExtTCPSynRetrans",
    ];

    /// <summary>net-tools' words. Counters at 0 are not printed.</summary>
    private static readonly (string Words, string Name)[] Told =
    [
        ("times the listen queue of a socket overflowed", "TcpExtListenOverflows"), ("SYNs to LISTEN sockets dropped", "TcpExtListenDrops"), ("SYNs to LISTEN sockets ignored", "TcpExtListenDrops"),
        ("connections aborted due to timeout", "TcpExtTCPAbortOnTimeout"), ("connections aborted due to memory pressure", "TcpExtTCPAbortOnMemory"), ("connections reset due to unexpected data", "TcpExtTCPAbortOnData"),
        ("connections reset due to early user close", "TcpExtTCPAbortOnClose"), ("segments retransmitted", "TcpRetransSegs"), ("segments retransmited", "TcpRetransSegs"), ("segments send out", "TcpOutSegs"), ("segments sent out", "TcpOutSegs"),
        ("failed connection attempts", "TcpAttemptFails"), ("connection resets received", "TcpEstabResets"), ("resets sent", "TcpOutRsts"), ("active connection openings", "TcpActiveOpens"), ("active connections openings", "TcpActiveOpens"),
        ("passive connection openings", "TcpPassiveOpens"), ("connections established", "TcpCurrEstab"), ("SYN cookies sent", "TcpExtSyncookiesSent"), ("time wait bucket table overflow", "TcpExtTCPTimeWaitOverflow"),
        ("packets rejects in established connections because of timestamp", "TcpExtPAWSEstab"), ("packets rejected in established connections because of timestamp", "TcpExtPAWSEstab"), ("passive connections rejected because of time stamp", "TcpExtPAWSPassive"),
        // The BSDs and macOS.
        ("listen queue overflow", "TcpExtListenOverflows"), ("connections dropped by rexmit timeout", "TcpExtTCPAbortOnTimeout"), ("connections dropped by keepalive", "TcpKeepAliveDrops"),
    ];

    private string? group;
    private bool summary;
    private string[] heads = [];

    public bool TryLine(HostLine line, HostFacts facts)
    {
        string[] words = line.Words;
        if (line.Text.StartsWith("#kernel", StringComparison.Ordinal) || line.Text.StartsWith("#sysctl", StringComparison.Ordinal))
            return true;
        return TryTable(words, line, facts) || TryHead(line) || TryNstat(words, line, facts) || TrySockets(words, line, facts) || group is not null && TryWords(line, facts);
    }

    /// <summary>"TcpExt:" alone, as net-tools writes; the BSDs have "tcp:".</summary>
    private bool TryHead(HostLine line)
    {
        if (line.Words.Length != 1 || line.Words[0][^1] != ':')
            return false;
        string name = line.Words[0][..^1];
        if (Array.IndexOf(Groups, name) < 0 && name is not ("tcp" or "udp" or "ip" or "icmp" or "ip6" or "icmp6" or "igmp" or "arp" or "mptcp" or "ipsec" or "ah" or "esp" or "pfkey" or "sctp" or "carp" or "pfsync"))
            return false;
        group = name;
        return true;
    }

    /// <summary>TcpExtListenOverflows           0                  0.0</summary>
    private static bool TryNstat(string[] words, HostLine line, HostFacts facts)
    {
        if (words.Length is < 2 or > 3 || !long.TryParse(words[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) || words.Length == 3 && !words[2].Contains('.', StringComparison.Ordinal)
            || !char.IsAsciiLetterUpper(words[0][0]) || !Array.Exists(Groups, g => words[0].StartsWith(g, StringComparison.Ordinal) && words[0].Length > g.Length))
            return false;
        Keep(line, words[0], words[1], facts);
        return true;
    }

    /// <summary>/proc/net/netstat and snmp: a line of names, a line of numbers.</summary>
    private bool TryTable(string[] words, HostLine line, HostFacts facts)
    {
        if (words.Length < 3 || words[0][^1] != ':' || Array.IndexOf(Groups, words[0][..^1]) < 0)
            return false;
        if (!long.TryParse(words[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
        {
            heads = words;
            return char.IsAsciiLetterUpper(words[1][0]);
        }
        if (heads.Length == 0 || heads[0] != words[0])
            return false;
        for (int i = 1; i < Math.Min(heads.Length, words.Length); i++)
            Keep(line, words[0][..^1] + heads[i], words[i], facts);
        return true;
    }

    /// <summary>Every indented line below a group's name is one of its counters, known here or not.</summary>
    private static bool TryWords(HostLine line, HostFacts facts)
    {
        if (!char.IsWhiteSpace(line.Text[0]))
            return false;
        string? number = Array.Find(line.Words, static w => long.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        foreach ((string words, string name) in Told)
            if (number is not null && line.Text.Contains(words, StringComparison.Ordinal))
            {
                facts.Add(line, name, number);
                return true;
            }
        // TCPTimeouts: 7
        if (line.Words is [[.., ':'] key, var value] && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            Keep(line, "TcpExt" + key[..^1], value, facts);
        return true;
    }

    /// <summary>ss -s: "TCP:   17 (estab 6, closed 9, orphaned 5, timewait 4)"; sockstat: "TCP: inuse 27 orphan 0 tw 12 alloc 30 mem 3".</summary>
    private bool TrySockets(string[] words, HostLine line, HostFacts facts)
    {
        if (words is ["Total:", ..] || words is ["sockets:", "used", ..])
            return summary = true;
        if (words is ["Transport", "Total", "IP", ..])
            return summary = true;
        if (summary && words.Length >= 4 && words[0] is "*" or "RAW" or "UDP" or "TCP" or "INET" or "FRAG")
            return true;
        if (words[0] is "TCP:" && words.Length > 3)
        {
            summary = true;
            for (int i = 1; i + 1 < words.Length; i++)
                if (words[i].Trim('(', ',', ':') is "timewait" or "tw")
                    facts.Add(line, "sockets.timewait", words[i + 1].Trim(',', ')').Split('/')[0]);
                else if (words[i].Trim('(', ',', ':') is "orphaned" or "orphan")
                    facts.Add(line, "sockets.orphaned", words[i + 1].Trim(',', ')'));
            return true;
        }
        return words[0] is "TCP6:" or "UDP:" or "UDP6:" or "UDPLITE:" or "UDPLITE6:" or "RAW:" or "RAW6:" or "FRAG:" or "FRAG6:" && words.Contains("inuse");
    }

    private static void Keep(HostLine line, string name, string value, HostFacts facts)
    {
        if (Array.IndexOf(Kept, name) >= 0)
            facts.Add(line, name, value);
    }
}
