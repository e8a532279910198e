using System.Security.Cryptography;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <summary>A statement of the open transaction, and the hash of what the client was answered.</summary>
internal sealed record RecordedStatement(byte[] Packet, byte Command, StatementTraits Traits, ClientStatement? Statement, byte[] Answer);

/// <content>
/// Repeating a lost transaction (an option): each of its statements again, on a new server connection, and only on if each answer is the
/// same as the client had. Never with a COMMIT in flight, nor after a KILL, nor with locks, temporary tables or anything else that pins.
/// </content>
internal sealed partial class ClientSession
{
    /// <summary>Milliseconds within which the old thread must be seen to have ended.</summary>
    private const int GoneWithin = 5_000;

    private List<RecordedStatement>? recorded;
    /// <summary>In which all of them ran: what they wrote may depend on it.</summary>
    private SessionState? recordedState;
    /// <summary>As the command found it.</summary>
    private SessionState? stateBefore;
    private bool wasInTransaction;
    private long recordedBytes;
    /// <summary>Something of the transaction was not kept.</summary>
    private bool recordingBroken;
    private IncrementalHash? answerHash;
    /// <summary>An answer is compared, not handed on.</summary>
    private bool silent;

    private bool MayReplay => recorded is { Count: > 0 } && !recordingBroken && !wasKilled && (pins & ~Pins.Diagnostics) == 0 && credential is not null && state.Equals(recordedState);

