using GoneAway.Evidence.Config.Applications;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Config.Proxies;

/// <summary>ProxySQL's mysql- variables: rows of global_variables, SET statements, mysql_variables of proxysql.cnf. They count milliseconds.</summary>
internal static class ProxySqlVariables
{
    private static readonly System.Buffers.SearchValues<char> Ends = System.Buffers.SearchValues.Create(" \t|;'\"");

    private const string Scope = "proxysql";

    private static readonly HashSet<string> Milliseconds = new(StringComparer.Ordinal)
    {
        "wait_timeout", "connect_timeout_server", "connect_timeout_server_max", "connect_timeout_client", "ping_timeout_server", "ping_interval_server_msec", "default_query_timeout", "max_transaction_idle_time", "max_transaction_time",
        "connection_max_age_ms", "monitor_connect_timeout", "monitor_ping_timeout", "shun_recovery_time_sec", "session_idle_ms",
    };

    private static readonly HashSet<string> Counts = new(StringComparer.Ordinal) { "max_connections", "max_allowed_packet", "shun_on_failures", "free_connections_pct", "connect_retries_on_failure", "throttle_connections_per_sec_to_hostgroup" };

    /// <summary>"| mysql-wait_timeout | 28800000 |", "mysql-wait_timeout  28800000", "SET mysql-wait_timeout=28800000;"</summary>
    public static void ReadTable(Passage passage, ProxyFacts facts)
    {
        for (int i = 0; i < passage.Lines.Count; i++)
        {
            ReadOnlySpan<char> line = passage.Lines[i].AsSpan().Trim(" |\t>");
            int at = line.IndexOf("mysql-", StringComparison.Ordinal);
            if (at < 0 || at > 0 && !line.StartsWith("SET ", StringComparison.OrdinalIgnoreCase) && !line.StartsWith("UPDATE global_variables", StringComparison.OrdinalIgnoreCase) && line[at - 1] is not ('\'' or '"'))
                continue;
            ReadOnlySpan<char> rest = line[(at + 6)..];
            int end = 0;
            while (end < rest.Length && (char.IsAsciiLetterLower(rest[end]) || char.IsAsciiDigit(rest[end]) || rest[end] == '_'))
                end++;
            ReadOnlySpan<char> value = line.StartsWith("UPDATE", StringComparison.OrdinalIgnoreCase) ? After(line, "variable_value") : rest[end..].Trim(" |\t='\"");
            int stop = value.IndexOfAny(Ends);
            One(rest[..end].ToString(), (stop < 0 ? value : value[..stop]).ToString(), i, facts);
        }
    }

    public static void ReadFile(Passage passage, ProxyFacts facts)
    {
        foreach (Block block in SourceText.Read(passage.Lines))
            if (block.Key == "mysql_variables")
                foreach (Setting setting in block.Settings)
                    One(setting.Key, setting.Value.Text, setting.Line, facts);
    }

    private static ReadOnlySpan<char> After(ReadOnlySpan<char> line, string word) => line.IndexOf(word, StringComparison.OrdinalIgnoreCase) is var at and >= 0 ? line[(at + word.Length)..].Trim(" ='\"") : default;

    private static void One(string name, string text, int line, ProxyFacts facts)
    {
        SettingValue value = Expression.OfText(text);
        if (Milliseconds.Contains(name))
            facts.Span(name, value, name.EndsWith("_sec", StringComparison.Ordinal) ? 1 : 0.001, line, Scope);
        else if (Counts.Contains(name))
            facts.Number(name == "max_connections" ? "maxconn" : name, value, line, Scope);
        else if (name is "multiplexing" or "session_idle_show_processlist")
            facts.Switch(name, value, line, Scope);
    }
}
