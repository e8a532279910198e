using System.Runtime.CompilerServices;
using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Framing;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Sessions;

/// <content>One command after the other: what it needs, and where it goes.</content>
internal sealed partial class ClientSession
{
    /// <summary>Commands up to this many payload bytes are kept until they are answered, so that they can be sent again.</summary>
    private const int LargestKept = 1 << 20;

    /// <summary>A read is sent at most so often.</summary>
    private const int MostAttempts = 3;

    /// <summary>Status flags of the session; the others are of one answer.</summary>
    private const ushort Lasting = StatusFlags.InTransaction | StatusFlags.Autocommit | StatusFlags.NoBackslashEscapes | StatusFlags.InReadOnlyTransaction;

    private readonly PayloadWriter writer = new();
    /// <summary>Of the command that is being run.</summary>
    private StatementTraits traits;
    private byte command;
    /// <summary>The id of the answer's first packet, as the client counts.</summary>
    private byte answerSequence;
    /// <summary>By how many parts the command became longer on its way.</summary>
    private byte partsAdded;

    /// <summary>It is one to the server: what can be asked of the last one is of the one before no more.</summary>
    private bool IsStatement => command is not (CommandCode.StmtPrepare or CommandCode.StmtClose or CommandCode.StmtReset or CommandCode.StmtSendLongData or CommandCode.Ping or CommandCode.Statistics or CommandCode.ProcessInfo);

    private ReadOnlySpan<byte> Payload(int length) => input.AsSpan(inputStart + HeaderSize, length);

    /// <summary>The command at the beginning of the input. False ends the session.</summary>
    private ValueTask<bool> CommandAsync()
    {
        int length = LengthAt(inputStart);
        // In compression frames are counted; MariaDB's Java connector lets the ids of packets run on in a batch, and servers do not look.
        if (client.IsCompressed && CommandCode.IsKnown(input![inputStart + HeaderSize]))
            input[inputStart + 3] = 0;
        byte sequence = input![inputStart + 3];
        if (length == 0 || sequence != 0 || !CommandCode.IsKnown(input[inputStart + HeaderSize]))
            return StrangeAsync();
        command = input[inputStart + HeaderSize];
        traits = 0;
        statement = null;
        if (IsStatement)
            pins &= ~Pins.Diagnostics;
        delivered = isStreamed = mustTellTypes = false;
        partsAdded = 0;
        stateBefore = state;
        wasInTransaction = InTransaction;
        answerSequence = 1;
        counters.Queries++;
        commandAt = Loop.Now;
        if (command == CommandCode.StmtPrepare)
            lastPrepared = 0;
        if (length > MaxPacket)
            return TooLargeAsync(length);
        if (length > LargestKept)
            return StreamAsync(length);
        switch (command)
        {
            case CommandCode.Query:
                traits = StatementScan.Classify(SqlOf(length));
                if ((traits & StatementTraits.Kill) != 0)
                    return KillAsync(length);
                break;
            case CommandCode.Quit:
                return new ValueTask<bool>(false);
            case CommandCode.InitDb:
            case CommandCode.FieldList:
            case CommandCode.Statistics:
            case CommandCode.ProcessInfo:
                traits = StatementTraits.PureRead;
                break;
            case CommandCode.Ping:
                if (backend is null && core.Backends.AnyUp)
                    return AnswerOkAsync(length);
                traits = StatementTraits.PureRead;
                break;
            case CommandCode.StmtPrepare:
                if (statements is not null && (statements.Count >= MostStatements || preparedBytes + length > MostPreparedBytes))
                    return AnswerAsync(length, writer.WriteError(TooManyStatements, "42000"u8, Encoding.ASCII.GetBytes($"Can't create more than max_prepared_stmt_count statements (current value: {statements.Count}): the gateway's limit for one session is {MostStatements}, and {MostPreparedBytes >> 20} MiB of text")).Written);
                traits = StatementTraits.PureRead;
                break;
            case CommandCode.StmtExecute:
            case CommandCode.MariaDbStmtBulkExecute:
            case CommandCode.StmtFetch:
            case CommandCode.StmtReset:
            case CommandCode.StmtSendLongData:
            case CommandCode.StmtClose:
                return StatementAsync(length);
            case CommandCode.ChangeUser:
                return ChangeUserAsync(length);
            case CommandCode.ResetConnection:
                return ResetConnectionAsync(length);
            case CommandCode.SetOption:
                traits = StatementTraits.PureRead;
                break;
            case CommandCode.ProcessKill:
                return KillAsync(length);
            case CommandCode.BinlogDump:
            case CommandCode.BinlogDumpGtid:
            case CommandCode.RegisterReplica:
            case CommandCode.Clone:
                return TunnelAsync(length);
            // It commits first.
            case CommandCode.Refresh:
                traits = StatementTraits.EndsTransaction;
                break;
            case CommandCode.Shutdown:
            case CommandCode.Debug:
                break;
            default:
                return TunnelAsync(length);
        }
        return ExecuteAsync(HeaderSize + length);
    }

