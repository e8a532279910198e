using GoneAway.Model;

namespace GoneAway.Causes.Connect;

/// <summary>The client had no source port left.</summary>
public sealed class SourcePortsExhausted : Cause
{
    public override string Name => "source-ports-exhausted";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "The client (or a proxy) had no source port left for a new connection to the server.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        return connection.Opening.Syn is { } syn ? No("a source port was had: the connect was sent", connection.At(syn.Packet)) : No("the connection exists", connection.At(connection.First.Packet));
    }

    protected override Phases Fits => Phases.Connect;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Fact? range = @case.Facts.FirstOrDefault(static f => f is { Kind: FactKind.System, Name: "net.ipv4.ip_local_port_range" });
        // A client that is told to connect from, or to, an address that its host has not gets the same number, each time.
        if (loss.Find(Sign.NoSourcePort) is { Origin: Origin.Application } client)
            return client.ServerHost is "localhost" or "::1" ? Open("whether the host has IPv6 at all: localhost is ::1 too")
                : Told(Grade.Likely, "The client could not take a source address or port for the connection (errno 99): too many short connections wait in TIME_WAIT, or it was told an address that its host has not.", ClosedBy.Client, [client, range]);
        if (loss.Find(Sign.NoSourcePort) is { } none)
            return Told(Grade.Proven, "The host had no free source port for another connection to that address: too many short connections wait in TIME_WAIT.", ClosedBy.Client, [none, range]);
        return loss.Find(Sign.ConnectRefused, Sign.ConnectTimedOut, Sign.LostBeforeGreeting, Sign.ServerSaid) is { } other ? No("a packet was sent, so a port was had", other.Source) : Open("whether the client had source ports left (EADDRNOTAVAIL)");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Use a pool instead of a connection per request: each closed connection keeps its port for 60 s (TIME_WAIT)."),
        new("system", "net.ipv4.ip_local_port_range = 1024 65535, net.ipv4.tcp_tw_reuse = 1; more source addresses for a proxy."),
        new("haproxy", "source lines with several addresses, or more backend addresses: the limit is per pair of addresses and port."),
    ];

    public override string Page => """
        ## What happens
        Each connection to one address and port takes a source port (28,000 by default), for another 60 s after it is closed. A connection per
        request at 500 per second uses them up: connect() fails with EADDRNOTAVAIL (99) before any packet is sent.

        ## Evidence
        - `Cannot assign requested address`, errno 99; HAProxy `RC` and `no free ports`.
        - `ss -s` counts thousands of timewait.

        ## Looks like it, but is not
        - EMFILE is a limit on descriptors: `out-of-descriptors`.
        - A wrong bind address in the client gives errno 99 too, always.

        ## Fix
        A pool.

        ## References
        - Linux ip-sysctl, `ip_local_port_range`, `tcp_tw_reuse`.
        """;
}
