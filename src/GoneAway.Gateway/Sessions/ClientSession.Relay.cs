using System.Runtime.CompilerServices;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Framing;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Session;

namespace GoneAway.Gateway.Sessions;

/// <content>The answer: from the server to the client, packet by packet, with what it says of the session.</content>
internal sealed partial class ClientSession
{
    /// <summary>Incomplete packets up to this size wait for their rest; larger rows go on in pieces.</summary>
    private const int LargestHeld = 16 * 1024;

    private ResponseReader reader;
    private byte[]? held;
    private int heldCount;
    /// <summary>Bytes of an end of rows, or an OK, that is looked at when it is whole, and is larger than others; 0: none.</summary>
    private int needed;
    /// <summary>Bytes of a packet that is handed on in pieces.</summary>
    private long passing;
    /// <summary>The packet has a further part.</summary>
    private bool continues;
    /// <summary>Packets of this answer went to the client.</summary>
    private bool delivered;
    private bool answered;
    /// <summary>Of this answer, a packet has come.</summary>
    private bool begun;
    private bool wantsFile;
    /// <summary>As the server counts.</summary>
    private byte uploadSequence;
    private Refusal? lastError;
    private byte lastSequence;
    private bool translates;
    /// <summary>Packets are numbered anew: the client does not get all, the command was longer, or the server numbers frames and packets together, as in compression.</summary>
    private bool renumbers;
    private bool stateChanged;
    private bool changeExplained;
    private bool variableChanged;

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<Relayed> RelayAsync(BackendConnection connection)
    {
        reader.Begin(command);
        BeginRelay();
        // The client knows no EOF, the server no end without one.
        translates = (capabilities & ~connection.Capabilities & Capabilities.DeprecateEof) != 0;
        renumbers = translates || partsAdded > 0 || connection.Link.IsCompressed;
        while (true)
        {
            Ready ready = await WaitAsync(Ready.Backend | Ready.BackendHangup | Ready.Signal | (silent ? Ready.None : overlap), Loop.Now + SilenceLimit);
            if (((ready & Ready.Client) != 0 || client.KeepsLast && !silent) && await IsSharedAsync())
                return Relayed.Shared;
            if ((ready & (Ready.Signal | Ready.Timeout)) != 0 && LeavesSilent(ready, connection))
                return Relayed.Lost;
            bool more = true;
            while (more)
            {
                int count = ReceiveAnswer(connection, out byte[] bytes);
                if (count == 0)
                    break;
                if (count < 0)
                    return Relayed.Lost;
                more = count == bytes.Length;
                Relayed? end = Pass(connection, bytes.AsSpan(0, count));
                if (end is { } how)
                    return how;
                if (wantsFile)
                {
                    recordingBroken = true;
                    if (silent)
                        return Relayed.Malformed;
                    if (!await UploadAsync(connection))
                        return client.IsBroken ? Relayed.ClientGone : Relayed.Lost;
                    more = false;
                }
                if (client.IsBroken)
                    return Relayed.ClientGone;
                if (client.Queued > 0 && await SpoolAsync(connection) is { } cut)
                    return cut;
            }
        }
    }

    /// <summary>What the server sent, behind what has waited for its rest: bytes; 0 when there is nothing to look at yet; -1 at the end.</summary>
    private int ReceiveAnswer(BackendConnection connection, out byte[] bytes)
    {
        int have = heldCount;
        bytes = needed > 0 ? held! : Loop.Scratch;
        if (needed == 0 && have > 0)
            held.AsSpan(0, have).CopyTo(bytes);
        while (true)
        {
            int count = connection.Link.Receive(bytes.AsSpan(have));
            if (count <= 0)
                return count;
            counters.BytesFromBackends += count;
            have += count;
            if (have >= needed)
            {
                needed = 0;
                return have;
            }
            heldCount = have;
        }
    }

    private void BeginRelay()
    {
        heldCount = needed = 0;
        rows = 0;
        passing = 0;
        continues = delivered = begun = answered = wantsFile = stateChanged = variableChanged = changeExplained = false;
        lastError = null;
        // The answer to come tells it too.
        mustAskStatus = false;
        lastSequence = (byte)(answerSequence - 1);
        if (!silent)
            client.BeginAnswer();
    }

