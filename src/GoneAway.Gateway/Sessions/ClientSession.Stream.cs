using System.Buffers.Binary;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Framing;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>Commands that are too large to be kept.</content>
internal sealed partial class ClientSession
{
    /// <summary>Bytes of the beginning of a large command that say what it is.</summary>
    private const int MostLookedAt = 16 * 1024;

    /// <summary>The server of a command that is being sent is lost.</summary>
    private bool streamBroken;

    /// <summary>A command too large to be kept goes to the server as it comes. What was not sent to its end did not run.</summary>
    private async ValueTask<bool> StreamAsync(int length)
    {
        // No other command can be so long.
        if (command is not (CommandCode.Query or CommandCode.StmtPrepare or CommandCode.StmtExecute or CommandCode.StmtSendLongData or CommandCode.MariaDbStmtBulkExecute))
            return await BeyondRepairAsync();
        isStreamed = true;
        while (inputEnd - inputStart < HeaderSize + Math.Min(length, MostLookedAt))
            if (!await ReadInputAsync())
                return false;
        if (command == CommandCode.Query)
            traits = StatementScan.ClassifyBeginning(SqlOf(Math.Min(length, inputEnd - inputStart - HeaderSize)), state.MultiStatements ?? (capabilities & Capabilities.MultiStatements) != 0);
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
            while (!FindTypes(input.AsSpan(inputStart + HeaderSize, Math.Min(length, inputEnd - inputStart - HeaderSize))) && inputEnd - inputStart < Math.Min(HeaderSize + length, LargestKept))
                if (!await ReadInputAsync())
                    return false;
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
            if (lostState is not null)
            {
                problem = LostRefusal();
                CountLost();
            }
            else
                counters.NotExecuted++;
            SendRefusal(problem!, answerSequence);
            lostState = null;
            ForgetTransaction();
            return await AfterDroppedAsync() && goesOn && HasAnswer;
        }
        BackendConnection connection = backend!;
        if (!await PrepareForAsync())
        {
            (bool alive, _, byte dropped) = await DropAsync(length);
            if (!alive)
                return false;
            if (notPrepared is not null)
                SendError(notPrepared, dropped);
            return await FinishCommandAsync(0) && HasAnswer;
        }
        Clear(Ready.Backend);
        connection.Link.BeginCommand();
        RunsOn(connection);
        connection.Record.Begin(command, length, Loop.Now, connection.Link.Received);
        // What is put in moves the end of each part into the next.
        bool isLast = length < MaxPart;
        if (mustTellTypes)
            length += PutTypesIn();
        int behind = 0;
        long total = 0;
        byte parts = 0;
        streamBroken = false;
        while (true)
        {
            total += length;
            parts++;
            if (total > MaxPacket)
            {
                // The server has seen a part and no end: it has run nothing, and its connection is of no more use.
                long limit = MaxPacket;
                inputStart += behind;
                (bool alive, long rest, byte further) = await DropAsync(length);
                NoteLost();
                CloseBackend();
                if (!alive)
                    return false;
                counters.TooLarge++;
                TellTooLarge(total - length + rest, limit, (byte)(parts - 1 + further));
                return await AfterDroppedAsync() && HasAnswer;
            }
            input.AsSpan(inputStart, behind).CopyTo(input.AsSpan(inputStart + HeaderSize));
            int size = Math.Min(behind + length, MaxPart);
            // Inside the compressed protocol clients leave the numbers of further parts at zero; a server that is spoken to without it counts them.
            PacketHeader.Write(input.AsSpan(inputStart), size, (byte)(parts - 1));
            if (!await SendOnAsync(connection, HeaderSize + size))
                return false;
            behind += length - size;
            if (isLast)
            {
                if (size == MaxPart)
                {
                    partsAdded = 1;
                    byte[] header = new byte[HeaderSize];
                    PacketHeader.Write(header, behind, parts);
                    streamBroken = streamBroken || !connection.Link.Send(header);
                    if (!await SendOnAsync(connection, behind))
                        return false;
                }
                break;
            }
            while (inputEnd - inputStart < behind + HeaderSize)
                if (!await ReadInputAsync())
                {
                    connection.IsSoiled = true;
                    return false;
                }
            length = LengthAt(inputStart + behind);
            isLast = length < MaxPart;
        }
        answerSequence = parts;
        bool complete = !streamBroken && await connection.Link.FlushAsync(this, isClient: false);
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
            if (Options.Loss.TransactionReplay)
                KeepForReplay(0);
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

    /// <summary>The next bytes of the input go to the server, or nowhere once it is lost. False: the client has ended.</summary>
    private async ValueTask<bool> SendOnAsync(BackendConnection connection, int left)
    {
        while (left > 0)
        {
            int take = Math.Min(left, inputEnd - inputStart);
            if (!streamBroken && take > 0)
                streamBroken = !connection.Link.Send(input.AsSpan(inputStart, take)) || connection.Link.Queued > EventLoop.ScratchSize && !await connection.Link.FlushAsync(this, isClient: false);
            inputStart += take;
            left -= take;
            if (left > 0 && !await ReadInputAsync())
            {
                connection.IsSoiled = true;
                return false;
            }
        }
        return true;
    }
}
