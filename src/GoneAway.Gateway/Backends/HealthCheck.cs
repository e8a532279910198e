using System.Globalization;
using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Model;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Backends;

/// <summary>As whom a check logs in.</summary>
/// <param name="User">Byte for byte.</param>
/// <param name="Credential">Of its password.</param>
/// <param name="IsMonitor">The account of the configuration, which may ask; else one that a client has used, which only proves that the server lives.</param>
internal sealed record CheckAccount(ReadOnlyMemory<byte> User, Credential Credential, bool IsMonitor);

/// <summary>What a check found.</summary>
/// <param name="Failed">The server does not answer as it should.</param>
/// <param name="Unfit">It answers, and should get no work: why. Null: it is fit.</param>
/// <param name="Reason">Of the failure.</param>
internal readonly record struct CheckResult(bool Failed, string? Unfit, string Reason = "")
{
    public static CheckResult Good => default;
}

/// <summary>
/// Asks one server how it is, over a connection of its own that stays open, so that checks are no connects; it takes nobody's place.
/// </summary>
internal sealed class HealthCheck(Backend backend, Waiter waiter) : IDisposable
{
    public const ulong Wanted = Capabilities.Transactions | Capabilities.LongFlag | Capabilities.MultiResults;

    /// <summary>ER_PARSE_ERROR: MySQL before 8.0.22 knows the older words alone.</summary>
    private const int SyntaxError = 1064;

    private BackendDial? dial;
    private BackendGreeting? greeting;
    private CheckAccount? loggedInAs;
    private bool mayBeGalera = true;

    /// <summary>The loop's time of the last check on the open connection.</summary>
    public long LastUsed { get; private set; }

    public bool IsOpen => dial is not null;

    /// <summary>One check. Throws nothing that a server can cause.</summary>
    /// <param name="health">What to ask for, and how long.</param>
    /// <param name="account">As whom; null: the greeting is all that is looked at.</param>
    public async ValueTask<CheckResult> RunAsync(HealthOptions health, CheckAccount? account)
    {
        long deadline = waiter.Loop.Now + (long)health.Timeout.TotalMilliseconds;
        if (dial is not null && (!ReferenceEquals(loggedInAs?.Credential, account?.Credential) || !backend.Has(dial.Address!) || dial.ConnectVersion != backend.ConnectVersion))
            Close();
        bool wasOpen = IsOpen;
        try
        {
            return await AskAsync(health, account, deadline);
        }
        catch (TalkException ended) when (wasOpen && ended.Fault == TalkFault.Ended)
        {
            // KILL, wait_timeout or a restart ended the connection that was kept: that alone says nothing of the server.
            Drop();
        }
        catch (Exception failed) when (failed is DialException or TalkException or LoginException)
        {
            Drop();
            return Judge(failed, account);
        }
        try
        {
            return await AskAsync(health, account, deadline);
        }
        catch (Exception failed) when (failed is DialException or TalkException or LoginException)
        {
            Drop();
            return Judge(failed, account);
        }
    }

    /// <summary>Leaves as a client should.</summary>
    public void Close()
    {
        if (dial is not null && greeting is not null && !dial.Link.IsBroken)
            dial.Link.SendQuit();
        Drop();
    }

    public void Dispose() => Close();

    /// <summary>The PROXY header of a connection that is the gateway's own, where the server wants one.</summary>
    public static ReadOnlyMemory<byte> PrefaceOf(Backend backend)
    {
        if (!backend.Options.SendProxyHeader)
            return default;
        var header = new System.Buffers.ArrayBufferWriter<byte>(16);
        header.WriteLocalProxyHeader();
        return header.WrittenMemory;
    }

    private CheckResult Judge(Exception failed, CheckAccount? account)
    {
        if (failed is DialException { IsOwn: true } && backend.TakesWork)
            return CheckResult.Good;
        if (failed is not LoginException login)
            return Failed(failed.Message);
        if (login.Refusal.Code == ErrorCode.TooManyConnections && backend.Info is not null)
        {
            // Full, and alive: the connections that are there can work.
            backend.OnTooMany();
            return CheckResult.Good;
        }
        // It refuses somebody whom it let in before: it lives, and what an account is worth is not a check's business.
        bool isAlive = login.Fault is LoginFault.BackendRefused or LoginFault.BackendPlugin or LoginFault.BackendWithoutTls && login.Refusal.Code is not (ErrorCode.ServerShutdown or ErrorCode.TooManyConnections);
        return isAlive && account is not { IsMonitor: true } ? CheckResult.Good : Failed($"the check's login failed: {login.Refusal.Code} {login.Refusal.Text}");
    }

    private async ValueTask<CheckResult> AskAsync(HealthOptions health, CheckAccount? account, long deadline)
    {
        if (dial is null)
            await OpenAsync(account, deadline);
        LastUsed = waiter.Loop.Now;
        if (greeting is null)
        {
            Drop();
            return CheckResult.Good;
        }
        dial!.PacketTalk.Deadline = deadline;
        if (account is not { IsMonitor: true })
        {
            OwnAnswer pong = await dial.PacketTalk.RunAsync(new byte[] { CommandCode.Ping }, greeting.Capabilities);
            return pong.Error is { Code: ErrorCode.ServerShutdown } error ? Failed(error.Text) : CheckResult.Good;
        }
        OwnAnswer answer = await QueryAsync(health.Query);
        if (answer.Error is { } wrong)
            return Failed($"the check's query failed: {wrong.Code} {wrong.Text}");
        return await FitAsync(health);
    }

