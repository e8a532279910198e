using GoneAway.Capture.Tcp;
using GoneAway.Model;
using GoneAway.Wire.Compression;
using GoneAway.Wire.Framing;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Session;

namespace GoneAway.Capture.Decoding;

/// <summary>What the bytes of a connection turned out to be.</summary>
internal enum Protocol : byte
{
    Undecided,
    MySql,
    /// <summary>The server's first bytes are another protocol's.</summary>
    Foreign,
}

/// <summary>Turns the two byte streams of a connection into MySQL packets and those into a record of what happened.</summary>
internal sealed class ConnectionDecoder(Recorder recorder, IKillObserver kills) : IStreamSink
{
    private const int UndecidedLimit = 64;

    private readonly PacketFramer clientFramer = new();
    private readonly PacketFramer serverFramer = new();
    private readonly TlsWatch tls = new();
    private Moment clientStart;
    private Moment serverStart;
    private Moment now;
    private bool clientSynced;
    private bool serverSynced;
    private int undecided;
    private CompressedReader? compressedClient;
    private CompressedReader? compressedServer;
    private EarlyLogin? early;

    public SessionTracker Tracker { get; } = new();
    public Protocol Protocol { get; private set; }
    public bool IsEncrypted => Tracker.Phase == SessionPhase.Encrypted;

    /// <summary>The beginning was seen: the first packet has to be a greeting.</summary>
    public void BeginAtOpening() => clientSynced = serverSynced = true;

    public void BeginInTheMiddle() => Tracker.AssumeReady();

    public void OnEvent(Side side, EventKind kind, long amount, in Moment at) => recorder.Add(at, side, kind, amount);

    public void OnData(Side side, ReadOnlySpan<byte> bytes, in Moment at)
    {
        now = at;
        Moment? before = recorder.LastData;
        recorder.OnData(side, bytes, at);
        if (Protocol == Protocol.Foreign)
            return;
        if (IsEncrypted)
            TakeEncrypted(side, bytes);
        else if (compressedClient is not null)
            TakeCompressed(side, bytes);
        else
            TakePlain(side, bytes);
        if (recorder.Errors is { Count: > 0 } errors && errors[^1] is { Unsolicited: true } last && last.At == at)
            recorder.DataBeforeUnsolicited ??= before;
    }

    public void OnGap(Side side, long count, in Moment at)
    {
        now = at;
        recorder.HasGaps = true;
        recorder.Add(at, side, EventKind.Gap, count);
        var sink = new PacketSink(this, side);
        PacketFramer framer = side == Side.Client ? clientFramer : serverFramer;
        if (Protocol != Protocol.Foreign && !IsEncrypted && compressedClient is null && framer.TrySkip(count, ref sink))
            return;
        LoseSync(side);
    }

    /// <summary>The command of which not all bytes have come, if the stream stands inside one.</summary>
    public CommandSeen? UnfinishedCommand()
    {
        if (Protocol != Protocol.MySql || IsEncrypted || clientFramer.IsBroken || !clientFramer.InPacket || clientFramer.PendingLength == 0
            || Tracker.Phase is not (SessionPhase.Ready or SessionPhase.Busy) || clientFramer.PendingPrefix.IsEmpty)
            return null;
        var record = new CommandRecord();
        ReadOnlySpan<byte> prefix = clientFramer.PendingPrefix;
        record.Begin(prefix[0], clientStart, clientFramer.PendingLength, clientFramer.PendingReceived, prefix[1..]);
        return record.ToModel();
    }

    /// <summary>1 to 3 bytes of the client that are not even a packet header.</summary>
    public int StrayClientBytes => Protocol == Protocol.MySql && !IsEncrypted ? clientFramer.PartialHeaderBytes : 0;

    public void CopyStray(Span<byte> target) => clientFramer.CopyHeader(target);

