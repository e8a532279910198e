using System.Buffers.Binary;
using System.Text;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Processes;

/// <summary>Packets as text: what <c>tcpdump</c> and <c>tshark</c> print, with or without the bytes. Who closed, after how long, and what was said that is no MySQL.</summary>
internal sealed class PacketList : IPassageReader
{
    public string Kind => "packet list";

    public bool TryRead(Passage passage, Findings findings)
    {
        if (!IsList(passage))
            return false;
        var judgement = new PacketJudgement(passage, findings);
        var dump = new PacketDump();
        PacketLine? open = null;
        int openLine = 0;
        string before = "";
        for (int i = 0; i < passage.Lines.Count; i++)
        {
            string line = Prompt.Clean(passage.Lines[i]);
            if (PacketLine.TryParse(line, char.IsWhiteSpace(line.Length > 0 ? line[0] : 'x') ? before : "", out PacketLine packet))
            {
                if (open is not null)
                    judgement.Read(open, openLine, dump.Payload());
                dump.Clear();
                (open, openLine) = (packet, i);
            }
            else if (!dump.TryAdd(line))
                before = line;
        }
        if (open is not null)
            judgement.Read(open, openLine, dump.Payload());
        judgement.End();
        return true;
    }

    /// <summary>Packets of MySQL's, with little between them that is neither a packet nor its bytes (-A prints those as text of any shape).</summary>
    private static bool IsList(Passage passage)
    {
        int packets = 0, others = 0;
        bool mysql = false;
        var dump = new PacketDump();
        for (int i = 0; i < passage.Lines.Count && i < 20_000; i++)
        {
            string line = Prompt.Clean(passage.Lines[i]);
            if (string.IsNullOrWhiteSpace(line) || Prompt.TryCommand(line, out _))
                continue;
            if (PacketLine.TryParse(line, "", out PacketLine packet))
            {
                packets++;
                mysql |= PacketJudgement.IsServer(packet.FromPort) || PacketJudgement.IsServer(packet.ToPort);
            }
            else if (!dump.TryAdd(line) && ++others > 12 + packets * 8)
                return false;
        }
        return packets > 0 && (mysql || packets > others);
    }
}

/// <summary>Tells the ends of the connections in a packet list.</summary>
internal sealed class PacketJudgement(Passage passage, Findings findings)
{
    private const int MostFlows = 10_000;
    private const int Repeated = 3;

    private readonly Dictionary<string, PacketFlow> flows = [];

    public static bool IsServer(int port) => SocketEnd.IsMySqlPort(port);

    public void Read(PacketLine packet, int line, byte[] payload)
    {
        bool toServer = IsServer(packet.ToPort) && !(IsServer(packet.FromPort) && packet.FromPort < packet.ToPort);
        if (!toServer && !IsServer(packet.FromPort))
        {
            // On another port MySQL shows by its greeting.
            if (Find(packet, false) is not null)
                toServer = false;
            else if (Find(packet, true) is not null)
                toServer = true;
            else if (!IsGreeting(payload))
                return;
        }
        PacketFlow? flow = Find(packet, toServer);
        bool syn = packet.Flags.Contains('S', StringComparison.Ordinal);
        if (flow is null || syn && toServer && (flow.Over || flow.Answered && packet.Acknowledged is null && flow.ServerSpoke))
        {
            if (flows.Count >= MostFlows)
                return;
            flow = toServer ? new PacketFlow { ClientHost = packet.FromHost, ClientPort = packet.FromPort, ServerHost = packet.ToHost, ServerPort = packet.ToPort }
                : new PacketFlow { ClientHost = packet.ToHost, ClientPort = packet.ToPort, ServerHost = packet.FromHost, ServerPort = packet.FromPort };
            flows[Key(packet, toServer)] = flow;
        }
        if (toServer)
            FromClient(flow, packet, line, payload);
        else
            FromServer(flow, packet, line, payload);
    }

    public void End()
    {
        foreach (PacketFlow flow in flows.Values)
        {
            if (flow.Over)
                continue;
            if (!flow.Answered && flow.Syns >= Repeated)
                findings.Add(Of(flow, flow.FirstSyn, Sign.ConnectTimedOut, null));
            else if (flow.Sent > Repeated)
                findings.Add(Of(flow, flow.DataLine, Sign.LostDuringQuery, null) with { Errno = 110, Idle = flow.IdleBefore });
        }
    }

    private void FromClient(PacketFlow flow, PacketLine packet, int line, byte[] payload)
    {
        if (packet.Flags.Contains('S', StringComparison.Ordinal))
        {
            if (flow.Syns++ == 0)
                flow.FirstSyn = line;
            return;
        }
        if (packet.Length > 0)
        {
            if (flow.DataSequence is { } sequence && packet.Sequence == sequence && flow.Sent > 0)
            {
                flow.Sent++;
                return;
            }
            (flow.DataLine, flow.DataSequence, flow.Sent) = (line, packet.Sequence, 1);
            flow.IdleBefore = Since(flow.LastTraffic, packet.Clock);
            flow.Quit = packet.Length == 5 && (payload.Length < 5 || payload[4] == 1 && payload[0] == 1);
            if (payload.Length > 0 && flow.Stream.Write(payload, packet.Length) == TracedSocket.Written.Stray && flow.ServerSpoke | !flow.Answered)
                findings.Add(Of(flow, line, Sign.TextOnConnection, packet) with { Size = packet.Length, State = Shown.Of(Encoding.Latin1.GetString(payload, 0, Math.Min(80, payload.Length))) });
            (flow.Awaiting, flow.AskedAt) = (true, packet.Clock);
            flow.LastTraffic = packet.Clock ?? flow.LastTraffic;
        }
        if (flow.Over || !packet.Flags.AsSpan().ContainsAny('F', 'R'))
            return;
        flow.Over = true;
        // An orderly end is none to tell of.
        if (!flow.Quit && flow.Answered | flow.ServerSpoke)
            findings.Add(Segment(flow, packet, line, toServer: true));
    }

