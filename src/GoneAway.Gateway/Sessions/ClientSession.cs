using System.Net;
using System.Runtime.CompilerServices;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Operations;
using GoneAway.Wire.Framing;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <summary>
/// One client, from its connect to its end, on one loop. This file: its life, and the wait for the next command.
/// <c>ClientSession.Commands</c>: what a command needs; <c>.Backend</c>: getting, preparing and giving back a server connection;
/// <c>.Relay</c>: the answer; <c>.Loss</c>: what a lost server connection means; <c>.Statements</c>: prepared statements.
/// </summary>
internal sealed partial class ClientSession : Waiter
{
    private const int HeaderSize = PacketHeader.Size;
    private const int MaxPart = PacketHeader.MaxPart;
    /// <summary>What is rented for a command, unless it is longer.</summary>
    private const int SmallInput = 4096;
    /// <summary>Milliseconds without a byte of a command that has begun, after which it is looked whether its server still waits; servers wait as long (net_read_timeout).</summary>
    private const int RestTime = 30_000;

    private readonly GatewayCore core;
    private readonly LoopPool pool;
    private readonly Link client;
    private readonly GatewayCounters counters;
    private byte[]? input;
    private int inputStart;
    private int inputEnd;
    private BackendConnection? backend;
    private PoolKey? key;
    private LoginRequest? login;
    private Credential? credential;
    private ulong capabilities;
    private ushort status = StatusFlags.Autocommit;
    private long idleSince;
    private bool ended;

    public ClientSession(GatewayCore core, LoopPool pool, Link client, uint id) : base(pool.Loop)
    {
        this.core = core;
        this.pool = pool;
        this.client = client;
        counters = core.CountersOf(pool.Loop);
        Id = id;
        Local = client.Socket.Local;
        client.Socket.Attach(this, isClient: true);
    }

    /// <summary>The thread id that the client was told.</summary>
    public uint Id { get; }

    /// <summary>The client: as a trusted proxy says, else the other end.</summary>
    public EndPoint? Remote { get; set; }

    /// <summary>Where the client connected to.</summary>
    private EndPoint? Local { get; set; }

    /// <summary>The address for which it is counted; null: for none.</summary>
    public IPAddress? CountedAs { get; set; }

    private GatewayOptions Options => core.Options;

    /// <summary>Until when a statement that begins now waits for a server, in the loop's milliseconds.</summary>
    private long HoldDeadline => Loop.Now + (long)Options.Loss.Hold.TotalMilliseconds;

    /// <summary>Until when a login that begins now must be over, in the loop's milliseconds.</summary>
    private long HandshakeDeadline => Loop.Now + (long)Options.Clients.HandshakeTimeout.TotalMilliseconds;

    private bool InTransaction => (status & StatusFlags.InTransaction) != 0;

    /// <summary>Lives the session. Throws nothing.</summary>
    public async void Run()
    {
        try
        {
            counters.ClientsAccepted++;
            if (await LogInAsync())
                await ServeAsync();
        }
        catch (Exception fault) when (fault is TalkException or DialException or LoginException)
        {
            // Whoever threw has told whom it concerns.
        }
        catch (Exception fault)
        {
            core.OnFault(fault);
        }
        finally
        {
            End();
        }
    }

    private void End()
    {
        if (ended)
            return;
        ended = true;
        counters.ClientsClosed++;
        TellClientGone();
        LeaveBackend();
        ReturnInput();
        DropHeld();
        spool?.Dispose();
        client.Dispose();
        core.OnEnded(this);
    }

    private async ValueTask ServeAsync()
    {
        idleSince = Loop.Now;
        while (true)
        {
            client.ReleaseLast();
            if (inputEnd == inputStart)
            {
                ReturnInput();
                if (!await IdleAsync())
                    return;
            }
            if (!HasCommand())
            {
                int count = client.Receive(Room());
                if (count < 0)
                    return;
                inputEnd += count;
                if (!HasCommand())
                {
                    // Part of a packet has come, and the rest has not yet.
                    if (count == 0 && inputEnd > inputStart && !await IdleAsync())
                        return;
                    continue;
                }
            }
            if (MayHaveForked)
                await LookForForkAsync();
            if (overlap != 0 && inputEnd - inputStart > HeaderSize + LengthAt(inputStart) && await IsSharedAtOnceAsync())
            {
                await TellSharedAsync(Overlap.NotSent);
                return;
            }
            if (!await CommandAsync())
                return;
            idleSince = Loop.Now;
        }
    }