    private void TakePlain(Side side, ReadOnlySpan<byte> bytes)
    {
        bool client = side == Side.Client;
        if (client && Tracker.Phase == SessionPhase.Quit)
        {
            recorder.OnViolation(ViolationKind.DataAfterQuit, Side.Client, bytes, now);
            Tracker.AssumeReady();
            clientFramer.Reset();
        }
        if (client && clientSynced && early is null && Tracker.Phase == SessionPhase.AwaitingGreeting && !clientFramer.InPacket && (early = EarlyLogin.Of(bytes)) is not null)
            return;
        PacketFramer framer = client ? clientFramer : serverFramer;
        if (!(client ? clientSynced : serverSynced) && !TrySync(side, bytes))
            return;
        int before = framer.PartialHeaderBytes;
        int framed = Feed(side, framer, bytes);
        if (framer.IsBroken && framed == 0 && before > 0)
            OnStray(side, before, framer, client ? clientStart : serverStart, bytes);
        else if (framer.IsBroken)
            OnBroken(side, bytes, framed);
        else if (compressedClient is not null && framed < bytes.Length)
            TakeCompressed(side, bytes[framed..]);
    }

    /// <summary>Frames bytes; a packet that begins with them began now.</summary>
    private int Feed(Side side, PacketFramer framer, ReadOnlySpan<byte> bytes)
    {
        ref Moment start = ref side == Side.Client ? ref clientStart : ref serverStart;
        if (!framer.InPacket)
            start = now;
        var sink = new PacketSink(this, side);
        return framer.Feed(bytes, ref sink);
    }

    // Nothing is due from the client before the greeting; what it says then is shown for what it is.
    private bool OnHeader(Side side, byte sequence, int first, bool continues) =>
        continues || (side == Side.Server ? Tracker.AcceptsServerHeader(sequence, first) : Tracker.AcceptsClientHeader(sequence, first));

    private void OnPacket(Side side, byte sequence, long length, ReadOnlySpan<byte> prefix)
    {
        if (side == Side.Client)
        {
            OnClientPacket(Tracker.TakeClient(sequence, length, prefix), length, prefix);
            clientStart = now;
            return;
        }
        // Servers count from the command; another number at the beginning of its answer was made on the way. Compression counts for itself.
        bool miscounted = sequence != 1 && length < 0xFFFFFF && compressedClient is null && !recorder.HasGaps && Tracker is { Phase: SessionPhase.Busy, Outstanding: 1, NextSequence: 1 }
            && recorder.Pending is { ResponseStart: null } && prefix is not [0xFF, ..];
        if (miscounted)
            recorder.OnViolation(ViolationKind.WrongSequence, Side.Server, prefix, serverStart, 1, sequence);
        OnServerPacket(Tracker.TakeServer(sequence, length, prefix), sequence, length, prefix);
        serverStart = now;
    }

    private void OnClientPacket(PacketRole role, long length, ReadOnlySpan<byte> prefix)
    {
        switch (role)
        {
            case PacketRole.Command:
                recorder.BeginCommand(length, prefix, clientStart);
                kills.Look(prefix, clientStart, recorder);
                break;
            case PacketRole.CommandWhileBusy:
                recorder.Commands++;
                recorder.OnOverlap(clientStart);
                recorder.OnViolation(ViolationKind.CommandWhileBusy, Side.Client, prefix, clientStart, 0, 0);
                break;
            case PacketRole.Quit:
                OnQuit();
                break;
            case PacketRole.Login:
                recorder.OnLogin(prefix, Tracker.ServerCapabilities, clientStart);
                break;
            case PacketRole.TlsRequest:
                recorder.TlsRequest = clientStart;
                recorder.Stage = Stage.Encrypted;
                recorder.Add(clientStart, Side.Client, EventKind.TlsRequested);
                break;
            case PacketRole.AuthExchange:
                recorder.Add(clientStart, Side.Client, EventKind.AuthExchange, length);
                break;
            case PacketRole.Malformed:
                recorder.OnViolation(ViolationKind.Malformed, Side.Client, prefix, clientStart);
                break;
        }
    }

    private void OnQuit()
    {
        // A result may be cut short on purpose; a command that has no answer at all has somebody waiting for it.
        if (recorder.Pending is { ResponseStart: null })
        {
            recorder.OnOverlap(clientStart);
            recorder.OnViolation(ViolationKind.CommandWhileBusy, Side.Client, [CommandCode.Quit], clientStart, 0, 0);
        }
        else
        {
            recorder.Quit = clientStart;
        }
        recorder.Add(clientStart, Side.Client, EventKind.Quit);
    }