    /// <summary>The text of a COM_QUERY; empty when its attributes cannot be read.</summary>
    private ReadOnlySpan<byte> SqlOf(int length)
    {
        ReadOnlySpan<byte> payload = Payload(length);
        if ((capabilities & Capabilities.QueryAttributes) == 0)
            return payload[1..];
        return ComQuery.TryRead(payload, capabilities, out ComQuery query) ? query.Sql : default;
    }

    private long MaxPacket => Options.Clients.MaxAllowedPacket > 0 ? Options.Clients.MaxAllowedPacket : (backend?.Backend.Info ?? core.Face)?.MaxAllowedPacket is > 0 and var limit ? limit : 1L << 30;

    /// <summary>Runs a kept command and hands its answer on; on loss, what the rules of loss say. False ends the session.</summary>
    /// <param name="total">Bytes of the packet with its header.</param>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<bool> ExecuteAsync(int total)
    {
        long holdUntil = 0;
        int attempts = 0;
        while (true)
        {
            if (lostState is not null)
            {
                if (!lostTransaction || lostUnasked || !MayReplay || !await ReplayAsync(HoldDeadline, lostFrom!, lostAt))
                    return await TellLostAsync(total);
                lostState = null;
            }
            if (backend is null || !ReferenceEquals(backend.State, state) || backend.Link.Socket.PeerClosed || IsDoubtful(backend) || LacksInsertId(backend))
            {
                if (backend is not null && backend.Link.Socket.PeerClosed)
                {
                    OnIdleBackendLost();
                    continue;
                }
                if (holdUntil == 0)
                    holdUntil = HoldDeadline;
                Refusal? problem = await ReadyBackendAsync(holdUntil, killsOn);
                if (lostState is not null)
                    continue;
                if (problem is not null)
                    return await NotExecutedAsync(total, problem);
            }
            if (!await PrepareForAsync())
            {
                if (notPrepared is not null)
                    SendError(notPrepared, answerSequence);
                return await FinishCommandAsync(total) && HasAnswer;
            }
            if (mustTellTypes)
                total += PutTypesIn();
            BackendConnection connection = backend!;
            Clear(Ready.Backend);
            connection.Link.BeginCommand();
            connection.Uses++;
            RunsOn(connection);
            connection.Record.Begin(command, total - HeaderSize, Loop.Now, connection.Link.Received);
            bool isSent = connection.Link.Send(input.AsSpan(inputStart, total));
            Relayed relayed = Relayed.Lost;
            // A send that fails is judged without any relaying: what the answer before left is not this one's.
            passing = 0;
            continues = delivered = false;
            bool complete = isSent && (connection.Link.Queued == 0 || await connection.Link.FlushAsync(this, isClient: false));
            if (complete)
            {
                if (command is CommandCode.StmtClose or CommandCode.StmtSendLongData)
                {
                    if (command == CommandCode.StmtClose)
                        connection.ForgetPrepared(statement!.Text);
                    connection.Record.EndUnanswered();
                    return await FinishCommandAsync(total);
                }
                outstanding = total;
                relayed = await RelayAsync(connection);
            }
            if (relayed == Relayed.Complete)
            {
                if (Options.Loss.TransactionReplay)
                    KeepForReplay(total);
                if (statement is not null)
                    AfterStatement();
                statement = null;
                return await FinishCommandAsync(total);
            }
            if (relayed == Relayed.Shared)
                return await TellSharedAsync(Overlap.Sent);
            if (relayed == Relayed.ClientGone)
            {
                connection.IsSoiled = true;
                return false;
            }
            // A packet without its end is not run.
            bool untouched = !complete;
            if (IsRolledBackAnyway(total))
            {
                DropBackend(relayed);
                ForgetTransaction();
                return await AnswerOkAsync(total - HeaderSize);
            }
            switch (Judge(untouched, relayed))
            {
                // What ran and was lost each time may be what kills the servers.
                case LossVerdict.SendAgain when untouched || ++attempts < MostAttempts:
                    DropBackend(relayed);
                    if (holdUntil == 0)
                        holdUntil = HoldDeadline;
                    continue;
                case LossVerdict.RolledBack when MayReplay && !delivered && ++attempts < MostAttempts:
                    DropBackend(relayed);
                    if (await ReplayAsync(HoldDeadline, connection, Loop.Now))
                        continue;
                    return await TellRolledBackAsync(total, connection.Backend);
                case LossVerdict.SendAgain:
                    return await TellLossAsync(total, LossVerdict.NotExecuted, relayed);
                case var verdict:
                    return await TellLossAsync(total, verdict, relayed);
            }
        }
    }

