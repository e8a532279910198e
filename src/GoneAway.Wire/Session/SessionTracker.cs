using GoneAway.Wire.Payloads;

namespace GoneAway.Wire.Session;

/// <summary>
/// Follows both directions of a session, packet by packet: what each packet is, what is due next, and from whom.
/// Knows nothing of sockets, captures or time.
/// </summary>
public sealed class SessionTracker
{
    private const ulong MariaDbExtended = 0xFFFFFFFF00000000;
    private const int MaxQueued = 64;

    private ResponseReader response;
    private readonly byte[] queue = new byte[MaxQueued];
    private int queueStart;
    private int queued;
    private bool changingUser;

    public SessionPhase Phase { get; private set; } = SessionPhase.AwaitingGreeting;

    /// <summary>Of the greeting; 0 when it was not seen.</summary>
    public ulong ServerCapabilities { get; private set; }

    /// <summary>Of the login; 0 when it was not seen.</summary>
    public ulong ClientCapabilities { get; private set; }

    /// <summary>What both ends agreed on.</summary>
    public ulong Capabilities => ServerCapabilities & ClientCapabilities;

    /// <summary>Both ends have the compressed protocol switched on from here.</summary>
    public bool CompressionStarted { get; private set; }

    /// <summary>Status flags of the last OK or EOF.</summary>
    public ushort Status { get; private set; }

    /// <summary>The command that is being answered; 0xFF when none is.</summary>
    public byte PendingCommand { get; private set; } = 0xFF;

    /// <summary>Commands sent and not yet answered, the present one included.</summary>
    public int Outstanding => (PendingCommand == 0xFF ? 0 : 1) + queued;

    /// <summary>A result set has begun and is not complete.</summary>
    public bool InsideResult => Phase == SessionPhase.Busy && response.InsideResult;

    /// <summary>The sequence id due from either side in the present exchange; a command always begins with 0.</summary>
    public byte NextSequence { get; private set; }

    /// <summary>Begins in the middle: a session whose login was not seen, with nothing pending.</summary>
    public void AssumeReady()
    {
        Phase = SessionPhase.Ready;
        PendingCommand = 0xFF;
        queued = 0;
        NextSequence = 0;
    }

    /// <summary>Whether a client packet with this header can come now.</summary>
    public bool AcceptsClientHeader(byte sequence, int first) => Phase switch
    {
        SessionPhase.Ready or SessionPhase.Busy or SessionPhase.Replicating or SessionPhase.Quit =>
            sequence == 0 && CommandCode.IsKnown(first) || changingUser || Phase == SessionPhase.Replicating,
        SessionPhase.AwaitingGreeting => false,
        SessionPhase.AwaitingLogin => sequence is 1 or 2 && first >= 0,
        _ => true,
    };

    /// <summary>Whether a server packet with this header can come now.</summary>
    public bool AcceptsServerHeader(byte sequence, int first) => Phase switch
    {
        SessionPhase.AwaitingGreeting => sequence == 0 && first is 0x0A or 0x09 || sequence <= 1 && first == 0xFF,
        SessionPhase.Ready => sequence == NextSequence || sequence == 0 || first == 0xFF,
        _ => true,
    };

    /// <summary>Takes a packet of the client.</summary>
    public PacketRole TakeClient(byte sequence, long length, ReadOnlySpan<byte> prefix)
    {
        NextSequence = (byte)(sequence + 1);
        switch (Phase)
        {
            case SessionPhase.AwaitingLogin:
                return TakeLogin(length, prefix);
            case SessionPhase.Authenticating:
            case SessionPhase.Encrypted:
                return PacketRole.AuthExchange;
            case SessionPhase.Uploading:
                if (length > 0)
                    return PacketRole.UploadData;
                Phase = SessionPhase.Busy;
                return PacketRole.UploadEnd;
            case SessionPhase.Replicating when length == 0 || prefix[0] == 0xEF:
                return PacketRole.AuthExchange;
            case SessionPhase.AwaitingGreeting:
                return PacketRole.Malformed;
            default:
                return changingUser && sequence > 0 ? PacketRole.AuthExchange : TakeCommand(length, prefix);
        }
    }

    /// <summary>Takes a packet of the server.</summary>
    public PacketRole TakeServer(byte sequence, long length, ReadOnlySpan<byte> prefix)
    {
        if (Phase == SessionPhase.Busy && PendingCommand != 0xFF && !changingUser)
        {
            NextSequence = (byte)(sequence + 1);
            return TakeResponse(length, prefix);
        }
        int first = length > 0 ? prefix[0] : -1;
        NextSequence = (byte)(sequence + 1);
        switch (Phase)
        {
            case SessionPhase.AwaitingGreeting:
                return TakeGreeting(first, prefix);
            case SessionPhase.AwaitingLogin:
                return first == 0xFF ? PacketRole.Error : PacketRole.Malformed;
            case SessionPhase.Uploading:
                Phase = SessionPhase.Busy;
                return TakeResponse(length, prefix);
            case SessionPhase.Replicating:
                return first == 0xFF ? PacketRole.Error : PacketRole.ReplicationEvent;
            case SessionPhase.Authenticating or SessionPhase.Encrypted:
            case SessionPhase.Busy when changingUser:
                return TakeAuthentication(first, prefix);
            default:
                return first == 0xFF ? PacketRole.UnsolicitedError : PacketRole.UnexpectedResponse;
        }
    }