    private void FromServer(PacketFlow flow, PacketLine packet, int line, byte[] payload)
    {
        bool reset = packet.Flags.Contains('R', StringComparison.Ordinal);
        if (reset && !flow.Answered && flow.Syns > 0 && !flow.ServerSpoke)
        {
            flow.Over = true;
            findings.Add(Of(flow, line, Sign.ConnectRefused, packet) with { Errno = 111 });
            return;
        }
        flow.Answered = true;
        // What it acknowledges did arrive.
        if (!reset && flow.Sent > 0 && (packet.Length > 0 || packet.Acknowledged > flow.DataSequence))
            flow.Sent = 0;
        if (packet.Length > 0)
        {
            if (!flow.ServerSpoke && IsGreeting(payload))
                flow.ThreadId = ThreadOf(payload);
            (flow.ServerSpoke, flow.Awaiting, flow.Stream.InStep) = (true, false, true);
            flow.LastTraffic = packet.Clock ?? flow.LastTraffic;
            if (TracedDescriptors.TryError(payload, out int code))
                findings.Add(Of(flow, line, Sign.ServerSaid, packet) with { Code = code });
        }
        if (flow.Over || !packet.Flags.AsSpan().ContainsAny('F', 'R'))
            return;
        flow.Over = true;
        if (flow.Quit)
            return;
        findings.Add(Segment(flow, packet, line, toServer: false));
        Sign sign = flow.Awaiting && flow.ServerSpoke ? reset ? Sign.ConnectionReset : Sign.LostDuringQuery : !flow.ServerSpoke && flow.Syns > 0 ? Sign.LostBeforeGreeting : reset ? Sign.ConnectionReset : Sign.UnexpectedEof;
        TimeSpan? idle = flow.Awaiting ? flow.IdleBefore : Since(flow.LastTraffic, packet.Clock);
        findings.Add(Of(flow, line, sign, packet) with
        {
            Idle = idle > TimeSpan.FromSeconds(1) ? idle : null,
            Elapsed = flow.Awaiting ? Since(flow.AskedAt, packet.Clock) : null,
            Errno = reset ? 104 : null,
        });
    }

    private Sighting Segment(PacketFlow flow, PacketLine packet, int line, bool toServer) => Of(flow, line, Sign.SegmentSeen, packet) with
    {
        State = packet.Flags.Contains('R', StringComparison.Ordinal) ? "R" : "F",
        ClientHost = packet.FromHost,
        ClientPort = packet.FromPort,
        ServerHost = packet.ToHost,
        ServerPort = packet.ToPort,
        Idle = Since(flow.LastTraffic, packet.Clock),
        Subject = toServer ? "client" : "server",
    };

    private Sighting Of(PacketFlow flow, int line, Sign sign, PacketLine? packet) => new()
    {
        Sign = sign,
        Origin = Origin.Process,
        Source = passage.At(line),
        Text = Shown.Of(passage.Lines[line]),
        Stamp = packet?.Stamp ?? passage.Taken,
        ThreadId = flow.ThreadId,
        ClientHost = flow.ClientHost,
        ClientPort = flow.ClientPort,
        ServerHost = flow.ServerHost,
        ServerPort = flow.ServerPort,
    };

    private PacketFlow? Find(PacketLine packet, bool toServer) => flows.GetValueOrDefault(Key(packet, toServer));

    private static string Key(PacketLine packet, bool toServer) => toServer
        ? $"{packet.FromHost}.{packet.FromPort}>{packet.ToHost}.{packet.ToPort}"
        : $"{packet.ToHost}.{packet.ToPort}>{packet.FromHost}.{packet.FromPort}";

    /// <summary>A clock of the day passes midnight.</summary>
    private static TimeSpan? Since(TimeSpan? then, TimeSpan? now)
    {
        TimeSpan? time = now - then;
        return time < TimeSpan.Zero ? now < TimeSpan.FromDays(1) ? time + TimeSpan.FromDays(1) : null : time;
    }

    private static bool IsGreeting(byte[] bytes) => bytes.Length > 12 && bytes[3] == 0 && bytes[4] == 10 && char.IsAsciiDigit((char)bytes[5]) && bytes.AsSpan(5, 4).Contains((byte)'.');

    private static uint? ThreadOf(byte[] bytes)
    {
        int end = Array.IndexOf(bytes, (byte)0, 5);
        return end > 0 && bytes.Length >= end + 5 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(end + 1)) : null;
    }
}
