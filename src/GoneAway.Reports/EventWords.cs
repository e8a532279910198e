using GoneAway.Model;

namespace GoneAway.Reports;

/// <summary>What drawings of a connection call its events. May hold control characters of evidence: <see cref="Plain"/> is still needed.</summary>
internal static class EventWords
{
    public static string Of(in ConnectionEvent item) => item.Kind switch
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

    /// <summary>Time before (-) or after (+) the end.</summary>
    public static string Offset(TimeSpan offset) =>
        offset == TimeSpan.Zero ? "0" : offset > TimeSpan.Zero ? "+" + Spans.Show(offset) : "-" + Spans.Show(-offset);
}
