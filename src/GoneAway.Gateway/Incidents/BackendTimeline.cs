using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Incidents;

/// <summary>The command that was cut, as the session has it.</summary>
/// <param name="Head">Its first bytes behind the code; empty where they are not kept.</param>
internal readonly record struct CutCommand(ReadOnlyMemory<byte> Head, long Rows, bool InsideResult);

/// <summary>Tells the timeline of a server connection: the gateway is its client.</summary>
internal static class BackendTimeline
{
    public const string Source = "gateway";

    private static readonly string[] Watched =
    [
        "wait_timeout", "interactive_timeout", "net_read_timeout", "net_write_timeout", "connect_timeout", "max_allowed_packet",
        "idle_transaction_timeout", "idle_write_transaction_timeout", "idle_readonly_transaction_timeout", "max_execution_time", "max_statement_time",
    ];

    public static Timeline Of(BackendConnection connection, SessionRecord record, in SocketEnd end, CutCommand cut, Identity identity, LoopClock clock)
    {
        Link link = connection.Link;
        CommandSeen? pending = record.IsPending && record.Last.SentAt <= end.At ? Seen(record.Last, clock, cut, link.Received) : null;
        CommandSeen? answered = LastAnswered(record, clock);
        Moment opened = clock.At(record.OpenedAt), loggedIn = clock.At(record.LoggedInAt);
        ServerError[] errors = [.. record.Errors.Select(e => Error(e, clock))];
        bool toldUnasked = errors is [.., { Unsolicited: true }];
        long lastSent = record.Commands > 0 ? record.Last.SentAt : record.LoggedInAt;
        // What came unasked right before the end does not count: the connection had been idle.
        long lastReceived = pending is null ? connection.LastUsed : pending.ResponseBytes > 0 ? Math.Max(end.LastReceivedAt, lastSent) : connection.LastUsed;
        long lastData = pending is null ? connection.LastUsed : Math.Max(lastSent, lastReceived);
        Moment ended = clock.At(end.At);
        return new Timeline
        {
            Source = Source,
            Number = clock.NextNumber(),
            Client = record.Client,
            Server = record.Server,
            Stage = Stage.Commands,
            Opening = new Opening { Syn = opened, SynAck = opened, Established = opened, Greeting = opened, Login = opened, LoggedIn = loggedIn, TlsRequest = link.IsSecure ? opened : null, FirstServerData = opened, FirstClientData = opened },
            Identity = identity,
            ClientActivity = new SideActivity
            {
                FirstData = opened,
                LastData = clock.At(lastSent),
                LastSegment = clock.At(lastSent),
                Bytes = link.Sent,
                Segments = record.Commands,
                Retransmissions = end.Unanswered,
                UnansweredRetransmissions = end.BytesInFlight > 0 ? end.Unanswered : 0,
                UnacknowledgedSince = end.BytesInFlight > 0 ? clock.At(lastSent) : null,
                BytesInFlight = end.BytesInFlight,
                UnansweredKeepAlives = end.BytesInFlight > 0 ? 0 : end.Unanswered,
            },
            ServerActivity = new SideActivity { FirstData = opened, LastData = clock.At(lastReceived), LastSegment = clock.At(lastReceived), Bytes = link.Received },
            Work = new Work
            {
                Commands = record.Commands,
                Pending = pending,
                LastAnswered = answered,
                StatusFlags = connection.Status,
                LargestClientPacket = record.LargestPacket,
                LargestClientPacketAt = record.LargestPacket > 0 ? clock.At(record.LargestPacketAt) : null,
                Settings = Settings(connection, loggedIn),
                InsideResult = pending is not null && cut.InsideResult,
                Rows = pending?.Rows ?? 0,
            },
            Ending = end.By is not { } by ? null : new Ending
            {
                By = by,
                Kind = end.Kind,
                At = ended,
                IdleBefore = TimeSpan.FromMilliseconds(Math.Max(0, end.At - lastData)),
                LastDataBefore = clock.At(lastData),
                FirstReset = end.Kind == EndKind.Reset ? ended : null,
                FirstResetBy = end.Kind == EndKind.Reset ? by : null,
                ClientDataAfter = pending is null && record.IsPending ? clock.At(record.Last.SentAt) : null,
                ClientDataAfterCount = pending is null && record.IsPending ? 1 : 0,
            },
            Errors = errors,
            Violations = [],
            LastEvents = Events(record, end, toldUnasked ? errors[^1] : null, clock),
            First = opened,
            Last = ended,
            ObservedUntil = clock.Now,
            HasGaps = false,
            SeesPackets = false,
        };
    }

