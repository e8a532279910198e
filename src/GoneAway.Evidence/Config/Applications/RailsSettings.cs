using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>Active Record's database.yml, by the environment that counts: production when there is one.</summary>
internal static class RailsSettings
{
    // Active Record sets wait_timeout for its sessions unless told another one: some 25 days.
    private const string OwnWaitTimeout = "2147483";

    private static readonly KeyRule[] Rules =
    [
        new("pool", PoolSize, ValueKind.Count), new("maxconnections", PoolSize, ValueKind.Count), new("idletimeout", IdleTimeout, ValueKind.Span), new("checkouttimeout", PoolWait, ValueKind.Span), new("maxage", MaxLifetime, ValueKind.Span),
        new("connecttimeout", ConnectTimeout, ValueKind.Span), new("readtimeout", ReadTimeout, ValueKind.Span), new("writetimeout", WriteTimeout, ValueKind.Span), new("reconnect", Reconnect, ValueKind.Switch),
        new("keepalive", KeepAlive, ValueKind.Count),
    ];

    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        List<Block> databases = [.. text.Blocks.Where(IsMySql)];
        bool production = databases.Exists(static one => one.IsWithin("production"));
        foreach (Block database in databases)
        {
            // "default: &default" is a store of settings, not an environment.
            if (production ? !database.IsWithin("production") : databases.Count > 1 && database.Key is "default" or "base" or "common" or "test")
                continue;
            foreach (Setting setting in database.Settings)
                KeyRule.Apply(Rules, KeyRule.Plain(setting.Key), setting, StackTag.Rails, facts);
            facts.Host(database.Find("host"), database.Find("port"), StackTag.Rails);
            WaitTimeout(database, facts);
            // Active Record tests a connection as it is checked out.
            facts.Switch(TestOnBorrow, true, database.Find("adapter")!.Line, StackTag.Rails);
        }
    }

    private static bool IsMySql(Block block) => block.Find("adapter")?.Value.Text is "mysql2" or "trilogy" or "jdbcmysql" or "mysql" or "jdbcmariadb";

    private static void WaitTimeout(Block database, ApplicationFacts facts)
    {
        Setting? own = database.Inner.Find(static one => one.Key == "variables")?.Find("wait_timeout") ?? database.Find("wait_timeout");
        if (own?.Value.Number is not null)
            facts.Number(SessionWaitTimeout, own, StackTag.Rails);
        else
            facts.Add(SessionWaitTimeout, OwnWaitTimeout, database.Find("adapter")!.Line, StackTag.Rails);
    }
}
