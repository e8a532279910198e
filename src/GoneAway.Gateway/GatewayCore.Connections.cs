using System.Net;
using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Sessions;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway;

/// <content>Opening server connections: connect, log in, set up.</content>
internal sealed partial class GatewayCore
{
    private const string Ask = "SELECT @@max_allowed_packet,@@wait_timeout,@@interactive_timeout,@@max_connections,@@init_connect<>''";
    /// <summary>ER_MUST_CHANGE_PASSWORD.</summary>
    private const int MustChangePassword = 1820;
    private const long AskAgainAfter = 60_000;
    /// <summary>Connect, greeting and login, in milliseconds.</summary>
    private const long LongestLogin = 10_000;

    /// <summary>No connection has it: who waits with it gets a place.</summary>
    public static readonly PoolKey AnyKey = new() { User = "", Capabilities = 0, Collation = 0, Credential = null };

    /// <summary>A connection to a server, not logged in; the place is reserved here.</summary>
    public async ValueTask<BackendDial> DialAsync(Waiter waiter, LoopPool pool, BackendLoginRequest request, long deadline, EndPoint? client, EndPoint? gateway)
    {
        string why = "";
        long holdUntil = Math.Min(deadline, waiter.Loop.Now + (long)Options.Loss.Hold.TotalMilliseconds);
        while (true)
        {
            if (Backends.Pick() is not { } pick)
            {
                if (waiter.Loop.Now >= holdUntil || (await waiter.WaitAsync(Ready.ClientHangup, Math.Min(holdUntil, waiter.Loop.Now + 50)) & Ready.ClientHangup) != 0)
                    break;
                continue;
            }
            Backend? place = Backends.IsQueued ? null
                : pick.TryReserve() ? pick
                : Backends.ReserveElsewhere(pick) ?? Backends.All.FirstOrDefault(one => one.TakesWork && pool.EvictOne(one) && one.TryReserve());
            place ??= await WaitForPlaceAsync(waiter, pool, deadline);
            if (place is null)
            {
                why = $"all {pick.Limit} connections of {pick.Name} are taken";
                break;
            }
            try
            {
                // However long the wait was: a server is not down for an answer that it had no time for.
                return await ConnectAsync(waiter, place, request, Math.Max(deadline, waiter.Loop.Now + (long)Options.Health.Timeout.TotalMilliseconds), client, gateway);
            }
            catch (DialException failed)
            {
                why = failed.Message;
                // The gateway has no socket: another server would not help, and others must get their turn to close some.
                if (failed.IsOwn && (waiter.Loop.Now >= holdUntil || (await waiter.WaitAsync(Ready.ClientHangup, Math.Min(holdUntil, waiter.Loop.Now + 50)) & Ready.ClientHangup) != 0))
                    break;
            }
        }
        throw new LoginException(LoginFault.BackendGreeting, Refusal.Of(ClientSession.NotExecutedCode, "HY000", $"No server can be reached ({(why.Length > 0 ? why : WhyNoBackend())})"));
    }

    /// <summary>Stands in line for a place of any server, which is reserved then; null: none in time.</summary>
    private static async ValueTask<Backend?> WaitForPlaceAsync(Waiter waiter, LoopPool pool, long deadline)
    {
        var request = new PoolRequest(waiter, AnyKey, null);
        pool.Enqueue(request);
        // A signal may be of something else: TLS leaves one.
        while (request.Place is null && await waiter.WaitAsync(Ready.Signal | Ready.ClientHangup, deadline) == Ready.Signal)
        {
        }
        request.IsOver = true;
        if (request.Place is null)
            pool.Leave(request);
        return request.Place;
    }

    /// <summary>A connection to this server, logged in and set up. Its place is reserved.</summary>
    public async ValueTask<BackendConnection> OpenAsync(Waiter waiter, LoopPool pool, Backend backend, PoolKey key, BackendLoginRequest request, Credential credential, string schema, EndPoint? client, EndPoint? gateway, EndPoint? only = null)
    {
        // Where there is another server, one that does not answer is not waited for longer than a check would.
        long deadline = waiter.Loop.Now + (Backends.All.Count > 1 ? Math.Min(LongestLogin, (long)Options.Health.Timeout.TotalMilliseconds) : LongestLogin);
        BackendDial dial = await ConnectAsync(waiter, backend, request, deadline, client, gateway, only);
        try
        {
            BackendGreeting greeting = await BackendLogin.RunAsync(dial.Talk, dial.Request, credential);
            BackendConnection connection = await SetUpAsync(dial, greeting, key, schema, waiter);
            pool.Know(key, request, schema);
            return connection;
        }
        catch (Exception failed)
        {
            dial.Dispose();
            CountersOf(waiter.Loop).BackendConnectsFailed++;
            if (failed is LoginException { Refusal.Code: ErrorCode.TooManyConnections })
                backend.OnTooMany();
            if (failed is TalkException && only is null)
                backend.ReportFailure(failed.Message, Options.Health.Fall);
            throw;
        }
    }