    private static CommandSeen? LastAnswered(SessionRecord record, LoopClock clock)
    {
        CommandSeen? last = null;
        foreach (SessionRecord.CommandMark mark in record.Recent())
            if (mark.AnsweredAt != 0)
                last = Seen(mark, clock, default, 0);
        return last;
    }

    private static CommandSeen Seen(in SessionRecord.CommandMark mark, LoopClock clock, CutCommand cut, long received)
    {
        long bytes = mark.AnsweredAt != 0 ? mark.ResponseBytes : Math.Max(0, received - mark.ReceivedBefore);
        return new CommandSeen
        {
            Code = mark.Code,
            Name = CommandCode.Name(mark.Code),
            At = clock.At(mark.SentAt),
            Length = mark.Length,
            Received = mark.Length,
            Text = cut.Head.IsEmpty ? null : Shown.Text(cut.Head.Span, 200),
            Rows = cut.Rows,
            ResponseBytes = bytes,
            ResponseStart = bytes > 0 ? clock.At(Math.Max(mark.SentAt, mark.AnsweredAt)) : null,
            ResponseEnd = mark.AnsweredAt != 0 ? clock.At(mark.AnsweredAt) : null,
        };
    }

    private static ServerError Error(in SessionRecord.ErrorSeen error, LoopClock clock) => new()
    {
        Code = error.Code,
        SqlState = error.SqlState.Length == 0 ? null : Encoding.ASCII.GetString(error.SqlState),
        Message = Shown.Text(error.Message, 300),
        Sequence = error.Sequence,
        At = clock.At(error.At),
        Unsolicited = error.Unsolicited,
        Stage = Stage.Commands,
        Length = error.Length,
    };

    /// <summary>What the session set, as the server's own session tracking told it.</summary>
    private static Dictionary<string, SettingSeen> Settings(BackendConnection connection, Moment at)
    {
        var settings = new Dictionary<string, SettingSeen>();
        foreach (string name in Watched)
            if (connection.State.Variables.TryGetValue(name, out string? value))
                settings[name] = new SettingSeen(value, at);
        return settings;
    }

    private static List<ConnectionEvent> Events(SessionRecord record, in SocketEnd end, ServerError? unasked, LoopClock clock)
    {
        var events = new List<ConnectionEvent>();
        if (record.Commands < SessionRecord.Kept)
            events.Add(new ConnectionEvent(clock.At(record.LoggedInAt).At, Side.Server, EventKind.LoggedIn, 0, 0, null));
        foreach (SessionRecord.CommandMark mark in record.Recent())
        {
            events.Add(new ConnectionEvent(clock.At(mark.SentAt).At, Side.Client, EventKind.Command, 0, mark.Length, CommandCode.Name(mark.Code)));
            if (mark.AnsweredAt != 0)
                events.Add(new ConnectionEvent(clock.At(mark.AnsweredAt).At, Side.Server, EventKind.ResponseEnd, 0, mark.Rows, null));
        }
        if (unasked is not null)
            events.Add(new ConnectionEvent(unasked.At.At, Side.Server, EventKind.ServerError, 0, unasked.Code, unasked.Message));
        if (end.By is { } by)
            events.Add(new ConnectionEvent(clock.At(end.At).At, by, end.Kind == EndKind.Fin ? EventKind.Fin : EventKind.Reset, 0, 0, null));
        return events.Count > 32 ? events[^32..] : events;
    }
}