    private void OnServerPacket(PacketRole role, byte sequence, long length, ReadOnlySpan<byte> prefix)
    {
        if (Protocol == Protocol.Undecided && role is PacketRole.ResponseEnd or PacketRole.ResultHeader or PacketRole.Error)
            ConfirmMidStream();
        if (role is PacketRole.Row)
        {
            recorder.OnResponsePacket(length, now);
            recorder.OnRow();
            if (recorder.Settings.IsReading)
                recorder.Settings.OnRow(prefix, now);
            return;
        }
        switch (role)
        {
            case PacketRole.Greeting:
                Protocol = Protocol.MySql;
                recorder.OnGreeting(prefix, serverStart);
                if (early is { } login)
                    TakePlain(Side.Client, login.Login);
                break;
            case PacketRole.Rejected:
                Protocol = Protocol.MySql;
                recorder.OnError(prefix, length, sequence, unsolicited: false, serverStart);
                break;
            case PacketRole.LoggedIn:
                OnLoggedIn();
                break;
            case PacketRole.AuthExchange or PacketRole.AuthSwitch:
                recorder.Add(serverStart, Side.Server, EventKind.AuthExchange, length, role == PacketRole.AuthSwitch ? SwitchTo(prefix) : null);
                break;
            case PacketRole.ResponseEnd:
                recorder.OnResponsePacket(length, now);
                recorder.EndCommand(now, logged: true);
                break;
            case PacketRole.Error:
                recorder.OnResponsePacket(length, now);
                recorder.OnError(prefix, length, sequence, unsolicited: false, serverStart);
                recorder.EndCommand(now, logged: false);
                break;
            case PacketRole.UnsolicitedError:
                recorder.OnError(prefix, length, sequence, unsolicited: true, serverStart);
                break;
            case PacketRole.UnexpectedResponse:
                recorder.OnViolation(ViolationKind.UnexpectedResponse, Side.Server, prefix, serverStart);
                break;
            case PacketRole.Malformed:
                recorder.OnViolation(ViolationKind.Malformed, Side.Server, prefix, serverStart);
                break;
            default:
                recorder.OnResponsePacket(length, now);
                break;
        }
    }

    private void OnLoggedIn()
    {
        if (recorder.Stage != Stage.Commands)
            recorder.LoggedIn = now;
        recorder.Stage = Stage.Commands;
        recorder.Add(now, Side.Server, EventKind.LoggedIn);
        recorder.EndCommand(now, logged: false);
        if (early is { Rest.IsEmpty: false } rest)
            TakePlain(Side.Client, rest.Rest);
        if (!Tracker.CompressionStarted || compressedClient is not null)
            return;
        bool zstd = (Tracker.Capabilities & Capabilities.Compress) == 0;
        compressedClient = new CompressedReader(zstd);
        compressedServer = new CompressedReader(zstd);
    }

    private static string SwitchTo(ReadOnlySpan<byte> prefix)
    {
        int end = prefix.Length > 1 ? prefix[1..].IndexOf((byte)0) : -1;
        return end > 0 ? WireText.Show(prefix.Slice(1, end), 64) : "mysql_old_password";
    }

    /// <summary>One to three bytes that came before made the next packet's header unreadable: those bytes are the break.</summary>
    private void OnStray(Side side, int count, PacketFramer framer, in Moment at, ReadOnlySpan<byte> bytes)
    {
        Span<byte> stray = stackalloc byte[4];
        framer.CopyHeader(stray);
        recorder.OnViolation(ViolationKind.NotMySql, side, stray[..count], at);
        LoseSync(side);
        TakePlain(side, bytes);
    }

