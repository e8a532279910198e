using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Sessions;

/// <content>Getting a server connection, making it this session's, and giving it back.</content>
internal sealed partial class ClientSession
{
    private SessionState state = SessionState.Fresh;
    private Pins pins;
    private ulong lastInsertId;
    private bool insertIdChanged;
    /// <summary>It was lost with its server connection before it was known.</summary>
    private bool insertIdLost;
    /// <summary>The session is one that asks for warnings and counts.</summary>
    private bool asksOfLast;
    private bool charsetChanged;

    /// <summary>Routines may ask for it too.</summary>
    private const StatementTraits MayReadInsertId = StatementTraits.ReadsLast | StatementTraits.CallsFunction | StatementTraits.Call | StatementTraits.TextPrepare | StatementTraits.Multi | StatementTraits.Doubtful;

    /// <summary>The command may ask for it, and it is another there: somebody else's, or of before this session inserted elsewhere.</summary>
    private bool LacksInsertId(BackendConnection connection) =>
        (traits & MayReadInsertId) != 0 && !insertIdChanged && !IsAboutLast(connection) && connection.InsertId != lastInsertId;

    /// <summary>It asks for the warnings or counts of this session's statement before, which a SET would take away.</summary>
    private bool IsAboutLast(BackendConnection connection) => (traits & StatementTraits.AsksOfLast) != 0 && connection == ranOn && connection.LastSession == this;

    /// <summary>Where the session's last statement ran.</summary>
    private BackendConnection? ranOn;

    private void RunsOn(BackendConnection connection)
    {
        connection.LastSession = this;
        ranOn = connection;
    }

    private bool CanGiveBack => pins == 0 && !InTransaction && credential is not null;

    /// <summary>Has a server connection with the session's state, or says why not.</summary>
    /// <param name="holdUntil">While no server is up, until then, in the loop's milliseconds.</param>
    /// <param name="only">No other server will do.</param>
    private async ValueTask<Refusal?> ReadyBackendAsync(long holdUntil, Backend? only)
    {
        while (true)
        {
            if (backend is null)
            {
                // However the connection went: what was open on it is not gone on with on another.
                if (InTransaction)
                {
                    ForgetTransaction();
                    return Refuse(RolledBackCode, "The transaction was rolled back: its server connection ended; restart the transaction", "40001");
                }
                if (credential is null)
                    return Refuse(NotExecutedCode, "The gateway cannot log in to a server again as this user: it has seen the login's answer only, not what the answer is made of");
                if (await AcquireAsync(holdUntil, only) is { } problem)
                    return problem;
            }
            if (IsDoubtful(backend!) && !await AnswersAsync(backend!))
                continue;
            bool asksLast = LacksInsertId(backend!);
            if (insertIdLost && (traits & MayReadInsertId) != 0)
            {
                (insertIdLost, lastInsertId) = (false, 0);
                return Refuse(NotExecutedCode, "LAST_INSERT_ID() was lost with its server connection");
            }
            if (state.Equals(backend!.State) && !asksLast)
            {
                backend.State = state;
                return null;
            }
            try
            {
                if (await RestoreAsync(backend, asksLast) is { } refused)
                {
                    backend.IsSoiled = true;
                    LeaveBackend();
                    return refused;
                }
                return null;
            }
            catch (TalkException)
            {
                OnIdleBackendLost();
                if (lostState is not null)
                    return LostRefusal();
                if (Loop.Now >= holdUntil)
                    return Refuse(NotExecutedCode, "The server was lost while the session's state was being set on it");
            }
        }
    }

    private const ushort UnknownSchema = 1049;

    /// <summary>COM_INIT_DB, or USE: it does not ask which schema is the present one.</summary>
    private bool LeavesSchema => command == CommandCode.InitDb || command == CommandCode.Query && traits == StatementTraits.SetsState && !isStreamed && IsWord(SqlOf(LengthAt(inputStart)).TrimStart(" \t\r\n"u8), "use"u8);

    private const ushort UnknownCharacterSet = 1115;
    private const ushort UnknownCollation = 1273;

