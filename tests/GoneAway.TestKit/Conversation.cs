using System.Buffers.Binary;
using System.Net;
using System.Text;
using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.TestKit;

/// <summary>
/// A script of one TCP connection between a MySQL client and server that becomes packets. Its clock starts at
/// 2026-11-20T10:00:00Z and moves 0.2 ms with each packet, or as told.
/// </summary>
public sealed class Conversation
{
    /// <summary>What MySQL 8 and its clients agree on, TLS, compression and attributes left out.</summary>
    public const ulong Usual = Capabilities.LongPassword | Capabilities.LongFlag | Capabilities.ConnectWithDb | Capabilities.Protocol41
        | Capabilities.Transactions | Capabilities.SecureConnection | Capabilities.MultiStatements | Capabilities.MultiResults
        | Capabilities.PsMultiResults | Capabilities.PluginAuth | Capabilities.ConnectAttributes;

    private const long Start = 1_795_168_800_000_000_000;
    private const int Mss = 1448;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(0.2);

    private readonly List<TimedFrame> frames = [];
    private readonly IPEndPoint[] ends;
    private readonly uint[] sequence = [1_000_000, 5_000_000];
    private readonly uint[] acknowledged = [0, 0];
    private readonly byte[] ttl = [64, 60];
    private readonly ushort[] ipId = [100, 9000];
    private readonly int[] window = [64000, 64000];
    private readonly byte[][] lastData = [[], []];
    private readonly uint[] lastSequence = [0, 0];
    private long now = Start;
    private byte packet;
    private bool losing;
    private bool unacknowledged;

    public Conversation(string client = "10.0.0.5:51234", string server = "10.0.0.9:3306")
    {
        ends = [IPEndPoint.Parse(client), IPEndPoint.Parse(server)];
        ServerCapabilities = Usual;
    }

    public IEnumerable<TimedFrame> Frames => frames;
    public ulong ServerCapabilities { get; private set; }

    public Conversation At(TimeSpan offsetFromStart)
    {
        now = Start + offsetFromStart.Ticks * 100;
        return this;
    }

    public Conversation Wait(TimeSpan span)
    {
        now += span.Ticks * 100;
        return this;
    }

    public Conversation Wait(double seconds) => Wait(TimeSpan.FromSeconds(seconds));

    public Conversation Ttl(Side side, byte value)
    {
        ttl[(int)side] = value;
        return this;
    }

    public Conversation Syn() => Emit(Side.Client, 2, [], consume: 1);
    public Conversation SynAck() => Emit(Side.Server, 18, [], consume: 1);
    public Conversation Ack(Side from) => Emit(from, 16, []);
    public Conversation Connect() => Syn().SynAck().Ack(Side.Client);
    /// <summary>The SYN again.</summary>
    public Conversation SynAgain()
    {
        sequence[0]--;
        return Syn();
    }

    public Conversation Greeting(string version = "8.0.36", uint threadId = 42, string plugin = "caching_sha2_password", ulong? capabilities = null)
    {
        ServerCapabilities = capabilities ?? Usual;
        return Packet(Side.Server, 0, Payload.Greeting(version, threadId, plugin, ServerCapabilities));
    }

    public Conversation Login(string user = "app", string? schema = "shop", string? program = null, int? pid = null, bool interactive = false, string plugin = "caching_sha2_password", ulong? capabilities = null)
    {
        var attributes = new Dictionary<string, string> { ["_client_name"] = "libmysql" };
        if (program is not null)
            attributes["program_name"] = program;
        if (pid is not null)
            attributes["_pid"] = pid.Value.ToString();
        ulong flags = (capabilities ?? Usual) | (interactive ? Capabilities.Interactive : 0);
        return Packet(Side.Client, 1, Payload.Login(user, schema, plugin, flags, attributes));
    }

    public Conversation Ok(ushort status = 2) => Packet(Side.Server, packet, Payload.Ok(status));

    public Conversation Open(string version = "8.0.36", uint threadId = 42, string user = "app", string? schema = "shop", string? program = null, int? pid = null, bool interactive = false) =>
        Connect().Greeting(version, threadId).Login(user, schema, program, pid, interactive).Ok();

    public Conversation Query(string sql) => Command(CommandCode.Query, Encoding.UTF8.GetBytes(sql));

    public Conversation Command(byte code, ReadOnlySpan<byte> body) => Packet(Side.Client, 0, [code, .. body]);

    public Conversation Quit() => Command(CommandCode.Quit, []);

    public Conversation Rows(int count, int bytesEach = 10, ushort status = 2)
    {
        ResultStart();
        for (int i = 0; i < count; i++)
            Row(bytesEach);
        return ResultEnd(status);
    }

    /// <summary>A complete result of one row with these values, as SHOW VARIABLES and SELECT @@x give it.</summary>
    public Conversation Values(params string[] values)
    {
        ResultStart(values.Length);
        Packet(Side.Server, packet, Payload.TextRow(values));
        return ResultEnd();
    }

