using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>Connection strings that are whole in one line: URLs of all stacks, Go's DSN, .NET's key=value;. User and password are passed over.</summary>
internal static class ConnectionTexts
{
    private const int MostOfLine = 8192;

    private static readonly System.Buffers.SearchValues<char> Ends = System.Buffers.SearchValues.Create(" \t\"'`<>");

    private static readonly (string Begin, string Scope)[] Schemes =
    [
        ("jdbc:mysql:", StackTag.ConnectorJ), ("jdbc:mariadb:", StackTag.MariaDbConnectorJ), ("jdbc:aws-wrapper:mysql:", StackTag.ConnectorJ), ("mysql+", StackTag.SqlAlchemy), ("mariadb+", StackTag.SqlAlchemy),
        ("mysql2://", StackTag.Rails), ("trilogy://", StackTag.Rails), ("mysql://", ""), ("mariadb://", ""),
    ];

    // Connector/J, MariaDB's and Node's count milliseconds, the others seconds.
    private static readonly KeyRule[] Milliseconds =
    [
        new("sockettimeout", ReadTimeout, ValueKind.Span, 0.001), new("connecttimeout", ConnectTimeout, ValueKind.Span, 0.001), new("autoreconnect", Reconnect, ValueKind.Switch), new("tcpkeepalive", KeepAlive, ValueKind.Switch),
        new("maxallowedpacket", MaxAllowedPacket, ValueKind.Count), new("connectionlimit", PoolSize, ValueKind.Count), new("idletimeout", IdleTimeout, ValueKind.Span, 0.001), new("enablekeepalive", KeepAlive, ValueKind.Switch),
        new("maxidletime", IdleTimeout, ValueKind.Span), new("maxpoolsize", PoolSize, ValueKind.Count), new("testonborrow", TestOnBorrow, ValueKind.Switch),
    ];

