using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Config;

/// <summary>haproxy.cfg, whole or a pasted part: what holds in each section after defaults, and where it stands.</summary>
internal sealed class HaProxyConfig : IPassageReader
{
    private const int MostLines = 50_000;

    // Settings of one side only; the rest holds for both.
    private static readonly HashSet<string> Front = new(StringComparer.Ordinal)
    {
        "timeout client", "timeout client-fin", "timeout http-request", "timeout http-keep-alive", "timeout client-hs", "option tcplog", "option httplog", "option dontlognull", "option dontlog-normal", "option logasap",
        "option log-separate-errors", "option clitcpka", "option contstats", "option tcp-smart-accept", "log-format", "error-log-format", "maxconn", "default_backend", "backlog", "clitcpka-cnt", "clitcpka-idle", "clitcpka-intvl", "monitor-uri",
    };

    private static readonly HashSet<string> Back = new(StringComparer.Ordinal)
    {
        "timeout server", "timeout server-fin", "timeout connect", "timeout queue", "timeout check", "timeout tunnel", "option mysql-check", "option tcp-check", "option httpchk", "option ssl-hello-chk", "option pgsql-check",
        "option redispatch", "option srvtcpka", "option log-health-checks", "option allbackups", "option tcp-smart-connect", "option prefer-last-server", "retries", "balance", "fullconn", "cookie", "hash-type", "srvtcpka-cnt",
        "srvtcpka-idle", "srvtcpka-intvl", "option abortonclose", "option external-check", "external-check",
    };

    /// <summary>What is told of a section; everything else is not about connections.</summary>
    private static readonly HashSet<string> Told = new(StringComparer.Ordinal)
    {
        "mode", "retries", "maxconn", "balance", "hard-stop-after", "default_backend", "log-format", "error-log-format", "fullconn", "backlog", "nbproc", "nbthread", "log", "stats socket", "grace", "source", "ulimit-n", "disabled",
        "clitcpka-cnt", "clitcpka-idle", "clitcpka-intvl", "srvtcpka-cnt", "srvtcpka-idle", "srvtcpka-intvl", "stick", "mworker-max-reloads", "master-worker", "daemon", "rate-limit", "external-check",
    };

    public string Kind => "haproxy.cfg";

    public bool TryRead(Passage passage, Findings findings)
    {
        if (passage.Lines.Count > MostLines || !TryLines(passage, out List<(List<string> Words, string Source)> lines))
            return false;
        List<HaProxySection> sections = HaProxySection.Of(lines);
        bool hasProxies = sections.Any(static one => one.IsFront || one.IsBack);
        // What holds for a web site in the same file says nothing about MySQL's connections.
        List<HaProxySection> carriers = HaProxyCarriers.Of(sections);
        foreach (HaProxySection section in sections)
            if (section.Kind is "global" or "" || carriers.Contains(section) || section.Kind == "defaults" && !hasProxies)
                Tell(section, findings);
        HaProxyHazards.Find(sections, carriers, findings);
        return true;
    }

    /// <summary>The lines in words; false when this is not HAProxy's configuration.</summary>
    private static bool TryLines(Passage passage, out List<(List<string> Words, string Source)> lines)
    {
        lines = [];
        int known = 0, foreign = 0, sections = 0, own = 0;
        for (int i = 0; i < passage.Lines.Count; i++)
        {
            ReadOnlySpan<char> line = passage.Lines[i].AsSpan().TrimStart(" \t>|");
            if (line.IsEmpty || line[0] == '#' || line.Length > 8192)
                continue;
            List<string> words = HaProxySyntax.Words(line);
            if (words.Count == 0)
                continue;
            bool section = HaProxySyntax.IsSection(words[0]) && IsSectionLine(words);
            bool ended = words[^1] is [.., ';' or '{' or ','] || words[0] is [.., ':'] || words.Count > 1 && words[1] is "=" or ":";
            if (ended || !section && !HaProxySyntax.IsDirective(words[0]))
                foreign++;
            else
            {
                known++;
                sections += section ? 1 : 0;
                own += IsOwn(words) ? 1 : 0;
                lines.Add((words, passage.At(i)));
            }
            if (foreign > 20 && foreign > known)
                return false;
        }
        return own > 0 && (sections > 0 ? known > 1 : known > 1 || own > 0 && foreign == 0) && foreign * 5 <= known;
    }

