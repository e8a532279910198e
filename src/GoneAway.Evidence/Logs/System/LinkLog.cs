using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.SystemLine;

namespace GoneAway.Evidence.Logs;

/// <summary>A VPN or tunnel that broke off, and all connections in it: OpenVPN, WireGuard, IPsec, ssh, <c>kubectl port-forward</c>. What a tunnel could not reach is <see cref="TunnelLog"/>'s.</summary>
internal sealed class LinkLog : LineReader
{
    private static readonly (string Words, string Also, string Subject)[] Drops =
    [
        ("Inactivity timeout (--ping-restart)", "", "openvpn"), ("Inactivity timeout (--ping-exit)", "", "openvpn"), ("SIGUSR1[soft,ping-restart]", "", "openvpn"), ("SIGUSR1[soft,connection-reset]", "", "openvpn"), ("SIGUSR1[soft,tls-error]", "", "openvpn"),
        ("Connection reset, restarting [", "", "openvpn"), ("TLS key negotiation failed to occur", "", "openvpn"),
        ("we stopped hearing back after", "seconds", "wireguard"), ("Handshake for peer ", "did not complete after", "wireguard"),
        ("DPD check timed out", "", "ipsec"), ("peer not responding, trying again", "", "ipsec"), ("giving up after ", "retransmits", "ipsec"), ("DPD: R_U_THERE", "imeout", "ipsec"),
        ("client_loop: send disconnect: ", "", "ssh"), ("packet_write_wait: Connection to ", "", "ssh"), ("packet_write_poll: Connection to ", "", "ssh"), ("Timeout, server ", "not responding", "ssh"), ("Connection to ", "closed by remote host", "ssh"),
        ("Write failed: Broken pipe", "", "ssh"), ("Read from remote host ", ": ", "ssh"), ("ssh exited with error status ", "", "autossh"), ("ssh exited prematurely", "", "autossh"),
        ("lost connection to pod", "", "kubectl port-forward"),
    ];

    public override string Kind => "tunnel log";

    public override IReadOnlyList<string> Triggers { get; } =
    [
        "Inactivity timeout (--ping-", "SIGUSR1[soft,", "Connection reset, restarting [", "TLS key negotiation failed", "we stopped hearing back", "Handshake for peer ", "DPD check timed out", "peer not responding, trying again", "giving up after ",
        "DPD: R_U_THERE", "client_loop: send disconnect", "packet_write_wait: ", "packet_write_poll: ", "Timeout, server ", "closed by remote host", "Write failed: Broken pipe", "Read from remote host ", "ssh exited with error", "ssh exited prematurely",
        "lost connection to pod",
    ];

    public override bool TryRead(LogLine line, Findings findings)
    {
        foreach ((string words, string also, string subject) in Drops)
            if (After(line.Text, words) is var rest && (rest.Length > 0 || line.Text.EndsWith(words, StringComparison.Ordinal)) && Has(rest, also))
            {
                // One break is told by several lines.
                if (!Said(line))
                    findings.Add(Of(line, Sign.LinkChanged) with { Subject = subject, State = "tunnel dropped" });
                return true;
            }
        return false;
    }

    private static bool Said(LogLine line)
    {
        ReadOnlySpan<char> before = line.Line(-1);
        foreach ((string words, string also, _) in Drops)
            if (Has(before, words) && Has(before, also))
                return true;
        return false;
    }
}
