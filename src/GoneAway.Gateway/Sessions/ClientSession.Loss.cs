using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Incidents;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <summary>How the answer to a command ended.</summary>
internal enum Relayed : byte
{
    Complete,
    /// <summary>The server connection ended.</summary>
    Lost,
    /// <summary>The server said, in place of an answer, that it ends the connection and has not run the command.</summary>
    Dismissed,
    /// <summary>The server shuts down and has broken the command off with an error.</summary>
    Interrupted,
    /// <summary>The server sent what no server sends.</summary>
    Malformed,
    ClientGone,
    /// <summary>Another writer's command came before the answer.</summary>
    Shared,
}

/// <summary>What may be done about a command whose server connection was lost.</summary>
internal enum LossVerdict : byte
{
    /// <summary>It did not run, or running twice is the same as once.</summary>
    SendAgain,
    /// <summary>It did not run, and cannot be run for the client: the transaction around it is gone.</summary>
    RolledBack,
    /// <summary>It did not run, or only read; what the session had on its server is gone.</summary>
    NotExecuted,
    /// <summary>It may have run.</summary>
    Unknown,
}

/// <content>What the loss of a server connection means, by the rules of the gateway's promises.</content>
internal sealed partial class ClientSession
{
    /// <summary>ER_SERVER_ISNT_AVAILABLE: not executed, outside a transaction.</summary>
    public const int NotExecutedCode = 3168;
    /// <summary>ER_LOCK_DEADLOCK: the transaction was rolled back, begin it again; drivers and frameworks know what to do.</summary>
    public const int RolledBackCode = 1213;
    /// <summary>ER_UNKNOWN_ERROR: nothing retries on it.</summary>
    public const int UnknownCode = 1105;

    /// <summary>What was lost while the client was silent, to be told with its next command; null for nothing.</summary>
    private string? lostState;
    private bool lostTransaction;
    private BackendConnection? lostFrom;
    private long lostAt;
    private bool wasKilled;

    /// <summary>The transaction was lost before it was asked whether a statement that failed has ended it.</summary>
    private bool lostUnasked;

    private bool MayCommit => (traits & (StatementTraits.EndsTransaction | StatementTraits.Multi | StatementTraits.Call | StatementTraits.TextPrepare | StatementTraits.Doubtful)) != 0;

    private LossVerdict Judge(bool untouched, Relayed how)
    {
        bool reads = (traits & (StatementTraits.PureRead | StatementTraits.NamedLock)) == StatementTraits.PureRead;
        bool stateless = (pins & ~Pins.Diagnostics) == 0 && credential is not null;
        // The error of a statement undoes it; that of a COMMIT need not.
        bool ran = !untouched && how != Relayed.Dismissed && (how != Relayed.Interrupted || MayCommit);
        if (!InTransaction && stateless && !delivered && !wasKilled && OnlyFramesTransaction())
            return LossVerdict.SendAgain;
        // A branch that is prepared outlives its connection.
        if ((pins & Pins.Xa) != 0)
            return ran && !reads ? LossVerdict.Unknown : LossVerdict.NotExecuted;
        // Without autocommit the statement would have begun a transaction.
        bool autocommits = state.Autocommit ?? ((status | backend!.Status) & StatusFlags.Autocommit) != 0;
        if (InTransaction || !autocommits && ran && !reads)
            return ran && MayCommit ? LossVerdict.Unknown : LossVerdict.RolledBack;
        if (!stateless)
            return ran && !reads ? LossVerdict.Unknown : LossVerdict.NotExecuted;
        // Tables that know no transactions keep what a broken-off statement has written so far.
        if (how == Relayed.Interrupted && !ran && !reads)
            return LossVerdict.NotExecuted;
        if (!ran && !delivered && !wasKilled)
            return LossVerdict.SendAgain;
        if (!reads)
            return ran ? LossVerdict.Unknown : LossVerdict.NotExecuted;
        return delivered || !Options.Loss.ReplayReads || wasKilled ? LossVerdict.NotExecuted : LossVerdict.SendAgain;
    }

    /// <summary>What an error means that ends the connection; null for all others, which are the client's to know.</summary>
    /// <param name="payload">The error.</param>
    /// <param name="isUnasked">It answers no command, from a server that says so before it ends an idle connection.</param>
    private Relayed? DismissalOf(ReadOnlySpan<byte> payload, bool isUnasked) => payload.Length < 3 ? null : (payload[1] | payload[2] << 8) switch
    {
        // The number is another error's on MariaDB, and routines can signal it.
        ErrorCode.ClientInteractionTimeout => isUnasked ? Relayed.Dismissed : null,
        // A read that a shutdown has ended can be had elsewhere.
        ErrorCode.ServerShutdown => (traits & StatementTraits.PureRead) != 0 && !InTransaction ? Relayed.Dismissed : Relayed.Interrupted,
        _ => null,
    };