    private static bool IsSectionLine(List<string> words) => words[0] switch
    {
        "global" => words.Count == 1,
        "defaults" => words.Count < 5,
        "listen" or "frontend" or "backend" => words.Count > 1 && !char.IsAsciiDigit(words[1][0]),
        _ => words.Count is 1 or 2 or 4,
    };

    /// <summary>Lines that no other program's configuration has.</summary>
    private static bool IsOwn(List<string> words) => words[0] switch
    {
        "timeout" => words.Count == 3 && words[1] is "client" or "server" or "connect" or "tunnel" or "queue" or "check" or "client-fin" or "server-fin" or "http-request" or "http-keep-alive" && HaProxySyntax.Seconds(words[2]) is not null,
        "clitimeout" or "srvtimeout" or "contimeout" or "default_backend" or "use_backend" or "hard-stop-after" or "default-server" or "tcp-check" => words.Count > 1,
        "option" => words.Count > 1 && words[1] is "tcplog" or "httplog" or "mysql-check" or "tcp-check" or "httpchk" or "redispatch" or "dontlognull" or "tcpka" or "clitcpka" or "srvtcpka" or "logasap" or "forwardfor" or "http-server-close",
        "mode" => words.Count == 2 && words[1] is "tcp" or "http",
        "balance" => words.Count > 1 && words[1] is "roundrobin" or "leastconn" or "source" or "first" or "static-rr",
        "server" => words.Count > 2 && words[2].Contains(':') && (words.Count == 3 || words.Skip(3).Any(static one => one is "check" or "backup" or "weight" or "maxconn" or "send-proxy" or "send-proxy-v2" or "inter" or "cookie" or "ssl")),
        "bind" => words.Count > 1 && words[1].LastIndexOf(':') is var colon and >= 0 && colon + 1 < words[1].Length && char.IsAsciiDigit(words[1][^1]),
        _ => false,
    };

    private static void Tell(HaProxySection section, Findings findings)
    {
        foreach ((string key, HaProxySetting setting) in section.Effective())
        {
            if (!section.IsFront && section.IsBack && Front.Contains(key) || section.IsFront && !section.IsBack && Back.Contains(key))
                continue;
            bool span = key.StartsWith("timeout ", StringComparison.Ordinal) || key is "hard-stop-after" or "grace" or "clitcpka-idle" or "clitcpka-intvl" or "srvtcpka-idle" or "srvtcpka-intvl";
            if (!span && !Told.Contains(key) && !key.StartsWith("option ", StringComparison.Ordinal))
                continue;
            string value = span && setting.Words.Count > 0 ? HaProxySyntax.Seconds(setting.Words[0]) ?? setting.Text : setting.Words.Count == 0 ? "ON" : setting.Text;
            Add(section, key, value, setting.Source, findings);
        }
        // Without a word about it, the mode is tcp.
        if ((section.IsFront || section.IsBack) && !section.Has("mode"))
            Add(section, "mode", "tcp", section.Source, findings);
        foreach (HaProxySetting bind in section.Binds)
            Add(section, "bind", bind.Text, bind.Source, findings);
        foreach (HaProxySetting use in section.Uses)
            Add(section, "use_backend", use.Text, use.Source, findings);
        foreach (HaProxySetting step in section.CheckSteps)
            Add(section, "tcp-check", step.Text, step.Source, findings);
        foreach (HaProxySetting line in section.Servers)
        {
            var server = new HaProxyServer(section, line);
            Add(section, "server " + server.Name, server.ToString(), line.Source, findings);
            if (server.SendProxy is { } header)
                Add(section, header, server.Address, line.Source, findings);
        }
    }

    private static void Add(HaProxySection section, string name, string value, string source, Findings findings) =>
        findings.Add(new Fact(FactKind.Proxy, Shown.Of(name), Shown.Of(value), null, source) { Scope = section.Scope is { } scope ? Shown.Of(scope) : null });
}
