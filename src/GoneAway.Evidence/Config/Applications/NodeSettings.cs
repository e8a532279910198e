using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>Pools of Node: mysql2, mysql, mariadb, Sequelize, Knex, TypeORM. They count milliseconds.</summary>
internal static class NodeSettings
{
    private const double Milli = 0.001;

    private static readonly KeyRule[] Driver =
    [
        new("connectionlimit", PoolSize, ValueKind.Count), new("connecttimeout", ConnectTimeout, ValueKind.Span, Milli), new("idletimeout", IdleTimeout, ValueKind.Span, Milli), new("enablekeepalive", KeepAlive, ValueKind.Switch),
        new("acquiretimeout", PoolWait, ValueKind.Span, Milli), new("sockettimeout", ReadTimeout, ValueKind.Span, Milli), new("timeout", ReadTimeout, ValueKind.Span, Milli), new("poolsize", PoolSize, ValueKind.Count),
        new("keepalivedelay", KeepAlive, ValueKind.Span, Milli),
    ];

    // Only the mariadb connector counts idleness in seconds.
    private static readonly KeyRule[] MariaDb = [new("idletimeout", IdleTimeout, ValueKind.Span)];

    private static readonly KeyRule[] Sequelize =
    [
        new("max", PoolSize, ValueKind.Count), new("idle", IdleTimeout, ValueKind.Span, Milli), new("acquire", PoolWait, ValueKind.Span, Milli),
    ];

    private static readonly KeyRule[] Knex =
    [
        new("max", PoolSize, ValueKind.Count), new("idletimeoutmillis", IdleTimeout, ValueKind.Span, Milli), new("acquiretimeoutmillis", PoolWait, ValueKind.Span, Milli),
    ];

    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        bool sequelize = text.Has("sequelize", "dialect"), knex = text.Has("knex", "client: 'mysql", "client: \"mysql", "acquireTimeoutMillis"), typeorm = text.Has("typeorm", "TypeOrm", "DataSource("), maria = text.Has("require('mariadb", "require(\"mariadb", "from 'mariadb", "from \"mariadb");
        bool ours = text.Has("mysql", "mariadb", "3306", "multipleStatements", "waitForConnections", "connectionLimit");
        foreach (Setting setting in text.Settings)
        {
            string key = KeyRule.Plain(setting.Key);
            Block block = setting.Block;
            if (block.Function is "createPool" or "createConnection" or "createPoolCluster")
                Pool(setting, key, maria ? StackTag.NodeMariaDb : text.Has("mysql2") ? StackTag.NodeMysql2 : text.Has("require('mysql", "from 'mysql") ? StackTag.NodeMysql : StackTag.Node, facts);
            else if (block.Callee.Length == 0 && block.Parent is { Function: "createPool" or "createConnection" } && block.Key.Length == 0)
                Pool(setting, key, maria ? StackTag.NodeMariaDb : text.Has("mysql2") || block.Find("waitForConnections", "enableKeepAlive", "maxIdle") is not null ? StackTag.NodeMysql2 : text.Has("require('mysql", "from 'mysql", "require(\"mysql", "from \"mysql") ? StackTag.NodeMysql : StackTag.Node, facts);
            else if (ours && block.Callee.Length == 0 && block.Find("connectionLimit") is not null && block.Find("host", "user", "database", "uri") is not null)
                Pool(setting, key, maria ? StackTag.NodeMariaDb : text.Has("mysql2") ? StackTag.NodeMysql2 : StackTag.Node, facts);
            else if (block.Key is "pool" && (knex || sequelize) && (ours || block.Find("idle", "acquire", "idleTimeoutMillis", "acquireTimeoutMillis") is not null))
                Shared(sequelize && !knex ? Sequelize : Knex, key, setting, sequelize && !knex ? StackTag.Sequelize : StackTag.Knex, facts);
            else if (block.Key is "dialectOptions" or "connection" && (knex || sequelize) && ours)
            {
                KeyRule.Apply(Driver, key, setting, sequelize && !knex ? StackTag.Sequelize : StackTag.Knex, facts);
                if (key == "host")
                    facts.Host(setting, block.Find("port"), sequelize && !knex ? StackTag.Sequelize : StackTag.Knex);
            }
            else if (typeorm && ours && (block.Key is "extra" || block.Find("entities", "synchronize") is not null))
                KeyRule.Apply(Driver, key, setting, StackTag.TypeOrm, facts);
        }
    }

    /// <summary>Idle connections are closed down to the minimum only: Knex keeps two unless told otherwise.</summary>
    private static void Shared(KeyRule[] rules, string key, Setting setting, string scope, ApplicationFacts facts)
    {
        double least = setting.Block.Find("min")?.Value.Number ?? (scope == StackTag.Knex ? 2 : 0);
        if (key is not ("idle" or "idletimeoutmillis") || least == 0)
            KeyRule.Apply(rules, key, setting, scope, facts);
    }

    private static void Pool(Setting setting, string key, string scope, ApplicationFacts facts)
    {
        if (key == "host")
            facts.Host(setting, setting.Block.Find("port"), scope);
        if (scope == StackTag.NodeMariaDb && KeyRule.Apply(MariaDb, key, setting, scope, facts))
            return;
        // mysql2 looks for idle ones only when it may keep fewer of them than it may open.
        if (key == "idletimeout" && !(setting.Block.Find("maxIdle")?.Value.Number < (setting.Block.Find("connectionLimit")?.Value.Number ?? 10)))
            return;
        // "timeout" is a word of queries, not of pools.
        if (key != "timeout")
            KeyRule.Apply(Driver, key, setting, scope, facts);
    }
}