    /// <summary>BEGIN, COMMIT, ROLLBACK or SET autocommit alone: where no transaction is open it writes nothing, and what it changed went with the connection.</summary>
    private bool OnlyFramesTransaction()
    {
        if ((traits & ~(StatementTraits.EndsTransaction | StatementTraits.Xa)) == StatementTraits.Begin)
            return true;
        if (command != CommandCode.Query || (traits & ~StatementTraits.SetsState) != StatementTraits.EndsTransaction)
            return false;
        ReadOnlySpan<byte> sql = SqlOf(LengthAt(inputStart)).Trim(" \t\r\n;"u8);
        if ((traits & StatementTraits.SetsState) != 0)
            return IsWord(sql, "set autocommit"u8) && !sql.Contains((byte)',');
        return IsWord(sql, "commit"u8) || IsWord(sql, "rollback"u8);
    }

    /// <summary>A ROLLBACK whose connection is lost has come true.</summary>
    private bool IsRolledBackAnyway(int total) =>
        InTransaction && !delivered && !wasKilled && (pins & ~Pins.Diagnostics) == 0 && credential is not null && IsRollback(total);

    private static bool IsWord(ReadOnlySpan<byte> sql, ReadOnlySpan<byte> word) =>
        sql.Length >= word.Length && System.Text.Ascii.EqualsIgnoreCase(sql[..word.Length], word) && (sql.Length == word.Length || !char.IsAsciiLetterOrDigit((char)sql[word.Length]) && sql[word.Length] is not ((byte)'_' or (byte)'$'));

    /// <summary>Tells the client of a loss in its command. False ends the session.</summary>
    private async ValueTask<bool> TellLossAsync(int total, LossVerdict verdict, Relayed how)
    {
        // A packet of the answer that went to the client in part cannot be followed by another.
        bool cut = passing > 0 || continues;
        bool endsSession = (pins & ~Pins.Diagnostics) != 0 || credential is null || EndsByKill;
        string incident = core.NameIncident();
        string why = core.WhyLost(this, backend!, how, incident, verdict);
        DropBackend(how);
        bool wasInTransaction = InTransaction;
        ForgetTransaction();
        cut |= EndsByKill;
        byte sequence = delivered ? (byte)(lastSequence + 1) : answerSequence;
        if (cut)
        {
            client.Socket.Abort();
            return false;
        }
        switch (verdict)
        {
            case LossVerdict.RolledBack:
                counters.NotExecuted++;
                SendError(RolledBackCode, "40001", $"The transaction was rolled back: its server connection ended; restart the transaction. {why}", sequence);
                break;
            case LossVerdict.Unknown:
                counters.OutcomesUnknown++;
                SendError(UnknownCode, "HY000", ClientWords.OutcomeUnknown(wasInTransaction, why), sequence);
                break;
            default:
                counters.NotExecuted++;
                SendError(NotExecutedCode, "HY000", $"Not executed{(delivered ? " to its end" : "")}: its server connection ended{(endsSession ? ", and with it state that cannot be set again (" + PinWords() + ")" : "")}. {why}", sequence);
                break;
        }
        return await FinishCommandAsync(total) && !endsSession;
    }

    /// <summary>The transaction is gone and could not be repeated.</summary>
    private async ValueTask<bool> TellRolledBackAsync(int total, Backend old)
    {
        string incident = core.NameIncident();
        ForgetTransaction();
        counters.NotExecuted++;
        string words = $"The transaction was rolled back: its connection to {old.Name} ended, and it could not be repeated; restart the transaction.";
        core.NoteDecision(this, "rolled-back", words, incident);
        SendError(RolledBackCode, "40001", $"{words} [{incident}]", answerSequence);
        return await FinishCommandAsync(total);
    }

    /// <summary>The command was not sent to any server.</summary>
    private async ValueTask<bool> NotExecutedAsync(int total, Refusal problem)
    {
        counters.NotExecuted++;
        string incident = core.NameIncident();
        core.NoteDecision(this, "not-executed", problem.Text, incident);
        SendRefusal(problem, answerSequence, $" [{incident}]");
        return await FinishCommandAsync(total) && credential is not null && HasAnswer;
    }

