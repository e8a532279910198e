using System.Globalization;
using System.Net;
using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Sessions;
using GoneAway.Model;
using GoneAway.Wire.Payloads;
using EventKind = GoneAway.Gateway.Operations.EventKind;

namespace GoneAway.Gateway.Incidents;

/// <summary>
/// Where losses are told: makes their timelines, has the judge name their causes, and writes them to the log. Called by all loops.
/// </summary>
internal sealed class IncidentDesk(IGatewayEvents events, IIncidentJudge? judge, TimeProvider time, Func<bool> logStatements)
{
    private readonly IncidentIds ids = new();
    /// <summary>A cause that is one thread's, whatever else ended at that time.</summary>
    private const string OfOneThread = "killed";

    private readonly Dictionary<Backend, UnharmedGroup> groups = [];
    private readonly FloodGate clientsGone = new(50);
    private readonly RefusalTally refusals = new();

    public string NextId() => ids.Next();

    /// <summary>A connection was opened to a server: what will be told of it, should it be lost.</summary>
    public SessionRecord OnOpened(Backend backend, Link link, uint thread, long now)
    {
        IPEndPoint server = EndPointOf(backend, link.Socket.Remote);
        var record = new SessionRecord { Client = Native.LocalAddress(link.Socket.File) ?? new IPEndPoint(IPAddress.Loopback, 0), Server = server, OpenedAt = now, LoggedInAt = now };
        judge?.OnAttempt(new ConnectAttempt(record.Client, server, new LoopClock(time).Now, ConnectOutcome.Greeted, thread, 0));
        return record;
    }

    /// <summary>A server was asked, without a session.</summary>
    public void OnAttempt(Backend backend, ConnectOutcome outcome, uint thread) =>
        judge?.OnAttempt(new ConnectAttempt(new IPEndPoint(IPAddress.Loopback, 0), EndPointOf(backend, null), new LoopClock(time).Now, outcome, thread, 0));

    public Instant Now => new LoopClock(time).Now;

    /// <summary>A server has agreed to end a session, or its statement.</summary>
    /// <param name="at">When it was asked to.</param>
    /// <param name="on">Where it was asked.</param>
    public void OnKill(uint thread, bool queryOnly, Instant at, BackendConnection on, string? user, string? program) =>
        judge?.OnKill(new KillSeen(thread, queryOnly, at, BackendTimeline.Source, user, program) { Server = on.Record.Server });

    /// <summary>A session lost its server connection and is told of it: the words for it. The connection is not closed yet.</summary>
    public string OnLost(ClientSession session, BackendConnection connection, Relayed how, string incident, LossVerdict verdict)
    {
        Loss loss = Tell(session, connection, how);
        Verdict cause = judge?.NameCause(loss.Timeline, loss.Facts) ?? new Verdict(null, Grade.Unknown, "");
        string words = ClientWords.Cause(cause, incident);
        string effect = verdict switch
        {
            _ when !connection.Record.IsPending => "the client's next statement is answered with that",
            LossVerdict.Unknown => "the client was told that the outcome is unknown",
            LossVerdict.RolledBack => "the client was told that its transaction was rolled back",
            LossVerdict.NotExecuted => "the client was told that its statement was not executed",
            _ => "the client was told nothing",
        };
        GatewayEvent noted = Event(session, connection, loss, incident) with { Level = EventLevel.Warning };
        Examine(loss, incident, cause, (judged, one) => events.Note(Judged(noted, judged, effect, 1, one)));
        // The outcome is unknown: no word here may make a framework run the statement again.
        return verdict == LossVerdict.Unknown ? words : $"{Ended(connection, how)}; {words}";
    }

    /// <summary>A server connection was lost that nobody missed: it lay idle, or its work was done again elsewhere. Not closed yet.</summary>
    public void OnUnharmed(ClientSession? session, BackendConnection connection, Relayed how)
    {
        if (connection.Record.IsTold)
            return;
        Loss loss = Tell(session, connection, how);
        GatewayEvent noted = Event(session, connection, loss, NextId()) with { Level = EventLevel.Info, Client = null, Session = 0 };
        UnharmedGroup? group;
        lock (groups)
        {
            if (groups.TryGetValue(connection.Backend, out group) && group.TryAdd(loss, noted))
                return;
            groups[connection.Backend] = group = new UnharmedGroup(loss.Timeline);
        }
        Examine(connection.Backend, group, loss, noted);
    }

