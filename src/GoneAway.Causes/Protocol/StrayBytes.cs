using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.Protocol;

/// <summary>Something else wrote into the connection's socket.</summary>
public sealed class StrayBytes : Cause
{
    public override string Name => "stray-bytes";
    public override CauseGroup Group => CauseGroup.Protocol;
    public override string Title => "Bytes that are no MySQL packet were written into the connection: a log line, a warning, a print.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (connection.Stage is not (Stage.Commands or Stage.Unknown))
            return No("the connection never got past the login: what came before it is another matter", connection.At(connection.First.Packet));
        Violation? stray = connection.Violations.FirstOrDefault(static v => v.Side == Side.Client && v.Kind == ViolationKind.NotMySql && v.Bytes.Length > 0)
            ?? connection.Violations.FirstOrDefault(static v => v.Side == Side.Client && v.Kind is ViolationKind.Malformed or ViolationKind.WrongSequence && Bytes.IsText(v.Bytes.Span));
        ServerError? outOfOrder = ErrorOf(connection, ErrorCode.PacketsOutOfOrder);
        if (stray is null)
            return connection.HasGaps && outOfOrder is not null
                ? new Examination.NotEnough("the server complained of packets out of order (1156), but the bytes it complained of are not in the capture", Collect(connection))
                : No("every byte of the client is part of a MySQL packet", connection.Source);
        bool text = Bytes.IsText(stray.Bytes.Span);
        if (connection.HasGaps && !text && outOfOrder is null)
            return new Examination.NotEnough("bytes that look like no packet came right after a gap in the capture", Collect(connection));
        var evidence = new List<Evidence>
        {
            new($"the client's side sent {Bytes.Quote(stray.Bytes.Span)}", connection.At(stray.At.Packet)),
        };
        if (stray.ReceivedSequence >= 0)
            evidence.Add(new Evidence($"read as a packet header its sequence is {stray.ReceivedSequence}{(stray.ReceivedSequence is > 32 and < 127 ? $" ('{(char)stray.ReceivedSequence}')" : "")}; {Math.Max(0, stray.ExpectedSequence)} was due", connection.At(stray.At.Packet)));
        if (outOfOrder is not null)
            evidence.Add(EvidenceOf(connection, outOfOrder));
        if (connection.Work.Pending is { } pending && outOfOrder is null && stray.Bytes.Length < 4)
            evidence.Add(new Evidence($"{stray.Bytes.Length} stray byte(s) shift every later packet header: the server waits for bytes that never come ({pending.Name} unanswered)", connection.At(pending.At.Packet)));
        evidence.Add(EndOf(connection));
        return new Examination.Matched
        {
            Grade = text && (outOfOrder is not null || stray.Bytes.Length >= 8) ? Grade.Proven : Grade.Likely,
            Summary = $"{(text ? "Text" : "Something")} that was never meant for MySQL was written into the connection: {Bytes.Quote(stray.Bytes.Span, 60)}"
                + (outOfOrder is null ? "." : "; the server answered 'Got packets out of order' and closed."),
            ClosedBy = outOfOrder is not null || connection.EndedBy(Side.Server) ? ClosedBy.Server : connection.EndedBy(Side.Client) ? ClosedBy.Client : ClosedBy.Unknown,
            Evidence = evidence,
            Symptom = new Symptom(2006, "MySQL server has gone away"),
            Rivals = text ? [] : ["shared-between-threads", "corrupted-packets"],
            Fix =
            [
                new Fix("any", "The socket has become descriptor 0, 1 or 2: something closed stdin, stdout or stderr before connecting, and what is printed there goes to MySQL. Open /dev/null on 0, 1 and 2 instead of closing them."),
                new Fix("perl", "Not `close(STDERR)` but `open STDERR, '>', '/dev/null'` kept open, or redirect in the command: system(\"... 2>/dev/null\")."),
            ],
            CollectNext = [new NextStep($"ls -l /proc/{connection.Identity.Pid?.ToString() ?? "PID"}/fd/0 /proc/{connection.Identity.Pid?.ToString() ?? "PID"}/fd/1 /proc/{connection.Identity.Pid?.ToString() ?? "PID"}/fd/2   (socket:[...] = it is so)", ["stray-bytes", "shared-after-fork"])],
        };
    }

    private static NextStep Collect(Timeline connection) =>
        new($"tcpdump -i any -s 0 -w all.pcap port {connection.Server.Port}", ["stray-bytes", "shared-between-threads"]);

    protected override Phases Fits => Phases.Session | Phases.Login;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? written = @case.Sightings.FirstOrDefault(s => s.Sign == Sign.TextOnConnection && IsOf(loss, s)) ?? @case.Find(Sign.TextOnConnection);
        Sighting? bomb = @case.Find(Sign.SocketOnStandardDescriptor), socket = @case.Find(Sign.UnknownSocketOnStandardDescriptor);
        Sighting? order = loss.Said(1156) ?? loss.Find(Sign.ServerPacketsOutOfOrder);
        if (written is not null && IsOf(loss, written))
            return Told(Grade.Proven, $"A process wrote text that is no MySQL into the connection{(order is null ? "" : ", and the server closed it")}.", ClosedBy.Server, [written, bomb, socket, order]);
        if (written is not null && Testimony.Reason(loss) is null)
            return Told(Testimony.CameLater(loss, written) ? Grade.Possible : Grade.Likely, "A process wrote text that is no MySQL into a connection; whether into this one is not in the evidence.", ClosedBy.Server, [written, bomb, socket, order, loss.Told], "shared-after-fork");
        if (bomb is not null)
            return Told(Grade.Likely, $"The connection to MySQL is descriptor {bomb.Code} of the process: whatever it or a child prints there goes to the server.", ClosedBy.Server, [bomb, order, loss.Told], "shared-after-fork");
        if (socket is not null)
            return Told(order is null ? Grade.Possible : Grade.Likely, $"A network socket is descriptor {socket.Code} of the process: if it is the one to MySQL, whatever is printed there goes to the server.", ClosedBy.Server, [socket, order, loss.Told], "shared-after-fork");
        if (order is not null && (loss.Phases & Phases.Session) != 0)
            return Told(Grade.Possible, "The server got packets out of order in a session: bytes of somebody else came in between.", ClosedBy.Server, [order], "shared-after-fork", "shared-between-threads", "corrupted-packets");
        return Open("whether a MySQL socket is descriptor 0, 1 or 2 of the process, and what was written to it");
    }

    /// <summary>It was written into the connection that was lost: told with the loss, from the same port, or minutes before by the same process where no port is known.</summary>
    private static bool IsOf(Loss loss, Sighting written)
    {
        if (loss.Sightings.Contains(written))
            return true;
        if (Testimony.CameLater(loss, written))
            return false;
        int[] ports = [.. loss.Sightings.Where(static s => s.ClientPort is not null).Select(static s => s.ClientPort!.Value), .. loss.Connection is { } wire ? [wire.Client.Port] : Array.Empty<int>()];
        if (written.ClientPort is { } port && ports.Length > 0)
            return ports.Contains(port);
        return written.Pid is { } pid && (loss.Connection?.Identity.Pid == pid || loss.Sightings.Any(s => s.Pid == pid)) && loss.At - written.At < TimeSpan.FromMinutes(5);
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("any", "Keep descriptors 0, 1 and 2 open (on /dev/null) before connecting; never close STDERR, redirect it."),
        new("perl", "Do not close(STDERR): open(STDERR, '>', '/dev/null'), or system('... 2>/dev/null')."),
        new("php", "Daemons: do not fclose(STDIN), (STDOUT) or (STDERR) without opening /dev/null in their place at once."),
    ];

    public override string Page => """
        ## What happens
        Somebody closes standard input, output or error; the next connect gets that number; later a warning, a print or a child
        process writes to "stderr" and the kernel delivers it to MySQL. The server cannot read a packet from it, answers ERR 1156
        `Got packets out of order` (sequence 0) and closes. The next query says *gone away* (2006, or 2013, by race). It can go well for years.
        One to three stray bytes are worse: a single newline shifts every later header, the server waits for a packet of 2 KB that
        never comes, and the client hangs until its own read time-out.

        ## Evidence
        - The text itself, in the client's direction, between two packets.
        - The sequence number that the server read: it is a character (114 is 'r').
        - ERR 1156 with sequence 0 from the server, then FIN.
        - Descriptors 0, 1 or 2 of the process are sockets: a time bomb before it goes off.
        - The server's log stays empty and `Aborted_clients` does not move (MySQL 9.7, MariaDB 10.11); MariaDB tells with log_warnings=4.

        ## Looks like it, but is not
        - 1156 with sequence 1, before any login: another protocol on the port, see `not-mysql-traffic`, `proxy-protocol-header`.
        - A whole valid packet with a wrong sequence number: two writers, see `shared-between-threads`, or a driver's bug.
        - Damage on the path shows as checksum errors and noise, not as readable text.

        ## Fix
        Never close 0, 1, 2: open /dev/null on them. Use a proper daemoniser. Mark sockets close-on-exec so that children do not inherit them.
        No time-out and no packet size has anything to do with it.

        ## References
        - `sql-common/net_serv.cc` (net_read_packet_header); POSIX open(): the lowest free descriptor; php-src issue 7769.
        """;
}