    private static readonly KeyRule[] Seconds =
    [
        new("connecttimeout", ConnectTimeout, ValueKind.Span), new("readtimeout", ReadTimeout, ValueKind.Span), new("sockettimeout", ReadTimeout, ValueKind.Span), new("writetimeout", WriteTimeout, ValueKind.Span),
        new("timeout", ConnectTimeout, ValueKind.Span), new("pooltimeout", PoolWait, ValueKind.Span), new("connectionlimit", PoolSize, ValueKind.Count), new("pool", PoolSize, ValueKind.Count), new("poolsize", PoolSize, ValueKind.Count),
        new("maxconnectionlifetime", MaxLifetime, ValueKind.Span), new("maxidleconnectionlifetime", IdleTimeout, ValueKind.Span), new("reconnect", Reconnect, ValueKind.Switch), new("maxallowedpacket", MaxAllowedPacket, ValueKind.Count),
        new("poolrecycle", MaxLifetime, ValueKind.Span), new("idletimeout", IdleTimeout, ValueKind.Span), new("checkouttimeout", PoolWait, ValueKind.Span),
    ];

    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        bool prisma = text.Has("prisma", "connection_limit=", "pool_timeout=");
        for (int i = 0; i < text.Passage.Lines.Count; i++)
        {
            string line = text.Passage.Lines[i];
            if (line.Length > MostOfLine)
                continue;
            foreach ((string begin, string scope) in Schemes)
                if (line.IndexOf(begin, StringComparison.OrdinalIgnoreCase) is var at and >= 0 && (at == 0 || !char.IsAsciiLetterOrDigit(line[at - 1]) && line[at - 1] is not (':' or '+')) && TryUrl(line, at, out ReadOnlySpan<char> rest))
                    Url(rest, scope.Length > 0 ? scope : prisma ? StackTag.Prisma : line.Contains("connectionLimit", StringComparison.Ordinal) ? StackTag.Node : "application", i, facts);
            Go(line, i, facts);
            DotNetStrings.Read(line, text, i, facts);
        }
    }

    /// <summary>What follows the two slashes, up to a quote or a blank.</summary>
    private static bool TryUrl(string line, int at, out ReadOnlySpan<char> rest)
    {
        rest = line.AsSpan(at);
        int slashes = rest.IndexOf("//", StringComparison.Ordinal);
        if (slashes is < 0 or > 40 || rest[..slashes].ContainsAny(' ', '"', '\''))
            return false;
        rest = rest[(slashes + 2)..];
        int end = rest.IndexOfAny(Ends);
        if (end >= 0)
            rest = rest[..end];
        return rest.Length > 0;
    }

    private static void Url(ReadOnlySpan<char> rest, string scope, int line, ApplicationFacts facts)
    {
        int question = rest.IndexOf('?');
        ReadOnlySpan<char> authority = question < 0 ? rest : rest[..question];
        // A password may hold slashes and signs of its own: what counts is behind the last @.
        authority = authority[(authority.LastIndexOf('@') + 1)..];
        int path = authority.IndexOf('/');
        Where(path < 0 ? authority : authority[..path], line, scope, facts);
        if (question >= 0)
            Parameters(rest[(question + 1)..], scope is StackTag.ConnectorJ or StackTag.MariaDbConnectorJ or StackTag.Node ? Milliseconds : Seconds, line, scope, facts);
    }

    /// <summary>host:port, the first of several.</summary>
    private static void Where(ReadOnlySpan<char> authority, int line, string scope, ApplicationFacts facts)
    {
        if (authority.IndexOf(',') is var comma and >= 0)
            authority = authority[..comma];
        int colon = authority.LastIndexOf(':');
        if (colon > 0 && Expression.NumberOf(authority[(colon + 1)..].ToString()) is { } port)
            facts.Host(authority[..colon].Trim("[]").ToString(), port, line, scope);
        else if (colon < 0)
            facts.Host(authority.ToString(), null, line, scope);
    }

    private static void Parameters(ReadOnlySpan<char> query, KeyRule[] rules, int line, string scope, ApplicationFacts facts)
    {
        var block = new Block("", "", null, line);
        foreach (string pair in query.ToString().Replace("&amp;", "&", StringComparison.Ordinal).Split('&'))
        {
            int equals = pair.IndexOf('=');
            if (equals < 1)
                continue;
            string key = KeyRule.Plain(pair[..equals]), value = pair[(equals + 1)..].TrimEnd(')', ';', ',', '\\');
            if (key is "sessionvariables" or "waittimeout" or "initsql" or "connectioninitsql")
                facts.SessionWaitTimeout(key == "waittimeout" ? "wait_timeout=" + value : value.Replace("%3D", "=", StringComparison.OrdinalIgnoreCase), line, scope);
            else
                KeyRule.Apply(rules, key, new Setting(key, Expression.OfText(value), line, block), scope, facts);
        }
    }

    /// <summary>user:password@tcp(host:3306)/schema?timeout=5s&amp;readTimeout=30s</summary>
    private static void Go(string line, int number, ApplicationFacts facts)
    {
        int at = line.IndexOf("@tcp(", StringComparison.Ordinal);
        int begin = at < 0 ? line.IndexOf("@unix(", StringComparison.Ordinal) : at;
        if (begin < 0)
            return;
        ReadOnlySpan<char> rest = line.AsSpan(line.IndexOf('(', begin) + 1);
        int close = rest.IndexOf(')');
        if (close < 0)
            return;
        if (at >= 0)
            Where(rest[..close], number, StackTag.GoSqlDriver, facts);
        rest = rest[(close + 1)..];
        int end = rest.IndexOfAny(Ends);
        rest = end < 0 ? rest : rest[..end];
        int question = rest.IndexOf('?');
        if (question >= 0)
            Parameters(rest[(question + 1)..], Seconds, number, StackTag.GoSqlDriver, facts);
    }
}