    /// <summary>Opens some of the connections that are wanted in reserve.</summary>
    private async void WarmUp(LoopPool pool, int warm)
    {
        const int MostInATurn = 8;
        pool.IsWarming = true;
        for (int i = 0; i < MostInATurn && !Backends.IsQueued && pool.FindLack(warm) is { } lack && lack.Backend.TryReserve(); i++)
        {
            try
            {
                var own = new Waiter(pool.Loop);
                pool.GiveBack(await OpenAsync(own, pool, lack.Backend, lack.Key, lack.Login.Request, (Credential)lack.Key.Credential!, lack.Login.Schema, null, null));
            }
            catch (Exception failed) when (failed is DialException or TalkException or LoginException)
            {
                if (failed is LoginException { Refusal.Code: not ErrorCode.TooManyConnections })
                    pool.Forget(lack.Key);
                break;
            }
            catch (Exception fault)
            {
                OnFault(fault);
                break;
            }
        }
        pool.IsWarming = false;
    }

    /// <summary>A connection that a login has opened becomes the session's.</summary>
    public async ValueTask<BackendConnection> AdoptAsync(BackendDial dial, BackendGreeting greeting, PoolKey key, Waiter waiter)
    {
        try
        {
            string schema = Encoding.Latin1.GetString(dial.Request.Database.Span);
            BackendConnection connection = await SetUpAsync(dial, greeting, key, schema, waiter);
            pools[Array.IndexOf(loops, waiter.Loop)].Know(key, dial.Request, schema);
            return connection;
        }
        catch
        {
            dial.Dispose();
            throw;
        }
    }

    /// <summary>Runs a KILL on a server, over a connection of its own.</summary>
    public async ValueTask<Refusal?> KillAsync(Waiter waiter, LoopPool pool, BackendConnection victim, bool queryOnly, PoolKey key, BackendLoginRequest request, Credential? credential, EndPoint? client, EndPoint? gateway)
    {
        if (credential is null)
            return Refusal.Of(ClientSession.NotExecutedCode, "HY000", "The gateway cannot log in again as this user, so it cannot KILL for it");
        var own = new Waiter(waiter.Loop);
        BackendConnection? connection = null;
        bool isAnswered = false;
        try
        {
            victim.Backend.Reserve();
            connection = await OpenAsync(own, pool, victim.Backend, key, request, credential, "", client, gateway, victim.Address);
            using PacketTalk talk = OwnStatements.TalkTo(connection, own);
            Model.Instant at = Incidents.Now;
            OwnAnswer answer = await talk.QueryAsync(queryOnly ? $"KILL QUERY {victim.ThreadId}" : $"KILL {victim.ThreadId}", connection.Capabilities);
            isAnswered = true;
            if (answer.Error is null)
                Incidents.OnKill(victim.ThreadId, queryOnly, at, connection, Encoding.UTF8.GetString(request.User.Span), null);
            return answer.Error;
        }
        catch (Exception failed) when (failed is DialException or TalkException or LoginException)
        {
            return connection is null
                ? Refusal.Of(ClientSession.NotExecutedCode, "HY000", "Not executed: " + failed.Message)
                : Refusal.Of(ClientSession.UnknownCode, "HY000", "Outcome unknown: the server was lost with the KILL: " + failed.Message);
        }
        finally
        {
            connection?.Close(politely: isAnswered);
        }
    }

    /// <summary>The server's port is closed: its process is gone, and all its threads.</summary>
    public static async ValueTask<bool> IsNobodyThereAsync(EventLoop loop, Backend backend)
    {
        var own = new Waiter(loop);
        try
        {
            using BackendDial dial = await BackendDial.ConnectAsync(backend, own, own.Loop.Now + 2000, new BackendLoginRequest { User = default, Capabilities = 0 }, HealthCheck.PrefaceOf(backend), isCounted: false);
            return false;
        }
        catch (DialException failed)
        {
            return failed.Message.StartsWith("connection refused", StringComparison.Ordinal);
        }
    }

    private async ValueTask<BackendDial> ConnectAsync(Waiter waiter, Backend backend, BackendLoginRequest request, long deadline, EndPoint? client, EndPoint? gateway, EndPoint? only = null)
    {
        try
        {
            BackendDial dial = await BackendDial.ConnectAsync(backend, waiter, deadline, request with { Tls = backend.Options.Tls, Capabilities = request.Capabilities | (backend.Options.Compression ? Capabilities.Compress : 0) }, PrefaceFor(backend, client, gateway), only: only);
            CountersOf(waiter.Loop).BackendConnects++;
            return dial;
        }
        catch (DialException failed)
        {
            CountersOf(waiter.Loop).BackendConnectsFailed++;
            // One of its addresses says nothing of the others.
            if (!failed.IsOwn && only is null)
                backend.ReportFailure(failed.Message, 1);
            throw;
        }
    }