    /// <summary>Hands on what has come. An answer once the response is complete, or is none.</summary>
    private Relayed? Pass(BackendConnection connection, Span<byte> bytes)
    {
        int at = 0, from = 0;
        Relayed? end = null;
        while (at < bytes.Length)
        {
            if (passing > 0)
            {
                int take = (int)Math.Min(passing, bytes.Length - at);
                passing -= take;
                at += take;
                continue;
            }
            int rest = bytes.Length - at;
            if (rest < HeaderSize)
                break;
            int length = PacketHeader.LengthOf(bytes[at..]);
            if (continues)
            {
                lastSequence = Number(ref bytes[at + 3]);
                continues = length == MaxPart;
                passing = length;
                at += HeaderSize;
                continue;
            }
            if (length != MaxPart && HeaderSize + length <= rest)
            {
                Span<byte> payload = bytes.Slice(at + HeaderSize, length);
                // Another id is another command's answer. Only the word that ends a connection comes unasked.
                if (!begun && !connection.Link.IsCompressed && bytes[at + 3] != (byte)(answerSequence + partsAdded) && payload is not [0xFF, ..])
                {
                    end = Relayed.Malformed;
                    break;
                }
                bool unasked = !begun && bytes[at + 3] == 0;
                begun = true;
                bool isFirst = reader.AtStart;
                PacketRole role = reader.Take(length, payload, connection.Capabilities);
                if (role == PacketRole.Row)
                {
                    rows++;
                    lastSequence = Number(ref bytes[at + 3]);
                    at += HeaderSize + length;
                    continue;
                }
                if (role == PacketRole.Malformed)
                {
                    end = Relayed.Malformed;
                    break;
                }
                if (role == PacketRole.Error)
                    connection.Record.OnError(Loop.Now, payload, bytes[at + 3], unasked);
                if (role == PacketRole.Error && DismissalOf(payload, unasked && !connection.Server.IsMariaDb) is { } dismissal)
                {
                    // What the client has begun to get goes on up to here; else nothing of it goes.
                    if (delivered && at > from)
                        Deliver(bytes[from..at]);
                    return dismissal;
                }
                if (role == PacketRole.UploadRequest)
                    uploadSequence = bytes[at + 3];
                lastSequence = Number(ref bytes[at + 3]);
                bool isOther = Look(connection, role, payload, isFirst);
                if (translates && payload.Length is 5 && payload[0] == 0xFE)
                {
                    if (role == PacketRole.Metadata || command == CommandCode.StmtPrepare)
                    {
                        Deliver(bytes[from..at]);
                        from = at + HeaderSize + length;
                        lastSequence--;
                    }
                    else
                    {
                        isOther = true;
                    }
                }
                if (isOther)
                {
                    Deliver(bytes[from..at]);
                    if (!translates || !OkRewrite.TryWriteEndOfRows(writer, payload, connection.Capabilities, capabilities, trackedByClient))
                        OkRewrite.TryWrite(writer, payload, connection.Capabilities, capabilities, trackedByClient);
                    Record(writer.Written);
                    if (!silent)
                        SendPacket(writer.Written, lastSequence);
                    delivered = true;
                    from = at + HeaderSize + length;
                }
                at += HeaderSize + length;
                if (role is PacketRole.ResponseEnd or PacketRole.Error)
                {
                    end = Relayed.Complete;
                    break;
                }
                if (role == PacketRole.UploadRequest)
                {
                    wantsFile = true;
                    break;
                }
                continue;
            }
            if (rest > HeaderSize && length != MaxPart && reader.EndsWith(bytes[at + HeaderSize]))
            {
                needed = HeaderSize + length;
                break;
            }
            bool isLarge = length == MaxPart || length > EventLoop.ScratchSize / 2 || length > LargestHeld && reader.ExpectsRow;
            if (!isLarge || rest == HeaderSize)
                break;
            begun = true;
            PacketRole large = reader.Take(length, bytes[(at + HeaderSize)..], connection.Capabilities);
            if (large == PacketRole.Malformed)
            {
                end = Relayed.Malformed;
                break;
            }
            lastSequence = Number(ref bytes[at + 3]);
            continues = length == MaxPart;
            passing = length;
            at += HeaderSize;
        }
        if (at > from)
            Deliver(bytes[from..at]);
        heldCount = 0;
        if (end is null && at < bytes.Length)
        {
            int count = bytes.Length - at;
            if (needed <= EventLoop.ScratchSize)
                needed = 0;
            else
                DropHeld();
            held ??= needed > 0 ? new byte[needed] : Loop.Rent(EventLoop.ScratchSize);
            bytes[at..].CopyTo(held);
            heldCount = count;
        }
        else if (end == Relayed.Complete)
        {
            if (at < bytes.Length)
                connection.IsSoiled = true;
            DropHeld();
            EndAnswer(connection);
        }
        return end;
    }

    /// <summary>The id that the packet has for the client.</summary>
    private byte Number(ref byte sequence) => renumbers ? sequence = (byte)(lastSequence + 1) : sequence;

    private void Deliver(ReadOnlySpan<byte> bytes)
    {
        Record(bytes);
        if (silent)
            return;
        if (spool is null)
            client.Send(bytes);
        else
            spool.Put(bytes);
        counters.BytesToClients += bytes.Length;
        delivered = true;
    }

