using System.Buffers.Binary;
using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>Commands that are not just handed on: large ones, replication, and what is no command.</content>
internal sealed partial class ClientSession
{
    /// <summary>A packet too large for the server: its bytes are dropped, the client is told the two numbers, the connection stays.</summary>
    private async ValueTask<bool> TooLargeAsync(int length)
    {
        long limit = MaxPacket;
        (bool alive, long total, byte parts) = await DropAsync(length);
        if (!alive)
            return false;
        counters.TooLarge++;
        TellTooLarge(total, limit, parts);
        return await AfterDroppedAsync();
    }

    private void TellTooLarge(long size, long limit, byte parts)
    {
        string incident = core.NameIncident();
        core.NoteDecision(this, "max-allowed-packet", $"a statement of {size} bytes is larger than max_allowed_packet ({limit}); it was not sent", incident);
        core.Incidents.NotePlain(this, "packet-too-large", $"The client sent a packet of {size} bytes; max_allowed_packet is {limit}. It was answered, not sent to a server, and the connection stays.", incident);
        SendError(ErrorCode.PacketTooLarge, "08S01", $"Got a packet bigger than 'max_allowed_packet' bytes: the statement has {size} bytes, the server takes {limit}; not executed [{incident}]", parts);
    }

    private async ValueTask<bool> AfterDroppedAsync()
    {
        if (client.Queued > 0 && !await client.FlushAsync(this, isClient: true))
            return false;
        return !client.IsBroken;
    }

    /// <summary>Takes the packet at the beginning of the input from the wire, with all its parts, and forgets it.</summary>
    private async ValueTask<(bool Alive, long Total, byte Parts)> DropAsync(int length)
    {
        long total = 0;
        byte parts = 0;
        while (true)
        {
            total += length;
            parts++;
            long left = HeaderSize + length;
            while (left > 0)
            {
                int take = (int)Math.Min(left, inputEnd - inputStart);
                inputStart += take;
                left -= take;
                if (inputStart == inputEnd)
                    ReturnInput();
                if (left > 0 && !await ReadInputAsync())
                    return (false, total, parts);
            }
            if (length < MaxPart)
                return (true, total, parts);
            while (inputEnd - inputStart < HeaderSize)
                if (!await ReadInputAsync())
                    return (false, total, parts);
            length = LengthAt(inputStart);
        }
    }

    /// <summary>More of the client's bytes, appended. False when it is gone.</summary>
    private async ValueTask<bool> ReadInputAsync()
    {
        while (true)
        {
            if (inputEnd == inputStart)
            {
                if (input is { Length: < EventLoop.ScratchSize })
                    ReturnInput();
                input ??= Loop.Rent(EventLoop.ScratchSize);
                inputStart = inputEnd = 0;
            }
            else if (inputEnd == input!.Length)
            {
                byte[] other = Loop.Rent(Math.Max(EventLoop.ScratchSize, (inputEnd - inputStart) * 2));
                input.AsSpan(inputStart, inputEnd - inputStart).CopyTo(other);
                Loop.Return(input);
                (input, inputEnd, inputStart) = (other, inputEnd - inputStart, 0);
            }
            int count = client.Receive(input.AsSpan(inputEnd));
            if (count < 0)
                return false;
            inputEnd += count;
            if (count > 0)
                return true;
            await WaitAsync(Ready.Client | Ready.ClientHangup);
        }
    }