    private void SendRefusal(Refusal problem, byte sequence, string incident = "") =>
        SendError(problem.Code == NotExecutedCode ? Refuse(NotExecutedCode, $"Not executed: {problem.Text}{incident}") : problem, sequence);

    /// <summary>The client reads an answer to its command. One that it does not await answers the next, and is the last that the session says.</summary>
    private bool HasAnswer => command is not (CommandCode.StmtSendLongData or CommandCode.StmtClose);

    /// <summary>The server connection ended while the client was silent.</summary>
    private void OnIdleBackendLost()
    {
        NoteLost();
        DropBackend(Relayed.Lost);
    }

    /// <summary>What goes with the connection, for the next command to be told.</summary>
    private void NoteLost()
    {
        bool hasState = (pins & ~Pins.Diagnostics) != 0 || credential is null;
        if (InTransaction || hasState)
        {
            string incident = core.NameIncident();
            lostTransaction = InTransaction && !hasState;
            lostUnasked = InTransaction && mustAskStatus && MayCommit;
            (lostFrom, lostAt) = (backend, Loop.Now);
            lostState = $"{core.WhyLost(this, backend!, Relayed.Lost, incident, LossVerdict.RolledBack)}";
        }
    }

    private void CountLost()
    {
        if (lostUnasked)
            counters.OutcomesUnknown++;
        else
            counters.NotExecuted++;
    }

    /// <summary>What was lost while the client was silent, for its next command.</summary>
    private Refusal LostRefusal() => lostUnasked ? Refuse(UnknownCode, ClientWords.OutcomeUnknown(true, lostState!))
        : lostTransaction ? Refuse(RolledBackCode, $"The transaction was rolled back: its server connection ended while the client was idle; restart the transaction. {lostState}", "40001")
        : Refuse(NotExecutedCode, $"the server connection ended while the client was idle, and with it state that cannot be set again ({PinWords()}). {lostState}");

    /// <summary>An ERR is never pushed to a silent client: it answers the next command.</summary>
    private async ValueTask<bool> TellLostAsync(int total)
    {
        if (EndsByKill)
            return false;
        Refusal lost = LostRefusal();
        bool transaction = lostTransaction, rollback = transaction && IsRollback(total);
        lostState = null;
        ForgetTransaction();
        if (rollback)
            return await AnswerOkAsync(total - HeaderSize);
        CountLost();
        SendRefusal(lost, answerSequence);
        return await FinishCommandAsync(total) && transaction && HasAnswer;
    }

    /// <summary>A rollback of what is rolled back already succeeds; not one that begins a transaction behind.</summary>
    private bool IsRollback(int total)
    {
        if (traits != StatementTraits.EndsTransaction || state.Variables.TryGetValue("completion_type", out string? completion) && completion is not ("NO_CHAIN" or "0"))
            return false;
        ReadOnlySpan<byte> sql = command == CommandCode.Query ? SqlOf(total - HeaderSize).TrimStart(" \t\r\n"u8) : default;
        return sql.Length >= 8 && System.Text.Ascii.EqualsIgnoreCase(sql[..8], "rollback"u8);
    }

    private void ForgetTransaction()
    {
        status = (ushort)(status & ~(StatusFlags.InTransaction | StatusFlags.CursorExists | StatusFlags.MoreResultsExist));
        insertIdChanged = charsetChanged = mustAskStatus = false;
        ForgetRecording();
    }

    private string PinWords()
    {
        Pins what = pins & ~(Pins.Diagnostics | Pins.Relayed);
        if (what == 0)
            return "the login itself, which the gateway cannot repeat";
        return string.Join(", ", PinNames.Where(p => (what & p.Pin) != 0).Select(static p => p.Name));
    }

    private static readonly (Pins Pin, string Name)[] PinNames =
    [
        (Pins.TemporaryTable, "temporary table"), (Pins.UserVariable, "user variable"), (Pins.TableLock, "table lock"), (Pins.NamedLock, "named lock"),
        (Pins.TextPrepare, "PREPAREd statement"), (Pins.Cursor, "open cursor"), (Pins.LongData, "parameter sent in parts"), (Pins.Handler, "HANDLER"),
        (Pins.OneShot, "setting for the next transaction"), (Pins.Untracked, "state the server does not report"), (Pins.Tunnel, "replication"), (Pins.Xa, "XA transaction"),
        (Pins.Killed, "a KILL on its way"),
    ];
}
