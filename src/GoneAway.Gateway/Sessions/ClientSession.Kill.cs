using System.Buffers.Binary;
using System.Buffers.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Sessions;

/// <content>KILL: the number is that of the gateway's session, or of the server's thread.</content>
internal sealed partial class ClientSession
{
    private const ushort NotOwner = 1095;

    private int killsUnderWay, endsUnderWay;
    private bool endedByKill;

    /// <summary>A KILL has ended the session, or one that will is on its way.</summary>
    private bool EndsByKill => endedByKill || endsUnderWay > 0;

    /// <summary>For other threads: a moment's truth.</summary>
    internal BackendConnection? Holds => Volatile.Read(ref backend);

    private async ValueTask<bool> KillAsync(int length)
    {
        KillTarget target = default;
        if (command == CommandCode.ProcessKill)
            target = new KillTarget(KillKind.Connection, length >= 5 ? BinaryPrimitives.ReadUInt32LittleEndian(Payload(length)[1..]) : 0, 0, 0, IsSoft: false);
        else if (!KillStatement.TryRead(SqlOf(length), out target) || target.Kind is not (KillKind.Connection or KillKind.Query))
            return await ExecuteAsync(HeaderSize + length);
        bool queryOnly = target.Kind == KillKind.Query;
        uint thread = 0;
        ClientSession? victim = core.FindSession(target.Id);
        if (victim is null && target.Id != 0 && (victim = core.FindHolder(target.Id, LastServer)) is not null)
            thread = (uint)target.Id;
        if (victim is null)
            return await KillThereAsync(length, (uint)target.Id, queryOnly) && (queryOnly || !HasKilledItself);
        return victim == this ? await KillItselfAsync(length, target) : await KillAsync(length, target, thread, victim);
    }

    /// <summary>Of the session's last statement: a server's number means a thread where the session saw it.</summary>
    private Backend? LastServer => (backend ?? ranOn)?.Backend;

    /// <summary>Whose threads the KILL under way names; null while none is, or where it is not known.</summary>
    private Backend? killsOn;

    /// <summary>Hands the command on, to the server that the session last used, and tells the incidents of it where that agreed.</summary>
    private async ValueTask<bool> KillThereAsync(int length, uint thread, bool queryOnly)
    {
        Model.Instant at = core.Incidents.Now;
        // The command may end before a server has it.
        answered = false;
        killsOn = LastServer;
        try
        {
            bool goesOn = await ExecuteAsync(HeaderSize + length);
            if (answered && lastError is null)
                core.Incidents.OnKill(thread, queryOnly, at, ranOn!, User, Program);
            return goesOn;
        }
        finally
        {
            (answered, killsOn) = (true, null);
        }
    }

    private bool HasKilledItself => lastError is { Code: ErrorCode.QueryInterrupted or ErrorCode.ConnectionKilled };

    private async ValueTask<bool> KillItselfAsync(int length, KillTarget target)
    {
        bool queryOnly = target.Kind == KillKind.Query;
        if (backend is { } own && TryPutThread(length, target, own.ThreadId))
            return await ExecuteAsync(HeaderSize + length) && (queryOnly || !HasKilledItself);
        SendError(ErrorCode.QueryInterrupted, "70100", "Query execution was interrupted", 1);
        return await FinishCommandAsync(HeaderSize + length) && queryOnly;
    }