    /// <summary>Makes schema and variables there the session's; an error of the server is an answer.</summary>
    private async ValueTask<Refusal?> RestoreAsync(BackendConnection connection, bool withInsertId)
    {
        using PacketTalk talk = TalkTo(connection);
        SessionState wanted = state;
        Refusal? refused = await TurnAsync(talk, connection, wanted, connection.State);
        // The schema was dropped, and the session leaves it: where it is until then does not matter.
        if (refused is { Code: UnknownSchema } && LeavesSchema)
        {
            wanted = state with { Schema = connection.State.Schema };
            refused = await TurnAsync(talk, connection, wanted, connection.State);
        }
        if (refused is not null)
            return refused;
        bool byLogin = (connection.Capabilities & Capabilities.MultiStatements) != 0, multi = state.MultiStatements ?? byLogin;
        if (multi != (connection.State.MultiStatements ?? byLogin))
        {
            OwnAnswer answer = await talk.RunAsync(new byte[] { CommandCode.SetOption, multi ? (byte)0 : (byte)1, 0 }, connection.Capabilities);
            if (answer.Error is not null)
                return answer.Error;
        }
        if (withInsertId)
        {
            await talk.QueryAsync($"SET @@SESSION.last_insert_id={lastInsertId}", connection.Capabilities);
            connection.InsertId = lastInsertId;
        }
        connection.State = wanted;
        connection.LastUsed = Loop.Now;
        return null;
    }

    /// <summary>Sets schema and variables that differ; an error of the server is an answer.</summary>
    private async ValueTask<Refusal?> TurnAsync(PacketTalk talk, BackendConnection connection, SessionState to, SessionState from)
    {
        if (to.Schema != from.Schema && to.Schema.Length > 0)
        {
            OwnAnswer answer = await talk.RunAsync(new PayloadWriter().Clear().Byte(CommandCode.InitDb).Bytes(Encoding.Latin1.GetBytes(to.Schema)).Written.ToArray(), connection.Capabilities);
            if (answer.Error is not null)
                return answer.Error;
            core.KnowSchema(key!, to.Schema);
        }
        if (to.SetFrom(from, key!.WasReset ? 0 : key.Collation) is { } set)
        {
            OwnAnswer answer = await talk.QueryAsync(set, connection.Capabilities);
            // A login with a collation that the server does not know begins as the server has it.
            if (answer.Error is { Code: UnknownCharacterSet or UnknownCollation })
                answer = await talk.QueryAsync(to.SetFrom(from)!, connection.Capabilities);
            if (answer.Error is not null)
                return answer.Error;
            if (to.Autocommit is { } on && on != ((answer.Status & StatusFlags.Autocommit) != 0))
                throw new TalkException(TalkFault.Ended, "the server has not set autocommit as it was told to");
        }
        return null;
    }

    private PacketTalk TalkTo(BackendConnection connection) => OwnStatements.TalkTo(connection, this);

    /// <summary>What there is to do between two commands: give the connection back where the mode says so.</summary>
    private void AfterWork()
    {
        BackendConnection connection = backend!;
        connection.LastUsed = Loop.Now;
        if (CanGiveBack && LeavesAfterWork)
            LeaveBackend();
    }

    /// <summary>What was set for the next transaction went with it. Whether a statement alone was one, only its storage engines know.</summary>
    private void EndOneShot()
    {
        if (wasInTransaction && !InTransaction)
            pins &= ~Pins.OneShot;
    }

    private bool LeavesAfterWork => Options.Pool.Mode == PoolMode.Transaction || !backend!.MayStay || backend.IsSoiled;