    /// <summary>A command too large to be kept goes to the server as it comes. What was not sent to its end did not run.</summary>
    private async ValueTask<bool> StreamAsync(int length)
    {
        // No other command can be so long.
        if (command is not (CommandCode.Query or CommandCode.StmtPrepare or CommandCode.StmtExecute or CommandCode.StmtSendLongData or CommandCode.MariaDbStmtBulkExecute))
            return await BeyondRepairAsync();
        isStreamed = true;
        while (inputEnd - inputStart < HeaderSize + 5)
            if (!await ReadInputAsync())
                return false;
        if (command == CommandCode.Query)
            traits = StatementScan.Classify(input.AsSpan(inputStart + HeaderSize + 1, Math.Max(0, inputEnd - inputStart - HeaderSize - 1)))
                // Its beginning was read: the end of a quote is not there, and behind it there may be another statement where the client may send several.
                & ~(StatementTraits.PureRead | StatementTraits.Doubtful) | ((capabilities & Capabilities.MultiStatements) != 0 ? StatementTraits.Multi : 0);
        else if (command is CommandCode.StmtExecute or CommandCode.StmtSendLongData or CommandCode.MariaDbStmtBulkExecute)
        {
            uint id = BinaryPrimitives.ReadUInt32LittleEndian(input.AsSpan(inputStart + HeaderSize + 1));
            statement = statements?.GetValueOrDefault(id == LastPrepared ? lastPrepared : id);
            if (statement is null)
            {
                (bool alive, _, byte dropped) = await DropAsync(length);
                if (!alive)
                    return false;
                if (command != CommandCode.StmtSendLongData)
                    SendError(UnknownStatement, "HY000", $"Unknown prepared statement handler ({id}) given to {NameOf(command)}", dropped);
                return await AfterDroppedAsync();
            }
            traits = statement.Traits & ~StatementTraits.PureRead;
            if (command == CommandCode.StmtSendLongData)
            {
                statement.HasLongData = true;
                pins |= Pins.LongData;
            }
        }
        if (backend is not null && backend.Link.Socket.PeerClosed)
            OnIdleBackendLost();
        Refusal? problem = lostState is null ? await ReadyBackendAsync(HoldDeadline, null) : null;
        if (lostState is not null || problem is not null)
        {
            (bool alive, _, byte dropped) = await DropAsync(length);
            if (!alive)
                return false;
            answerSequence = dropped;
            bool goesOn = lostState is null || lostTransaction;
            if (lostState is { } why)
                problem = Refuse(lostTransaction ? RolledBackCode : NotExecutedCode, why, lostTransaction ? "40001" : "HY000");
            counters.NotExecuted++;
            SendError(problem!.Code, Encoding.ASCII.GetString(problem.SqlState.Span), $"Not executed: {problem.Text}", answerSequence);
            lostState = null;
            ForgetTransaction();
            return await AfterDroppedAsync() && goesOn;
        }
        BackendConnection connection = backend!;
        if (!await PrepareForAsync(HeaderSize + length))
            return false;
        Clear(Ready.Backend);
        connection.Link.BeginCommand();
        connection.LastSession = this;
        connection.Record.Begin(command, length, Loop.Now, connection.Link.Received);
        long total = 0;
        byte parts = 0;
        bool broken = false;
        while (true)
        {
            total += length;
            parts++;
            if (total > MaxPacket)
            {
                // The server has seen a part and no end: it has run nothing, and its connection is of no more use.
                long limit = MaxPacket;
                (bool alive, long rest, byte more) = await DropAsync(length);
                NoteLost();
                CloseBackend();
                if (!alive)
                    return false;
                counters.TooLarge++;
                TellTooLarge(total - length + rest, limit, (byte)(parts - 1 + more));
                return await AfterDroppedAsync();
            }
            // Inside the compressed protocol clients leave the numbers of further parts at zero; a server that is spoken to without it counts them.
            input![inputStart + 3] = (byte)(parts - 1);
            long left = HeaderSize + length;
            while (left > 0)
            {
                int take = (int)Math.Min(left, inputEnd - inputStart);
                if (!broken && take > 0)
                    broken = !connection.Link.Send(input.AsSpan(inputStart, take)) || connection.Link.Queued > EventLoop.ScratchSize && !await connection.Link.FlushAsync(this, isClient: false);
                inputStart += take;
                left -= take;
                if (left > 0 && !await ReadInputAsync())
                {
                    connection.IsSoiled = true;
                    return false;
                }
            }
            if (length < MaxPart)
                break;
            while (inputEnd - inputStart < HeaderSize)
                if (!await ReadInputAsync())
                {
                    connection.IsSoiled = true;
                    return false;
                }
            length = LengthAt(inputStart);
        }
        answerSequence = parts;
        bool complete = !broken && await connection.Link.FlushAsync(this, isClient: false);
        Relayed relayed = Relayed.Lost;
        if (complete && command == CommandCode.StmtSendLongData)
        {
            connection.Record.EndUnanswered();
            return await FinishCommandAsync(0);
        }
        outstanding = 0;
        if (complete)
            relayed = await RelayAsync(connection);
        if (relayed == Relayed.Shared)
            return await TellSharedAsync(Overlap.Sent);
        if (relayed == Relayed.Complete)
        {
            if (statement is not null)
                AfterStatement();
            return await FinishCommandAsync(0);
        }
        if (relayed == Relayed.ClientGone)
        {
            connection.IsSoiled = true;
            return false;
        }
        // Sent in part: it did not run. It cannot be sent again, since it was not kept.
        LossVerdict verdict = Judge(untouched: !complete, relayed);
        return await TellLossAsync(0, verdict == LossVerdict.SendAgain ? LossVerdict.NotExecuted : verdict, relayed);
    }

    /// <summary>Replication, cloning and commands that are not known: from here on the two connections are one.</summary>
    private async ValueTask<bool> TunnelAsync(int length)
    {
        int total = HeaderSize + length;
        Refusal? problem = await ReadyBackendAsync(HoldDeadline, null);
        if (problem is not null)
            return await NotExecutedAsync(total, problem);
        BackendConnection connection = backend!;
        pins |= Pins.Tunnel;
        connection.IsSoiled = true;
        client.KeepsLast = false;
        client.BeginAnswer();
        connection.Link.BeginCommand();
        connection.Link.Send(input.AsSpan(inputStart, inputEnd - inputStart));
        ReturnInput();
        while (true)
        {
            byte[] scratch = Loop.Scratch;
            int fromServer = connection.Link.Receive(scratch);
            if (fromServer > 0 && !client.Send(scratch.AsSpan(0, fromServer)))
                return false;
            int fromClient = client.Receive(scratch);
            if (fromClient > 0 && !connection.Link.Send(scratch.AsSpan(0, fromClient)))
                return false;
            if (client.Queued > 0 && !await client.FlushAsync(this, isClient: true) || connection.Link.Queued > 0 && !await connection.Link.FlushAsync(this, isClient: false))
                return false;
            if (fromServer < 0 || fromClient < 0)
                return false;
            if (fromServer == 0 && fromClient == 0)
                await WaitAsync(Ready.Client | Ready.Backend | Ready.ClientHangup | Ready.BackendHangup);
        }
    }
}
