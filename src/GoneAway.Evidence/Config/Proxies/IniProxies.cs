using GoneAway.Evidence.Config.Applications;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Config.Proxies;

/// <summary>maxscale.cnf and mysqlrouter.conf.</summary>
internal static class IniProxies
{
    public static void MaxScale(Passage passage, ProxyFacts facts)
    {
        foreach (Block section in LineText.Plain(passage))
        {
            // wait_timeout is the newer name of connection_timeout. Numbers without a unit are seconds (milliseconds nowhere but where said).
            switch (section.Find("type")?.Value.Text.ToLowerInvariant())
            {
                case "service":
                    Spans(section, "service", facts, "connection_timeout", "wait_timeout", "net_write_timeout", "connection_keepalive", "idle_session_pool_time", "max_sescmd_history");
                    if (section.Find("max_connections") is { } most)
                        facts.Number("maxconn", most.Value, most.Line, "service " + section.Key);
                    break;
                case "server":
                    Spans(section, "server", facts, "persistmaxtime");
                    if (section.Find("proxy_protocol") is { Value.IsOn: true } header)
                        facts.Add("send-proxy", section.Find("address")?.Value.Text ?? section.Key, header.Line, "server " + section.Key);
                    break;
                case "monitor":
                    Spans(section, "monitor", facts, "backend_connect_timeout", "backend_read_timeout", "backend_write_timeout");
                    break;
            }
        }
    }

    public static void Router(Passage passage, ProxyFacts facts)
    {
        foreach (Block section in LineText.Plain(passage))
        {
            if (!section.Key.StartsWith("routing", StringComparison.Ordinal) || section.Find("protocol")?.Value.Text == "x")
                continue;
            Spans(section, "", facts, "client_connect_timeout", "connect_timeout", "destination_connect_timeout", "connection_sharing_delay");
            foreach (string name in (string[])["max_connections", "max_connect_errors"])
                if (section.Find(name) is { } limit)
                    facts.Number(name == "max_connections" ? "maxconn" : name, limit.Value, limit.Line, section.Key);
        }
    }

    private static void Spans(Block section, string kind, ProxyFacts facts, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (section.Find(name) is { } setting)
                facts.Span(name, setting.Value, 1, setting.Line, kind.Length == 0 ? section.Key : $"{kind} {section.Key}");
    }
}
