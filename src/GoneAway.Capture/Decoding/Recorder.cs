using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Capture.Decoding;

/// <summary>Gathers what a timeline holds while a connection lives.</summary>
internal sealed class Recorder
{
    private const int MaxErrors = 16;
    private const int MaxViolations = 16;
    private const int MaxOverlaps = 4;
    private const int SampleBytes = 128;
    private const int FirstBytes = 64;

    private CommandRecord pending = new();
    private CommandRecord answered = new();
    private bool hasPending;
    private bool hasAnswered;
    private List<ServerError>? errors;
    private List<Violation>? violations;
    private List<Moment>? overlaps;
    private byte[] firstClientBytes = [];
    private byte[] firstServerBytes = [];

    public EventLog Log { get; } = new();
    public SettingsReader Settings { get; } = new();
    public Moment? Greeting, TlsRequest, Login, LoggedIn, Quit;
    public Moment? FirstClientData, FirstServerData;
    public Stage Stage = Stage.Unknown;
    public TlsAlert? Alert;
    public bool HasGaps;
    public long Commands, Rows, OverlapCount;
    public long LargestPacket;
    public Moment? LargestPacketAt;
    public Moment? LastData, DataBeforeUnsolicited;
    public string? ServerVersion, User, Schema, Program, Driver, ServerPlugin, ClientPlugin;
    public bool IsMariaDb;
    public uint? ThreadId;
    public int? Pid;

    public CommandRecord? Pending => hasPending ? pending : null;
    public IReadOnlyList<Violation> Violations => violations ?? [];
    public IReadOnlyList<ServerError> Errors => errors ?? [];

    public void OnData(Side side, ReadOnlySpan<byte> bytes, in Moment at)
    {
        LastData = at;
        ref byte[] first = ref side == Side.Client ? ref firstClientBytes : ref firstServerBytes;
        if (first.Length >= FirstBytes)
            return;
        if (side == Side.Client)
            FirstClientData ??= at;
        else
            FirstServerData ??= at;
        int have = first.Length;
        int take = Math.Min(FirstBytes - have, bytes.Length);
        Array.Resize(ref first, have + take);
        bytes[..take].CopyTo(first.AsSpan(have));
    }

    public void OnGreeting(ReadOnlySpan<byte> prefix, in Moment at)
    {
        Greeting = at;
        Stage = Stage.AwaitingLogin;
        Add(at, Side.Server, EventKind.Greeting);
        if (!HandshakeV10.TryRead(prefix, out HandshakeV10 greeting))
            return;
        ServerVersion = WireText.Show(greeting.PlainVersion, 100);
        IsMariaDb = greeting.IsMariaDb;
        ThreadId = greeting.ConnectionId;
        ServerPlugin = greeting.AuthPlugin.IsEmpty ? null : WireText.Show(greeting.AuthPlugin, 64);
    }

    public void OnLogin(ReadOnlySpan<byte> prefix, ulong serverCapabilities, in Moment at)
    {
        Login = at;
        Stage = Stage.Authenticating;
        Add(at, Side.Client, EventKind.Login);
        if (!HandshakeResponse41.TryRead(prefix, serverCapabilities == 0 ? ulong.MaxValue : serverCapabilities, out HandshakeResponse41 login))
            return;
        User = WireText.Show(login.User, 96);
        Schema = login.Database.IsEmpty ? null : WireText.Show(login.Database, 96);
        ClientPlugin = login.AuthPlugin.IsEmpty ? null : WireText.Show(login.AuthPlugin, 64);
        foreach (ConnectionAttributes.Attribute attribute in login.Attributes)
            TakeAttribute(attribute.Name, attribute.Value);
    }

    /// <summary>A whole command; its payload is never empty.</summary>
    public void BeginCommand(long length, ReadOnlySpan<byte> prefix, in Moment start)
    {
        byte code = prefix[0];
        Commands++;
        pending.Begin(code, start, length, length, prefix[1..]);
        hasPending = true;
        if (length > LargestPacket)
        {
            LargestPacket = length;
            LargestPacketAt = start;
        }
        Log.Add(new ConnectionEvent(start.At, Side.Client, EventKind.Command, start.Packet, length, CommandCode.Name(code)));
        if (code is CommandCode.Query)
            Settings.OnStatement(pending.Text, start);
    }

    public void OnResponsePacket(long length, in Moment at)
    {
        pending.ResponseBytes += length + 4;
        pending.ResponseStart ??= at;
        pending.ResponseEnd = at;
    }

    public void OnRow()
    {
        pending.Rows++;
        Rows++;
    }

    public void EndCommand(in Moment at, bool logged)
    {
        if (!hasPending)
            return;
        if (logged)
            Log.Add(new ConnectionEvent(at.At, Side.Server, EventKind.ResponseEnd, at.Packet, pending.Rows, null));
        (pending, answered) = (answered, pending);
        hasPending = false;
        hasAnswered = true;
        Settings.OnAnswerEnd();
    }

