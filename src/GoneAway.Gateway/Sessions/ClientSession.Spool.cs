using System.Runtime.CompilerServices;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Spool;

namespace GoneAway.Gateway.Sessions;

/// <content>A client that reads more slowly than its server sends: the answer waits in a spool, not at the server.</content>
internal sealed partial class ClientSession
{
    /// <summary>Who reads on within this time has not made the disk work.</summary>
    private const long DiskAfter = 50;
    private const long DiskAgainAfter = 1000;
    private const long TellAgainAfter = 60_000;

    /// <summary>What of the present answer the client has not taken; null while it takes all. Everything that is sent goes behind it.</summary>
    private ResultSpool? spool;
    private long tellRefusedAt;

    /// <summary>The client's socket is full. Goes on with the answer until the client has caught up (null), or the answer is over.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<Relayed?> SpoolAsync(BackendConnection connection)
    {
        if (!client.Flush())
            return Relayed.ClientGone;
        if (client.Queued == 0)
            return null;
        SpoolOptions options = Options.Spool;
        if (!options.Enabled)
            return await client.FlushAsync(this, isClient: true) ? null : Relayed.ClientGone;
        spool = core.Spools.TryBegin(options, counters, Loop.Post, () => Notify(Ready.Spool));
        if (spool is null)
        {
            Refused(connection, $"spool.memory_total ({options.MemoryTotal} bytes) is taken");
            return await client.FlushAsync(this, isClient: true) ? null : Relayed.ClientGone;
        }
        counters.SpooledResults++;
        Clear(Ready.Spool);
        long diskAt = Loop.Now + DiskAfter;
        bool more = true;
        while (true)
        {
            if (!PumpSpool())
                return Relayed.ClientGone;
            if (client.Queued == 0 && spool.IsEmpty)
            {
                EndSpool();
                connection.Link.Socket.MarkReadable();
                return null;
            }
            if (spool.DiskIsOff && Loop.Now >= diskAt)
            {
                diskAt = Loop.Now + DiskAgainAfter;
                spool.AllowDisk();
            }
            if (more && spool.Takes)
            {
                int count = ReceiveAnswer(connection, out byte[] bytes);
                more = count == bytes.Length;
                if (count == 0)
                    continue;
                if (count < 0)
                    return Relayed.Lost;
                if (Pass(connection, bytes.AsSpan(0, count)) is { } end)
                    return end;
                if (!wantsFile)
                    continue;
                recordingBroken = true;
                if (!await FlushSpoolAsync(isDone: false) || !await UploadAsync(connection))
                    return client.IsBroken || client.Socket.IsClosed ? Relayed.ClientGone : Relayed.Lost;
                connection.Link.Socket.MarkReadable();
                return null;
            }
            if (!spool.Takes && spool.Refusal is { } why)
                Refused(connection, why);
            Ready server = spool.Takes ? Ready.Backend | Ready.BackendHangup : 0;
            Ready ready = await WaitAsync(Ready.ClientRoom | Ready.Spool | server, spool.DiskIsOff ? diskAt : long.MaxValue);
            more |= (ready & (Ready.Backend | Ready.BackendHangup)) != 0;
        }
    }

    /// <summary>Waits until the client has taken all of the answer. False when it is gone.</summary>
    /// <param name="isDone">The server's answer is complete: its connection has nothing to do meanwhile.</param>
    private async ValueTask<bool> FlushSpoolAsync(bool isDone)
    {
        spool!.Seal();
        long began = Loop.Now;
        while (PumpSpool())
        {
            if (client.Queued == 0 && spool.IsEmpty)
            {
                EndSpool();
                return true;
            }
            if (await WaitAsync(Ready.ClientRoom | Ready.Spool, isDone ? IdleUntil(began) : long.MaxValue) != Ready.Timeout || backend is null)
                continue;
            if (CanGiveBack)
                await GiveBackAsync();
            else
                await PingBackendAsync();
        }
        return false;
    }

    /// <summary>How long the server connection may be left alone.</summary>
    private long IdleUntil(long began) =>
        backend is null ? long.MaxValue
        : CanGiveBack ? began + (long)Options.Pool.GiveBackAfter.TotalMilliseconds
        : !InTransaction ? backend.PingAt
        : long.MaxValue;

    /// <summary>Sends what the client takes now. False when no more can be sent.</summary>
    private bool PumpSpool()
    {
        while (client.Flush() && client.Queued == 0)
        {
            ReadOnlySpan<byte> next = spool!.Peek();
            if (next.IsEmpty)
                return spool.Loss is null || TellSpoolLost(spool.Loss);
            client.Send(next);
            spool.Advance(next.Length);
        }
        return !client.IsBroken;
    }

    private void EndSpool()
    {
        spool!.Dispose();
        spool = null;
    }

    private void Refused(BackendConnection connection, string why)
    {
        if (Loop.Now < tellRefusedAt)
            return;
        tellRefusedAt = Loop.Now + TellAgainAfter;
        counters.SpoolRefusals++;
        core.NoteDecision(this, "spool-full", $"the client reads more slowly than {connection.Backend.Name} sends, and no more of the answer can be spooled: {why}. The server waits for the client (thread {connection.ThreadId}); its net_write_timeout may end the connection", core.NameIncident());
    }

    /// <summary>Rows are missing: the client must not take what it has for all of them.</summary>
    private bool TellSpoolLost(string why)
    {
        core.NoteDecision(this, "spool-lost", $"the client's connection is ended in the middle of an answer: the spool cannot give back the rest ({why})", core.NameIncident());
        client.Socket.Abort();
        client.Shut();
        return false;
    }
}
