using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>Connection strings of MySqlConnector and Connector/NET. SQL Server's and PostgreSQL's look alike and are left alone.</summary>
internal static class DotNetStrings
{
    private static readonly KeyRule[] Rules =
    [
        new("connectionidletimeout", IdleTimeout, ValueKind.Span), new("connectionlifetime", MaxLifetime, ValueKind.Span), new("keepalive", KeepAlive, ValueKind.Count), new("defaultcommandtimeout", ReadTimeout, ValueKind.Span),
        new("commandtimeout", ReadTimeout, ValueKind.Span), new("connectiontimeout", ConnectTimeout, ValueKind.Span), new("connecttimeout", ConnectTimeout, ValueKind.Span), new("maximumpoolsize", PoolSize, ValueKind.Count),
        new("maxpoolsize", PoolSize, ValueKind.Count), new("pooling", Persistent, ValueKind.Switch), new("connectionreset", TestOnBorrow, ValueKind.Switch),
    ];

    // Words that only MySQL's drivers know.
    private static readonly string[] Own =
    [
        "connectionidletimeout", "keepalive", "defaultcommandtimeout", "sslmode", "allowuservariables", "convertzerodatetime", "allowzerodatetime", "treattinyasboolean", "allowpublickeyretrieval", "oldguids", "guidformat", "uid", "charset",
    ];

    private static readonly string[] Foreign = ["initialcatalog", "integratedsecurity", "trustedconnection", "trustservercertificate", "multipleactiveresultsets", "encrypt", "attachdbfilename", "searchpath", "servicename"];

    public static void Read(string line, ApplicationText text, int number, ApplicationFacts facts)
    {
        if (line.Count(';') < 2 || line.Count('=') < 3)
            return;
        // The string is what stands between the quotes around the first ';', or the whole line.
        int semicolon = line.IndexOf(';');
        int from = line.LastIndexOf('"', semicolon) + 1, to = line.IndexOf('"', semicolon);
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in line[from..(to < 0 ? line.Length : to)].Split(';'))
        {
            int equals = part.LastIndexOf('=') is var last and > 0 && keys.Count == 0 ? last : part.IndexOf('=');
            if (equals > 0)
                keys.TryAdd(KeyRule.Plain(keys.Count == 0 ? FirstKey(part[..equals]) : part[..equals]), part[(equals + 1)..].Trim(' ', '\''));
        }
        if (!keys.ContainsKey("server") && !keys.ContainsKey("host") && !keys.ContainsKey("datasource") || Array.Exists(Foreign, keys.ContainsKey) || keys.GetValueOrDefault("port") is "5432" or "1433")
            return;
        if (!Array.Exists(Own, keys.ContainsKey) && keys.GetValueOrDefault("port") != "3306" && !text.Has("mysql", "mariadb") || keys.ContainsKey("username") && keys.ContainsKey("host") && !text.Has("mysql", "mariadb") && keys.GetValueOrDefault("port") != "3306")
            return;
        facts.Host(keys.GetValueOrDefault("server") ?? keys.GetValueOrDefault("host") ?? keys.GetValueOrDefault("datasource"), keys.TryGetValue("port", out string? port) ? Expression.NumberOf(port) : null, number, StackTag.MySqlConnector);
        var block = new Block("", "", null, number);
        foreach ((string key, string value) in keys)
            KeyRule.Apply(Rules, key, new Setting(key, Expression.OfText(value), number, block), StackTag.MySqlConnector, facts);
        // Both drivers close what was idle for three minutes.
        if (facts.Find(StackTag.MySqlConnector, PoolSize) is { } pooled)
            facts.Default(IdleTimeout, "180", pooled);
    }

    /// <summary>The first key without what stands before it: <c>ConnectionStrings__Default=Server</c>, <c>export DB=Server</c>.</summary>
    private static string FirstKey(string text) => text[(text.LastIndexOfAny(['=', '"', '\'']) + 1)..];
}
