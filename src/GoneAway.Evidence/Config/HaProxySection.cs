namespace GoneAway.Evidence.Config;

/// <summary>One setting of haproxy.cfg and the place where it stands.</summary>
/// <param name="Words">What follows its name.</param>
internal sealed record HaProxySetting(IReadOnlyList<string> Words, string Source)
{
    public string Text => string.Join(' ', Words);

    /// <summary>Of a server line: how many default-server lines of its section stand above it; those below do not hold for it.</summary>
    public int DefaultServers { get; init; }
}

/// <summary>A section with what it sets itself, and the defaults that it builds on.</summary>
internal sealed class HaProxySection(string kind, string name, string source, HaProxySection? parent)
{
    // Only one kind of health check holds; the last one said.
    private static readonly string[] Checks = ["option mysql-check", "option tcp-check", "option httpchk", "option ssl-hello-chk", "option pgsql-check", "option redis-check", "option smtpchk", "option ldap-check", "option external-check"];

    private readonly Dictionary<string, HaProxySetting?> settings = new(StringComparer.Ordinal);

    public string Kind => kind;
    public string Name => name;
    public string Source => source;
    public HaProxySection? Parent => parent;
    /// <summary>As facts name it; null for lines without a section.</summary>
    public string? Scope => kind.Length == 0 ? null : name.Length == 0 ? kind : $"{kind} {name}";
    public bool IsFront => kind is "frontend" or "listen";
    public bool IsBack => kind is "backend" or "listen";
    public List<HaProxySetting> Binds { get; } = [];
    public List<HaProxySetting> Uses { get; } = [];
    public List<HaProxySetting> Servers { get; } = [];
    public List<HaProxySetting> CheckSteps { get; } = [];
    public List<HaProxySetting> DefaultServers { get; } = [];

    /// <summary>The setting that holds here: its own, or that of the nearest defaults.</summary>
    public HaProxySetting? Find(string key)
    {
        for (HaProxySection? at = this; at is not null; at = at.Parent)
            if (at.settings.TryGetValue(key, out HaProxySetting? found))
                return found;
        return null;
    }

    public bool Has(string key) => Find(key) is not null;

    /// <summary>All settings that hold here.</summary>
    public IEnumerable<(string Key, HaProxySetting Setting)> Effective()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (HaProxySection? at = this; at is not null; at = at.Parent)
            foreach ((string key, HaProxySetting? setting) in at.settings)
                if (seen.Add(key) && setting is not null)
                    yield return (key, setting);
    }

    /// <summary>Takes a line of this section.</summary>
    public void Add(List<string> words, string at)
    {
        switch (words[0])
        {
            case "no" when words.Count > 1:
                Set(words[1] == "option" && words.Count > 2 ? "option " + words[2] : words[1], null);
                break;
            case "default" when words.Count > 2 && words[1] == "option":
                settings.Remove("option " + words[2]);
                break;
            case "timeout" or "stats" when words.Count > 2:
                Set($"{words[0]} {(words[1] == "clitimeout" ? "client" : words[1])}", new HaProxySetting(words[2..], at));
                break;
            case "clitimeout" or "srvtimeout" or "contimeout" when words.Count > 1:
                Set(words[0] switch { "clitimeout" => "timeout client", "srvtimeout" => "timeout server", _ => "timeout connect" }, new HaProxySetting(words[1..], at));
                break;
            case "redispatch" or "redisp":
                Set("option redispatch", new HaProxySetting([], at));
                break;
            case "option" when words.Count > 1:
                foreach (string other in Checks.Contains("option " + words[1]) ? Checks : [])
                    Set(other, null);
                Set("option " + words[1], new HaProxySetting(words[2..], at));
                break;
            case "bind":
                Binds.Add(new HaProxySetting(words[1..], at));
                break;
            case "use_backend":
                Uses.Add(new HaProxySetting(words[1..], at));
                break;
            case "tcp-check":
                CheckSteps.Add(new HaProxySetting(words[1..], at));
                break;
            case "default-server":
                DefaultServers.Add(new HaProxySetting(words[1..], at));
                break;
            case "server" or "server-template" when words.Count > 2:
                Servers.Add(new HaProxySetting(words[0] == "server" ? words[1..] : [words[1], .. words[3..]], at) { DefaultServers = DefaultServers.Count });
                break;
            default:
                Set(words[0], new HaProxySetting(words[1..], at));
                break;
        }
    }

    /// <summary>The sections of the lines, in order. Lines before the first section are in one without a kind.</summary>
    public static List<HaProxySection> Of(IEnumerable<(List<string> Words, string Source)> lines)
    {
        var sections = new List<HaProxySection>();
        var named = new Dictionary<string, HaProxySection>(StringComparer.Ordinal);
        HaProxySection? defaults = null, open = null;
        foreach ((List<string> words, string source) in lines)
        {
            if (!HaProxySyntax.IsSection(words[0]))
            {
                if (open is null)
                    sections.Add(open = new HaProxySection("", "", source, null));
                open.Add(words, source);
                continue;
            }
            string kind = words[0], name = words.Count > 1 && words[1] != "from" ? words[1] : "";
            int from = words.IndexOf("from");
            HaProxySection? parent = from > 0 && from + 1 < words.Count ? named.GetValueOrDefault(words[from + 1]) : kind is "frontend" or "backend" or "listen" ? defaults : null;
            open = new HaProxySection(kind, name, source, parent);
            if (kind == "defaults")
            {
                defaults = open;
                if (name.Length > 0)
                    named[name] = open;
            }
            // listen mysql 0.0.0.0:3306, as one may still write it.
            if (open.IsFront && words.Count > 2 && from < 0)
                open.Binds.Add(new HaProxySetting(words[2..], source));
            sections.Add(open);
        }
        return sections;
    }

    private void Set(string key, HaProxySetting? setting) => settings[key] = setting;
}