    public Conversation ResultStart(int columns = 1)
    {
        Packet(Side.Server, packet, [(byte)columns]);
        for (int i = 0; i < columns; i++)
            Packet(Side.Server, packet, Payload.Column("c" + i));
        return Packet(Side.Server, packet, Payload.Eof(2));
    }

    public Conversation Row(int bytes) => Packet(Side.Server, packet, Payload.LengthEncoded(new byte[bytes]));

    public Conversation ResultEnd(ushort status = 2) => Packet(Side.Server, packet, Payload.Eof(status));

    public Conversation Error(int code, string? sqlState, string message, byte? sequence = null) =>
        Packet(Side.Server, sequence ?? packet, Payload.Error(code, sqlState, message));

    /// <summary>A packet; the next one of the exchange has the next sequence id.</summary>
    public Conversation Packet(Side from, byte sequence, ReadOnlySpan<byte> payload)
    {
        packet = (byte)(sequence + 1);
        return Raw(from, Payload.Framed(sequence, payload));
    }

    /// <summary>Bytes as they are, in segments of 1448.</summary>
    public Conversation Raw(Side from, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i += Mss)
        {
            byte[] part = bytes.Slice(i, Math.Min(Mss, bytes.Length - i)).ToArray();
            lastData[(int)from] = part;
            lastSequence[(int)from] = sequence[(int)from];
            Emit(from, 24, part, (uint)part.Length);
        }
        return this;
    }

    public Conversation Fin(Side from) => Emit(from, 17, [], consume: 1);

    public Conversation Reset(Side from, byte? ttl = null, int? ipId = null, long sequenceOffset = 0, bool timestamps = true)
    {
        byte usual = this.ttl[(int)from];
        this.ttl[(int)from] = ttl ?? usual;
        if (ipId is { } id)
            this.ipId[(int)from] = (ushort)(id - 1);
        sequence[(int)from] += (uint)sequenceOffset;
        Emit(from, 20, [], timestamps: timestamps);
        sequence[(int)from] -= (uint)sequenceOffset;
        this.ttl[(int)from] = usual;
        return this;
    }

    public Conversation ZeroWindow(Side side) => Window(side, 0);

    public Conversation Window(Side side, int size)
    {
        window[(int)side] = size;
        return Ack(side);
    }

    public Conversation KeepAlive(Side from)
    {
        sequence[(int)from]--;
        Emit(from, 16, []);
        sequence[(int)from]++;
        return this;
    }

    /// <summary>The last data of that side again.</summary>
    public Conversation Retransmit(Side from)
    {
        uint present = sequence[(int)from];
        sequence[(int)from] = lastSequence[(int)from];
        Emit(from, 24, lastData[(int)from]);
        sequence[(int)from] = present;
        return this;
    }

    /// <summary>The next segment takes place, but the capture does not have it.</summary>
    public Conversation LoseNext()
    {
        losing = true;
        return this;
    }

    /// <summary>Bytes that never reach the other side: nothing it sends from now on acknowledges them.</summary>
    public Conversation Unacknowledged(Side from, ReadOnlySpan<byte> bytes)
    {
        unacknowledged = true;
        Raw(from, bytes);
        unacknowledged = false;
        return this;
    }

    private Conversation Emit(Side from, byte flags, byte[] data, uint consume = 0, bool timestamps = true)
    {
        int side = (int)from, other = 1 - side;
        bool syn = (flags & 2) != 0;
        byte[] options = syn ? [2, 4, 5, 0xA0, 1, 3, 3, 0, .. TimestampOption()] : timestamps ? TimestampOption() : [];
        var ip = new byte[20 + 20 + options.Length + data.Length];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(2), (ushort)ip.Length);
        BinaryPrimitives.WriteUInt16BigEndian(ip.AsSpan(4), ++ipId[side]);
        ip[8] = ttl[side];
        ip[9] = 6;
        ends[side].Address.TryWriteBytes(ip.AsSpan(12), out _);
        ends[other].Address.TryWriteBytes(ip.AsSpan(16), out _);
        Span<byte> tcp = ip.AsSpan(20);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)ends[side].Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], (ushort)ends[other].Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence[side]);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], (flags & 16) != 0 ? acknowledged[side] : 0);
        tcp[12] = (byte)((20 + options.Length) / 4 << 4);
        tcp[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], (ushort)window[side]);
        options.CopyTo(tcp[20..]);
        data.CopyTo(tcp[(20 + options.Length)..]);
        sequence[side] += consume;
        if (!unacknowledged)
            acknowledged[other] = Math.Max(acknowledged[other], sequence[side]);
        if (!losing)
            frames.Add(new TimedFrame(now, ip));
        losing = false;
        now += Tick.Ticks * 100;
        return this;
    }

    private static byte[] TimestampOption() => [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1];
}
