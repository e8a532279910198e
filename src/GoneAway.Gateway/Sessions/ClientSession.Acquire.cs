using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>A server connection: an idle one, a new one, or one that is waited for.</content>
internal sealed partial class ClientSession
{
    /// <summary>The login's credential is to be proved with a server: a connection that is open already proves nothing.</summary>
    private bool mustConfirm;

    private async ValueTask<Refusal?> AcquireAsync(long holdUntil, Backend? only)
    {
        string why = "";
        long queueUntil = Loop.Now + (long)Options.Pool.QueueTimeout.TotalMilliseconds;
        bool held = false;
        Backend? failed = null, place = null;
        string schema = state.Schema;
        while (true)
        {
            Backend? pick = place ?? only ?? core.Backends.Pick(failed) ?? core.Backends.Pick();
            if (pick is not null && (only is null || place is not null || pick.TakesWork))
            {
                if (place is null && !mustConfirm && pool.Take(key!, pick, this) is { } idle)
                {
                    Use(idle);
                    return null;
                }
                // Behind those who wait already.
                bool hasPlace = place is not null || !core.Backends.IsQueued && pick.TryReserve();
                place = null;
                if (hasPlace)
                {
                    try
                    {
                        Use(await core.OpenAsync(this, pool, pick, key!, RequestFor(login!) with { Database = Encoding.Latin1.GetBytes(schema) }, credential!, schema, login!.Origin.Length > 0 ? Remote : null, Local));
                        core.Accounts.Confirm(login!, credential!);
                        mustConfirm = false;
                        return null;
                    }
                    catch (LoginException refused) when (refused.Refusal.Code == ErrorCode.TooManyConnections && Loop.Now < queueUntil)
                    {
                        why = "the server has too many connections";
                    }
                    catch (LoginException refused) when (refused.Refusal.Code == UnknownSchema && schema.Length > 0 && LeavesSchema)
                    {
                        schema = "";
                        continue;
                    }
                    catch (LoginException refused)
                    {
                        if (RefusesAccount(refused.Refusal.Code))
                            core.ForgetLogin(login!, credential!);
                        return refused.Refusal;
                    }
                    catch (Exception gone) when (gone is DialException or TalkException)
                    {
                        failed = pick;
                        why = gone.Message;
                        if (gone is not DialException { IsOwn: true } && core.Backends.All.Count > 1 && Loop.Now < holdUntil && core.Backends.Pick(failed) is not null)
                            continue;
                    }
                }
                else if (only is null && !mustConfirm && FirstIdle() is { } other)
                {
                    Use(other);
                    return null;
                }
                else if (only is null && !core.Backends.IsQueued && core.Backends.ReserveElsewhere(pick) is { } elsewhere)
                {
                    place = elsewhere;
                    continue;
                }
                else if (!core.Backends.IsQueued && pool.EvictOne(pick))
                    continue;
                else
                {
                    counters.Queued++;
                    (bool again, place) = await QueueAsync(queueUntil, only);
                    if (again)
                        continue;
                    if (backend is not null)
                        return null;
                    counters.QueueTimeouts++;
                    return Refuse(ErrorCode.TooManyConnections, $"All {pick.Limit} connections of {pick.Name} are taken, and none was given back within {Options.Pool.QueueTimeout.TotalSeconds:0.#} s", "08004");
                }
            }
            if (Loop.Now >= holdUntil)
            {
                if (held)
                    counters.HoldTimeouts++;
                return Refuse(NotExecutedCode, $"No server is up ({(why.Length > 0 ? why : core.WhyNoBackend())})" + (held ? $"; waited {Options.Loss.Hold.TotalSeconds:0.#} s" : ""));
            }
            if (!held)
                counters.Held++;
            held = true;
            if ((await WaitAsync(Ready.ClientHangup, Math.Min(holdUntil, Loop.Now + 50)) & Ready.ClientHangup) != 0)
                throw new TalkException(TalkFault.Ended, "the client went away while its statement waited for a server");
        }
    }

    /// <summary>The server would not let in those either who are in already: denied, its host is not allowed, no password, expired, locked (MySQL's number, and MariaDB's), blocked after wrong ones.</summary>
    private static bool RefusesAccount(int code) => code is ErrorCode.AccessDenied or 1130 or ErrorCode.AccessDeniedNoPassword or 1862 or 3118 or 4151 or 3955;

    private BackendConnection? FirstIdle()
    {
        foreach (Backend other in core.Backends.All)
            if (other.TakesWork && pool.Take(key!, other, this) is { } idle)
                return idle;
        return null;
    }

    /// <summary>Stands in line. Again: try again, in the place that is reserved, if any; with <see cref="backend"/> set, a connection was handed over.</summary>
    private async ValueTask<(bool Again, Backend? Place)> QueueAsync(long until, Backend? only)
    {
        var request = new PoolRequest(this, mustConfirm ? GatewayCore.AnyKey : key!, only);
        long began = Loop.Now;
        pool.Enqueue(request);
        Ready ready;
        // A signal may be of something else; whoever left the line for that would come back at its end.
        do
            ready = await WaitAsync(Ready.Signal | Ready.ClientHangup, until);
        while (ready == Ready.Signal && request is { Connection: null, Place: null });
        counters.QueueMicroseconds += (Loop.Now - began) * 1000;
        if (request.Connection is { } given)
        {
            request.IsOver = true;
            Use(given);
            return (false, null);
        }
        if (request.Place is { } place)
        {
            request.IsOver = true;
            return (true, place);
        }
        pool.Leave(request);
        if ((ready & Ready.ClientHangup) != 0)
            throw new TalkException(TalkFault.Ended, "the client went away while it waited for a server connection");
        return (false, null);
    }

    private void Use(BackendConnection connection)
    {
        if (backend is null && connection.LastSession != this && connection.LastSession is not null)
            counters.BackendSwitches++;
        // A new one has none, and one that somebody has used since has theirs.
        if (connection.LastSession != this)
            connection.InsertId = connection.LastSession is null ? 0 : null;
        backend = connection;
        if (connection.Link.Socket.Owner != this)
            connection.Link.Socket.Attach(this, isClient: false);
        connection.Backend.OnTaken();
    }
}
