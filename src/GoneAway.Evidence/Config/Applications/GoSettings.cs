using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>Go's database/sql pool and go-sql-driver's Config; sqlx of Rust, whose pool is told in the same manner.</summary>
internal static class GoSettings
{
    private static readonly KeyRule[] Pool =
    [
        new("connmaxlifetime", MaxLifetime, ValueKind.Span, 1e-9), new("connmaxidletime", IdleTimeout, ValueKind.Span, 1e-9), new("maxopenconns", PoolSize, ValueKind.Count),
    ];

    private static readonly KeyRule[] Driver =
    [
        new("timeout", ConnectTimeout, ValueKind.Span, 1e-9), new("readtimeout", ReadTimeout, ValueKind.Span, 1e-9), new("writetimeout", WriteTimeout, ValueKind.Span, 1e-9), new("maxallowedpacket", MaxAllowedPacket, ValueKind.Count),
        new("checkconnliveness", TestOnBorrow, ValueKind.Switch),
    ];

    private static readonly KeyRule[] Sqlx =
    [
        new("maxlifetime", MaxLifetime, ValueKind.Span), new("idletimeout", IdleTimeout, ValueKind.Span), new("testbeforeacquire", TestOnBorrow, ValueKind.Switch), new("maxconnections", PoolSize, ValueKind.Count),
        new("acquiretimeout", PoolWait, ValueKind.Span),
    ];

    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        bool rust = text.Has("MySqlPoolOptions", "sqlx::mysql", "MySqlPool");
        foreach (Setting setting in text.Settings)
        {
            string key = KeyRule.Plain(setting.Key);
            // conn_max_lifetime in a configuration of one's own counts what its author liked: only what names a unit is taken.
            if (!KeyRule.Apply(Pool, key, setting with { Value = Sure(setting) }, text.Has("gorm.io") ? StackTag.Gorm : StackTag.GoSqlDriver, facts) && setting.Block.Callee is "mysql.Config" or "mysql.NewConfig")
                KeyRule.Apply(Driver, key, setting, StackTag.GoSqlDriver, facts);
            if (rust)
                KeyRule.Apply(Sqlx, key, setting, StackTag.Sqlx, facts);
        }
    }

    private static SettingValue Sure(Setting setting) =>
        setting.Value.Seconds is not null || setting.Value.Number is 0 || setting.Key.EndsWith("Conns", StringComparison.OrdinalIgnoreCase) || setting.Block.Function.StartsWith("SetConn", StringComparison.Ordinal) ? setting.Value : new SettingValue("");
}
