using System.Globalization;
using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Causes.InFlight;

/// <summary>A packet was larger than max_allowed_packet.</summary>
public sealed class PacketTooLarge : Cause
{
    // max_allowed_packet cannot be set lower than this.
    private const long Smallest = 1024;
    private const long Suspicious = 1_000_000;

    public override string Name => "packet-too-large";
    public override CauseGroup Group => CauseGroup.InFlight;
    public override string Title => "The client sent a packet larger than the server's max_allowed_packet.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        Work work = connection.Work;
        if (FinalErrorOf(connection, ErrorCode.PacketTooLarge) is { } error)
            return Found(connection, Grade.Proven, Largest(work), EvidenceOf(connection, error), []);
        if (connection.Stage is not (Stage.Commands or Stage.Unknown))
            return connection.Identity.UsesTls
                ? new Examination.NotEnough("the connection is encrypted: packet sizes are hidden", Collect(connection))
                : No("no command was ever sent", connection.At(connection.First.Packet));
        long largest = Largest(work);
        if (largest <= Smallest)
            return No($"the largest packet of the client has {largest} bytes; max_allowed_packet is 1024 at least", connection.At(work.LargestClientPacketAt?.Packet ?? connection.Last.Packet));
        bool known = work.Settings.TryGetValue("max_allowed_packet", out SettingSeen setting) & long.TryParse(setting.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long limit);
        if (known && largest <= limit)
            return No($"the largest packet of the client has {largest} bytes, max_allowed_packet is {limit}", connection.At(setting.At.Packet));
        bool cutShort = work.Pending is { ResponseStart: null } pending && pending.Length == largest && connection.EndedBy(Side.Server) && connection.Ending!.Quit is null;
        if (!cutShort)
            return largest < Suspicious || work.Pending is null || work.Pending.Length < largest
                ? No($"the largest packet of the client ({largest} bytes) was taken by the server", connection.At(work.LargestClientPacketAt?.Packet ?? connection.Last.Packet))
                : No("the server did not close while a large packet was under way", connection.At(connection.Last.Packet));
        if (!known && largest < Suspicious)
            return new Examination.NotEnough($"the server closed on a packet of {largest} bytes; its max_allowed_packet is not known, defaults are 1 MB and more", Collect(connection));
        return Found(connection, Grade.Likely, largest,
            new Evidence($"the packet's header announces {largest} bytes; the server closed after {work.Pending!.Received} of them" + (known ? $" (max_allowed_packet is {limit})" : ""), connection.At(work.Pending.At.Packet)),
            known ? [] : ["killed", "server-crash"]);
    }

    private static long Largest(Work work) => Math.Max(work.LargestClientPacket, work.Pending?.Length ?? 0);

    private static Examination.Matched Found(Timeline connection, Grade grade, long largest, Evidence first, string[] rivals) => new()
    {
        Grade = grade,
        Summary = largest > 0
            ? $"The client sent a packet of {largest} bytes; the server's max_allowed_packet is smaller, so it stopped reading and closed."
            : "The server refused a packet larger than its max_allowed_packet and closed.",
        ClosedBy = ClosedBy.Server,
        Evidence = connection.Work.Pending is { Text: { } text } pending
            ? [first, new Evidence($"{pending.Name}: {(text.Length > 60 ? text[..60] + "…" : text)}", connection.At(pending.At.Packet)), EndOf(connection)]
            : [first, EndOf(connection)],
        Symptom = new Symptom(2006, "MySQL server has gone away"),
        Rivals = rivals,
        Fix =
        [
            new Fix("server", $"[mysqld] max_allowed_packet = {Math.Max(16, NextMegabytes(largest))}M (a number or a suffix, no arithmetic), or SET GLOBAL max_allowed_packet = {Math.Max(16, NextMegabytes(largest)) * 1048576}: new sessions only. The client's own limit must fit too (mysql --max-allowed-packet)."),
            new Fix("any", "Better: smaller batches (multi-row INSERTs below 1 MB are as fast), BLOBs in pieces."),
        ],
        CollectNext = [Collect(connection)],
    };

    private static long NextMegabytes(long bytes) => (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, bytes / 1048576 + 1));

    private static NextStep Collect(Timeline connection) => new(
        $"mysql -h {connection.Server.Address} -P {connection.Server.Port} -e \"SHOW GLOBAL VARIABLES LIKE 'max_allowed_packet'\"", ["packet-too-large"]);

    protected override Phases Fits => Phases.Session;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Fact? limit = @case.Setting("max_allowed_packet");
        if ((loss.Said(1153) ?? loss.Find(Sign.AbortedPacketTooLarge)) is { } said)
            return Told(Grade.Proven, "The client sent a packet larger than the server's max_allowed_packet, so the server stopped reading and closed.", ClosedBy.Server, [said, limit]);
        if (loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.PacketsOutOfOrder, Size: 60 }) is { } sized)
            return Told(Grade.Likely, "The 'packet out of order' of 60 bytes is as long as the server's error 1153: the client sent a packet larger than max_allowed_packet.", ClosedBy.Server, [sized, limit], "shared-after-fork");
        if (loss.Find(Sign.PacketTooLargeInClient) is { } local)
            return Told(Grade.Proven, local.Code == 2020 ? "A packet was larger than the client's own max_allowed_packet: one that it was to send, or a row that the server sent." : "The client's own max_allowed_packet refused the packet before it was sent.", ClosedBy.Client, [local, limit]);
        if (loss.Sightings.FirstOrDefault(static s => s is { Size: > 0, Sign: Sign.SendFailed or Sign.GoneAway or Sign.LostDuringQuery or Sign.BrokenPipe }) is { Size: { } size } sent)
        {
            if (limit?.Number is { } allowed)
                return size > allowed
                    ? Told(Grade.Likely, $"Sending {size} bytes failed; max_allowed_packet is {allowed:0}.", ClosedBy.Server, [sent, limit])
                    : No($"the packet that failed has {size} bytes, max_allowed_packet is {allowed:0}", limit.Source);
            return size <= 1024
                ? No($"the packet that failed has only {size} bytes; max_allowed_packet is 1024 at least", sent.Source)
                : size < 1_000_000 ? Open($"max_allowed_packet: the packet has {size} bytes, defaults are 1 MB and more") : Told(Grade.Possible, $"Sending {size} bytes failed; the server's max_allowed_packet is not known.", ClosedBy.Server, [sent], "killed", "server-crash");
        }
        if (loss.Idle is { Time.TotalSeconds: > 30 } idle)
            return No($"the connection had been idle for {Spans.Show(idle.Time)} when it was lost", idle.Source);
        return Open(limit is null ? "the size of the statement, and max_allowed_packet" : $"the size of the statement (max_allowed_packet is {limit.Value})");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "[mysqld] max_allowed_packet = 64M (a number or a suffix, no arithmetic); at run time SET GLOBAL, which holds for new sessions only and is lost at a restart."),
        new("any", "Better: smaller batches (multi-row INSERTs below 1 MB are as fast), BLOBs in pieces. The client's own limit must fit too (mysql and mysqldump --max-allowed-packet)."),
        new("do not", "Do not set 1 GB everywhere: one bad client takes that much memory."),
    ];

    public override string Page => """
        ## What happens
        A statement (or one parameter) is longer than `max_allowed_packet` (MySQL 8: 64 MB, 5.7: 4 MB, MariaDB: 16 MB). The server reads the
        header, sends ERR 1153 and closes while the client is still sending. A little too large: the client may read 1153. Much too large:
        its write fails first, and it says 2006 *gone away* with `Broken pipe` or `Connection reset by peer`; the 1153 is lost.

        ## Evidence
        - The length in the packet's header against the limit: direct proof, whether or not 1153 was seen.
        - ERR 1153, sequence 1 (or the number of the part); the server's window closes; FIN, then RST.
        - Log: `(Got a packet bigger than 'max_allowed_packet' bytes)`.

        ## Looks like it, but is not
        - Results are not bound by it in this way: a large *answer* does not end in 2006.
        - The client's own limit stops it before a byte is sent: 2020, `PacketTooBigException`, `packet for query is too large`.
        - A session keeps the value it had at login.

        ## Fix
        Raise both ends' limits, or send less at a time. `1024*1024*16` may be written in SET GLOBAL, never in a file.
        Setting 1 GB everywhere lets one bad client take that much memory.

        ## References
        - MySQL manual, "Packet Too Large"; `sql-common/net_serv.cc` (net_realloc).
        """;
}
