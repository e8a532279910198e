using System.Buffers;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>The error log of MySQL 5.5 to 9 and MariaDB 5.5 to 12, as text or JSON, alone or inside what a collector wrote.</summary>
internal sealed class ServerLog : LineReader
{
    private static readonly ServerLogRules Rules = new([.. ServerLogLifecycle.Rules, .. ServerLogCrash.Rules, .. ServerLogStorage.Rules, .. ServerLogAccess.Rules, .. ServerLogCluster.Rules]);

    private const int DullLength = 60;
    private const int MostDull = 4096;

    public override string Kind => "MySQL error log";

    // Nearly every line of the server has its level; the others are the server's by their words alone.
    public override IReadOnlyList<string> Triggers { get; } =
    [
        "[Note]", "[Warning]", "[ERROR]", "[System]", "\"err_code\"", "MY-01", "Aborted connection ", "InnoDB: ", "mysqld_safe", "mariadbd-safe",
        " got signal ", "got exception 0x", "mysqld: ", "mariadbd: ", "Version: '", ": ready for connections", ": Normal shutdown", "Forcing close of thread",
        "WSREP", "Semaphore wait has lasted", "Found option without preceding group", "World-writable config file",
    ];

    // A replica is a client of its source: what it says of that connection is not about this server's clients, but about itself.
    private static readonly string[] Replica = ["Slave ", "Replica ", "Error reading packet from server", "Failed reading log event", "Read semi-sync reply", "Master", "Source"];
    // Programs may write their logs with a head like a server's; these are words of clients.
    private static readonly SearchValues<string> Client =
        SearchValues.Create(["gone away", "Lost connection", "(2006", "(2013", "SQLSTATE", "Exception", "OperationalError", "Traceback", "onnection refused", "roken pipe", "onnection reset"], StringComparison.Ordinal);

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        bool hasHead = ServerLogEntry.TryParse(text, out ServerLogEntry entry) || ServerLogJson.TryParse(text, out entry) || ServerLogJson.TryParseRow(text, out entry);
        if (!hasHead)
            entry = new ServerLogEntry { Message = text };
        if (entry.Level == ServerLogLevel.Note && entry.IsIso)
            NotesSeen(line, entry, findings);
        if (ServerLogAborted.TryRead(line, entry, findings))
            return true;
        bool isOurs = hasHead && (entry.Number is not null || !entry.Time.IsEmpty || entry.Code > 0);
        if (hasHead && IsOfReplica(entry.Message))
            return false;
        if (Match(line, entry, !hasHead, findings))
            return true;
        if (DullKey(text) is not 0 and var dull && isOurs && entry.Code > 5000 && findings.Dull.Count < MostDull)
            findings.Dull.Add(dull);
        return isOurs && (entry.Code > 0 || entry.IsPadded || !entry.Message.ContainsAny(Client));
    }

    public override bool IsCounted(ReadOnlySpan<char> text, Findings findings)
    {
        if (ServerLogAborted.TryCount(text, findings))
            return true;
        int at = NumberOf(text);
        if (at < 0)
            return false;
        // Of these a log may have millions.
        Sign? known = text.Slice(at + 4, 6) switch { "010925" or "010926" or "010927" => Sign.AccessDeniedLogged, "010055" or "010058" => Sign.NameLookupFailed, _ => null };
        if (known is { } sign && findings.IsFull(sign))
        {
            findings.Count(sign);
            return true;
        }
        return known is null && findings.Dull.Contains(DullKey(text));
    }

    /// <summary>Where [MY-012345] stands near the beginning; below 0 when it does not.</summary>
    private static int NumberOf(ReadOnlySpan<char> text)
    {
        int at = (text.Length > 96 ? text[..96] : text).IndexOf("[MY-0", StringComparison.Ordinal);
        return at >= 0 && text.Length >= at + DullLength ? at : -1;
    }

    /// <summary>
    /// The number of a message with how it begins. What meant nothing once means nothing again: a log may have millions of a few kinds.
    /// 0 when the line has no number near its beginning.
    /// </summary>
    private static ulong DullKey(ReadOnlySpan<char> text)
    {
        int at = NumberOf(text);
        return at < 0 ? 0
            : (ulong)(uint)string.GetHashCode(text.Slice(at, DullLength / 2)) << 32 | (uint)string.GetHashCode(text.Slice(at + DullLength / 2, DullLength / 2));
    }

    private static bool IsOfReplica(ReadOnlySpan<char> message)
    {
        foreach (string begin in Replica)
            if (message.StartsWith(begin, StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <summary>
    /// MySQL 5.7 and later write notes only when log_error_verbosity is 3, and only then can aborted connections be in the log. Servers before,
    /// and MariaDB, write notes always: there an aborted connection or a refused password shows that log_warnings is 2 or more.
    /// </summary>
    internal static void NotesSeen(LogLine line, in ServerLogEntry entry, Findings findings)
    {
        if (!findings.Counts.ContainsKey(Sign.ServerNotesLogged))
            findings.Add(New(line, entry, Sign.ServerNotesLogged));
    }

    private static bool Match(LogLine line, in ServerLogEntry entry, bool bareOnly, Findings findings)
    {
        // MySQL writes the words of a crash again at the next start.
        if (entry.Code == 13951 && findings.Counts.ContainsKey(Sign.ServerSignal))
            return true;
        if (Rules.TryFind(entry.Message, bareOnly, out ServerLogRule rule, out Template.Matched matched))
        {
            Add(line, entry, rule, matched, findings);
            return true;
        }
        // MySQL 8 writes what it told a client under its own number (1045) or under this one.
        return entry.Code is 0 or 10914 or (>= 1000 and < 5000) && !bareOnly && ServerLogTranslations.TryRead(line, entry, findings);
    }

    internal static void Add(LogLine line, in ServerLogEntry entry, ServerLogRule rule, in Template.Matched matched, Findings findings)
    {
        if (rule.Sign is not { } sign)
            return;
        if (findings.IsFull(sign))
        {
            findings.Count(sign);
            return;
        }
        if (sign == Sign.AccessDeniedLogged)
            NotesSeen(line, entry, findings);
        if (rule.Once > 0 && IsTold(findings, sign, line.Number - rule.Once))
            return;
        ReadOnlySpan<char> message = entry.Message;
        Sighting? sighting = New(line, entry, sign) with
        {
            Origin = rule.Origin,
            ThreadId = matched.Number(message, "id") is > 0 and <= uint.MaxValue and var id ? (uint)id : entry.ThreadId,
            User = Name(matched.Text(message, "user")),
            // 'user'@'%' is the account, not where it came from.
            ClientHost = matched.Text(message, "host") is "%" ? null : Name(matched.Text(message, "host")),
            Schema = Name(matched.Text(message, "schema")),
            Subject = Name(matched.Text(message, "subject")) ?? rule.Subject,
            State = Name(matched.Text(message, "state")) ?? rule.State,
            Code = Small(matched.Number(message, "code") ?? matched.Number(message, "signal")) ?? rule.Code,
            Errno = Small(matched.Number(message, "errno")) ?? rule.Errno,
            Pid = Small(matched.Number(message, "pid")),
            ServerPort = matched.Number(message, "port") is > 0 and < 65536 and var port ? (int)port : null,
            Size = matched.Number(message, "size") is > 0 and var size ? size : null,
            Elapsed = Span(matched.Number(message, "seconds"), 1) ?? Span(matched.Number(message, "ms"), 0.001),
        };
        if (rule.Refine is { } refine)
            sighting = refine(line, entry, sighting);
        if (sighting is not null)
            findings.Add(sighting);
    }

    internal static Sighting New(LogLine line, in ServerLogEntry entry, Sign sign) => new()
    {
        Sign = sign, Origin = Origin.Server, Source = line.Source, Text = Shown.Of(line.Text), Stamp = entry.Stamp ?? line.Stamp, ThreadId = entry.ThreadId,
    };

    /// <summary>True when the sign was kept from that line or a later one, and the server did not start or end since.</summary>
    private static bool IsTold(Findings findings, Sign sign, int fromLine)
    {
        for (int i = findings.Sightings.Count - 1, seen = 0; i >= 0 && seen < 50; i--, seen++)
        {
            Sighting one = findings.Sightings[i];
            if (one.Sign != sign && one.Sign is Sign.ServerStarting or Sign.ServerReady or Sign.ShutdownComplete)
                return false;
            if (one.Sign == sign)
                return int.TryParse(one.Source.AsSpan(one.Source.LastIndexOf(':') + 1), out int number) && number >= fromLine;
        }
        return false;
    }

    internal static string? Name(ReadOnlySpan<char> text)
    {
        text = text.Trim(" '`\"");
        return text.IsEmpty ? null : Shown.Of(text);
    }

    internal static TimeSpan? Span(long? number, double unit) => number is >= 0 and < 10_000_000_000 ? TimeSpan.FromSeconds(number.Value * unit) : null;

    private static int? Small(long? number) => number is >= 0 and <= int.MaxValue ? (int)number : null;
}