    /// <summary>One speaks for its group; those that were killed for themselves alone.</summary>
    private void Examine(Backend backend, UnharmedGroup group, Loss loss, GatewayEvent noted) => Examine(loss, noted.IncidentId!, null, (judged, one) =>
    {
        int count;
        lock (groups)
        {
            if (groups.GetValueOrDefault(backend) == group)
                groups.Remove(backend);
            count = group.Count;
        }
        string effect = loss.Timeline.Work.Pending is null ? "no client was harmed" : "it is done again elsewhere, or its client is told";
        // Nobody adds to it any more.
        while (count > 1 && (judged?.Verdict ?? one) is { Cause: OfOneThread, Grade: Grade.Proven } && group.Others.TryDequeue(out var next))
        {
            events.Note(Judged(noted, judged, effect, 1, one));
            count--;
            (noted, judged, one) = (next.Noted, null, judge?.NameCause(next.Loss.Timeline, next.Loss.Facts));
        }
        events.Note(Judged(noted, judged, effect, count, one));
    });

    /// <summary>A client went away without COM_QUIT.</summary>
    public void OnClientGone(ClientSession session, Timeline timeline)
    {
        string incident = NextId();
        judge?.OnConnection(timeline, Summary(timeline), null);
        var loss = new Loss(timeline, []);
        GatewayEvent noted = new()
        {
            Kind = EventKind.Incident,
            Level = timeline.Work.Pending is null && !timeline.Work.InTransaction ? EventLevel.Info : EventLevel.Warning,
            Name = "client-lost",
            Text = "",
            IncidentId = incident,
            Client = session.Remote?.ToString(),
            User = timeline.Identity.User,
            Session = session.Id,
            After = timeline.Ending?.IdleBefore,
        };
        string effect = timeline.Work.InTransaction ? "its transaction is rolled back" : "";
        Examine(loss, incident, null, (judged, one) => events.Note(Judged(noted, judged, effect, 1, one)));
    }

    /// <summary>False: too many clients go at once to tell of each.</summary>
    public bool TellsClientGone => judge is not null && clientsGone.Opens();

    /// <summary>An incident that needs no judge, for its cause is plain: a packet too large, a login refused.</summary>
    public void NotePlain(ClientSession session, string name, string text, string incident) =>
        events.Note(new GatewayEvent { Kind = EventKind.Incident, Level = EventLevel.Info, Name = name, Text = text, IncidentId = incident, Client = session.Remote?.ToString(), User = session.User, Session = session.Id });

    /// <summary>A login was refused: that is an answer. Many from one address in a short time are an incident.</summary>
    public void OnRefusedLogin(EndPoint? remote, int code)
    {
        if (remote is IPEndPoint { Address: var address } && refusals.Count(address) is { } many)
            events.Note(new GatewayEvent
            {
                Kind = EventKind.Incident,
                Level = EventLevel.Warning,
                Name = "refused-logins",
                Text = $"{many} logins from {address} were refused within {RefusalTally.Window.TotalSeconds:0} s, the last with error {code}.",
                IncidentId = NextId(),
                Client = address.ToString(),
                Count = many,
            });
    }

    /// <summary>Nothing will follow: what waits is judged with what is known.</summary>
    public void Complete() => judge?.Complete();

    private Loss Tell(ClientSession? session, BackendConnection connection, Relayed how)
    {
        connection.Record.IsTold = true;
        if (!connection.Record.IsPending && how != Relayed.Malformed)
            LastWords.Read(connection);
        var clock = new LoopClock(time);
        SocketEnd end = SocketEnd.Of(connection.Link, Side.Server, how == Relayed.Malformed);
        Timeline timeline = BackendTimeline.Of(connection, connection.Record, end, session?.Cut(connection) ?? default, IdentityOf(connection, session), clock);
        judge?.OnConnection(timeline, Summary(timeline), null);
        return new Loss(timeline, KnownFacts.Of(connection.Server, timeline));
    }

    private void Examine(Loss loss, string incident, Verdict? now, Action<Incident?, Verdict?> tell)
    {
        if (judge is null || !judge.Examine(loss.Timeline, loss.Facts, incident, judged => tell(judged, null)))
            tell(null, now ?? judge?.NameCause(loss.Timeline, loss.Facts));
    }

    private static GatewayEvent Judged(GatewayEvent noted, Incident? incident, string effect, int count, Verdict? now)
    {
        Verdict verdict = incident?.Verdict ?? now ?? new Verdict(null, Grade.Unknown, "");
        string many = count > 1 ? $" {count.ToString(CultureInfo.InvariantCulture)} connections of the server ended so." : "";
        string summary = verdict.Summary.Length > 0 ? verdict.Summary : noted.Text.Length > 0 ? noted.Text + "." : "The connection ended.";
        return noted with
        {
            Name = verdict.Cause ?? "unknown",
            Text = effect.Length > 0 ? $"{summary}{many} ({effect})" : summary + many,
            Grade = verdict.Grade.ToString().ToLowerInvariant(),
            Count = count,
        };
    }

