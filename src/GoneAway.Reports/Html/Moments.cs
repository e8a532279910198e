using GoneAway.Model;

namespace GoneAway.Reports.Html;

/// <summary>Who says or sends something in a drawing.</summary>
internal enum Lane : byte
{
    Client,
    Server,
    /// <summary>A proxy, the system: neither end.</summary>
    Between,
}

/// <summary>One row of a drawing: an arrow from one end to the other, or a line that some source wrote.</summary>
/// <param name="At">Null when its source says no time.</param>
/// <param name="Time">As it stands at the row: time before the end, or the clock.</param>
/// <param name="Place">Packet number or <c>file:line</c>.</param>
/// <param name="IsWhole">Its source writes whole seconds: <paramref name="At"/> is where it stands in the order, not when it was.</param>
internal sealed record Row(Instant? At, string Time, Lane Lane, string Text, string Place, bool IsArrow, bool IsEnd, bool IsWhole = false);

/// <summary>What is known of a connection, in the order of time: a capture's events and what other sources wrote.</summary>
internal static class Moments
{
    private const int MostTold = 12;

    public static List<Row> Of(Incident incident)
    {
        var rows = new List<Row>();
        Instant? end = null;
        if (incident.Connection is { } connection)
        {
            end = connection.Ending?.At.At ?? (connection.LastEvents.Count > 0 ? connection.LastEvents[^1].At : null);
            Events(connection, end ?? connection.Last.At, rows);
        }
        bool drawn = rows.Count > 0;
        foreach (Sighting told in Nearest(incident))
            rows.Add(Told(told, drawn ? end : null));
        List<Row> sorted = [.. rows.Where(static r => r.At is not null).OrderBy(static r => r.At!.Value), .. rows.Where(static r => r.At is null)];
        return sorted;
    }

    private static void Events(Timeline connection, Instant end, List<Row> rows)
    {
        IReadOnlyList<ConnectionEvent> events = connection.LastEvents;
        Instant first = events.Count > 0 ? events[0].At : connection.Last.At;
        // What the last events do not reach back to: how the connection began, and what was asked that has no answer.
        foreach ((Moment? moment, Side side, string text) in (IEnumerable<(Moment?, Side, string)>)[
            (connection.Opening.Syn, Side.Client, "SYN"), (connection.Opening.SynAck, Side.Server, "SYN,ACK"), (connection.Opening.Greeting, Side.Server, "greeting"),
            (connection.Opening.Login, Side.Client, "login"), (connection.Opening.LoggedIn, Side.Server, "OK: logged in"),
            (connection.Work.Pending?.At, Side.Client, Asked(connection.Work.Pending))])
            if (moment is { } early && early.At < first)
                rows.Add(new Row(early.At, EventWords.Offset(early.At - end), LaneOf(side), text, Number(early.Packet), IsArrow: true, IsEnd: false));
        foreach (ConnectionEvent one in events)
        {
            bool isEnd = connection.Ending is { } ending && one.At == ending.At.At && one.Side == ending.By && one.Kind == (ending.Kind == EndKind.Fin ? EventKind.Fin : EventKind.Reset);
            rows.Add(new Row(one.At, EventWords.Offset(one.At - end), LaneOf(one.Side), EventWords.Of(one), Number(one.Packet), IsArrow: true, isEnd));
        }
    }

    private static string Asked(CommandSeen? command) => command is null ? "" : command.Text is { } text ? $"{command.Name} {text}" : command.Name;

    private static string Number(long packet) => packet > 0 ? $"#{packet}" : "";

    private static Lane LaneOf(Side side) => side == Side.Client ? Lane.Client : Lane.Server;

    private static Row Told(Sighting told, Instant? end)
    {
        // A log that writes whole seconds wrote its line somewhere in that second: it stands behind what is known to be of the same one.
        bool whole = told.At is { } at && at.UnixNanoseconds % 1_000_000_000 == 0;
        Instant? placed = whole ? told.At!.Value + TimeSpan.FromMilliseconds(999.9) : told.At;
        string time = told.At is not { } moment ? "no time" : end is { } known && !whole ? EventWords.Offset(moment - known) : moment.ToUtc().ToString(whole ? "HH:mm:ss" : "HH:mm:ss.fff");
        return new Row(placed, time, told.Origin switch { Origin.Application or Origin.Process => Lane.Client, Origin.Server => Lane.Server, _ => Lane.Between },
            told.Text.Trim(), told.Source, IsArrow: false, IsEnd: end is null && told.Sign.IsLoss(), whole);
    }

    private static IEnumerable<Sighting> Nearest(Incident incident)
    {
        IEnumerable<Sighting> told = incident.Sightings.DistinctBy(static s => s.Source);
        return incident.At is { } at
            ? told.OrderBy(s => s.At is { } moment ? (moment - at).Duration() : TimeSpan.MaxValue).Take(MostTold)
            : told.Take(MostTold);
    }
}