    /// <summary>The command is done with; its bytes go.</summary>
    private ValueTask<bool> FinishCommandAsync(int total)
    {
        inputStart += total;
        EndOneShot();
        if (backend is not null && MustSettle || spool is not null || client.Queued > 0 || client.HasLast)
            return FinishSlowlyAsync();
        if (backend is not null)
            AfterWork();
        return new ValueTask<bool>(!client.IsBroken);
    }

    private async ValueTask<bool> FinishSlowlyAsync()
    {
        if (backend is not null && MustSettle)
            await SettleAsync();
        if (backend is not null)
            AfterWork();
        if (spool is not null && !await FlushSpoolAsync(isDone: true) || client.Queued > 0 && !await client.FlushAsync(this, isClient: true))
            return false;
        if (client.HasLast)
            return await ReleaseAsync();
        return !client.IsBroken;
    }

    /// <summary>An OK of the gateway's own.</summary>
    private ValueTask<bool> AnswerOkAsync(int length) => AnswerAsync(length, writer.WriteOk((ushort)(status & Lasting), capabilities: capabilities).Written);

    /// <summary>An answer of the gateway's own to the command at the beginning of the input.</summary>
    private ValueTask<bool> AnswerAsync(int length, ReadOnlySpan<byte> payload)
    {
        client.BeginAnswer();
        SendPacket(payload, answerSequence);
        return FinishCommandAsync(HeaderSize + length);
    }

    private void SendPacket(ReadOnlySpan<byte> payload, byte sequence)
    {
        byte[] frame = Loop.Rent(HeaderSize + payload.Length);
        PacketHeader.Write(frame, payload.Length, sequence);
        payload.CopyTo(frame.AsSpan(HeaderSize));
        if (spool is null)
            client.Send(frame.AsSpan(0, HeaderSize + payload.Length));
        else
            spool.Put(frame.AsSpan(0, HeaderSize + payload.Length));
        Loop.Return(frame);
    }

    /// <summary>An error of the gateway's own, in place of an answer or in the middle of one.</summary>
    private void SendError(int code, string sqlState, string text, byte sequence) => SendError(Refusal.Of(code, sqlState, text), sequence);

    private void SendError(Refusal error, byte sequence)
    {
        if (spool is null && !delivered)
            client.BeginAnswer();
        SendPacket(new PayloadWriter().WriteError(error).Written, sequence);
    }

    /// <summary>COM_RESET_CONNECTION: the session is as new, on this server or the next.</summary>
    private async ValueTask<bool> ResetConnectionAsync(int length)
    {
        bool fresh = backend is null && pins == 0 && statements is null && key!.WasReset && state.Variables.Count == 0 && lastInsertId == 0 && !insertIdLost && !asksOfLast;
        if (fresh)
            return await AnswerOkAsync(length);
        traits = StatementTraits.PureRead;
        return await ExecuteAsync(HeaderSize + length);
    }
}
