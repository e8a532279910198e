using System.Globalization;
using GoneAway.Evidence.Logs;

namespace GoneAway.Evidence.Config;

/// <summary>The sections of haproxy.cfg through which MySQL's connections go.</summary>
internal static class HaProxyCarriers
{
    /// <summary>Surely if a port, a check or a name says so; when none does, all of mode tcp.</summary>
    public static List<HaProxySection> Of(List<HaProxySection> sections)
    {
        List<HaProxySection> sure = sections.FindAll(static one => (one.IsBack || one.IsFront) && IsMySql(one));
        foreach (HaProxySection front in sections)
            if (front.IsFront && !sure.Contains(front) && Targets(front, sections).Any(sure.Contains))
                sure.Add(front);
        foreach (HaProxySection front in sure.ToArray())
            foreach (HaProxySection target in Targets(front, sections))
                if (!sure.Contains(target))
                    sure.Add(target);
        return sure.Count > 0 ? sure : sections.FindAll(static one => (one.IsBack || one.IsFront) && one.Find("mode")?.Text is null or "tcp" && !one.Has("option httpchk") && !Ports(one).Any(IsOther));
    }

    private static bool IsMySql(HaProxySection section) =>
        section.Has("option mysql-check") && section.Parent?.Has("option mysql-check") != true
        || Ports(section).Any(Address.IsMySqlPort)
        || !Ports(section).Any(IsOther) && (section.Name.Contains("mysql", StringComparison.OrdinalIgnoreCase) || section.Name.Contains("maria", StringComparison.OrdinalIgnoreCase)
            || section.Name.Contains("galera", StringComparison.OrdinalIgnoreCase) || section.Name.Contains("percona", StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<int> Ports(HaProxySection section)
    {
        foreach (HaProxySetting bind in section.Binds)
            if (bind.Words.Count > 0 && int.TryParse(bind.Words[0].AsSpan(bind.Words[0].LastIndexOf(':') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port))
                yield return port;
        foreach (HaProxySetting line in section.Servers)
            if (new HaProxyServer(section, line).Port is { } port)
                yield return port;
    }

    /// <summary>Well-known services that are not MySQL.</summary>
    public static bool IsOther(int port) => port is 22 or 25 or 53 or 80 or 443 or 465 or 587 or 993 or 1433 or 1521 or 2379 or 5432 or 5433 or 5672 or 6379 or 6380 or 6443 or 8080 or 8443 or 8404 or 9000 or 9092 or 9200 or 11211 or 22623 or 27017;

    /// <summary>The backends of a frontend.</summary>
    public static IEnumerable<HaProxySection> Targets(HaProxySection front, List<HaProxySection> sections)
    {
        if (front.Find("default_backend") is { Words.Count: > 0 } one && sections.Find(s => s.IsBack && s.Name == one.Words[0]) is { } main)
            yield return main;
        foreach (HaProxySetting use in front.Uses)
            if (use.Words.Count > 0 && sections.Find(s => s.IsBack && s.Name == use.Words[0]) is { } other)
                yield return other;
    }
}
