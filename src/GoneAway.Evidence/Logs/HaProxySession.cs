using System.Buffers;
using System.Globalization;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Logs;

/// <summary>
/// The end of a session in HAProxy's log: tcplog, httplog, and formats of one's own that keep the termination state.
/// Fields are told by their shape and order (configuration manual, 8.2), not by their number.
/// </summary>
internal struct HaProxySession
{
    private const int MostTokens = 64;
    private const string Ends = "-LcCsSPRIDKU";
    private const string Phases = "-RCHDLQT";
    private static readonly SearchValues<char> Numeric = SearchValues.Create("0123456789/+-");

    /// <summary>Who or what ended it and in which phase: two letters.</summary>
    public string State { get; private set; }
    /// <summary>The line itself calls it a termination state, as nothing but HAProxy does.</summary>
    public bool IsNamed { get; private set; }
    /// <summary>It is in HTTP's format, with a request line.</summary>
    public bool IsHttp { get; private set; }
    /// <summary>Written when the session began (option logasap): the state means nothing.</summary>
    public bool IsEarly { get; private set; }
    public TimeSpan? Elapsed { get; private set; }
    public long? Bytes { get; private set; }
    public string? Frontend { get; private set; }
    /// <summary>backend/server.</summary>
    public string? Target { get; private set; }
    public string? ClientHost { get; private set; }
    public int? ClientPort { get; private set; }
    public string? ServerHost { get; private set; }
    public int? ServerPort { get; private set; }

    /// <summary>Reads what follows the syslog prefix. <paramref name="bracket"/> is where the accept date begins, below 0 when there is none.</summary>
    public static bool TryRead(ReadOnlySpan<char> line, int bracket, out HaProxySession session)
    {
        session = default;
        int close = bracket < 0 ? -1 : line[bracket..].IndexOf(']');
        Span<Range> tokens = stackalloc Range[MostTokens];
        ReadOnlySpan<char> fields = close < 0 ? line : line[(bracket + close + 1)..];
        int count = fields.SplitAny(tokens, " \t", StringSplitOptions.RemoveEmptyEntries);
        int state = StateOf(fields, tokens[..count]);
        // Access logs of web servers have such a date, too: they are not searched for keys.
        if (state < 0)
            return (bracket < 0 || line.Contains("haproxy", StringComparison.OrdinalIgnoreCase)) && session.TryKeyed(line);
        ReadOnlySpan<char> code = fields[tokens[state]];
        session.State = code[..2].ToString();
        session.IsHttp = code.Length == 4;
        session.Client(bracket < 0 ? default : line[..bracket]);
        session.Names(fields, tokens[..state]);
        session.Numbers(fields, tokens[..state]);
        return true;
    }

