using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>HikariCP writes its effective configuration into the log (DEBUG): name, dots, value.</summary>
internal sealed class HikariConfigLog : LineReader
{
    private static readonly (string Key, string Name, double Unit)[] Told =
    [
        ("maxLifetime", ApplicationSetting.MaxLifetime, 0.001), ("keepaliveTime", ApplicationSetting.KeepAlive, 0.001), ("connectionTimeout", ApplicationSetting.PoolWait, 0.001), ("maximumPoolSize", ApplicationSetting.PoolSize, 1),
        ("idleTimeout", ApplicationSetting.IdleTimeout, 0.001), ("minimumIdle", "", 1), ("jdbcUrl", "", 1),
    ];

    public override string Kind => "HikariCP configuration";

    public override IReadOnlyList<string> Triggers { get; } = [.. Told.Select(static one => one.Key + "....")];

    public override bool TryRead(LogLine line, Findings findings)
    {
        foreach ((string key, string name, double unit) in Told)
        {
            int at = line.Text.IndexOf(key + "....", StringComparison.Ordinal);
            if (at < 0)
                continue;
            ReadOnlySpan<char> value = line.Text[(at + key.Length)..].TrimStart('.').Trim();
            // Idle connections are closed only when the pool may shrink; that stands on another line.
            bool counts = name.Length > 0 && (name != ApplicationSetting.IdleTimeout || Shrinks(line));
            if (counts && double.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out double number))
                findings.Add(new Fact(FactKind.Application, name, (number * unit).ToString("0.######", CultureInfo.InvariantCulture), line.Stamp, line.Source) { Scope = StackTag.Hikari });
            return true;
        }
        return false;
    }

    private static bool Shrinks(LogLine line) => Around(line, "minimumIdle...") is { } least && Around(line, "maximumPoolSize...") is { } most && least < most;

    private static long? Around(LogLine line, string key)
    {
        for (int offset = -30; offset <= 40; offset++)
            if (line.Line(offset) is { IsEmpty: false } other && other.IndexOf(key, StringComparison.Ordinal) is var at and >= 0)
                return long.TryParse(other[(at + key.Length)..].TrimStart('.').Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
        return null;
    }
}
