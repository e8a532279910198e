using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>SQLAlchemy's engine, in source, Flask's and Airflow's settings or an .ini file; the drivers' connect().</summary>
internal static class PythonSettings
{
    private static readonly KeyRule[] Engine =
    [
        new("poolrecycle", MaxLifetime, ValueKind.Span), new("poolpreping", TestOnBorrow, ValueKind.Switch), new("poolsize", PoolSize, ValueKind.Count), new("pooltimeout", PoolWait, ValueKind.Span),
        new("sqlalchemypoolenabled", Persistent, ValueKind.Switch),
    ];

    private static readonly KeyRule[] Driver =
    [
        new("connecttimeout", ConnectTimeout, ValueKind.Span), new("connectiontimeout", ConnectTimeout, ValueKind.Span), new("readtimeout", ReadTimeout, ValueKind.Span), new("writetimeout", WriteTimeout, ValueKind.Span),
        new("maxallowedpacket", MaxAllowedPacket, ValueKind.Count), new("poolsize", PoolSize, ValueKind.Count), new("poolrecycle", MaxLifetime, ValueKind.Span), new("maxsize", PoolSize, ValueKind.Count),
        new("staletimeout", MaxLifetime, ValueKind.Span), new("maxconnections", PoolSize, ValueKind.Count), new("autoreconnect", Reconnect, ValueKind.Switch),
    ];

    // QueuePool's own size; its connections have no age.
    private const string OwnPoolSize = "5";

    private static readonly string[] Drivers = ["pymysql", "mysqldb", "mysql.connector", "aiomysql", "asyncmy", "mysqlclient", "peewee", "pooledmysqldatabase", "dbutils"];

    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        bool driver = text.Has(Drivers);
        foreach (Block block in text.Blocks)
            if (block.Function == "create_engine" && block.Argument(0)?.Value.Text is { } url && (url.StartsWith("mysql", StringComparison.Ordinal) || url.StartsWith("mariadb", StringComparison.Ordinal))
                && block.Find("pool_size", "poolclass", "pool", "pool_recycle", "strategy") is null && !HasMore(text, block))
                facts.Add(PoolSize, OwnPoolSize, block.Line, StackTag.SqlAlchemy);
        foreach (Setting setting in text.Settings)
        {
            string key = KeyRule.Plain(setting.Key);
            if (IsEngine(setting, ref key))
                KeyRule.Apply(Engine, key, setting, setting.Block.Function is "create_pool" ? StackTag.AioMySql : StackTag.SqlAlchemy, facts);
            if (key == "poolclass" && setting.Value.Text.EndsWith("NullPool", StringComparison.Ordinal))
                facts.Switch(Persistent, false, setting.Line, StackTag.SqlAlchemy);
            if (setting.Block.IsWithin("connect_args") || driver && IsConnect(setting.Block))
                Connect(setting, key, facts);
        }
    }

    /// <summary>Arguments that stand elsewhere: **options.</summary>
    private static bool HasMore(ApplicationText text, Block call)
    {
        for (int i = call.Line; i < text.Passage.Lines.Count && i < call.Line + 12; i++)
            if (text.Passage.Lines[i].Contains("**", StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <summary>pool_recycle and its kin are nobody else's words, whatever stands around; pool_size and pool_timeout are others', too.</summary>
    private static bool IsEngine(Setting setting, ref string key)
    {
        int at = key.LastIndexOf("sqlalchemy", StringComparison.Ordinal);
        if (at >= 0 && at + 10 < key.Length)
        {
            key = key[(at + 10)..];
            return true;
        }
        return key is "poolrecycle" or "poolpreping"
            || setting.Block.IsWithin("create_engine", "create_async_engine", "engine_from_config", "SQLALCHEMY_ENGINE_OPTIONS", "engine_options", "engine_args", "engine_kwargs", "SQLAlchemy")
            || setting.Block.Find("pool_recycle", "pool_pre_ping") is not null;
    }

    private static bool IsConnect(Block block) =>
        block.IsWithin("connect", "create_pool", "Connection", "MySQLConnectionPool", "PooledMySQLDatabase", "PooledDB", "MySQLDatabase", "db_config", "dbconfig", "mysql_config", "config");

    private static void Connect(Setting setting, string key, ApplicationFacts facts)
    {
        string scope = ScopeOf(setting.Block);
        KeyRule.Apply(Driver, key, setting, scope, facts);
        if (key is "host" && setting.Block.Callee.Length > 0)
            facts.Host(setting, setting.Block.Find("port"), scope);
        if (key is "initcommand" or "setsession" or "options")
            facts.SessionWaitTimeout(setting.Value.Text, setting.Line, scope);
    }

    private static string ScopeOf(Block block)
    {
        for (Block? one = block; one is not null; one = one.Parent)
            foreach ((string word, string stack) in (ReadOnlySpan<(string, string)>)
                [("pymysql", StackTag.PyMySql), ("MySQLdb", StackTag.MySqlClient), ("mysql.connector", StackTag.ConnectorPython), ("MySQLConnectionPool", StackTag.ConnectorPython), ("aiomysql", StackTag.AioMySql), ("asyncmy", StackTag.AsyncMy),
                ("PooledMySQL", StackTag.Peewee), ("MySQLDatabase", StackTag.Peewee), ("engine", StackTag.SqlAlchemy)])
                if (one.Callee.Contains(word, StringComparison.Ordinal))
                    return stack;
        return block.IsWithin("connect_args") ? StackTag.SqlAlchemy : "python";
    }
}
