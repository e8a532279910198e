using System.Collections.Frozen;
using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>Messages of servers whose lc_messages is not English, by the error number that they are the text of.</summary>
internal static class ServerLogTranslations
{
    private static readonly (int Code, string Text)[] Messages = Load();
    private static readonly ServerLogRules Rules = new(Messages.Where(static one => SignOf(one.Code) is not null).Select(static one => new ServerLogRule(SignOf(one.Code), one.Text) { Code = one.Code }));
    private static readonly FrozenDictionary<char, (int Code, string Text)[]> Reasons =
        Messages.Where(static one => !one.Text.Contains('{')).GroupBy(static one => one.Text[0]).ToFrozenDictionary(static group => group.Key, static group => group.ToArray());

    /// <summary>A message of the server in another language than English.</summary>
    public static bool TryRead(LogLine line, in ServerLogEntry entry, Findings findings)
    {
        if (!Rules.TryFind(entry.Message, bareOnly: false, out ServerLogRule rule, out Template.Matched matched))
            return false;
        if (rule.Code is 1152 or 1184)
            Aborted(line, entry, matched, findings);
        else
            ServerLog.Add(line, entry, rule, matched, findings);
        return true;
    }

    /// <summary>The error whose text the reason in brackets is, which may have been cut off; null when it is none of those known.</summary>
    public static int? CodeOf(ReadOnlySpan<char> reason)
    {
        // Servers cut at 64 bytes, within a character if need be.
        reason = reason.TrimEnd(". \ufffd");
        if (reason.Length < 2 || !Reasons.TryGetValue(reason[0], out (int Code, string Text)[]? candidates))
            return null;
        foreach ((int code, string text) in candidates)
            if (reason.Length >= 6 && text.AsSpan().StartsWith(reason, StringComparison.Ordinal) || reason.StartsWith(text, StringComparison.Ordinal))
                return code;
        return null;
    }

    /// <summary>What an aborted connection is a sign of, when its reason is the text of that error.</summary>
    public static Sign AbortedSign(int code) => code switch
    {
        1040 => Sign.TooManyConnectionsLogged,
        1043 => Sign.BadHandshake,
        1053 => Sign.ForcedClose,
        1153 => Sign.AbortedPacketTooLarge,
        1156 => Sign.ServerPacketsOutOfOrder,
        1158 => Sign.AbortedReadError,
        1159 => Sign.AbortedReadTimeout,
        1160 => Sign.AbortedWriteError,
        1161 => Sign.AbortedWriteTimeout,
        1927 => Sign.AbortedKilled,
        4031 => Sign.AbortedInactivity,
        _ => Sign.AbortedOther,
    };

    /// <summary>What the text of an error is a sign of, when it stands in the log by itself.</summary>
    private static Sign? SignOf(int code) => code switch
    {
        1021 => Sign.DiskFull,
        1040 => Sign.TooManyConnectionsLogged,
        1043 => Sign.BadHandshake,
        1045 => Sign.AccessDeniedLogged,
        1076 or 1408 => Sign.ServerReady,
        1077 => Sign.ShutdownRequested,
        1078 => Sign.ServerSignal,
        1079 => Sign.ShutdownComplete,
        1080 => Sign.ForcedClose,
        1129 => Sign.HostBlockedLogged,
        1135 => Sign.ThreadNotCreated,
        1152 or 1184 => Sign.AbortedOther,
        1153 => Sign.AbortedPacketTooLarge,
        1156 => Sign.ServerPacketsOutOfOrder,
        // Without "aborted connection" around them these are written before a login only.
        1158 => Sign.AbortedUnauthenticated,
        1159 => Sign.HandshakeTimedOut,
        1194 or 1195 => Sign.Corruption,
        _ => null,
    };

    private static void Aborted(LogLine line, in ServerLogEntry entry, in Template.Matched matched, Findings findings)
    {
        ReadOnlySpan<char> message = entry.Message;
        Sign sign = ServerLogAborted.SignOfTranslated(matched.Text(message, "state"), out int? code);
        ServerLog.NotesSeen(line, entry, findings);
        if (findings.IsFull(sign))
        {
            findings.Count(sign);
            return;
        }
        findings.Add(ServerLogIdle.WithNeighbours(line, sign, ServerLog.New(line, entry, sign) with
        {
            Code = code, State = ServerLog.Name(matched.Text(message, "state")),
            ThreadId = matched.Number(message, "id") is > 0 and <= uint.MaxValue and var id ? (uint)id : null,
            Schema = ServerLogAborted.Known(matched.Text(message, "schema")),
            User = ServerLogAborted.Known(matched.Text(message, "user")),
            ClientHost = ServerLogAborted.Known(matched.Text(message, "host")),
        }));
    }

    private static (int, string)[] Load()
    {
        using Stream stream = typeof(ServerLogTranslations).Assembly.GetManifestResourceStream("GoneAway.Evidence.Logs.ServerLogTranslations.tsv")!;
        using var reader = new StreamReader(stream);
        var messages = new List<(int, string)>();
        while (reader.ReadLine() is { } line)
            if (line.IndexOf('\t') is > 0 and var tab && int.TryParse(line.AsSpan(0, tab), NumberStyles.None, CultureInfo.InvariantCulture, out int code))
                messages.Add((code, line[(tab + 1)..].TrimEnd('.', ' ')));
        return [.. messages];
    }
}
