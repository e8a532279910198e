using System.Globalization;
using GoneAway.Model;

namespace GoneAway.Evidence.Config;

/// <summary>Mistakes in haproxy.cfg that cost MySQL connections.</summary>
internal static class HaProxyHazards
{
    private const double ShortIdle = 600;

    public static void Find(List<HaProxySection> sections, List<HaProxySection> carriers, Findings findings)
    {
        foreach (HaProxySection section in carriers)
        {
            Mode(section, findings);
            if (section.IsFront)
                FrontOnly(section, findings);
            if (section.IsBack)
            {
                Check(section, findings);
                Servers(section, findings);
            }
            Timeouts(section, sections, findings);
        }
        if (carriers.Count > 0 && sections.Find(static one => one.Kind == "global") is { } global && global.Find("hard-stop-after") is { } stop && Seconds(stop) is { } seconds)
            findings.Add(new Hazard("proxy-reload", $"every reload cuts the connections that are still open {Span(seconds)} later (hard-stop-after): pooled connections live longer than that", stop.Source,
                "hard-stop-after longer than the pool's maximum lifetime of a connection (for instance hard-stop-after 1h with a lifetime of 30 minutes)."));
    }

    private static void Mode(HaProxySection section, Findings findings)
    {
        if (section.Find("mode") is { Text: "http" } mode)
            findings.Add(new Hazard("wrong-port", $"{section.Scope} carries MySQL in mode http: HAProxy waits for an HTTP request, the client for a greeting; after timeout http-request the client gets HTTP text", mode.Source, "mode tcp in this section."));
    }

    private static void FrontOnly(HaProxySection section, Findings findings)
    {
        if (section.Find("option logasap") is { } early)
            findings.Add(new Hazard("proxy-idle-timeout", $"{section.Scope} logs sessions as they begin (option logasap): who ended them and after how long is never logged", early.Source, "no option logasap, with option tcplog."));
        if (section.Find("option dontlog-normal") is { } quiet)
            findings.Add(new Hazard("killed", $"{section.Scope} does not log sessions that end with -- (option dontlog-normal): a KILL, a server's idle time-out and clients that vanish look like that", quiet.Source, "no option dontlog-normal while losses are being looked for."));
        if (section.Find("option dontlognull") is { } silent)
            findings.Add(new Hazard("proxy-backend-down", $"{section.Scope} does not log sessions in which the client sent nothing (option dontlognull): MySQL's server speaks first, so refused and missing servers (SC, <NOSRV>) leave no line", silent.Source, "no option dontlognull for MySQL."));
        if (!section.Has("option tcplog") && !section.Has("option httplog") && !section.Has("log-format") && section.Has("log"))
            findings.Add(new Hazard("proxy-idle-timeout", $"{section.Scope} has no option tcplog: its log tells that clients came, not how their sessions ended", section.Source, "option tcplog."));
        foreach (HaProxySetting bind in section.Binds)
            if (bind.Words.Contains("accept-proxy"))
                findings.Add(new Hazard("proxy-protocol-header", $"{section.Scope} expects a PROXY header from every client (accept-proxy): a MySQL client that connects directly sends none and gets no greeting", bind.Source, "Remove accept-proxy unless another proxy with send-proxy stands in front."));
    }

    private static void Check(HaProxySection section, Findings findings)
    {
        HaProxySetting? mysql = section.Find("option mysql-check");
        if (mysql is not null && !mysql.Words.Contains("user"))
            findings.Add(new Hazard("host-blocked", $"{section.Scope} checks without logging in (option mysql-check without a user): each check is an interrupted handshake to the server and counts towards max_connect_errors", mysql.Source,
                "option mysql-check user NAME with an account of that name, or skip_name_resolve=ON on the server."));
        else if (mysql is not null)
            findings.Add(new Hazard("auth-plugin-mismatch", $"{section.Scope} checks with a login that only mysql_native_password accepts ({(mysql.Words.Contains("pre-41") ? "mysql-check, pre-41" : "mysql-check")}): MySQL 8.4 has it turned off, MySQL 9 has it no more; there the check gets error 1251 and every server is taken for down", mysql.Source,
                "For MySQL 8.4 and newer: option tcp-check with tcp-check expect on the greeting, or an external check; MariaDB and older MySQL: an account with an empty password and mysql_native_password."));
        if (mysql is not null || section.Has("option httpchk") || section.Has("option external-check") || section.Has("external-check"))
            return;
        bool logsIn = section.CheckSteps.Exists(static step => step.Words.Count > 0 && step.Words[0].StartsWith("send", StringComparison.Ordinal)) || section.CheckSteps.Exists(static step => step.Words.Contains("port"));
        if (logsIn)
            return;
        foreach (HaProxySetting line in section.Servers)
            if (new HaProxyServer(section, line) is { ChecksServicePort: true } server)
            {
                findings.Add(new Hazard("host-blocked", $"{section.Scope} checks its servers by connecting and closing: to MySQL each check is an interrupted handshake that counts towards max_connect_errors, after 100 of them (without a login between) the host is blocked for all clients behind this proxy", server.Source,
                    "option mysql-check user NAME (MariaDB, MySQL up to 8.0), or skip_name_resolve=ON or a high max_connect_errors on the server."));
                return;
            }
    }