    /// <summary>Bytes of an answer, as the client gets them.</summary>
    private void Record(ReadOnlySpan<byte> bytes)
    {
        if (Options.Loss.TransactionReplay)
            (answerHash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256)).AppendData(bytes);
    }

    /// <summary>A statement was answered: it is kept while a transaction is open.</summary>
    /// <param name="total">Its bytes, with the header; 0 where they were not kept.</param>
    private void KeepForReplay(int total)
    {
        byte[] answer = answerHash?.GetHashAndReset() ?? [];
        if (!InTransaction)
        {
            ForgetRecording();
            return;
        }
        if (!wasInTransaction)
            ForgetRecording();
        // What came before is not known, or what writes nothing.
        recordingBroken |= wasInTransaction && recorded is not { Count: > 0 } && (traits & StatementTraits.Begin) == 0;
        if (recordingBroken || command is CommandCode.StmtPrepare or CommandCode.StmtReset or CommandCode.Ping or CommandCode.Statistics or CommandCode.ProcessInfo or CommandCode.FieldList)
            return;
        recorded ??= [];
        recordedBytes += total;
        const StatementTraits Unrepeatable = StatementTraits.NamedLock | StatementTraits.TemporaryTable | StatementTraits.TableLock | StatementTraits.UserVariable
            | StatementTraits.TextPrepare | StatementTraits.LoadLocal | StatementTraits.Handler | StatementTraits.Call | StatementTraits.Doubtful | StatementTraits.EndsTransaction | StatementTraits.UntrackedState | StatementTraits.ReadsLast | StatementTraits.Kill;
        bool begins = (traits & StatementTraits.Begin) != 0 && (traits & StatementTraits.Multi) == 0;
        if (begins || recorded.Count == 0)
            recordedState = stateBefore;
        if ((traits & Unrepeatable & ~(begins ? StatementTraits.EndsTransaction : 0)) != 0 || recorded.Count >= Options.Loss.ReplayStatements || recordedBytes > Options.Loss.ReplayBytes
            || isStreamed || command == CommandCode.StmtFetch || statement is { HasLongData: true } || !state.Equals(recordedState))
        {
            recordingBroken = true;
            recorded.Clear();
            return;
        }
        // A begin within a transaction commits it: what came before is not to be repeated.
        if (begins)
            recorded.Clear();
        recorded.Add(new RecordedStatement(input.AsSpan(inputStart, total).ToArray(), command, traits, statement, answer));
    }

    private void ForgetRecording()
    {
        recorded?.Clear();
        recordedBytes = 0;
        recordingBroken = false;
        answerHash?.GetHashAndReset();
    }

    /// <summary>Brings the lost transaction to where it was. False: it cannot be; nothing of it is left on any server.</summary>
    private async ValueTask<bool> ReplayAsync(long holdUntil, BackendConnection old, long goneAt)
    {
        List<RecordedStatement> statementsOfTransaction = recorded!;
        (byte[]? keptInput, int keptStart, int keptEnd, byte keptCommand, StatementTraits keptTraits, ClientStatement? keptStatement, byte keptSequence, TypesPlace keptTypes) = (input, inputStart, inputEnd, command, traits, statement, answerSequence, types);
        ushort keptStatus = status;
        bool keptLost = insertIdLost;
        recorded = null;
        string why = "";
        try
        {
            status = (ushort)(status & ~StatusFlags.InTransaction);
            bool writes = statementsOfTransaction.Exists(static one => (one.Traits & (StatementTraits.PureRead | StatementTraits.Begin)) == 0);
            if (await WhyNotRepeatAsync(holdUntil, old, goneAt, writes) is { } refused)
            {
                why = refused;
                LeaveBackend();
                return false;
            }
            silent = true;
            foreach (RecordedStatement one in statementsOfTransaction)
            {
                (input, inputStart, inputEnd) = (one.Packet, 0, one.Packet.Length);
                (command, traits, statement, types, answerSequence) = (one.Command, one.Traits, one.Statement, default, 1);
                answerHash!.GetHashAndReset();
                if (!await PrepareForAsync() || !await RepeatAsync(one))
                {
                    why = $"statement {statementsOfTransaction.IndexOf(one) + 1} of {statementsOfTransaction.Count} was answered otherwise than before";
                    if (backend is { } connection)
                    {
                        connection.IsSoiled = true;
                        LeaveBackend();
                    }
                    return false;
                }
            }
            counters.TransactionsReplayed++;
            recorded = statementsOfTransaction;
            why = $"{statementsOfTransaction.Count} statements were repeated with the same answers";
            return true;
        }
        finally
        {
            silent = false;
            (input, inputStart, inputEnd, command, traits, statement, answerSequence, types) = (keptInput, keptStart, keptEnd, keptCommand, keptTraits, keptStatement, keptSequence, keptTypes);
            delivered = false;
            bool done = recorded is not null;
            if (!done)
            {
                counters.TransactionReplaysRefused++;
                status = keptStatus;
                insertIdLost |= keptLost;
            }
            core.NoteDecision(this, done ? "replayed-transaction" : "transaction-replay-refused", why, "");
        }
    }

    /// <summary>Has a server connection on which the lost transaction may be repeated (null), or says why there is none.</summary>
    private async ValueTask<string?> WhyNotRepeatAsync(long holdUntil, BackendConnection old, long goneAt, bool writes)
    {
        while (true)
        {
            if (await ReadyBackendAsync(holdUntil, null) is { } problem)
                return problem.Text;
            try
            {
                if (!await IsGoneAsync(old, goneAt))
                    return $"the old thread {old.ThreadId} on {old.Backend.Name} may still run";
                return writes && await PlainTableAsync() is { } plain ? $"{plain}: what was written to a table without transactions would be written twice" : null;
            }
            catch (TalkException lost)
            {
                // A server that dies ends its connections one after the other: an idle one may have been taken before its own end.
                DropBackend(Relayed.Lost);
                if (Loop.Now >= holdUntil)
                    return $"the server was lost again ({lost.Message})";
            }
        }
    }

    private async ValueTask<bool> RepeatAsync(RecordedStatement one)
    {
        BackendConnection connection = backend!;
        Clear(Ready.Backend);
        connection.Link.BeginCommand();
        RunsOn(connection);
        bool isSent = connection.Link.Send(one.Packet);
        if (!isSent || connection.Link.Queued > 0 && !await connection.Link.FlushAsync(this, isClient: false))
            return false;
        return await RelayAsync(connection) == Relayed.Complete && InTransaction && answerHash!.GetHashAndReset().AsSpan().SequenceEqual(one.Answer);
    }

    /// <summary>A table that keeps what is rolled back, of those that the account sees; null for none. Triggers may write to one that no statement names.</summary>
    private async ValueTask<string?> PlainTableAsync()
    {
        BackendConnection connection = backend!;
        using PacketTalk talk = TalkTo(connection);
        OwnAnswer answer = await talk.QueryAsync(
            "SELECT CONCAT(t.TABLE_SCHEMA,'.',t.TABLE_NAME,' is of ',t.ENGINE) FROM information_schema.TABLES t JOIN information_schema.ENGINES e ON e.ENGINE=t.ENGINE"
            + " WHERE t.TABLE_TYPE='BASE TABLE' AND e.TRANSACTIONS<>'YES' AND t.TABLE_SCHEMA NOT IN ('mysql','information_schema','performance_schema','sys') LIMIT 1", connection.Capabilities);
        return answer.Error is not null ? "it is not known which tables have transactions (" + answer.Error.Text + ")" : answer.Rows is [[{ } table]] ? table : null;
    }

    /// <summary>The thread that had the transaction has ended, so that its rollback is done or under way, and nothing of it can still be written.</summary>
    private async ValueTask<bool> IsGoneAsync(BackendConnection old, long goneAt)
    {
        BackendConnection connection = backend!;
        if (connection.Backend != old.Backend)
            return await GatewayCore.IsNobodyThereAsync(Loop, old.Backend);
        if (!connection.IsOnServerOf(old))
            return false;
        using PacketTalk talk = TalkTo(connection);
        long until = Loop.Now + GoneWithin;
        while (true)
        {
            // Numbers only grow: one opened since with the same or a lower number is a new server's.
            if (connection.OpenedAt >= goneAt && old.ThreadId >= connection.ThreadId)
                return true;
            OwnAnswer list = await talk.QueryAsync($"SELECT ID,HOST FROM information_schema.PROCESSLIST WHERE ID IN ({old.ThreadId},CONNECTION_ID())", connection.Capabilities);
            if (list.Error is null && list.Rows.Count > 0)
            {
                if (PortOf(list.Rows, old.ThreadId) is not { } port)
                    return true;
                // Where the server sees the gateway's own ports, another one is a stranger's, whom a new server gave the number.
                bool isDirect = PortOf(list.Rows, connection.ThreadId) == Invariant(connection.Record.Client.Port);
                if (isDirect && port != Invariant(old.Record.Client.Port))
                    return true;
                if (isDirect)
                    await talk.QueryAsync($"KILL {old.ThreadId}", connection.Capabilities);
            }
            if (Loop.Now > until)
                return false;
            await WaitAsync(Ready.ClientHangup, Loop.Now + 50);
        }
    }

    /// <summary>The port from which the thread's client came, as the server sees it; empty for none, null for no such thread.</summary>
    private static string? PortOf(IReadOnlyList<string?[]> rows, uint thread)
    {
        foreach (string?[] row in rows)
            if (row is [{ } id, var host] && id == Invariant(thread))
                return host is not null && host.LastIndexOf(':') is >= 0 and var colon ? host[(colon + 1)..] : "";
        return null;
    }

    private static string Invariant(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
