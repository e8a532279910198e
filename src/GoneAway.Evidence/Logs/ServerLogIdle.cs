using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>The lines that servers write next to an aborted connection: how long it was idle, which error the socket gave.</summary>
internal static class ServerLogIdle
{
    private const int Reach = 3;
    private static readonly Template Period = new("_timeout' period of {n} seconds was exceeded for {user}. The idle time");
    private static readonly Template Layer = new("A connection from {user} was closed by the server due to a timeout in the communication layer ({}) {n} seconds after the last command started. Currently configured {state} is {limit} seconds");
    private static readonly Template Packet = new("Could not {state} packet: fd: {}errno: {errno} ");

    public static IReadOnlyList<ServerLogRule> Rules { get; } =
    [
        new(Sign.AbortedInactivity, "_timeout' period of {} seconds was exceeded for ") { Code = 4031, Refine = Close },
        new(Sign.AbortedInactivity, "was closed by the server due to a timeout in the communication layer") { Refine = Close },
        new(Sign.AbortedInactivity, "The wait_timeout period was exceeded, the idle time since last command was too long") { Code = 4031, Refine = Close },
        new(Sign.AbortedReadError, "Could not read packet: fd: {}read_length: ") { Refine = Close },
        new(Sign.AbortedWriteError, "Could not write packet: fd: {}state: ") { Refine = Close },
    ];

    /// <summary>Such a line on its own is a sighting; where the aborted connection follows, that one takes over what it says.</summary>
    private static Sighting? Close(LogLine line, in ServerLogEntry entry, Sighting sighting)
    {
        for (int i = 1; i <= Reach; i++)
            if (TryAborted(line.Line(i), out uint id) && id == entry.Thread)
                return null;
        return Told(entry.Message, sighting with { ThreadId = entry.Thread });
    }

    /// <summary>Adds to an aborted connection what the lines before it say of the same thread.</summary>
    public static Sighting WithNeighbours(LogLine line, Sign sign, Sighting sighting)
    {
        if (sign is not (Sign.AbortedInactivity or Sign.AbortedReadError or Sign.AbortedReadTimeout or Sign.AbortedUnauthenticated or Sign.AbortedWriteError or Sign.AbortedOther))
            return sighting;
        for (int i = 1; i <= Reach; i++)
        {
            ReadOnlySpan<char> before = line.Line(-i);
            if (before.IsEmpty)
                break;
            if (ServerLogEntry.TryParse(before, out ServerLogEntry entry) && entry.Thread is { } thread && thread == sighting.ThreadId)
            {
                Sighting known = Told(entry.Message, sighting);
                if (ReferenceEquals(known, sighting))
                    continue;
                Sighting told = known with { Code = sighting.Code, User = sighting.User, State = sighting.State };
                // MariaDB calls every failed write an error, and every end before a login normal; the socket's error tells which waited in vain.
                bool waited = told.Errno is 110;
                return told with { Sign = waited && sign == Sign.AbortedWriteError ? Sign.AbortedWriteTimeout : waited && sign == Sign.AbortedUnauthenticated ? Sign.HandshakeTimedOut : sign };
            }
        }
        return sighting;
    }

    private static Sighting Told(ReadOnlySpan<char> message, Sighting sighting)
    {
        if (Period.TryMatch(message, out Template.Matched period))
            return WithUser(sighting with { Idle = ServerLog.Span(period.Number(message, "n"), 1), Code = 4031 }, period.Text(message, "user"));
        if (Packet.TryMatch(message, out Template.Matched packet))
        {
            // Length 0 is the other side's orderly end; the error is then one of before.
            return packet.Number(message, "errno") is > 0 and < 4096 and var errno && !message.EndsWith("length: 0", StringComparison.Ordinal) ? sighting with { Errno = (int)errno } : sighting;
        }
        if (!Layer.TryMatch(message, out Template.Matched layer))
            return sighting;
        long? seconds = layer.Number(message, "n"), limit = layer.Number(message, "limit");
        string? setting = ServerLog.Name(layer.Text(message, "state"));
        Sighting told = WithUser(sighting with { State = setting }, layer.Text(message, "user"));
        // It names wait_timeout whatever ended: shorter than that, it was one of the network time-outs.
        if (setting is "net_write_timeout")
            return told with { Sign = Sign.AbortedWriteTimeout, Code = 1161, Elapsed = ServerLog.Span(seconds, 1) };
        if (setting is "net_read_timeout" || seconds < limit)
            return told with { Sign = Sign.AbortedReadTimeout, Code = 1159, Elapsed = ServerLog.Span(seconds, 1) };
        return told with { Code = 4031, Idle = ServerLog.Span(seconds, 1) };
    }

    /// <summary>`user`@`host` or 'user'@'host'.</summary>
    private static Sighting WithUser(Sighting sighting, ReadOnlySpan<char> account)
    {
        int at = account.LastIndexOf('@');
        return at < 0 ? sighting with { User = ServerLog.Name(account) }
            : sighting with { User = ServerLog.Name(account[..at]), ClientHost = sighting.ClientHost ?? (account[(at + 1)..].Trim("'`") is "%" ? null : ServerLog.Name(account[(at + 1)..])) };
    }

    public static bool TryAborted(ReadOnlySpan<char> text, out uint id)
    {
        const string begin = "Aborted connection ";
        id = 0;
        int at = text.IndexOf(begin, StringComparison.Ordinal);
        if (at < 0)
            return false;
        text = text[(at + begin.Length)..];
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end > 0 && uint.TryParse(text[..end], out id);
    }
}
