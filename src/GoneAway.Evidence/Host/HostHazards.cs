using System.Globalization;
using GoneAway.Model;

namespace GoneAway.Evidence.Host;

/// <summary>What a host's settings and counters say of dangers to come.</summary>
internal sealed class HostHazards(HostFacts facts)
{
    private const double KeepAliveDefault = 7200;
    private const int ManyWaiting = 25_000;

    public void Judge()
    {
        Conntrack();
        Ipvs();
        Ports();
        Recycling();
        Unit();
        Files();
    }

    private void Conntrack()
    {
        Fact? count = facts.Last("net.netfilter.nf_conntrack_count"), most = facts.Last("net.netfilter.nf_conntrack_max");
        if (count?.Number is { } used && most?.Number is > 0 and var max && used >= max * 0.8)
            Add("nat-idle-timeout", count, $"the connection tracking table holds {count.Value} of {most.Value} entries: once it is full, packets of new and of idle connections are dropped", "Raise net.netfilter.nf_conntrack_max (and the hash size), or exempt the database's traffic from tracking.");
        Fact? established = facts.Last("net.netfilter.nf_conntrack_tcp_timeout_established");
        double keepAlive = facts.Number("net.ipv4.tcp_keepalive_time") ?? KeepAliveDefault;
        if (established?.Number is > 0 and var forget && forget <= keepAlive)
            Add("nat-idle-timeout", established, $"connection tracking forgets a connection after {Seconds(forget)} of silence, and keep-alives come after {Seconds(keepAlive)} only: where this host filters or translates addresses, idle connections die unseen",
                $"net.netfilter.nf_conntrack_tcp_timeout_established above wait_timeout, or net.ipv4.tcp_keepalive_time well below {forget.ToString(CultureInfo.InvariantCulture)} s (the socket must ask for keep-alive).");
    }

    private void Ipvs()
    {
        Fact? timeout = facts.Last("ipvs.timeout_tcp");
        double keepAlive = facts.Number("net.ipv4.tcp_keepalive_time") ?? KeepAliveDefault;
        if (timeout?.Number is > 0 and var forget && forget <= keepAlive)
            Add("nat-idle-timeout", timeout, $"IPVS (Docker Swarm, kube-proxy, keepalived) forgets a connection after {Seconds(forget)} of silence, and keep-alives come after {Seconds(keepAlive)} only",
                $"net.ipv4.tcp_keepalive_time well below {forget.ToString(CultureInfo.InvariantCulture)} s, a pool that drops idle connections sooner, or ipvsadm --set.");
    }

    private void Ports()
    {
        Fact? waiting = facts.Last("sockets.timewait"), range = facts.Last("net.ipv4.ip_local_port_range");
        if (waiting?.Number is >= ManyWaiting)
            Add("source-ports-exhausted", waiting, $"{waiting.Value} closed connections still hold their source ports (TIME-WAIT)", "Keep connections open (a pool) instead of one for each request; net.ipv4.ip_local_port_range = 1024 65535, net.ipv4.tcp_tw_reuse = 1.");
        if (range?.Value.Split(' ') is [var low, var high] && int.TryParse(low, out int first) && int.TryParse(high, out int end) && end - first is >= 0 and < 10_000)
            Add("source-ports-exhausted", range, $"only {end - first + 1} source ports for connections to one address", "net.ipv4.ip_local_port_range = 1024 65535.");
    }

    private void Recycling()
    {
        if (facts.Last("net.ipv4.tcp_tw_recycle") is { Value: "1" } recycle)
            Add("network-loss", recycle, "tcp_tw_recycle drops connects of clients that share an address (NAT, a proxy), now and then and without a word", "net.ipv4.tcp_tw_recycle = 0; newer kernels have it no more.");
    }

    private void Unit()
    {
        foreach (Fact current in facts.Facts.FindAll(static f => f.Name == "TasksCurrent"))
            if (facts.Last("TasksMax", current.Scope) is { } most && current.Number is { } now && most.Number is > 0 and var max && now >= max * 0.9)
                Add("out-of-threads", current, $"{current.Value} of {most.Value} tasks (TasksMax) of {current.Scope ?? "the unit"} are in use: past that no thread for a new connection can be created", "systemctl edit: TasksMax=infinity, or fewer connections.");
        foreach (Fact files in facts.Facts.FindAll(static f => f.Name == "LimitNOFILE"))
            if (files.Number is > 0 and <= 1024 && files.Scope is { } unit && (unit.StartsWith("mysql", StringComparison.Ordinal) || unit.StartsWith("mariadb", StringComparison.Ordinal)))
                Add("too-many-connections", files, $"{unit} may have {files.Value} open files: the server lowers max_connections to fit (some 214 of 1024)", "systemctl edit: LimitNOFILE=65535 and more; then daemon-reload and restart.");
    }

    private void Files()
    {
        // Allocated, free, the limit.
        if (facts.Last("fs.file-nr") is { } files && files.Value.Split(' ') is [var used, _, var most] && double.TryParse(used, out double now) && double.TryParse(most, out double max) && max > 0 && now >= max * 0.9)
            Add("out-of-descriptors", files, $"{used} of {most} open files of the whole host are in use", "Raise fs.file-max; find who holds them: lsof | awk '{print $1}' | sort | uniq -c | sort -n.");
    }

    private void Add(string cause, Fact fact, string text, string fix) => facts.Hazards.Add(new Hazard(cause, text, fact.Source, fix));

    private static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s");
}
