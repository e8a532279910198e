using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>Django's DATABASES, whole or in part, and dj-database-url's arguments.</summary>
internal static class DjangoSettings
{
    private static readonly KeyRule[] Options =
    [
        new("connecttimeout", ConnectTimeout, ValueKind.Span), new("readtimeout", ReadTimeout, ValueKind.Span), new("writetimeout", WriteTimeout, ValueKind.Span), new("maxallowedpacket", MaxAllowedPacket, ValueKind.Count),
        new("connmaxage", MaxLifetime, ValueKind.Span),
    ];

    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        foreach (Setting setting in text.Settings)
        {
            Block database = DatabaseOf(setting.Block);
            if (database.Find("ENGINE") is { } engine && !engine.Value.Text.Contains("mysql", StringComparison.OrdinalIgnoreCase) && engine.Value.Text.Contains('.'))
                continue;
            switch (setting.Key)
            {
                case "CONN_MAX_AGE" or "conn_max_age":
                    Age(setting, facts);
                    break;
                case "CONN_HEALTH_CHECKS" or "conn_health_checks":
                    facts.Switch(TestOnBorrow, setting, StackTag.Django);
                    break;
                case "ENGINE" when setting.Value.Text.Contains("mysql", StringComparison.OrdinalIgnoreCase) && setting.Value.Text.Contains('.'):
                    facts.Host(database.Find("HOST"), database.Find("PORT"), StackTag.Django);
                    // Without the setting, Django closes its connection at the end of each request.
                    if (database.Find("CONN_MAX_AGE") is null && database.Callee.Length == 0 && database.Key.Length > 0)
                        facts.Switch(Persistent, false, setting.Line, StackTag.Django);
                    break;
                default:
                    if (setting.Block.Key.Equals("OPTIONS", StringComparison.Ordinal) && (database.Find("ENGINE") is not null || text.Has("django", "DATABASES")))
                        Option(setting, facts);
                    break;
            }
        }
    }

    private static Block DatabaseOf(Block block) => block.Key == "OPTIONS" && block.Parent is { } parent ? parent : block;

    /// <summary>0 closes after each request, None never; anything else is an age in seconds.</summary>
    private static void Age(Setting setting, ApplicationFacts facts)
    {
        if (setting.Value.IsNothing)
            facts.Switch(Persistent, true, setting.Line, StackTag.Django);
        if ((setting.Value.Seconds ?? setting.Value.Number) is not { } age)
            return;
        facts.Switch(Persistent, age > 0, setting.Line, StackTag.Django);
        if (age > 0)
            facts.Span(MaxLifetime, setting, StackTag.Django);
    }

    private static void Option(Setting setting, ApplicationFacts facts)
    {
        KeyRule.Apply(Options, KeyRule.Plain(setting.Key), setting, StackTag.Django, facts);
        if (setting.Key == "init_command")
            facts.SessionWaitTimeout(setting.Value.Text, setting.Line, StackTag.Django);
    }
}
