using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Config.Proxies;

/// <summary>Configuration of the proxies other than HAProxy: nginx stream, MaxScale, MySQL Router, ProxySQL's file and variables, Envoy and Istio.</summary>
internal sealed class ProxyConfig : IPassageReader
{
    private const int MostLines = 50_000;

    private static readonly (string Word, Action<Passage, ProxyFacts> Read)[] Kinds =
    [
        ("proxy_pass", NginxStreamConfig.Read), ("mysql-", ProxySqlVariables.ReadTable), ("mysql_variables", ProxySqlVariables.ReadFile), ("type", IniProxies.MaxScale), ("[routing", IniProxies.Router), ("dle", EnvoyConfig.Read),
    ];

    public string Kind => "proxy configuration";

    public bool TryRead(Passage passage, Findings findings)
    {
        if (passage.Lines.Count > MostLines || passage.Lines.Any(static one => one.StartsWith("```", StringComparison.Ordinal)))
            return false;
        foreach ((string word, Action<Passage, ProxyFacts> read) in Kinds)
        {
            if (!passage.Lines.Any(one => one.Contains(word, StringComparison.Ordinal)))
                continue;
            var facts = new ProxyFacts(passage);
            read(passage, facts);
            if (facts.All.Count == 0)
                continue;
            foreach (Fact fact in facts.All)
                findings.Add(fact);
            return true;
        }
        return false;
    }
}