    private PacketRole TakeGreeting(int first, ReadOnlySpan<byte> prefix)
    {
        if (first == 0xFF)
            return PacketRole.Rejected;
        if (!HandshakeV10.TryRead(prefix, out HandshakeV10 greeting))
            return first == 0x09 ? PacketRole.Greeting : PacketRole.Malformed;
        ServerCapabilities = greeting.Capabilities;
        Phase = SessionPhase.AwaitingLogin;
        return PacketRole.Greeting;
    }

    private PacketRole TakeLogin(long length, ReadOnlySpan<byte> prefix)
    {
        if (prefix.Length < 2)
            return PacketRole.Malformed;
        ulong low = (ulong)(prefix[0] | prefix[1] << 8);
        bool modern = (low & Payloads.Capabilities.Protocol41) != 0 && prefix.Length >= 32;
        ClientCapabilities = modern ? low | (ulong)prefix[2] << 16 | (ulong)prefix[3] << 24 : low;
        // MariaDB: without CLIENT_MYSQL the last four filler bytes hold the extended capabilities.
        if (modern && (low & Payloads.Capabilities.LongPassword) == 0)
            ClientCapabilities |= (ulong)BitConverter.ToUInt32(prefix[28..32]) << 32 & MariaDbExtended;
        if ((low & Payloads.Capabilities.Ssl) != 0 && length == 32)
        {
            Phase = SessionPhase.Encrypted;
            return PacketRole.TlsRequest;
        }
        Phase = SessionPhase.Authenticating;
        return PacketRole.Login;
    }

    private PacketRole TakeAuthentication(int first, ReadOnlySpan<byte> prefix)
    {
        switch (first)
        {
            case 0x00:
                BecomeReady();
                CompressionStarted = (Capabilities & (Payloads.Capabilities.Compress | Payloads.Capabilities.ZstdCompression)) != 0;
                if (OkPacket.TryRead(prefix, Capabilities, out OkPacket ok))
                    Status = ok.Status;
                return PacketRole.LoggedIn;
            case 0xFF:
                if (changingUser)
                    BecomeReady();
                return PacketRole.Error;
            case 0xFE:
                return PacketRole.AuthSwitch;
            default:
                return PacketRole.AuthExchange;
        }
    }

    private PacketRole TakeCommand(long length, ReadOnlySpan<byte> prefix)
    {
        if (length == 0)
            return PacketRole.Malformed;
        byte command = prefix[0];
        if (command == CommandCode.Quit && length == 1)
        {
            Phase = SessionPhase.Quit;
            return PacketRole.Quit;
        }
        if (command is CommandCode.StmtClose or CommandCode.StmtSendLongData)
            return PacketRole.SilentCommand;
        if (Phase == SessionPhase.Busy && PendingCommand != 0xFF && !response.MayBeComplete)
        {
            if (queued < MaxQueued)
                queue[(queueStart + queued++) % MaxQueued] = command;
            return PacketRole.CommandWhileBusy;
        }
        Begin(command);
        return PacketRole.Command;
    }

    private void Begin(byte command)
    {
        PendingCommand = command;
        Phase = command is CommandCode.BinlogDump or CommandCode.BinlogDumpGtid ? SessionPhase.Replicating : SessionPhase.Busy;
        changingUser = command == CommandCode.ChangeUser;
        response.Begin(command);
    }

    private PacketRole TakeResponse(long length, ReadOnlySpan<byte> prefix)
    {
        PacketRole role = response.Take(length, prefix, Capabilities);
        switch (role)
        {
            case PacketRole.ResponseEnd:
                if (PendingCommand is not (CommandCode.Statistics or CommandCode.StmtPrepare or CommandCode.FieldList))
                    Status = response.Status;
                BecomeReady();
                break;
            case PacketRole.Error:
                BecomeReady();
                break;
            case PacketRole.ResultEnd:
                Status = response.Status;
                break;
            case PacketRole.UploadRequest:
                Phase = SessionPhase.Uploading;
                break;
        }
        return role;
    }

    private void BecomeReady()
    {
        changingUser = false;
        PendingCommand = 0xFF;
        if (Phase != SessionPhase.Quit)
            Phase = SessionPhase.Ready;
        if (queued == 0)
            return;
        byte next = queue[queueStart];
        queueStart = (queueStart + 1) % MaxQueued;
        queued--;
        Begin(next);
    }
}
