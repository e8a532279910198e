using GoneAway.Evidence.Config.Applications;
using GoneAway.Evidence.Logs;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Config.Proxies;

/// <summary>nginx's stream servers that carry MySQL, by the port that they listen on or pass to.</summary>
internal static class NginxStreamConfig
{
    // ngx_stream_proxy_module: proxy_timeout 10m, proxy_connect_timeout 60s.
    private const string OwnTimeout = "600";

    private sealed record Directive(string Name, string[] Arguments, int Line);

    private sealed class Section(string name, Section? parent)
    {
        public string Name { get; } = name;
        public Section? Parent { get; } = parent;
        public List<Directive> Directives { get; } = [];
        public bool IsHttp => Name.StartsWith("http", StringComparison.Ordinal) || Name.StartsWith("location", StringComparison.Ordinal) || Parent?.IsHttp == true;

        public Directive? Find(string name) => Directives.Find(one => one.Name == name) ?? Parent?.Find(name);
    }

    public static void Read(Passage passage, ProxyFacts facts)
    {
        List<Section> sections = Sections(passage);
        foreach (Section server in sections)
        {
            if (server.Name != "server" || server.IsHttp || server.Directives.Find(static one => one.Name == "proxy_pass") is not { Arguments.Length: > 0 } pass || pass.Arguments[0].Contains("://", StringComparison.Ordinal))
                continue;
            Directive? listen = server.Directives.Find(static one => one.Name == "listen");
            if (!IsMySql(listen?.Arguments) && !IsMySql(pass.Arguments) && !sections.Exists(one => one.Name == "upstream " + pass.Arguments[0] && one.Directives.Exists(static line => line.Name == "server" && IsMySql(line.Arguments))))
                continue;
            string scope = "server " + (listen?.Arguments.FirstOrDefault() ?? pass.Arguments[0]);
            if (server.Find("proxy_timeout") is not { Arguments.Length: > 0 } timeout || !facts.Span("proxy_timeout", Expression.OfText(timeout.Arguments[0]), 1, timeout.Line, scope))
                facts.Add("proxy_timeout", OwnTimeout, pass.Line, scope);
            if (server.Find("proxy_connect_timeout") is { Arguments.Length: > 0 } connect)
                facts.Span("proxy_connect_timeout", Expression.OfText(connect.Arguments[0]), 1, connect.Line, scope);
            if (server.Find("proxy_protocol") is { Arguments: ["on"] } header)
                facts.Add("send-proxy", pass.Arguments[0], header.Line, scope);
            if (listen is not null && listen.Arguments.Contains("proxy_protocol", StringComparer.Ordinal))
                facts.Add("accept-proxy", "ON", listen.Line, scope);
        }
    }

    private static List<Section> Sections(Passage passage)
    {
        var open = new Section("", null);
        List<Section> all = [open];
        var words = new List<string>();
        for (int line = 0; line < passage.Lines.Count; line++)
        {
            string text = passage.Lines[line];
            int comment = text.IndexOf('#');
            foreach (string piece in Pieces(comment < 0 ? text : text[..comment]))
            {
                if (piece == "{")
                {
                    all.Add(open = new Section(string.Join(' ', words), open));
                    words.Clear();
                }
                else if (piece == "}")
                {
                    open = open.Parent ?? open;
                    words.Clear();
                }
                else if (piece != ";")
                    words.Add(piece);
                else
                {
                    if (words.Count > 0 && words.Count < 60)
                        open.Directives.Add(new Directive(words[0], [.. words.Skip(1)], line));
                    words.Clear();
                }
            }
        }
        return all;
    }

    private static IEnumerable<string> Pieces(string line)
    {
        int from = 0;
        for (int i = 0; i <= line.Length; i++)
        {
            if (i < line.Length && !char.IsWhiteSpace(line[i]) && line[i] is not (';' or '{' or '}'))
                continue;
            if (i > from)
                yield return line[from..i];
            if (i < line.Length && line[i] is ';' or '{' or '}')
                yield return line[i].ToString();
            from = i + 1;
        }
    }

    private static bool IsMySql(string[]? arguments) =>
        arguments is [var first, ..] && (int.TryParse(first, out int port) || Address.TrySplitName(first, out _, out port) || first.LastIndexOf(':') is var colon and >= 0 && int.TryParse(first.AsSpan(colon + 1), out port)) && Address.IsMySqlPort(port);
}
