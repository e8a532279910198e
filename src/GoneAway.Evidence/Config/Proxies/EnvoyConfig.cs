using GoneAway.Evidence.Config.Applications;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Config.Proxies;

/// <summary>Idle times of TCP in Envoy's configuration and Istio's DestinationRule, as YAML or JSON.</summary>
internal static class EnvoyConfig
{
    public static void Read(Passage passage, ProxyFacts facts)
    {
        if (!passage.Lines.Any(static one => one.Contains("tcp_proxy", StringComparison.Ordinal) || one.Contains("TcpProxy", StringComparison.Ordinal) || one.Contains("DestinationRule", StringComparison.Ordinal) || one.Contains("connectionPool", StringComparison.Ordinal)))
            return;
        bool json = passage.Lines.Any(static one => one.AsSpan().TrimStart() is ['{', ..]);
        foreach (Block block in json ? SourceText.Read(passage.Lines) : LineText.Yaml(passage))
            foreach (Setting setting in block.Settings)
            {
                bool tcp = block.IsWithin("tcp") || IsTcpProxy(block);
                if (tcp && setting.Key is "idle_timeout" or "idleTimeout")
                    facts.Span("idle_timeout", setting.Value, 1, setting.Line, "envoy");
                else if (tcp && setting.Key is "connectTimeout" or "max_downstream_connection_duration" or "maxConnectionDuration")
                    facts.Span(setting.Key, setting.Value, 1, setting.Line, "envoy");
                else if (block.IsWithin("tcp") && setting.Key == "maxConnections")
                    facts.Number("maxconn", setting.Value, setting.Line, "envoy");
            }
    }

    /// <summary>The filter's typed configuration, not that of HTTP beside it.</summary>
    private static bool IsTcpProxy(Block block) =>
        block.Find("@type", "name", "\"@type\"")?.Value.Text is { } type && (type.Contains("TcpProxy", StringComparison.Ordinal) || type.Contains("tcp_proxy", StringComparison.Ordinal))
        || block.Parent is { } parent && block.Key is "typed_config" or "config" && parent.Find("name")?.Value.Text.Contains("tcp_proxy", StringComparison.Ordinal) == true;
}