    /// <summary>The token of two letters (four with HTTP's cookies) next to the numbers that always surround it.</summary>
    private static int StateOf(ReadOnlySpan<char> fields, ReadOnlySpan<Range> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            ReadOnlySpan<char> token = fields[tokens[i]];
            if (!IsState(token))
                continue;
            bool counters = i + 1 < tokens.Length && Slashes(fields[tokens[i + 1]]) >= 3;
            bool numbers = i > 0 && IsNumber(fields[tokens[i - 1]]) && i > 1 && Slashes(fields[tokens[i - 2]]) >= 1;
            bool timers = i > 0 && Slashes(fields[tokens[i - 1]]) >= 2;
            if (counters || numbers || timers)
                return i;
        }
        return -1;
    }

    public static bool IsState(ReadOnlySpan<char> token) =>
        token.Length is 2 or 4 && Ends.Contains(token[0]) && Phases.Contains(token[1])
        && (token.Length == 2 || "-NIDVEOUP".Contains(token[2]) && "-NIPRDU".Contains(token[3]));

    private void Client(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd();
        int space = before.LastIndexOf(' ');
        if (Address.TrySplit(before[(space + 1)..], out string host, out int port))
            (ClientHost, ClientPort) = (host, port);
    }

    /// <summary>Frontend and backend/server; addresses of one's own format.</summary>
    private void Names(ReadOnlySpan<char> fields, ReadOnlySpan<Range> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            ReadOnlySpan<char> token = fields[tokens[i]];
            int slash = token.IndexOf('/');
            if (Target is null && slash > 0 && slash < token.Length - 1 && Slashes(token) < 1 && token[(slash + 1)..].IndexOf('/') < 0)
            {
                Target = token.ToString();
                if (i > 0 && IsName(fields[tokens[i - 1]]))
                    Frontend = fields[tokens[i - 1]].TrimEnd('~').ToString();
            }
            else if (Address.TrySplit(token, out string host, out int port))
            {
                if (ClientHost is null)
                    (ClientHost, ClientPort) = (host, port);
                else if (Address.IsMySqlPort(port) && port != ClientPort)
                    (ServerHost, ServerPort) = (host, port);
            }
        }
    }

    private static bool IsName(ReadOnlySpan<char> token) => !token.IsEmpty && (char.IsAsciiLetterOrDigit(token[0]) || token[0] == '_') && !token.Contains('=');

    /// <summary>Tw/Tc/Tt or its kin of HTTP, and the bytes after them.</summary>
    private void Numbers(ReadOnlySpan<char> fields, ReadOnlySpan<Range> tokens)
    {
        for (int i = tokens.Length - 1; i >= 0; i--)
        {
            ReadOnlySpan<char> token = fields[tokens[i]];
            if (Slashes(token) < 2)
            {
                if (i == tokens.Length - 1 && IsNumber(token))
                    Bytes = Number(token);
                continue;
            }
            ReadOnlySpan<char> last = token[(token.LastIndexOf('/') + 1)..];
            IsEarly = last[0] == '+';
            if (Number(last) is { } total and >= 0)
                Elapsed = TimeSpan.FromMilliseconds(total);
            // HTTP: timers, status, bytes.
            if (IsHttp && i + 2 < tokens.Length)
                Bytes = Number(fields[tokens[i + 2]]);
            return;
        }
    }

    /// <summary>JSON and key=value formats, by the names that people give to the state.</summary>
    private bool TryKeyed(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> code = Keyed.Value(line, "termination_state", "term_state", "terminationstate");
        IsNamed = !code.IsEmpty;
        if (!IsNamed)
            code = Keyed.Value(line, "session_state", "term", "tsc", "ts", "state");
        if (!IsState(code))
            return false;
        State = code[..2].ToString();
        IsHttp = !Keyed.Value(line, "status_code", "http_status", "method", "http_method", "http_request").IsEmpty;
        Frontend = Text(Keyed.Value(line, "frontend_name", "frontend", "ft", "fe"));
        string? backend = Text(Keyed.Value(line, "backend_name", "backend", "be"));
        string? server = Text(Keyed.Value(line, "server_name", "server", "srv"));
        Target = backend is null ? server : backend.Contains('/') || server is null ? backend : $"{backend}/{server}";
        ReadOnlySpan<char> total = Keyed.Value(line, "time_total", "total_time", "time_duration", "session_duration", "duration", "Tt", "Ta");
        if (Number(total) is { } elapsed and >= 0)
            Elapsed = TimeSpan.FromMilliseconds(elapsed);
        IsEarly = !total.IsEmpty && total[0] == '+';
        Bytes = Number(Keyed.Value(line, "bytes_read", "bytes_sent", "bytes_out", "bytes", "B"));
        ReadOnlySpan<char> client = Keyed.Value(line, "client_ip", "client_addr", "clientip", "client_address", "client", "src", "ci");
        if (Address.TrySplit(client, out string host, out int port))
            (ClientHost, ClientPort) = (host, port);
        else if (!client.IsEmpty)
            (ClientHost, ClientPort) = (Text(client), (int?)Number(Keyed.Value(line, "client_port", "clientport", "cp", "src_port")));
        return true;
    }

    private static string? Text(ReadOnlySpan<char> text) => text.IsEmpty || text is "-" or "<NOSRV>" && text.Length < 2 ? null : Shown.Of(text);

    private static bool IsNumber(ReadOnlySpan<char> token) => Number(token) is not null;

    private static long? Number(ReadOnlySpan<char> token) =>
        long.TryParse(token.TrimStart('+'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>Slashes in a token of numbers alone (1/-1/3019, 1/1/0/0/+3); 0 for everything else.</summary>
    private static int Slashes(ReadOnlySpan<char> token) =>
        token.IsEmpty || !char.IsAsciiDigit(token[^1]) || token.ContainsAnyExcept(Numeric) ? 0 : token.Count('/');
}
