using System.Net;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Sessions;
using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Incidents;

/// <summary>What a session knows of its last command. Times are the loop's milliseconds.</summary>
/// <param name="At">When it came; 0: none did.</param>
/// <param name="AnsweredAt">When the last one was answered, or the login was.</param>
/// <param name="WasCut">It was not answered when the client went.</param>
internal readonly record struct ClientWork(byte Command, long At, long AnsweredAt, bool WasCut, ushort Status, ulong Capabilities, string Schema);

/// <summary>Tells the timeline of a client's connection: the gateway is its server.</summary>
internal static class ClientTimeline
{
    public static Timeline Of(ClientSession session, Link link, in SocketEnd end, in ClientWork work, ServerInfo? face)
    {
        var clock = new LoopClock(TimeProvider.System);
        Moment at = clock.At(work.At), answered = clock.At(work.AnsweredAt), ended = clock.At(end.At);
        long lastData = work.WasCut ? Math.Max(work.At, link.Received > 0 ? end.LastReceivedAt : 0) : work.AnsweredAt;
        CommandSeen? seen = work.At == 0 ? null : new CommandSeen
        {
            Code = work.Command,
            Name = CommandCode.Name(work.Command),
            At = at,
            Length = 0,
            ResponseEnd = work.WasCut ? null : answered,
        };
        return new Timeline
        {
            Source = BackendTimeline.Source,
            Number = clock.NextNumber(),
            Client = session.Remote as IPEndPoint ?? new IPEndPoint(IPAddress.Loopback, 0),
            Server = link.Socket.Local as IPEndPoint ?? new IPEndPoint(IPAddress.Loopback, 0),
            Stage = Stage.Commands,
            Opening = new Opening(),
            Identity = new Identity
            {
                ServerVersion = face is null ? null : IncidentDesk.VersionOf(face),
                IsMariaDb = face?.IsMariaDb ?? false,
                ThreadId = session.Id,
                User = session.User,
                Schema = work.Schema.Length > 0 ? work.Schema : null,
                Program = session.Program,
                ClientCapabilities = work.Capabilities,
                Interactive = (work.Capabilities & Capabilities.Interactive) != 0,
                UsesTls = link.IsSecure,
                Compressed = link.IsCompressed,
            },
            ClientActivity = new SideActivity { LastData = work.At == 0 ? null : at, Bytes = link.Received },
            ServerActivity = new SideActivity { LastData = answered, Bytes = link.Sent, BytesInFlight = end.BytesInFlight },
            Work = new Work
            {
                Pending = work.WasCut ? seen : null,
                LastAnswered = work.WasCut ? null : seen,
                StatusFlags = work.Status,
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
            },
            Errors = [],
            Violations = [],
            LastEvents = [],
            First = clock.At(Math.Min(work.AnsweredAt, end.At)),
            Last = ended,
            ObservedUntil = clock.Now,
            HasGaps = false,
            SeesPackets = false,
        };
    }
}
