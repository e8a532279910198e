using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>PHP: options of PDO and mysqli in source (Laravel's config/database.php among it), php.ini, Laravel's .env, Doctrine's YAML.</summary>
internal static class PhpSettings
{

    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        bool laravel = text.Has("laravel", "Illuminate", " env('DB_", " env(\"DB_", "DB_CONNECTION");
        foreach (Block block in text.Blocks)
        {
            foreach (Setting setting in block.Settings)
                One(setting, laravel ? StackTag.Laravel : StackTag.Pdo, text, facts);
            Call(block, laravel, facts);
        }
    }

    private static void One(Setting setting, string scope, ApplicationText text, ApplicationFacts facts)
    {
        switch (setting.Key.TrimStart('\\'))
        {
            case "PDO::ATTR_PERSISTENT":
                facts.Switch(Persistent, setting, scope);
                break;
            // Hyperf's pool, and those written after it.
            case "max_idle_time" when setting.Block.IsWithin("pool"):
                facts.Span(IdleTimeout, setting, scope);
                break;
            // For MySQL it is the time-out of the connect.
            case "PDO::ATTR_TIMEOUT":
                facts.Span(ConnectTimeout, setting, scope);
                break;
            case "PDO::MYSQL_ATTR_INIT_COMMAND":
                facts.SessionWaitTimeout(setting.Value.Text, setting.Line, scope);
                break;
            case "MYSQLI_OPT_READ_TIMEOUT":
                facts.Span(ReadTimeout, setting, StackTag.Mysqli);
                break;
            case "MYSQLI_OPT_CONNECT_TIMEOUT":
                facts.Span(ConnectTimeout, setting, StackTag.Mysqli);
                break;
            case "DB_HOST" when text.Has("DB_CONNECTION=mysql", "DB_CONNECTION=mariadb", "DB_CONNECTION=\"mysql", "DB_CONNECTION: mysql"):
                facts.Host(setting, setting.Block.Find("DB_PORT"), StackTag.Laravel);
                break;
            case "driver" when setting.Value.Text is "mysql" or "mariadb" && scope == StackTag.Laravel:
                facts.Host(setting.Block.Find("host"), setting.Block.Find("port"), StackTag.Laravel);
                break;
            case "persistent" when setting.Block.IsWithin("dbal", "doctrine"):
                facts.Switch(Persistent, setting, StackTag.Doctrine);
                break;
            case "mysqlnd.net_read_timeout":
                facts.Span(ReadTimeout, setting, StackTag.Mysqlnd);
                break;
            case "mysqli.reconnect":
                facts.Switch(Reconnect, setting, StackTag.Mysqli);
                break;
            case "mysql.connect_timeout":
                facts.Span(ConnectTimeout, setting, StackTag.Php);
                break;
        }
    }

    /// <summary>$db->options(MYSQLI_OPT_READ_TIMEOUT, 10), mysqli_options($db, ...), new PDO("mysql:host=...", ...), mysqli_connect("p:host").</summary>
    private static void Call(Block block, bool laravel, ApplicationFacts facts)
    {
        string function = block.Function;
        if (function is "options" or "mysqli_options" or "setAttribute" or "set_opt")
        {
            for (int i = 0; i < 3; i++)
                if (block.Argument(i) is { } option && block.Argument(i + 1) is { } value)
                    One(value with { Key = option.Value.Text }, laravel ? StackTag.Laravel : StackTag.Pdo, Nothing, facts);
        }
        else if (function is "PDO" && block.Argument(0)?.Value.Text is { } dsn && dsn.StartsWith("mysql:", StringComparison.Ordinal))
            Dsn(dsn, block.Line, facts);
        else if (function is "mysqli" or "mysqli_connect" or "real_connect" or "mysqli_real_connect" && block.Argument(0) is { } host)
        {
            bool persistent = host.Value.Text.StartsWith("p:", StringComparison.Ordinal);
            if (persistent)
                facts.Switch(Persistent, true, block.Line, StackTag.Mysqli);
            facts.Host(persistent ? host.Value.Text[2..] : host.Value.Text.StartsWith('$') ? null : host.Value.Text, block.Argument(4)?.Value.Number, block.Line, StackTag.Mysqli);
        }
    }

    private static readonly ApplicationText Nothing = ApplicationText.TryOf(new Text.Passage("", 1, []))!;

    private static void Dsn(string dsn, int line, ApplicationFacts facts)
    {
        string? host = null;
        double? port = null;
        foreach (string part in dsn["mysql:".Length..].Split(';'))
            if (part.StartsWith("host=", StringComparison.Ordinal))
                host = part[5..];
            else if (part.StartsWith("port=", StringComparison.Ordinal))
                port = Expression.NumberOf(part[5..]);
        facts.Host(host, port, line, StackTag.Pdo);
    }
}
