using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.SystemLine;

namespace GoneAway.Evidence.Logs;

/// <summary>What the kernel and its neighbours log of the network: connection tracking, links, listen queues, dropped packets.</summary>
internal sealed class KernelNetworkLog : LineReader
{
    public override string Kind => "kernel log";

    public override IReadOnlyList<string> Triggers { get; } =
    [
        "conntrack: table full", "ossible SYN flooding", "TCP: out of memory", "too many orphaned sockets", "Out of socket memory", "eighbour table overflow",
        "neighbor table overflow", "DPT=", "Link is ", "ink is down", "ink is up", "Link down", "Link up", "NETDEV WATCHDOG", "Reset adapter", "resetting adapter",
        "Resetting adapter", "Hardware Unit Hang", "tx hang", "Tx hang", "TX hang", "link status definitely", "the new active one", "ost carrier",
        "ained carrier", "transmit timed out", "carrier-changed", "Keep alive watchdog", "link state changed to", "interface state DOWN", "interface state UP",
        "Entering BACKUP STATE", "Entering MASTER STATE", "Entering FAULT STATE", "Detected Tx Unit Hang",
    ];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (Has(text, "conntrack: table full"))
            return Add(findings, Of(line, Sign.ConntrackFull) with { Subject = Has(text, "ip_conntrack") ? "ip_conntrack" : "nf_conntrack" });
        if (Has(text, "ossible SYN flooding"))
            return SynFlood(line, findings);
        if (Has(text, "TCP: out of memory") || Has(text, "too many orphaned sockets") || Has(text, "Out of socket memory"))
            return Add(findings, Of(line, Sign.TcpMemoryExhausted) with { State = Has(text, "orphaned") ? "orphans" : "memory" });
        if (Has(text, "bour table overflow") || Has(text, "bor table overflow"))
            return Add(findings, Of(line, Sign.LinkChanged) with { State = "neighbour table full" });
        if (Has(text, "DPT="))
            return Dropped(line, findings);
        return Link(line, findings);
    }

    private static bool Add(Findings findings, Sighting sighting)
    {
        findings.Add(sighting);
        return true;
    }

    /// <summary>"Possible SYN flooding on port 3306. Sending cookies.", since 6.x "on port 0.0.0.0:3306", "on port [::]:3306".</summary>
    private static bool SynFlood(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> place = Word(After(line.Text, "SYN flooding on port "));
        ReadOnlySpan<char> port = place[(place.LastIndexOf(':') + 1)..];
        if (Int(port) is not { } number)
            return false;
        findings.Add(Of(line, Sign.ListenQueueOverflow) with { ServerPort = number, State = Has(line.Text, "Dropping") ? "dropped" : "cookies" });
        return true;
    }

    /// <summary>iptables' and nftables' LOG, ufw, firewalld: SRC=, DST=, PROTO=TCP, SPT=, DPT= and the flags as words.</summary>
    private static bool Dropped(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (!Has(text, "PROTO=TCP") || Int(After(text, "SPT=")) is not { } from || Int(After(text, "DPT=")) is not { } to || Has(text, "ALLOW") || Has(text, "ACCEPT"))
            return false;
        // Behind "MySQL's port" stands the server; a dropped answer has it as its source.
        bool toServer = Address.IsMySqlPort(to);
        if (!toServer && !Address.IsMySqlPort(from))
            return false;
        string? source = Name(Word(After(text, "SRC="))), target = Name(Word(After(text, "DST=")));
        ReadOnlySpan<char> flags = Between(After(text, "DPT="), "RES=", "URGP");
        findings.Add(Of(line, Sign.PacketDropped) with
        {
            ClientHost = toServer ? source : target, ClientPort = toServer ? from : to,
            ServerHost = toServer ? target : source, ServerPort = toServer ? to : from,
            State = Name(flags[(flags.IndexOf(' ') + 1)..]),
        });
        return true;
    }

    private static bool Link(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        (string? name, string? state) = LinkOf(text);
        // Bridges' ports and containers' ends come and go all day.
        if (state is null || name is not null && (name.StartsWith("veth", StringComparison.Ordinal) || name.StartsWith("cali", StringComparison.Ordinal) || name == "lo"))
            return false;
        findings.Add(Of(line, Sign.LinkChanged) with { Subject = name, State = state });
        return true;
    }

    private static (string? Name, string? State) LinkOf(ReadOnlySpan<char> text)
    {
        if (After(text, "NETDEV WATCHDOG: ") is { Length: > 0 } watchdog)
            return (Has(watchdog, "CPU:") ? NameBefore(text, "NETDEV WATCHDOG") : Name(Word(watchdog)), "reset");
        if (After(text, "link status definitely ") is { Length: > 0 } bond)
            return (Name(Between(bond, "interface ", ",")) ?? Name(Between(text, "(slave ", ")")) ?? Name(Word(After(bond, "interface "))), bond.StartsWith("down", StringComparison.Ordinal) ? "down" : "up");
        if (Before(text, " the new active one") is { Length: > 0 } active)
            return (Name(Between(text, "(slave ", ")")) ?? Name(LastWord(active)), "failover");
        // keepalived: (VI_1) Entering MASTER STATE
        if (Between(text, "Entering ", " STATE") is { Length: > 0 and < 10 } vrrp)
            return Has(text, "eepalived") || Has(text, "VRRP") ? (NameOfVrrp(text), "failover " + Name(vrrp)) : (null, null);
        if (Has(text, "carrier-changed"))
            return (Name(Between(text, "device (", ")")), "down");
        foreach ((string words, string state) in Words)
            if (Has(text, words))
                return IsPlausible(text) ? (NameBefore(text, words), state) : (null, null);
        return (null, null);
    }

    private static readonly (string Words, string State)[] Words =
    [
        ("NIC Link is Down", "down"), ("NIC Link is Up", "up"), ("Link is Down", "down"), ("Link is Up", "up"), ("Link is down", "down"), ("Link is up", "up"),
        ("link is down", "down"), ("link is up", "up"), ("link is not ready", "down"), ("Link down", "down"), ("Link up", "up"),
        ("Lost carrier", "down"), ("lost carrier", "down"), ("Gained carrier", "up"), ("gained carrier", "up"),
        ("link state changed to DOWN", "down"), ("link state changed to UP", "up"), ("interface state DOWN", "down"), ("interface state UP", "up"),
        ("Reset adapter", "reset"), ("resetting adapter", "reset"), ("Resetting adapter", "reset"), ("Detected Hardware Unit Hang", "reset"),
        ("Hardware Unit Hang", "reset"), ("Detected Tx Unit Hang", "reset"), ("tx hang", "reset"), ("Tx hang", "reset"), ("TX hang", "reset"),
        ("transmit timed out", "reset"), ("Keep alive watchdog", "reset"),
    ];

    /// <summary>The words are an application's too; a system's log has its sender before them, or the kernel's clock.</summary>
    private static bool IsPlausible(ReadOnlySpan<char> text) =>
        Has(text, "kernel") || text.TrimStart() is ['[', ..] or ['<', ..] || Has(text, "networkd") || Has(text, "NIC ") || Has(text, "NetworkManager") || Has(text, "dhc")
        || Has(text, "link state changed") || Has(text, "0000:");

    /// <summary>The interface named before the words: <c>e1000e 0000:00:19.0 eth0: NIC Link is Down</c>, <c>igb: eth0 NIC Link is Down</c>.</summary>
    private static string? NameBefore(ReadOnlySpan<char> text, string words)
    {
        ReadOnlySpan<char> word = LastWord(Before(text, words).TrimEnd(" :")).TrimEnd(':');
        int bracket = word.LastIndexOf(']');
        word = bracket >= 0 ? word[(bracket + 1)..] : word;
        return word.IsEmpty || word.Length > 32 || word.Contains('=') || word is "kernel" ? null : Name(word);
    }

    private static string? NameOfVrrp(ReadOnlySpan<char> text) => Name(Between(text, "VRRP_Instance(", ")")) ?? Name(Between(text, ": (", ")"));
}