    private async ValueTask<BackendConnection> SetUpAsync(BackendDial dial, BackendGreeting greeting, PoolKey key, string schema, Waiter waiter)
    {
        Backend backend = dial.Backend;
        long now = waiter.Loop.Now;
        dial.PacketTalk.Deadline = now + 10_000;
        if ((greeting.Capabilities & Capabilities.Compress) != 0)
            dial.Link.StartCompression(zstd: false);
        ServerInfo info = ServerInfo.Of(greeting);
        if ((key.Capabilities & ClientSession.Unadaptable & ~greeting.Capabilities) != 0)
            throw new LoginException(LoginFault.BackendMalformed, Refusal.Of(ClientSession.NotExecutedCode, "HY000", $"{backend.Name} knows less of the protocol than was agreed with the client; a new connection agrees on what all servers know"));
        // An expired password: nothing but its change is answered.
        bool isSandbox = false;
        if (key.WasReset)
            await dial.PacketTalk.RunAsync(new byte[] { CommandCode.ResetConnection }, greeting.Capabilities);
        if (backend.Info is { MaxAllowedPacket: > 0 } known && now - known.AskedAt < AskAgainAfter && known.Version.Span.SequenceEqual(info.Version.Span))
            info = known;
        else
        {
            OwnAnswer answer = await dial.PacketTalk.QueryAsync(Ask, greeting.Capabilities);
            if (answer.Error is { Code: not MustChangePassword } refused)
                throw new LoginException(LoginFault.BackendRefused, refused);
            isSandbox = answer.Error is not null;
            if (answer.Rows is [[var largest, var wait, var interactive, var connections, var initConnect]])
                info = info with { MaxAllowedPacket = Number(largest), WaitTimeout = (int)Number(wait), InteractiveTimeout = (int)Number(interactive), MaxConnections = (int)Number(connections), HasInitConnect = initConnect == "1", AskedAt = now };
            if (!isSandbox && info.Tracks)
                info = info with { TrackingStatement = ServerInfo.Tracking(info.IsMariaDb ? "*" : await VariablesAsync(dial.PacketTalk, greeting.Capabilities)) };
            if (!isSandbox)
                backend.Info = info;
        }
        if (info.TrackingStatement is { } track && (greeting.Capabilities & Capabilities.SessionTrack) != 0)
        {
            OwnAnswer tracking = await dial.PacketTalk.QueryAsync(track, greeting.Capabilities);
            if (tracking.Error is { Code: not MustChangePassword } error)
                throw new LoginException(LoginFault.BackendMalformed, error);
            isSandbox |= tracking.Error is not null;
        }
        dial.HandOn();
        backend.ReportSuccess();
        var connection = new BackendConnection
        {
            Backend = backend,
            Link = dial.Link,
            Address = dial.Address,
            ConnectVersion = dial.ConnectVersion,
            Key = key,
            Server = info,
            ThreadId = greeting.ThreadId,
            Record = Incidents.OnOpened(backend, dial.Link, greeting.ThreadId, now),
            Capabilities = greeting.Capabilities,
            Status = greeting.Status,
            State = SessionState.Fresh with { Schema = schema },
            OpenedAt = now,
            LastUsed = now,
            IsSoiled = isSandbox,
            IdleLimit = 1000L * ((greeting.Capabilities & Capabilities.Interactive) != 0 ? info.InteractiveTimeout : info.WaitTimeout),
        };
        if (schema.Length > 0)
            KnowSchema(key, schema);
        return connection;
    }

    /// <summary>
    /// MySQL's variables by name: its <c>*</c> has statement_id among them, which changes with every statement and would make every answer longer.
    /// </summary>
    private static async ValueTask<string> VariablesAsync(PacketTalk talk, ulong capabilities)
    {
        OwnAnswer all = await talk.QueryAsync("SHOW SESSION VARIABLES", capabilities);
        return string.Join(',', all.Rows.Select(static r => r[0]).Where(static name => name is not null && !ServerInfo.IsNoState(Encoding.Latin1.GetBytes(name)) && !IsGlobalOnly(name)));
    }

    private static bool IsGlobalOnly(string name)
    {
        foreach (string prefix in (ReadOnlySpan<string>)["performance_schema_", "mysqlx_", "ssl_", "admin_", "tls_", "replica_", "slave_", "source_", "master_", "version", "have_", "log_", "relay_", "rpl_", "key_cache_", "caching_sha2_", "component_"])
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        return name.StartsWith("innodb_", StringComparison.Ordinal) && name is not ("innodb_lock_wait_timeout" or "innodb_strict_mode" or "innodb_table_locks" or "innodb_ft_enable_stopword" or "innodb_ft_user_stopword_table" or "innodb_tmpdir" or "innodb_parallel_read_threads" or "innodb_ddl_threads" or "innodb_ddl_buffer_size" or "innodb_interpreter" or "innodb_interpreter_output");
    }

    private static long Number(string? text) => long.TryParse(text, out long value) ? value : 0;
}