    /// <summary>Ends another session's statement, or that session. Its server connection stays its own until the KILL is done.</summary>
    /// <param name="length">Of the command.</param>
    /// <param name="target">What it says.</param>
    /// <param name="thread">The server's thread that it names; 0: it names the session.</param>
    /// <param name="victim">The session.</param>
    private async ValueTask<bool> KillAsync(int length, KillTarget target, uint thread, ClientSession victim)
    {
        bool queryOnly = target.Kind == KillKind.Query;
        KillRequest request = new(this, victim, queryOnly, thread);
        victim.Loop.Post(request.Begin);
        while (!request.IsPlaced)
            await WaitAsync(Ready.Signal, Loop.Now + 20);
        bool isDone = false;
        try
        {
            if (request.Held is null && thread != 0)
                return await KillThereAsync(length, thread, queryOnly);
            if (request.Held is not { } held)
            {
                // No server has a thread of it, so none can say whose it is.
                isDone = queryOnly || victim.User == User;
                return isDone
                    ? await AnswerOkAsync(length)
                    : await AnswerAsync(length, writer.WriteError(NotOwner, "HY000"u8, System.Text.Encoding.UTF8.GetBytes($"You are not owner of thread {target.Id}")).Written);
            }
            if (backend is { } own && held.IsOnServerOf(own) && (command == CommandCode.Query || credential is null) && TryPutThread(length, target, held.ThreadId))
            {
                bool goesOn = await KillThereAsync(length, held.ThreadId, queryOnly);
                isDone = lastError is null && backend == own;
                return goesOn;
            }
            Refusal? error = await core.KillAsync(this, pool, held, queryOnly, key!, RequestFor(login!), credential, login!.Origin.Length > 0 ? Remote : null, Local);
            isDone = error is null;
            return error is null ? await AnswerOkAsync(length) : await AnswerAsync(length, writer.WriteError(error).Written);
        }
        finally
        {
            request.IsDone = isDone;
            victim.Loop.Post(request.End);
        }
    }

    /// <summary>Writes the server's number of a thread in the place of the gateway's, which is never shorter.</summary>
    private bool TryPutThread(int length, KillTarget target, uint thread)
    {
        if (command == CommandCode.ProcessKill)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(input.AsSpan(inputStart + HeaderSize + 1), thread);
            return true;
        }
        Span<byte> digits = stackalloc byte[10];
        if (!Utf8Formatter.TryFormat(thread, digits, out int count) || count > target.Length)
            return false;
        Span<byte> place = input.AsSpan(inputStart + HeaderSize + length - SqlOf(length).Length + target.Start, target.Length);
        place.Fill((byte)' ');
        digits[..count].CopyTo(place[^count..]);
        return true;
    }

    /// <summary>On this session's loop: somebody kills it. The server connection is not given away meanwhile.</summary>
    internal void OnKill(KillRequest request)
    {
        if (backend is { } connection && (request.Wanted == 0 || request.Wanted == connection.ThreadId) && (answered is false || InTransaction || !request.QueryOnly || request.Wanted != 0))
        {
            request.Held = connection;
            killsUnderWay++;
            wasKilled = true;
            pins |= Pins.Killed;
        }
        request.EndsSession = !request.QueryOnly && (request.Held is not null || request.Wanted == 0);
        if (request.EndsSession)
            endsUnderWay++;
    }

    internal void OnKillDone(KillRequest request)
    {
        if (request.Held is not null && --killsUnderWay == 0)
        {
            wasKilled = false;
            pins &= ~Pins.Killed;
        }
        if (!request.EndsSession)
            return;
        endsUnderWay--;
        endedByKill |= request.IsDone;
        // As a server ends it: with the end of the stream. The session sees its client gone.
        if (!endedByKill || ended)
            return;
        client.Socket.Shut();
        Notify(Ready.Client | Ready.ClientRoom | Ready.ClientHangup);
    }
}

/// <summary>A KILL on its way from one session's loop to another's and back.</summary>
internal sealed class KillRequest(ClientSession killer, ClientSession victim, bool queryOnly, uint wanted)
{
    private volatile bool placed;

    public bool QueryOnly => queryOnly;
    /// <summary>Only while the victim holds this thread; 0: whatever it holds.</summary>
    public uint Wanted => wanted;
    /// <summary>Null when the victim has no server connection, or nothing runs that could be ended.</summary>
    public BackendConnection? Held { get; set; }
    /// <summary>The victim ends with it.</summary>
    public bool EndsSession { get; set; }
    public bool IsPlaced => placed;
    /// <summary>The server agreed.</summary>
    public bool IsDone { get; set; }

    public void Begin()
    {
        victim.OnKill(this);
        placed = true;
        killer.Loop.Post(() => killer.Notify(Ready.Signal));
    }

    public void End() => victim.OnKillDone(this);
}