    private GatewayEvent Event(ClientSession? session, BackendConnection connection, Loss loss, string incident) => new()
    {
        Kind = EventKind.Incident,
        Level = EventLevel.Warning,
        Name = "backend-lost",
        Text = Ended(connection, Relayed.Lost),
        IncidentId = incident,
        Client = session?.Remote?.ToString(),
        User = loss.Timeline.Identity.User,
        Backend = connection.Backend.Name,
        Session = session?.Id ?? 0,
        ServerThread = connection.ThreadId,
        Statement = loss.Timeline.Work.Pending is null ? null : session?.Mark(),
        StatementText = logStatements() ? loss.Timeline.Work.Pending?.Text : null,
        After = loss.Timeline.Ending?.IdleBefore,
        HappenedAt = DateTimeOffset.UnixEpoch.AddTicks(loss.Timeline.Last.At.UnixNanoseconds / TimeSpan.NanosecondsPerTick),
    };

    private static string Ended(BackendConnection connection, Relayed how) => how == Relayed.Malformed
        ? $"{connection.Backend.Name} sent what no server sends"
        : connection.Link.Error == 0
            ? $"{connection.Backend.Name} closed the connection (thread {connection.ThreadId})"
            : $"The connection to {connection.Backend.Name} broke (thread {connection.ThreadId}, error {connection.Link.Error})";

    private static EndingSummary? Summary(Timeline timeline) => timeline.Ending is not { } ending ? null
        : new EndingSummary(timeline.Client, timeline.Server, ending.At.At, ending.By, ending.Kind, ending.IsClean, ending.IdleBefore, timeline.Stage == Stage.Commands, timeline.Identity.ThreadId ?? 0, 0);

    private static Identity IdentityOf(BackendConnection connection, ClientSession? session) => new()
    {
        ServerVersion = VersionOf(connection.Server),
        IsMariaDb = connection.Server.IsMariaDb,
        ThreadId = connection.ThreadId,
        User = connection.Key.User,
        Schema = connection.State.Schema.Length > 0 ? connection.State.Schema : null,
        Program = session?.Program,
        ServerAuthPlugin = connection.Server.AuthPlugin,
        ServerCapabilities = connection.Server.Capabilities,
        ClientCapabilities = connection.Capabilities,
        Interactive = (connection.Capabilities & Capabilities.Interactive) != 0,
        UsesTls = connection.Link.IsSecure,
        Compressed = connection.Link.IsCompressed,
    };

    internal static string VersionOf(ServerInfo server)
    {
        string version = Encoding.ASCII.GetString(server.Version.Span);
        return version.StartsWith("5.5.5-", StringComparison.Ordinal) ? version[6..] : version;
    }

    /// <summary>One for each server: its first address; a place holder where it has none of that kind.</summary>
    private static IPEndPoint EndPointOf(Backend backend, EndPoint? remote) =>
        remote as IPEndPoint ?? backend.Addresses.OfType<IPEndPoint>().FirstOrDefault() ?? new IPEndPoint(IPAddress.Loopback, backend.Index);

    private sealed record Loss(Timeline Timeline, IReadOnlyList<Fact> Facts);

    /// <summary>Connections of one server that ended in one way within a few seconds: one incident.</summary>
    private sealed class UnharmedGroup(Timeline first)
    {
        private const int MostKept = 64;
        private static readonly TimeSpan Within = TimeSpan.FromSeconds(3);

        public int Count { get; set; } = 1;

        /// <summary>Some of those behind the first.</summary>
        public Queue<(Loss Loss, GatewayEvent Noted)> Others { get; } = new();

        public bool TryAdd(Loss loss, GatewayEvent noted)
        {
            if (!Takes(loss.Timeline))
                return false;
            Count++;
            if (Others.Count < MostKept)
                Others.Enqueue((loss, noted));
            return true;
        }

        private bool Takes(Timeline next) =>
            next.Last.At - first.Last.At <= Within && next.Work.Pending is null == first.Work.Pending is null && next.Ending?.Kind == first.Ending?.Kind && next.Ending?.By == first.Ending?.By
            && (next.Errors.Count > 0 ? next.Errors[^1].Code : 0) == (first.Errors.Count > 0 ? first.Errors[^1].Code : 0);
    }
}