    /// <summary>What a statement left on the connection that only the server can tell is asked for before another session may come.</summary>
    private async ValueTask SettleAsync()
    {
        if (backend is not { } connection || !(insertIdChanged || charsetChanged || mustTrackAgain || mustAskStatus))
            return;
        try
        {
            using PacketTalk talk = TalkTo(connection);
            if (mustAskStatus)
            {
                OwnAnswer answer = await talk.RunAsync(new byte[] { CommandCode.Ping }, connection.Capabilities);
                status = connection.Status = answer.Status;
                if (answer.StateChanges is { } changes)
                {
                    stateChanged = false;
                    Learn(connection, changes);
                    if (stateChanged)
                        pins |= Pins.Untracked;
                }
            }
            if (mustTrackAgain && connection.Server.TrackingStatement is not null)
                await talk.QueryAsync(connection.Server.TrackingStatement!, connection.Capabilities);
            if (charsetChanged || insertIdChanged)
            {
                OwnAnswer answer = await talk.QueryAsync("SELECT @@collation_connection,LAST_INSERT_ID()", connection.Capabilities);
                if (answer.Rows is [[{ } collation, { } insertId]])
                {
                    if (charsetChanged)
                        connection.State = state = state.With("collation_connection", collation);
                    if (insertIdChanged && ulong.TryParse(insertId, out ulong id))
                        (lastInsertId, insertIdLost, connection.InsertId) = (id, false, id);
                }
            }
            insertIdChanged = charsetChanged = mustTrackAgain = mustAskStatus = false;
        }
        catch (TalkException)
        {
            OnIdleBackendLost();
        }
    }

    private async ValueTask GiveBackAsync()
    {
        await SettleAsync();
        if (backend is not null)
            LeaveBackend();
    }

    /// <summary>The session has no server connection any more; it is another's, or closed where something is left on it.</summary>
    private void LeaveBackend()
    {
        if (backend is not { } connection)
            return;
        // Whoever ended it, it was the client's.
        if ((pins & Pins.Tunnel) != 0)
        {
            CloseBackend();
            return;
        }
        backend = null;
        connection.Backend.OnGivenBack();
        if (pins != 0 || InTransaction || credential is null || connection.Record.IsPending || connection.State.Variables.Count > 0 && connection.Server.HasInitConnect)
            connection.IsSoiled = true;
        connection.Key = connection.Key.As(key?.WasReset ?? false, connection.State.Schema.Length > 0);
        pool.GiveBack(connection);
    }

    /// <summary>The server connection is dead.</summary>
    private void DropBackend(Relayed how)
    {
        if (backend is not { } connection)
            return;
        counters.BackendLosses++;
        core.OnLost(this, connection, how);
        CloseBackend();
    }

    /// <summary>Ends the server connection without a word, and its place is another's.</summary>
    private void CloseBackend()
    {
        BackendConnection connection = backend!;
        backend = null;
        insertIdLost |= insertIdChanged;
        insertIdChanged = false;
        connection.Backend.OnGivenBack();
        connection.Close(politely: false);
        pool.Serve(connection.Backend);
    }

    private async ValueTask PingBackendAsync()
    {
        try
        {
            using PacketTalk talk = TalkTo(backend!);
            await talk.RunAsync(new byte[] { CommandCode.Ping }, backend!.Capabilities);
            backend.LastUsed = Loop.Now;
        }
        catch (TalkException)
        {
            OnIdleBackendLost();
        }
    }

    private bool OnSignal() => !core.EndsSessions || InTransaction || pins != 0;

    private void ResetSession()
    {
        pins = pins & Pins.Killed | (credential is null ? Pins.Relayed : 0);
        statements = null;
        preparedBytes = 0;
        lastInsertId = 0;
        insertIdChanged = insertIdLost = asksOfLast = charsetChanged = mustAskStatus = false;
        trackedByClient.Reset();
        state = SessionState.Fresh;
        status = StatusFlags.Autocommit;
    }

    private bool mustTrackAgain;
    private bool mustAskStatus;
    private bool MustSettle => charsetChanged || mustTrackAgain || mustAskStatus && !MayAskLater || insertIdChanged && CanGiveBack && LeavesAfterWork;

    /// <summary>
    /// A statement alone has failed, which neither begins nor ends a transaction: what it set by a trigger is told with the next answer, unless
    /// another session comes before. Until then the session can ask for the statement's counts, which the gateway's question would take away.
    /// </summary>
    private bool MayAskLater => lastError is not null && !InTransaction && (status & StatusFlags.Autocommit) != 0 && !(CanGiveBack && LeavesAfterWork)
        && (traits & ~(StatementTraits.PureRead | StatementTraits.ChangesInsertId | StatementTraits.ReadsLast | StatementTraits.AsksOfLast)) == 0;

    private static Refusal Refuse(int code, string text, string sqlState = "HY000") => Refusal.Of(code, sqlState, text);
}
