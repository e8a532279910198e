using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>HikariCP, Tomcat's pool, DBCP, c3p0 and Druid: as properties, Spring's YAML or environment, XML attributes or setters. Each counts time in its own unit.</summary>
internal static class JavaPools
{
    private const double Milli = 0.001;

    private static readonly KeyRule[] Hikari =
    [
        new("maxlifetime", MaxLifetime, ValueKind.Span, Milli), new("idletimeout", IdleTimeout, ValueKind.Span, Milli), new("keepalivetime", KeepAlive, ValueKind.Span, Milli), new("connectiontimeout", PoolWait, ValueKind.Span, Milli),
        new("maximumpoolsize", PoolSize, ValueKind.Count),
    ];

    private static readonly KeyRule[] Tomcat =
    [
        new("maxage", MaxLifetime, ValueKind.Span, Milli), new("testonborrow", TestOnBorrow, ValueKind.Switch), new("maxactive", PoolSize, ValueKind.Count), new("maxwait", PoolWait, ValueKind.Span, Milli),
        new("minevictableidletimemillis", IdleTimeout, ValueKind.Span, Milli),
    ];

    private static readonly KeyRule[] Dbcp =
    [
        new("maxconnlifetimemillis", MaxLifetime, ValueKind.Span, Milli), new("testonborrow", TestOnBorrow, ValueKind.Switch), new("maxtotal", PoolSize, ValueKind.Count), new("maxwaitmillis", PoolWait, ValueKind.Span, Milli),
        new("minevictableidletimemillis", IdleTimeout, ValueKind.Span, Milli), new("maxactive", PoolSize, ValueKind.Count),
    ];

    private static readonly KeyRule[] C3p0 =
    [
        new("maxidletime", IdleTimeout, ValueKind.Span), new("timeout", IdleTimeout, ValueKind.Span), new("maxconnectionage", MaxLifetime, ValueKind.Span), new("testconnectiononcheckout", TestOnBorrow, ValueKind.Switch),
        new("maxpoolsize", PoolSize, ValueKind.Count), new("maxsize", PoolSize, ValueKind.Count), new("checkouttimeout", PoolWait, ValueKind.Span, Milli),
    ];

    private static readonly KeyRule[] Druid =
    [
        new("phytimeoutmillis", MaxLifetime, ValueKind.Span, Milli), new("maxevictableidletimemillis", IdleTimeout, ValueKind.Span, Milli), new("testonborrow", TestOnBorrow, ValueKind.Switch), new("maxactive", PoolSize, ValueKind.Count),
        new("maxwait", PoolWait, ValueKind.Span, Milli), new("keepalive", KeepAlive, ValueKind.Switch), new("sockettimeout", ReadTimeout, ValueKind.Span, Milli), new("connecttimeout", ConnectTimeout, ValueKind.Span, Milli),
    ];

    // Quarkus (Agroal) writes units; what has none counts seconds.
    private static readonly KeyRule[] Agroal =
    [
        new("maxlifetime", MaxLifetime, ValueKind.Span), new("idleremovalinterval", IdleTimeout, ValueKind.Span), new("acquisitiontimeout", PoolWait, ValueKind.Span), new("maxsize", PoolSize, ValueKind.Count),
        new("validateonborrow", TestOnBorrow, ValueKind.Switch),
    ];

    private static readonly (string Word, string Scope, KeyRule[] Rules)[] Pools =
    [
        ("hikari", StackTag.Hikari, Hikari), ("tomcat", StackTag.TomcatJdbc, Tomcat), ("dbcp2", StackTag.Dbcp, Dbcp), ("dbcp", StackTag.Dbcp, Dbcp), ("c3p0", StackTag.C3p0, C3p0), ("druid", StackTag.Druid, Druid), ("datasourcejdbc", "quarkus", Agroal),
    ];

    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        (string Word, string Scope, KeyRule[] Rules)? told = Only(text);
        foreach (Setting setting in text.Settings)
        {
            string path = KeyRule.Plain(setting.Block.Path + "." + setting.Key), key = KeyRule.Plain(setting.Key);
            if (key.EndsWith("connectioninitsql", StringComparison.Ordinal) || key is "initsql" or "connectioninitsqls")
                facts.SessionWaitTimeout(setting.Value.Text, setting.Line, StackTag.Hikari);
            if (Apply(setting, path, facts))
                continue;
            if (told is { } pool)
                KeyRule.Apply(pool.Rules, key, setting, pool.Scope, facts);
            else if (IsBareHikari(setting, key))
                KeyRule.Apply(Hikari, key, setting, StackTag.Hikari, facts);
        }
    }

    /// <summary>The pool is in the key or above it: spring.datasource.hikari.max-lifetime.</summary>
    private static bool Apply(Setting setting, string path, ApplicationFacts facts)
    {
        foreach ((string word, string scope, KeyRule[] rules) in Pools)
        {
            int at = path.LastIndexOf(word, StringComparison.Ordinal);
            if (at >= 0 && KeyRule.Apply(rules, path[(at + word.Length)..], setting, scope, facts))
                return true;
        }
        return false;
    }

    /// <summary>Source or XML that names one pool and no other.</summary>
    private static (string Word, string Scope, KeyRule[] Rules)? Only(ApplicationText text)
    {
        (string Word, string Scope, KeyRule[] Rules)[] named = [.. Pools.Where(pool => pool.Word == "tomcat" ? text.Has("org.apache.tomcat.jdbc") : pool.Word is "datasourcejdbc" or "dbcp2" ? false : pool.Word == "dbcp" ? text.Has("dbcp", "BasicDataSource") : text.Has(pool.Word))];
        return named.Length == 1 ? named[0] : named.Length == 0 && text.Has("<Resource ") ? Pools[3] : null;
    }

    /// <summary>hikari.properties names no pool at all: two of its words, in its own spelling, are enough.</summary>
    private static bool IsBareHikari(Setting setting, string key) =>
        key is "maxlifetime" or "idletimeout" or "keepalivetime" or "connectiontimeout" or "maximumpoolsize" && setting.Block.Find("maxLifetime", "max-lifetime") is not null
        && setting.Block.Find("maximumPoolSize", "maximum-pool-size", "minimumIdle", "minimum-idle", "jdbcUrl", "jdbc-url", "dataSourceClassName", "keepaliveTime", "connectionTimeout") is not null;
}