    /// <summary>Learns from a packet that is no row. True: the client must be told it in other words.</summary>
    private bool Look(BackendConnection connection, PacketRole role, Span<byte> payload, bool isFirst)
    {
        switch (role)
        {
            case PacketRole.Error:
                lastError = Refusal.Of(payload);
                return false;
            case PacketRole.Metadata or PacketRole.ResponseEnd when command == CommandCode.StmtPrepare && isFirst:
                OnPrepared(connection, payload);
                return false;
            case PacketRole.ResponseEnd or PacketRole.ResultEnd:
                break;
            default:
                return false;
        }
        // These answers have no status flags.
        if (command is CommandCode.StmtPrepare or CommandCode.Statistics or CommandCode.FieldList)
            return false;
        status = connection.Status = reader.Status;
        if (payload is [0xFE, ..])
            LookAtEndOfRows(payload);
        if (payload.Length < 7 || payload[0] is not (0x00 or 0xFE))
            return false;
        if (payload[0] == 0xFE && (status & StatusFlags.SessionStateChanged) == 0)
            return OkRewrite.NeedsRewrite(payload);
        if (!OkPacket.TryRead(payload, connection.Capabilities, out OkPacket ok))
            return false;
        if (ok.LastInsertId != 0)
            (insertIdChanged, insertIdLost) = (true, false);
        if (ok.Warnings > 0 && Options.Pool.Mode == PoolMode.Transaction)
            pins |= Pins.Diagnostics;
        if (!ok.StateChanges.IsEmpty)
            Learn(connection, ok.StateChanges);
        return OkRewrite.NeedsRewrite(payload);
    }

    /// <summary>An EOF tells at most that something was set, not what; and in transaction mode warnings can be asked for.</summary>
    private void LookAtEndOfRows(ReadOnlySpan<byte> payload)
    {
        bool isEof = payload.Length == 5;
        int at = isEof ? 1 : 5;
        if (Options.Pool.Mode == PoolMode.Transaction && payload.Length >= at + 2 && (payload[at] | payload[at + 1]) != 0)
            pins |= Pins.Diagnostics;
        if (isEof && (status & StatusFlags.SessionStateChanged) != 0)
            pins |= Pins.Untracked;
        else if (isEof && (traits & StatementTraits.PureRead) == 0 && !InTransaction)
            mustAskStatus = true;
    }

    /// <summary>The answer is complete: what the command was says what else has changed.</summary>
    private void EndAnswer(BackendConnection connection)
    {
        answered = true;
        connection.LastUsed = Loop.Now;
        connection.Record.End(Loop.Now, connection.Link.Received, rows);
        if (lastError is not null)
        {
            // What a failed statement did not do it may have done in part: traits count as if it had run. An ERR has no status
            // flags, and a deadlock has ended the transaction.
            mustAskStatus = (traits & StatementTraits.PureRead) == 0 || InTransaction || (status & StatusFlags.Autocommit) == 0;
            if (Options.Pool.Mode == PoolMode.Transaction)
                pins |= Pins.Diagnostics;
        }
        else
        {
            switch (command)
            {
                case CommandCode.ResetConnection:
                    ResetSession();
                    status = connection.Status;
                    state = connection.State = SessionState.Fresh with { Schema = connection.State.Schema, MultiStatements = connection.State.MultiStatements };
                    connection.ForgetPrepared();
                    connection.InsertId = null;
                    key = key!.As(wasReset: true, state.Schema.Length > 0);
                    mustTrackAgain = true;
                    break;
                case CommandCode.InitDb when !connection.Server.Tracks:
                    connection.State = state = state with { Schema = "\0" };
                    pins |= Pins.Untracked;
                    break;
                case CommandCode.SetOption when input!.Length >= inputStart + HeaderSize + 3:
                    connection.State = state = state with { MultiStatements = input[inputStart + HeaderSize + 1] == 0 };
                    break;
            }
        }
        PinByTraits();
        if ((traits & (StatementTraits.ChangesInsertId | StatementTraits.Call | StatementTraits.Multi | StatementTraits.TextPrepare | StatementTraits.Doubtful)) != 0)
            insertIdChanged = true;
        if (Options.Pool.Mode == PoolMode.Transaction)
        {
            asksOfLast |= (traits & (StatementTraits.AsksOfLast | StatementTraits.CalcFoundRows)) != 0;
            if (asksOfLast && IsStatement)
                pins |= Pins.Diagnostics;
        }
        // What routines and triggers set may be more than variables.
        bool explained = changeExplained && (command == CommandCode.InitDb || (traits & StatementTraits.SetsState) != 0 && (traits & (StatementTraits.Call | StatementTraits.TextPrepare | StatementTraits.Multi)) == 0);
        if ((stateChanged || variableChanged) && !explained && (traits & (StatementTraits.UserVariable | StatementTraits.TemporaryTable | StatementTraits.TextPrepare)) == 0 && command != CommandCode.StmtPrepare && command != CommandCode.ResetConnection)
            pins |= Pins.Untracked;
        if (!connection.Server.Tracks && (traits & StatementTraits.PureRead) == 0)
            pins |= Pins.Untracked;
    }

    private void DropHeld()
    {
        if (held is not null)
            Loop.Return(held);
        held = null;
        heldCount = 0;
    }
}
