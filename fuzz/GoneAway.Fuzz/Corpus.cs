using GoneAway.Model;
using GoneAway.TestKit;
using GoneAway.Wire.Payloads;

namespace GoneAway.Fuzz;

/// <summary>What inputs are made from: conversations of the test kit, and the recorded samples where they are at hand.</summary>
public static class Corpus
{
    private const int MostBytesOfSample = 64 * 1024;

    /// <summary>Whole captures, in several forms; of the samples below a folder, those that are small.</summary>
    public static IReadOnlyList<byte[]> Captures(string? samples)
    {
        Conversation[] talks = [Everyday(), Lost()];
        var captures = new List<byte[]>
        {
            PcapBytes.Write(talks),
            PcapBytes.Write(new PcapForm { Ng = true }, talks),
            PcapBytes.Write(new PcapForm { BigEndian = true, Nanoseconds = true, LinkType = 1 }, talks),
            PcapBytes.Write(new PcapForm { Ng = true, BigEndian = true, LinkType = 113 }, talks),
            PcapBytes.Write(new PcapForm { LinkType = 276, SnapLength = 96 }, talks),
            PcapBytes.Write(new PcapForm { LinkType = 0 }, talks),
            Array.Empty<byte>(),
        };
        if (samples is not null && Directory.Exists(samples))
            foreach (string path in Directory.EnumerateFiles(samples, "*.pcap*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                if (new FileInfo(path).Length <= MostBytesOfSample)
                    captures.Add(File.ReadAllBytes(path));
        return captures;
    }

    /// <summary>Logs, settings and lists of the samples below a folder.</summary>
    public static IReadOnlyList<byte[]> Texts(string? samples) => samples is not null && Directory.Exists(samples)
        ? [.. Directory.EnumerateFiles(samples, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(static path => Path.GetFileName(path) is not ("README.md" or "truth.json") && !path.EndsWith(".pcap", StringComparison.Ordinal) && new FileInfo(path).Length <= 8 * 1024)
            .Select(File.ReadAllBytes)]
        : ["Lost connection to MySQL server during query\n"u8.ToArray()];

    /// <summary>Inputs of <see cref="ConversationTarget"/>: segments of packets that are right, to be spoilt.</summary>
    public static IReadOnlyList<byte[]> Talks { get; } =
    [
        [.. Segment(0x81, Payload.Framed(0, Payload.Greeting("8.0.36", 42, "caching_sha2_password", Conversation.Usual))), .. Segment(0, Payload.Framed(1, Payload.Login("app", "shop", "caching_sha2_password", Conversation.Usual, new Dictionary<string, string> { ["program_name"] = "mysql" })))],
        [.. Segment(0x80, Payload.Framed(0, [CommandCode.Query, .. "SELECT 1"u8])), .. Segment(1, [.. Payload.Framed(1, [1]), .. Payload.Framed(2, Payload.Column("1")), .. Payload.Framed(3, Payload.Eof(2)), .. Payload.Framed(4, Payload.TextRow("1")), .. Payload.Framed(5, Payload.Eof(2))])],
        [.. Segment(0x80, Payload.Framed(0, [CommandCode.Query, .. "DO SLEEP(9)"u8])), .. Segment(1, Payload.Framed(1, Payload.Error(1317, "70100", "Query execution was interrupted")))],
        [.. Segment(1, "HTTP/1.1 400 Bad Request\r\n"u8), .. Segment(0, "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n"u8)],
    ];

    /// <summary>Inputs of <see cref="GatewayTarget"/>: sessions that are right, to be spoilt.</summary>
    public static IReadOnlyList<byte[]> Sessions { get; } =
    [
        [0, .. Payload.Framed(1, Payload.Login("app", "shop", "mysql_native_password", Conversation.Usual, new Dictionary<string, string> { ["_client_name"] = "libmysql" }))],
        [0, .. "GET / HTTP/1.1\r\n\r\n"u8],
        [0, 0x16, 3, 1, 0, 0xA5, 1, 0, 0, 0xA1, 3, 3],
        [1, .. Payload.Framed(0, [CommandCode.Query, .. "SELECT 1"u8]), .. Payload.Framed(0, [CommandCode.Ping]), .. Payload.Framed(0, [CommandCode.InitDb, .. "shop"u8])],
        [1, .. Payload.Framed(0, [CommandCode.StmtPrepare, .. "DO ?"u8]), .. Payload.Framed(0, [CommandCode.StmtSendLongData, 1, 0, 0, 0, 0, 0, 65]), .. Payload.Framed(0, [CommandCode.StmtExecute, 1, 0, 0, 0, 0, 1, 0, 0, 0]), .. Payload.Framed(0, [CommandCode.StmtClose, 1, 0, 0, 0])],
        [1, .. "a line of a log\n"u8, .. Payload.Framed(0, [CommandCode.Query, .. "BEGIN"u8]), .. Payload.Framed(0, [CommandCode.ResetConnection]), .. Payload.Framed(0, [CommandCode.SetOption, 0, 0])],
        [1, .. Payload.Framed(0, [CommandCode.Query, .. "LOAD DATA LOCAL INFILE 'f' INTO TABLE t"u8]), .. Payload.Framed(2, "a\n"u8.ToArray()), .. Payload.Framed(3, [])],
        [1, .. Payload.Framed(0, [CommandCode.ChangeUser, .. "app\0\0shop\0"u8, 33, 0, .. "mysql_native_password\0"u8]), .. Payload.Framed(0, [CommandCode.ProcessKill, 1, 0, 0, 0]), .. Payload.Framed(0, [CommandCode.Quit])],
        [1, .. Payload.Framed(0, [CommandCode.Query, .. "KILL 1"u8]), .. Payload.Framed(0, [CommandCode.FieldList, .. "t\0"u8]), .. Payload.Framed(0, [CommandCode.Statistics]), .. Payload.Framed(0, [0x7B, 1])],
        [1, 0xFF, 0xFF, 0xFF, 0, CommandCode.Query, .. "SELECT"u8],
    ];

    /// <summary>Inputs of <see cref="GatewayServerTarget"/>.</summary>
    public static IReadOnlyList<byte[]> Answers { get; } =
    [
        [0, .. Payload.Framed(1, Payload.Ok(2))],
        [0x40, .. Payload.Framed(1, [1]), .. Payload.Framed(2, Payload.Column("1")), .. Payload.Framed(3, Payload.Eof(2)), .. Payload.Framed(4, Payload.TextRow("1")), .. Payload.Framed(5, Payload.Eof(2))],
        [0, .. Payload.Framed(1, Payload.Error(1213, "40001", "Deadlock found when trying to get lock"))],
        [0x40, .. Payload.Framed(1, [0xFB, (byte)'f']), .. Payload.Framed(3, Payload.Ok(2))],
        [1, .. Payload.Framed(0, Payload.Greeting("8.0.36", 42, "mysql_native_password", Conversation.Usual))],
        [2, .. Payload.Framed(2, Payload.Ok(2))],
        [3, .. Payload.Framed(1, Payload.Ok(2))],
        [2, .. Payload.Framed(2, Payload.Error(1045, "28000", "Access denied"))],
    ];

    /// <summary>Inputs of <see cref="GatewayCheckTarget"/>.</summary>
    public static IReadOnlyList<byte[]> OwnAnswers { get; } =
    [
        .. Answers.Where(static input => (input[0] & 0x3F) == 0).Select(static input => (byte[])[0, .. input.AsSpan(1)]),
        [0, .. Payload.Framed(1, [])],
        [0, .. Payload.Framed(1, [1]), .. Payload.Framed(2, Payload.Column("1")), .. Payload.Framed(3, Payload.Eof(2)), .. Payload.Framed(4, [])],
        [1, .. Payload.Framed(1, [1]), .. Payload.Framed(2, Payload.Column("@@global.read_only")), .. Payload.Framed(3, Payload.Eof(2)), .. Payload.Framed(4, Payload.TextRow("1")), .. Payload.Framed(5, Payload.Eof(2))],
        [2, .. Payload.Framed(1, [2]), .. Payload.Framed(2, Payload.Column("Variable_name")), .. Payload.Framed(3, Payload.Column("Value")), .. Payload.Framed(4, Payload.Eof(2)), .. Payload.Framed(5, Payload.TextRow("Threads_running", "7")), .. Payload.Framed(6, Payload.Eof(2))],
        [3, .. Payload.Framed(1, [1]), .. Payload.Framed(2, Payload.Column("Seconds_Behind_Source")), .. Payload.Framed(3, Payload.Eof(2)), .. Payload.Framed(4, Payload.TextRow("5")), .. Payload.Framed(5, Payload.Eof(2))],
    ];

    /// <summary>Payloads of packets, and a stream of several.</summary>
    public static IReadOnlyList<byte[]> Payloads { get; } =
    [
        Payload.Greeting("5.5.5-10.11.6-MariaDB", 7, "mysql_native_password", Conversation.Usual),
        Payload.Login("app", "shop", "mysql_native_password", Conversation.Usual, new Dictionary<string, string> { ["_pid"] = "17", ["program_name"] = "app" }),
        Payload.Ok(2),
        Payload.Error(4031, "HY000", "The client was disconnected by the server because of inactivity."),
        [.. Payload.Framed(0, [CommandCode.Ping]), .. Payload.Framed(1, Payload.Ok(2)), .. Payload.Framed(0, [])],
    ];

    private static Conversation Everyday() => new Conversation("10.0.0.5:51000")
        .Connect().Open(program: "shop", pid: 17).Query("SELECT * FROM t").Rows(5).Wait(3).Command(CommandCode.Ping, []).Ok().Quit().Fin(Side.Client).Fin(Side.Server);

    private static Conversation Lost() => new Conversation("10.0.0.5:51001")
        .Connect().Open().Query("UPDATE t SET a = 1").Ok().Wait(600).Error(4031, "HY000", "The client was disconnected by the server because of inactivity.", 0).Fin(Side.Server)
        .Query("SELECT 1").Reset(Side.Server);

    private static byte[] Segment(byte side, ReadOnlySpan<byte> bytes) => [side, (byte)Math.Min(255, bytes.Length), .. bytes[..Math.Min(255, bytes.Length)]];
}