    /// <summary>Until something comes of the client: a command, or more of the one that it has begun, which no drain cuts off. False ends the session.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<bool> IdleAsync()
    {
        bool isWithin = inputEnd > inputStart;
        long since = isWithin ? Loop.Now : idleSince;
        while (true)
        {
            Ready ready = await WaitAsync(Ready.Client | Ready.ClientHangup | Ready.Backend | Ready.BackendHangup | (isWithin ? 0 : Ready.Signal), IdleDeadline(since));
            if ((ready & (Ready.Client | Ready.ClientHangup)) != 0)
                return true;
            if (!await WhileIdleAsync(ready, since))
                return false;
        }
    }

    /// <summary>The rest of what the client has begun to send. False: it is silent, and its server has waited long enough for it (net_read_timeout).</summary>
    private async ValueTask<bool> AwaitRestAsync()
    {
        while (await WaitAsync(Ready.Client | Ready.ClientHangup, Loop.Now + RestTime) == Ready.Timeout)
            if (backend is { Link.Socket.PeerClosed: true, Record.IsPending: true } lost)
            {
                core.NoteDecision(this, "not-executed", $"The client sent nothing for {RestTime / 1000} s in the middle of a command, and the connection to {lost.Backend.Name} has ended meanwhile: the client is cut off.", "");
                client.Shut();
                return false;
            }
        return true;
    }

    /// <summary>When the wait for a command ends without one.</summary>
    private long IdleDeadline(long since)
    {
        long deadline = Options.Clients.IdleTimeout > TimeSpan.Zero ? since + (long)Options.Clients.IdleTimeout.TotalMilliseconds : long.MaxValue;
        if (backend is null)
            return deadline;
        if (CanGiveBack)
            deadline = Math.Min(deadline, Math.Min(since + (long)Options.Pool.GiveBackAfter.TotalMilliseconds, backend.PingAt));
        else if (pins == Pins.Diagnostics && !InTransaction)
            deadline = Math.Min(deadline, since + (long)Options.Pool.DiagnosticsHold.TotalMilliseconds);
        else if (!InTransaction)
            deadline = Math.Min(deadline, backend.PingAt);
        return deadline;
    }

    /// <summary>Something other than a command came. False ends the session.</summary>
    private async ValueTask<bool> WhileIdleAsync(Ready ready, long since)
    {
        if ((ready & (Ready.Backend | Ready.BackendHangup)) != 0 && backend is not null && !backend.Link.Socket.IsQuiet)
            OnIdleBackendLost();
        if ((ready & Ready.Signal) != 0 && !OnSignal())
            return false;
        if ((ready & Ready.Signal) != 0 && backend is { MayStay: false } && CanGiveBack)
            await GiveBackAsync();
        if ((ready & Ready.Timeout) == 0)
            return true;
        if (Options.Clients.IdleTimeout > TimeSpan.Zero && Loop.Now - since >= Options.Clients.IdleTimeout.TotalMilliseconds)
            return false;
        if (backend is null)
            return true;
        pins &= ~Pins.Diagnostics;
        if (CanGiveBack)
            await GiveBackAsync();
        else if (Loop.Now >= backend.PingAt)
            await PingBackendAsync();
        return true;
    }

    /// <summary>A whole packet, or the header of one too large to be kept, or something that is no command.</summary>
    private bool HasCommand()
    {
        int have = inputEnd - inputStart;
        if (have < HeaderSize + 1)
            return have == HeaderSize && LengthAt(inputStart) == 0;
        int length = LengthAt(inputStart);
        return have >= HeaderSize + length || length > LargestKept || input![inputStart + 3] != 0 && !client.IsCompressed || !CommandCode.IsKnown(input[inputStart + HeaderSize]);
    }

    private int LengthAt(int at) => PacketHeader.LengthOf(input.AsSpan(at));

    private Span<byte> Room()
    {
        input ??= Loop.Rent(SmallInput);
        int have = inputEnd - inputStart;
        int wanted = have;
        // It grows with what has come, not with what a header claims.
        if (have >= HeaderSize)
            wanted = Math.Max(wanted, Math.Min(HeaderSize + LengthAt(inputStart), Math.Min(have * 2, HeaderSize + LargestKept)));
        wanted = Math.Max(wanted, have + 512);
        if (input.Length - inputStart < wanted)
        {
            byte[] other = input.Length >= wanted ? input : Loop.Rent(Math.Max(wanted, SmallInput));
            input.AsSpan(inputStart, have).CopyTo(other);
            if (other != input)
                Loop.Return(input);
            (input, inputStart, inputEnd) = (other, 0, have);
        }
        return input.AsSpan(inputEnd);
    }

    private void ReturnInput()
    {
        if (input is not null)
            Loop.Return(input);
        input = null;
        inputStart = inputEnd = 0;
    }
}