    private void OnBroken(Side side, ReadOnlySpan<byte> bytes, int framed)
    {
        ReadOnlySpan<byte> rest = bytes[Math.Min(framed, bytes.Length)..];
        if (side == Side.Server && Tracker.Phase == SessionPhase.AwaitingGreeting)
        {
            Protocol = Protocol.Foreign;
            return;
        }
        int received = rest.Length > 3 ? rest[3] : -1;
        bool framedLike = rest.Length > 4 && (rest[0] | rest[1] << 8 | rest[2] << 16) == rest.Length - 4;
        recorder.OnViolation(framedLike ? ViolationKind.WrongSequence : ViolationKind.NotMySql, side, rest.IsEmpty ? bytes : rest, now,
            Tracker.Phase is SessionPhase.Ready or SessionPhase.Busy && side == Side.Client ? 0 : Tracker.NextSequence, received);
        LoseSync(side);
        if (side == Side.Client && ProxyHeader.Length(rest) is > 0 and int header)
        {
            // A server that takes PROXY headers goes on with the login behind it.
            clientSynced = true;
            if (header < rest.Length)
                TakePlain(side, rest[header..]);
        }
    }

    private void LoseSync(Side side)
    {
        if (side == Side.Client)
        {
            clientSynced = false;
            clientFramer.Reset();
        }
        else
        {
            serverSynced = false;
            serverFramer.Reset();
        }
    }

    /// <summary>Finds the next packet boundary: a chunk that is a whole command, or the answer to the last one.</summary>
    private bool TrySync(Side side, ReadOnlySpan<byte> bytes)
    {
        if (side == Side.Client ? !Resync.LooksLikeCommand(bytes) : !Resync.LooksLikeAnswer(bytes, Tracker.Phase))
        {
            // Only the client can begin anew: a long result may stand before its next command.
            if (side == Side.Client && Protocol == Protocol.Undecided && ++undecided > UndecidedLimit)
                Protocol = Protocol.Foreign;
            return false;
        }
        if (side == Side.Client)
        {
            if (Tracker.Phase is not SessionPhase.AwaitingGreeting)
                Tracker.AssumeReady();
            // A command shows that the login, lost to the capture, had succeeded.
            if (recorder.HasGaps && recorder.Greeting is not null && recorder.Stage < Stage.Commands)
                recorder.Stage = Stage.Commands;
            clientSynced = true;
            clientFramer.Reset();
            // The answer follows from its first packet on.
            serverSynced = true;
            serverFramer.Reset();
            return true;
        }
        serverSynced = true;
        serverFramer.Reset();
        if (Protocol == Protocol.Undecided)
            ConfirmMidStream();
        return true;
    }

    private void ConfirmMidStream()
    {
        Protocol = Protocol.MySql;
        recorder.Stage = Stage.Commands;
    }

    private void TakeEncrypted(Side side, ReadOnlySpan<byte> bytes)
    {
        if (tls.Take(side, bytes, now) is { } alert)
        {
            recorder.Alert ??= alert;
            recorder.Add(now, side, EventKind.TlsAlert, alert.Description);
        }
        recorder.Add(now, side, EventKind.Data, bytes.Length);
    }

    /// <summary>In TLS, what the last records suggest: the client spoke last, so an answer is due.</summary>
    public bool EncryptedAnswerDue => IsEncrypted && tls.LastSpeaker == Side.Client;

    private void TakeCompressed(Side side, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> chunk = bytes;
        CompressedReader reader = (side == Side.Client ? compressedClient : compressedServer)!;
        while (reader.TryTake(ref chunk, out ReadOnlySpan<byte> plain))
            TakeUncompressed(side, plain);
        if (reader.IsBroken)
        {
            recorder.OnViolation(ViolationKind.Malformed, side, bytes, now);
            recorder.HasGaps = true;
        }
    }

    private void TakeUncompressed(Side side, ReadOnlySpan<byte> plain)
    {
        PacketFramer framer = side == Side.Client ? clientFramer : serverFramer;
        int framed = Feed(side, framer, plain);
        if (framer.IsBroken)
            OnBroken(side, plain, framed);
    }

    /// <summary>Hands a framer's findings to the decoder without an allocation.</summary>
    private readonly struct PacketSink(ConnectionDecoder decoder, Side side) : IPacketSink
    {
        public bool OnHeader(int length, byte sequence, int first, bool continues) =>
            decoder.OnHeader(side, sequence, first, continues);

        public void OnPacket(byte sequence, long length, ReadOnlySpan<byte> prefix) =>
            decoder.OnPacket(side, sequence, length, prefix);
    }
}