    public void OnError(ReadOnlySpan<byte> prefix, long length, byte sequence, bool unsolicited, in Moment at)
    {
        if (!ErrPacket.TryRead(prefix, out ErrPacket error))
            return;
        var seen = new ServerError
        {
            Code = error.Code,
            SqlState = error.SqlState.IsEmpty ? null : WireText.Show(error.SqlState, 5),
            Message = WireText.Show(error.Message, 300),
            Sequence = sequence,
            At = at,
            Unsolicited = unsolicited,
            Stage = Stage,
            Length = (int)length,
        };
        errors ??= [];
        if (errors.Count == MaxErrors)
            errors.RemoveAt(MaxErrors / 2);
        errors.Add(seen);
        Log.Add(new ConnectionEvent(at.At, Side.Server, EventKind.ServerError, at.Packet, seen.Code, seen.Message));
    }

    public void OnOverlap(in Moment at)
    {
        OverlapCount++;
        if ((overlaps ??= []).Count < MaxOverlaps)
            overlaps.Add(at);
    }

    public void OnViolation(ViolationKind kind, Side side, ReadOnlySpan<byte> bytes, in Moment at, int expected = -1, int received = -1)
    {
        if ((violations ??= []).Count == MaxViolations)
            return;
        byte[] sample = bytes[..Math.Min(bytes.Length, SampleBytes)].ToArray();
        violations.Add(new Violation { Kind = kind, Side = side, At = at, Bytes = sample, ExpectedSequence = expected, ReceivedSequence = received });
        // A command too soon or too late is a command still, and is logged as one where it is framed.
        if (kind is ViolationKind.NotMySql or ViolationKind.WrongSequence or ViolationKind.Malformed or ViolationKind.UnexpectedResponse)
            Log.Add(new ConnectionEvent(at.At, side, EventKind.Violation, at.Packet, bytes.Length, WireText.Show(sample, 120)));
        else if (kind == ViolationKind.CommandWhileBusy && bytes.Length > 1)
            Log.Add(new ConnectionEvent(at.At, side, EventKind.Command, at.Packet, bytes.Length, CommandCode.Name(bytes[0]) + " (before the answer) " + WireText.Show(sample.AsSpan(1), 100)));
    }

    public void Add(in Moment at, Side side, EventKind kind, long amount = 0, string? text = null) =>
        Log.Add(new ConnectionEvent(at.At, side, kind, at.Packet, amount, text));

    public Work BuildWork(ushort status, bool insideResult, bool uploadOpen, CommandSeen? unfinishedCommand) => new()
    {
        Commands = Commands,
        Rows = Rows,
        Pending = unfinishedCommand ?? (hasPending ? pending.ToModel() : null),
        LastAnswered = hasAnswered ? answered.ToModel() : null,
        StatusFlags = status,
        LargestClientPacket = LargestPacket,
        LargestClientPacketAt = LargestPacketAt,
        Settings = Settings.Settings,
        Overlaps = overlaps ?? [],
        OverlapCount = OverlapCount,
        UploadOpen = uploadOpen,
        InsideResult = insideResult,
    };

    public Identity BuildIdentity(ulong serverCapabilities, ulong clientCapabilities, bool compressed) => new()
    {
        ServerVersion = ServerVersion,
        IsMariaDb = IsMariaDb,
        ThreadId = ThreadId,
        User = User,
        Schema = Schema,
        Program = Program,
        Pid = Pid,
        Driver = Driver,
        ServerAuthPlugin = ServerPlugin,
        ClientAuthPlugin = ClientPlugin,
        ServerCapabilities = serverCapabilities,
        ClientCapabilities = clientCapabilities,
        Interactive = (clientCapabilities & Capabilities.Interactive) != 0,
        UsesTls = TlsRequest is not null,
        Compressed = compressed,
    };

    public ReadOnlyMemory<byte> FirstBytesOf(Side side) => side == Side.Client ? firstClientBytes : firstServerBytes;

    /// <summary>The events, with the statements of the last commands written out.</summary>
    public IReadOnlyList<ConnectionEvent> BuildEvents()
    {
        List<ConnectionEvent> all = Log.ToList();
        for (int i = 0; i < all.Count; i++)
            if (all[i].Kind == EventKind.Command && TextOf(all[i].Packet) is { } text)
                all[i] = all[i] with { Text = all[i].Text + " " + text };
        return all;
    }

    private string? TextOf(long packet)
    {
        if (hasPending && pending.At.Packet == packet)
            return pending.ToModel().Text;
        return hasAnswered && answered.At.Packet == packet ? answered.ToModel().Text : null;
    }

    private void TakeAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("program_name"u8))
            Program = WireText.Show(value, 96);
        else if (name.SequenceEqual("_pid"u8))
            Pid = int.TryParse(value, out int pid) ? pid : null;
        else if (name.SequenceEqual("_client_name"u8))
            Driver = Driver is null ? WireText.Show(value, 64) : WireText.Show(value, 64) + " " + Driver;
        else if (name.SequenceEqual("_client_version"u8))
            Driver = Driver is null ? WireText.Show(value, 32) : Driver + " " + WireText.Show(value, 32);
    }
}