    private static void Servers(HaProxySection section, Findings findings)
    {
        bool fragile = false, headers = false;
        foreach (HaProxySetting line in section.Servers)
        {
            var server = new HaProxyServer(section, line);
            if (!headers && server.SendProxy is not null)
            {
                headers = true;
                findings.Add(new Hazard("proxy-protocol-header", $"{section.Scope} sends a PROXY header to {server.Address}: a server that does not expect it takes it for a broken login (MySQL has no such setting; MariaDB and Percona need proxy_protocol_networks)", server.Source,
                    "Remove send-proxy, or list this proxy's address in proxy_protocol_networks of MariaDB or Percona Server."));
            }
            if (!fragile && server.Value("on-marked-down") == "shutdown-sessions" && server.Value("fall") == "1")
            {
                fragile = true;
                findings.Add(new Hazard("proxy-backend-down", $"{section.Scope} cuts all sessions of {server.Name} when one single check fails (on-marked-down shutdown-sessions with fall 1)", server.Source, "fall 3, and timeout check long enough for a busy server."));
            }
        }
    }

    private static void Timeouts(HaProxySection section, List<HaProxySection> sections, Findings findings)
    {
        foreach ((string key, bool applies, string cause, string effect) in new[]
        {
            ("timeout client", section.IsFront, "too-many-connections", "connections whose client is gone without a word stay open, and hold a connection of the server each"),
            ("timeout server", section.IsBack, "too-many-connections", "connections whose server is gone without a word stay open"),
            ("timeout connect", section.IsBack, "proxy-backend-down", "connects to a server that does not answer wait for as long as the kernel tries"),
        })
            if (applies && !section.Has(key))
                findings.Add(new Hazard(cause, $"{section.Scope} has no {key}: {effect}", section.Source, $"{key} in this section or in defaults."));
        if (section.IsFront && section.Find("timeout client") is { } client && Seconds(client) is { } idle)
            Idle(section, client, idle, sections, findings);
        if (section.IsBack && section.Find("timeout server") is { } server && Seconds(server) is { } wait and > 0 && wait < ShortIdle)
            findings.Add(new Hazard("proxy-query-timeout", $"{section.Scope} cuts connections in which the server is silent for {Span(wait)} (timeout server): queries that run longer are lost", server.Source, "timeout server longer than the longest query."));
    }

    private static void Idle(HaProxySection section, HaProxySetting client, double idle, List<HaProxySection> sections, Findings findings)
    {
        IEnumerable<HaProxySection> backs = section.IsBack ? HaProxyCarriers.Targets(section, sections).Append(section) : HaProxyCarriers.Targets(section, sections);
        HaProxySetting? tunnel = null;
        foreach (HaProxySection back in backs)
        {
            tunnel ??= back.Find("timeout tunnel");
            if (back.Find("timeout server") is { } server && Seconds(server) is { } other && Math.Abs(other - idle) > 0.001)
                findings.Add(new Hazard("proxy-idle-timeout", $"{section.Scope}: timeout client is {Span(idle)}, timeout server of {back.Scope} is {Span(other)} ({server.Source}): the shorter one ends idle connections", client.Source, "The same value for both, longer than the pool keeps connections idle."));
        }
        tunnel ??= section.Find("timeout tunnel");
        if (tunnel is not null && Seconds(tunnel) is { } through)
        {
            if (through < idle)
                findings.Add(new Hazard("proxy-idle-timeout", $"{section.Scope}: timeout tunnel, {Span(through)}, holds instead of timeout client, {Span(idle)} ({client.Source}), as soon as both sides have spoken", tunnel.Source, "timeout tunnel no shorter than timeout client, or none."));
            (idle, client) = (through, tunnel);
        }
        if (idle > 0 && idle < ShortIdle)
            findings.Add(new Hazard("proxy-idle-timeout", $"{section.Scope} closes connections that are idle for {Span(idle)}: shorter than pools keep them", client.Source, "timeout client and timeout server of some hours, with option clitcpka and srvtcpka; or let the pool give up idle connections sooner."));
    }

    private static double? Seconds(HaProxySetting setting) =>
        setting.Words.Count > 0 && HaProxySyntax.Seconds(setting.Words[0]) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    private static string Span(double seconds) => seconds < 120 || seconds % 60 != 0 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###} s") : seconds < 7200 || seconds % 3600 != 0
        ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.#} min") : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h");
}