    private static CheckResult Failed(string reason) => new(Failed: true, null, reason);

    private static CheckResult NotFit(string why) => new(Failed: false, why);

    private async ValueTask<CheckResult> FitAsync(HealthOptions health)
    {
        if (health.RequireWritable)
        {
            OwnAnswer answer = await QueryAsync("SELECT @@global.read_only");
            if (answer.Rows is [[{ } value, ..], ..] && value is not ("0" or "OFF"))
                return NotFit("it is read only");
        }
        if (health.MaxThreadsRunning > 0 || mayBeGalera)
        {
            if (await BusyAsync(health) is { } why)
                return NotFit(why);
        }
        if (health.MaxReplicaLag > TimeSpan.Zero)
        {
            if (await LagAsync(health) is { } why)
                return NotFit(why);
        }
        else
            backend.Lag = null;
        return CheckResult.Good;
    }

    private async ValueTask<string?> BusyAsync(HealthOptions health)
    {
        OwnAnswer answer = await QueryAsync("SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_running','wsrep_ready','wsrep_provider_name','wsrep_local_state_comment')");
        long running = 0;
        string? ready = null, provider = null, state = null;
        foreach (string?[] row in answer.Rows)
        {
            if (row.Length < 2)
                continue;
            switch (row[0]?.ToLowerInvariant())
            {
                case "threads_running":
                    _ = long.TryParse(row[1], out running);
                    break;
                case "wsrep_ready":
                    ready = row[1];
                    break;
                case "wsrep_provider_name":
                    provider = row[1];
                    break;
                case "wsrep_local_state_comment":
                    state = row[1];
                    break;
            }
        }
        mayBeGalera = !string.IsNullOrEmpty(provider);
        if (mayBeGalera && ready != "ON")
            return $"its Galera node is not ready ({(string.IsNullOrEmpty(state) ? "wsrep_ready is OFF" : state)})";
        if (health.MaxThreadsRunning > 0 && running > health.MaxThreadsRunning)
            return $"{running} threads are running, more than {health.MaxThreadsRunning}";
        return null;
    }

    /// <summary>Of the slowest source; a server without a source is none that lags.</summary>
    private async ValueTask<string?> LagAsync(HealthOptions health)
    {
        OwnAnswer answer;
        if (greeting!.IsMariaDb)
            answer = await QueryAsync("SHOW ALL SLAVES STATUS");
        else
        {
            answer = await QueryAsync("SHOW REPLICA STATUS");
            if (answer.Error is { Code: SyntaxError })
                answer = await QueryAsync("SHOW SLAVE STATUS");
        }
        if (answer.Error is { } error)
            return $"its replica status cannot be asked for: {error.Code} {error.Text}";
        int column = -1;
        for (int i = 0; i < answer.Columns.Count; i++)
            if (answer.Columns[i] is "Seconds_Behind_Master" or "Seconds_Behind_Source")
                column = i;
        long most = -1;
        foreach (string?[] row in answer.Rows)
        {
            if (row.ElementAtOrDefault(column) is not { } text || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
            {
                backend.Lag = null;
                return "it is a replica, and replication is not running";
            }
            most = Math.Max(most, seconds);
        }
        backend.Lag = most < 0 ? null : TimeSpan.FromSeconds(most);
        return most > health.MaxReplicaLag.TotalSeconds ? $"it is {most} s behind its source, more than {health.MaxReplicaLag.TotalSeconds:0.#}" : null;
    }

    private ValueTask<OwnAnswer> QueryAsync(string sql) => dial!.PacketTalk.QueryAsync(sql, greeting!.Capabilities);

    private async ValueTask OpenAsync(CheckAccount? account, long deadline)
    {
        var request = new BackendLoginRequest { User = account?.User ?? default, Capabilities = Wanted, Tls = backend.Options.Tls };
        dial = await BackendDial.ConnectAsync(backend, waiter, deadline, request, PrefaceOf(backend), isCounted: false);
        greeting = null;
        loggedInAs = account;
        if (account is not null)
        {
            greeting = await BackendLogin.RunAsync(dial.Talk, request, account.Credential);
            backend.OnAttempt?.Invoke(backend, ConnectOutcome.Greeted, greeting.ThreadId);
            KnowServer(ServerInfo.Of(greeting));
            return;
        }
        ReadOnlyMemory<byte> payload = await dial.Talk.ReadAsync();
        if (Refusal.Of(payload.Span) is { } error)
            throw new LoginException(LoginFault.BackendGreeting, error);
        if (!HandshakeV10.TryRead(payload.Span, out HandshakeV10 words))
            throw new DialException("what answers there speaks no MySQL");
        backend.OnAttempt?.Invoke(backend, ConnectOutcome.Greeted, words.ConnectionId);
        KnowServer(new ServerInfo { Version = words.ServerVersion.ToArray(), IsMariaDb = words.IsMariaDb, Capabilities = words.Capabilities, Charset = words.Charset, AuthPlugin = Encoding.ASCII.GetString(words.AuthPlugin) });
    }

    /// <summary>What a session has asked it is kept, unless it is another version now.</summary>
    private void KnowServer(ServerInfo info)
    {
        if (backend.Info is not { } known || !known.Version.Span.SequenceEqual(info.Version.Span))
            backend.Info = info;
    }

    private void Drop()
    {
        dial?.Dispose();
        dial = null;
        greeting = null;
        loggedInAs = null;
        mayBeGalera = true;
    }
}
