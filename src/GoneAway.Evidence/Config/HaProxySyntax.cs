using System.Globalization;
using System.Text;

namespace GoneAway.Evidence.Config;

/// <summary>Lines of haproxy.cfg as HAProxy cuts them into words (configuration manual, 2.2), and its units (2.5).</summary>
internal static class HaProxySyntax
{
    private const int MostWords = 128;

    private static readonly HashSet<string> Sections = new(StringComparer.Ordinal)
    {
        "global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "userlist", "mailers", "cache", "program", "ring", "fcgi-app", "http-errors", "log-forward", "crt-store", "traces", "log-profile", "acme",
    };

    private static readonly HashSet<string> Directives = new(StringComparer.Ordinal)
    {
        "acl", "appsession", "backlog", "balance", "bind", "bind-process", "block", "ca-base", "capture", "chroot", "clitcpka-cnt", "clitcpka-idle", "clitcpka-intvl", "clitimeout", "compression", "contimeout",
        "cookie", "cpu-map", "crt-base", "daemon", "debug", "declare", "default-server", "default_backend", "description", "disabled", "dispatch", "email-alert", "enabled", "errorfile", "errorfiles", "errorloc", "errorloc302",
        "errorloc303", "external-check", "filter", "force-persist", "fullconn", "gid", "grace", "group", "hard-stop-after", "hash-type", "http-after-response", "http-check", "http-error", "http-request", "http-response",
        "http-reuse", "id", "ignore-persist", "insecure-fork-wanted", "limited-quic", "load-server-state-from-file", "localpeer", "log", "log-format", "log-format-sd", "error-log-format", "log-send-hostname", "log-tag", "lua-load",
        "lua-prepend-path", "master-worker", "max-keep-alive-queue", "maxconn", "maxconnrate", "maxpipes", "maxsessrate", "maxsslconn", "maxsslrate", "mode", "monitor", "monitor-net", "monitor-uri", "mworker-max-reloads",
        "nameserver", "nbproc", "nbthread", "no", "node", "noepoll", "nosplice", "option", "peer", "persist", "pidfile", "presetenv", "quiet", "rate-limit", "redirect", "redisp", "redispatch", "reqadd", "reqdel", "reqrep",
        "resolution_pool_size", "resolve_retries", "hold", "retries", "retry-on", "rspadd", "rspdel", "rsprep", "server", "server-state-base", "server-state-file", "server-state-file-name", "server-template", "setenv", "set-dumpable",
        "source", "spread-checks", "srvtcpka-cnt", "srvtcpka-idle", "srvtcpka-intvl", "srvtimeout", "stats", "stick", "stick-table", "strict-limits", "tcp-check", "tcp-request", "tcp-response", "thread-groups", "timeout",
        "transparent", "uid", "ulimit-n", "unique-id-format", "unique-id-header", "unix-bind", "unsetenv", "use-server", "use_backend", "user", "zero-warning", "accepted_payload_size", "parse-resolv-conf", "guid", "hash-balance-factor",
    };

    public static bool IsSection(string word) => Sections.Contains(word);

    public static bool IsDirective(string word) =>
        Directives.Contains(word) || word.StartsWith("ssl-", StringComparison.Ordinal) || word.StartsWith("tune.", StringComparison.Ordinal) || word.StartsWith("httpclient.", StringComparison.Ordinal)
        || word is ".if" or ".elif" or ".else" or ".endif" or ".notice" or ".warning" or ".alert" or ".diag";

    /// <summary>The words of a line: quotes and escapes taken away, the comment left out.</summary>
    public static List<string> Words(ReadOnlySpan<char> line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool open = false;
        char quote = '\0';
        for (int i = 0; i < line.Length && words.Count < MostWords; i++)
        {
            char c = line[i];
            if (c == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
                open = true;
            }
            else if (quote != '\0')
            {
                if (c == quote)
                    quote = '\0';
                else
                    word.Append(c);
            }
            else if (c is '"' or '\'')
                (quote, open) = (c, true);
            else if (c == '#')
                break;
            else if (char.IsWhiteSpace(c))
                End();
            else
            {
                word.Append(c);
                open = true;
            }
        }
        End();
        return words;

        void End()
        {
            if (open)
                words.Add(word.ToString());
            word.Clear();
            open = false;
        }
    }

    /// <summary>A span in seconds as text; without a unit it is milliseconds. Null when it is none (a variable of the environment, a mistake).</summary>
    public static string? Seconds(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> number = digits < 0 ? text : text.AsSpan(0, digits);
        if (number.IsEmpty || number.Length > 15 || !decimal.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out decimal value))
            return null;
        decimal? unit = (digits < 0 ? "" : text[digits..]) switch
        {
            "" or "ms" => 0.001m, "us" => 0.000001m, "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => null,
        };
        return unit is { } factor ? (value * factor).ToString("0.######", CultureInfo.InvariantCulture) : null;
    }
}
