using GoneAway.Model;

namespace GoneAway.Reports.Terminal;

/// <summary>The last moments of a connection: client on the left, server on the right, time before the end.</summary>
internal static class Drawing
{
    private const int Most = 4;

    public static IEnumerable<string> Lines(Timeline connection, int width)
    {
        IReadOnlyList<ConnectionEvent> events = connection.LastEvents;
        if (events.Count == 0)
            yield break;
        Instant end = connection.Ending?.At.At ?? events[^1].At;
        // The end and what led to it; what comes after the end is shown too, but never instead of it.
        int last = events.Count;
        for (int i = 0; i < events.Count; i++)
            if (events[i].At > end)
            {
                last = i + 1;
                break;
            }
        for (int i = Math.Max(0, last - Most); i < last; i++)
            yield return Line(events[i], end, width);
    }

    private static string Line(in ConnectionEvent item, Instant end, int width)
    {
        TimeSpan offset = item.At - end;
        string time = offset == TimeSpan.Zero ? "0" : offset > TimeSpan.Zero ? "+" + Spans.Show(offset) : "-" + Spans.Show(-offset);
        string arrow = item.Side == Side.Client ? "client ──▶       " : "       ◀── server";
        string text = $"{time,18}  {arrow}  {Describe(item)}";
        text += item.Packet > 0 ? $"  #{item.Packet}" : "";
        return text.Length > width ? text[..(width - 1)] + "…" : text;
    }

    private static string Describe(in ConnectionEvent item) => item.Kind switch
    {
        EventKind.Opening => "SYN",
        EventKind.Accepted => "SYN,ACK",
        EventKind.Refused => "RST: refused",
        EventKind.Greeting => "greeting",
        EventKind.TlsRequested => "asks for TLS",
        EventKind.TlsAlert => $"TLS alert {item.Amount}",
        EventKind.Login => "login",
        EventKind.AuthExchange => item.Text is null ? "authentication" : "switch to " + item.Text,
        EventKind.LoggedIn => "OK: logged in",
        EventKind.Command => item.Text ?? "command",
        EventKind.ResponseEnd => item.Amount > 0 ? $"answer complete, {item.Amount} rows" : "answer complete",
        EventKind.ServerError => $"ERR {item.Amount} {item.Text}",
        EventKind.Quit => "COM_QUIT",
        EventKind.WindowClosed => "window 0: reads no more",
        EventKind.WindowOpened => "window open again",
        EventKind.Retransmission => item.Text ?? $"retransmits {item.Amount} bytes",
        EventKind.KeepAlive => "keep-alive",
        EventKind.Gap => $"{item.Amount} bytes not captured",
        EventKind.Violation => "out of place: " + item.Text,
        EventKind.Data => $"{item.Amount} bytes",
        EventKind.Fin => "FIN",
        _ => "RST",
    };
}
