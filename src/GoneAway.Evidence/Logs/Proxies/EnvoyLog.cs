using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.ProxyLine;

namespace GoneAway.Evidence.Logs;

/// <summary>TCP sessions in Envoy's and Istio's access logs, as text or JSON: who ended them, by the response flags. Only MySQL's ports are told.</summary>
internal sealed class EnvoyLog : LineReader
{
    private const string Stack = "envoy";

    public override string Kind => "Envoy access log";

    public override IReadOnlyList<string> Triggers { get; } = ["\"- - -\" 0 ", "\"- - - \" 0 ", "response_flags", "tcp_session_idle_timeout"];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        bool json = text.Contains("response_flags", StringComparison.Ordinal);
        int request = text.IndexOf("\" 0 ", StringComparison.Ordinal);
        ReadOnlySpan<char> fields = json || request < 0 ? text : text[(request + 4)..];
        ReadOnlySpan<char> flags = json ? Keyed.Value(text, "response_flags") : fields[..Math.Max(0, fields.IndexOf(' '))];
        if (!AreFlags(flags) || !IsMySql(text) || json && Keyed.Value(text, "method") is { IsEmpty: false } method && method is not ("-" or "null"))
            return false;
        Sign sign = SignOf(flags, text);
        TimeSpan? elapsed = json ? Milliseconds(Number(Keyed.Value(text, "duration"))) : DurationOf(fields);
        string upstream = json ? Keyed.Value(text, "upstream_host", "upstream_service").ToString() : Upstream(fields);
        string client = json ? Keyed.Value(text, "downstream_remote_address", "downstream_remote").ToString() : Downstream(fields);
        findings.Add((Of(line, sign, Stack) with
        {
            State = flags is "-" ? "--" : "envoy " + flags.ToString(), Elapsed = elapsed, Stamp = EndOf(line, elapsed, json), Errno = ErrnoOf(text), Subject = Cluster(text),
        }).WithServer(upstream).WithClient(client));
        return true;
    }

    /// <summary>Two to five capitals, several with commas, or a dash.</summary>
    private static bool AreFlags(ReadOnlySpan<char> flags)
    {
        if (flags.Length is 0 or > 40)
            return false;
        foreach (char c in flags)
            if (!char.IsAsciiLetterUpper(c) && c is not (',' or '-'))
                return false;
        return true;
    }

    private static Sign SignOf(ReadOnlySpan<char> flags, ReadOnlySpan<char> text)
    {
        if (text.Contains("session_idle_timeout", StringComparison.Ordinal) || Has(flags, "SI"))
            return Sign.ProxyIdleClosed;
        if (Has(flags, "UF") || Has(flags, "URX"))
            return Sign.ProxyConnectFailed;
        if (Has(flags, "UH") || Has(flags, "NR") || Has(flags, "NC"))
            return Sign.ProxyNoServer;
        if (Has(flags, "UO"))
            return Sign.ProxyQueueTimedOut;
        if (Has(flags, "UT"))
            return Sign.ProxyQueryTimedOut;
        if (Has(flags, "UC") || Has(flags, "UR"))
            return Sign.ProxyBackendLost;
        return Has(flags, "DC") ? Sign.ProxyClientLost : Sign.ProxySessionEnded;
    }

    private static bool Has(ReadOnlySpan<char> flags, string flag)
    {
        foreach (Range range in flags.Split(','))
            if (flags[range].SequenceEqual(flag))
                return true;
        return false;
    }

    /// <summary>"delayed_connect_error:_111" says why a connect failed.</summary>
    private static int? ErrnoOf(ReadOnlySpan<char> text) =>
        Errno(After(text, "connect_error:_") ?? After(text, "connect_error: ")) ?? (text.Contains("Connection_refused", StringComparison.OrdinalIgnoreCase) ? 111 : null);

    /// <summary>The third of three numbers in a row: bytes received, bytes sent, milliseconds.</summary>
    private static TimeSpan? DurationOf(ReadOnlySpan<char> fields)
    {
        int run = 0;
        foreach (Range range in fields.Split(' '))
        {
            ReadOnlySpan<char> field = fields[range];
            run = field.Length > 0 && field.IndexOfAnyExceptInRange('0', '9') < 0 ? run + 1 : 0;
            if (run == 3)
                return Milliseconds(Number(field));
        }
        return null;
    }

    /// <summary>The log is written at the end, the time in it is that of the beginning.</summary>
    private static Stamp? EndOf(LogLine line, TimeSpan? elapsed, bool json)
    {
        ReadOnlySpan<char> start = json ? Keyed.Value(line.Text, "start_time", "timestamp") : line.Text[(line.Text.IndexOf('[') + 1)..];
        if (!Stamps.TryFind(start, out Stamp stamp))
            return line.Stamp;
        return elapsed is { } total && stamp.Clock < DateTime.MaxValue - total ? stamp with { Clock = stamp.Clock + total } : stamp;
    }

    /// <summary>The last address in quotes.</summary>
    private static string Upstream(ReadOnlySpan<char> fields)
    {
        string found = "";
        foreach (Range range in fields.Split(' '))
            if (fields[range] is ['"', .., '"'] quoted && Address.TrySplit(quoted[1..^1], out _, out _))
                found = quoted[1..^1].ToString();
        return found;
    }

    /// <summary>After the cluster come three addresses: the upstream's local one, the one that the client connected to, the client's.</summary>
    private static string Downstream(ReadOnlySpan<char> fields)
    {
        string found = "";
        int run = 0;
        foreach (Range range in fields.Split(' '))
        {
            run = Address.TrySplit(fields[range], out _, out _) && fields[range][0] != '"' ? run + 1 : fields[range] is "-" && run == 0 ? 1 : 0;
            if (run == 3)
                found = fields[range].ToString();
        }
        return found;
    }

    /// <summary>outbound|3306||mysql.default.svc.cluster.local</summary>
    private static string? Cluster(ReadOnlySpan<char> text)
    {
        foreach (string direction in (ReadOnlySpan<string>)["outbound|", "inbound|"])
            if (text.IndexOf(direction, StringComparison.Ordinal) is var at and >= 0)
            {
                ReadOnlySpan<char> rest = text[at..];
                int end = rest.IndexOfAny(" \",");
                return Shown.Of(end < 0 ? rest : rest[..end]);
            }
        return null;
    }

    private static bool IsMySql(ReadOnlySpan<char> text)
    {
        if (Cluster(text) is { } cluster && cluster.Split('|') is [_, var port, ..] && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return Address.IsMySqlPort(number);
        foreach (Range range in text.SplitAny(" \",{}"))
            if (Address.TrySplitName(text[range], out _, out int at) && Address.IsMySqlPort(at))
                return true;
        return false;
    }
}
