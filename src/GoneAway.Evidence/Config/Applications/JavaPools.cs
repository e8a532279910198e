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

    // Connector/J's properties, given one by one.
    private static readonly KeyRule[] Driver =
    [
        new("sockettimeout", ReadTimeout, ValueKind.Span, Milli), new("connecttimeout", ConnectTimeout, ValueKind.Span, Milli), new("autoreconnect", Reconnect, ValueKind.Switch), new("tcpkeepalive", KeepAlive, ValueKind.Switch),
        new("maxallowedpacket", MaxAllowedPacket, ValueKind.Count),
    ];

    private static readonly string[] BareWords = ["testOnBorrow", "testWhileIdle", "maxActive", "maxTotal", "maxWait", "maxWaitMillis", "minEvictableIdleTimeMillis", "timeBetweenEvictionRunsMillis", "validationQuery"];

    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        (string Word, string Scope, KeyRule[] Rules)? told = Only(text);
        foreach (Setting setting in text.Settings)
        {
            string path = KeyRule.Plain(setting.Block.Path + "." + setting.Key), key = KeyRule.Plain(setting.Key);
            if (key.EndsWith("connectioninitsql", StringComparison.Ordinal) || key is "initsql" or "connectioninitsqls")
                facts.SessionWaitTimeout(setting.Value.Text, setting.Line, StackTag.Hikari);
            if (setting.Block.IsWithin("addDataSourceProperty", "data-source-properties", "dataSourceProperties") || path.Contains("hikaridatasourceproperties", StringComparison.Ordinal))
                KeyRule.Apply(Driver, key, setting, StackTag.ConnectorJ, facts);
            if (Apply(setting, path, text, facts))
                continue;
            if (told is { } pool)
                Told(pool.Rules, key, setting, pool.Scope, text, facts);
            else if (IsBareHikari(setting, key))
                Told(Hikari, key, setting, StackTag.Hikari, text, facts);
        }
        // HikariCP keeps a connection for half an hour, and tests one that rested for half a second.
        if (facts.Find(StackTag.Hikari) is { } hikari)
        {
            // One that comes from elsewhere is not known.
            if (!text.Settings.Any(static one => KeyRule.Plain(one.Key).EndsWith("maxlifetime", StringComparison.Ordinal)))
                facts.Default(MaxLifetime, "1800", hikari);
            facts.Default(TestOnBorrow, "ON", hikari);
        }
    }

    /// <summary>The pool is in the key or above it: spring.datasource.hikari.max-lifetime.</summary>
    private static bool Apply(Setting setting, string path, ApplicationText text, ApplicationFacts facts)
    {
        foreach ((string word, string scope, KeyRule[] rules) in Pools)
        {
            int at = path.LastIndexOf(word, StringComparison.Ordinal);
            if (at >= 0 && Told(rules, path[(at + word.Length)..], setting, scope, text, facts))
                return true;
        }
        // Spring Boot 1 gave its pool no name.
        return path.StartsWith("springdatasource", StringComparison.Ordinal) && Told(Tomcat, path["springdatasource".Length..], setting, StackTag.TomcatJdbc, text, facts);
    }

    /// <summary>What takes effect: a pool may ignore a setting for the sake of another.</summary>
    private static bool Told(KeyRule[] rules, string key, Setting setting, string scope, ApplicationText text, ApplicationFacts facts)
    {
        if (scope == StackTag.Hikari && key == "idletimeout" && !(Find("minimumidle") < (Find("maximumpoolsize") ?? 10)))
            // All connections of a pool of fixed size, the default, live up to maxLifetime.
            return true;
        if (scope == StackTag.Hikari && key == "maxlifetime" && (setting.Value.Seconds ?? setting.Value.Number * Milli) is > 0 and < 30)
            // Too short for HikariCP: it warns and takes its default.
            setting = setting with { Value = new SettingValue("", 1_800_000) };
        if (scope == StackTag.Dbcp && key == "minevictableidletimemillis" && !(Find("timebetweenevictionrunsmillis") > 0))
            // Nobody looks for idle ones.
            return true;
        return KeyRule.Apply(rules, key, setting, scope, facts);

        double? Find(string name) => text.Settings.FirstOrDefault(one => KeyRule.Plain(one.Key).EndsWith(name, StringComparison.Ordinal))?.Value.Number;
    }

    /// <summary>Source or XML that names one pool and no other.</summary>
    private static (string Word, string Scope, KeyRule[] Rules)? Only(ApplicationText text)
    {
        (string Word, string Scope, KeyRule[] Rules)[] named = [.. Pools.Where(pool => pool.Word == "tomcat" ? text.Has("org.apache.tomcat.jdbc") : pool.Word is "datasourcejdbc" or "dbcp2" ? false : pool.Word == "dbcp" ? text.Has("dbcp", "BasicDataSource") : text.Has(pool.Word))];
        if (named.Length > 0)
            return named.Length == 1 ? named[0] : null;
        // A file of a pool alone does not name it: DBCP and Druid have most words in common.
        if (!text.Has("<Resource ") && !text.Blocks.Any(static block => BareWords.Count(word => block.Find(word) is not null) > 1))
            return null;
        return Pools[text.Has("filters=", "maxPoolPreparedStatementPerConnectionSize", "keepAlive") ? 5 : 3];
    }

    /// <summary>hikari.properties names no pool at all: two of its words, in its own spelling, are enough.</summary>
    private static bool IsBareHikari(Setting setting, string key) =>
        key is "maxlifetime" or "idletimeout" or "keepalivetime" or "connectiontimeout" or "maximumpoolsize" && setting.Block.Find("maxLifetime", "max-lifetime") is not null
        && setting.Block.Find("maximumPoolSize", "maximum-pool-size", "minimumIdle", "minimum-idle", "jdbcUrl", "jdbc-url", "dataSourceClassName", "keepaliveTime", "connectionTimeout") is not null;
}
