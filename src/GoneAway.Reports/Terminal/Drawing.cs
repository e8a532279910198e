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
        string time = EventWords.Offset(offset);
        string arrow = item.Side == Side.Client ? "client ──▶       " : "       ◀── server";
        string text = $"{time,18}  {arrow}  {EventWords.Of(item)}";
        text += item.Packet > 0 ? $"  #{item.Packet}" : "";
        return text.Length > width ? text[..(width - 1)] + "…" : text;
    }
}
