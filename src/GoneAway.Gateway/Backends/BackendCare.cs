using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Backends;

/// <summary>
/// Looks after one server, in rounds of its own, so that no other waits for it: its addresses, its checks, and what follows from them.
/// With an account it is checked each interval. Without one, what sessions see counts, and it is asked only while something is doubtful.
/// </summary>
internal sealed class BackendCare : IDisposable
{
    private const long SoonestProbe = 250;
    private const long LatestProbe = 2_000;
    private const long LatestGreeting = 5_000;
    private const long RiseProbe = 50;
    private const long LeastPause = 100;
    /// <summary>A connection that was opened out of doubt is closed when there was none for so long.</summary>
    private const long KeepAfterDoubt = 60_000;
    /// <summary>Between two checks because of long statements. Milliseconds.</summary>
    private const long DoubtPause = 3_000;
    private const long LongestDoubtPause = 30_000;

    private readonly Backend backend;
    private readonly Func<HealthOptions> health;
    private readonly Func<CheckAccount?> account;
    private readonly EventLoop loop;
    private readonly Waiter waiter;
    private readonly HealthCheck check;
    private readonly NameWatch names;
    private readonly Action<Exception> onFault;
    private long probePause = SoonestProbe;
    private long doubtPause = DoubtPause;
    private long lastCheck = long.MinValue / 2;
    private bool isDoubted;
    private bool isUrgent;
    private bool isUnsure;
    private bool stopped;

    public BackendCare(Backend backend, EventLoop loop, Func<HealthOptions> health, Func<CheckAccount?> account, NameLookup lookup, Action<Exception> onFault)
    {
        (this.backend, this.loop, this.health, this.account, this.onFault) = (backend, loop, health, account, onFault);
        waiter = new Waiter(loop);
        check = new HealthCheck(backend, waiter);
        names = new NameWatch(backend, loop, lookup) { Changed = () => waiter.Notify(Ready.Signal) };
    }

    /// <summary>Told, on the loop, when a round is over.</summary>
    public Action? RoundOver { get; set; }

    /// <summary>Lives until it is disposed of. On the loop.</summary>
    public async void Run()
    {
        while (!stopped)
        {
            long pause;
            try
            {
                pause = await RoundAsync();
                RoundOver?.Invoke();
            }
            catch (Exception fault)
            {
                onFault(fault);
                pause = LatestProbe;
            }
            if (stopped)
                break;
            Ready ready = await waiter.WaitAsync(Ready.Signal | Ready.BackendHangup, loop.Now + pause);
            // The server has closed the check's connection: it may be on its way out.
            isUrgent |= (ready & Ready.BackendHangup) != 0 && check.IsOpen;
        }
        check.Dispose();
    }

    /// <summary>Something was lost there: do not wait for the next round. On the loop.</summary>
    public void LookNow()
    {
        isUrgent = true;
        waiter.Notify(Ready.Signal);
    }

    /// <summary>An answer takes long: is the server alive? On the loop.</summary>
    public void Doubt()
    {
        if (isDoubted)
            return;
        isDoubted = true;
        waiter.Notify(Ready.Signal);
    }

    /// <summary>On the loop.</summary>
    public void Dispose()
    {
        stopped = true;
        waiter.Notify(Ready.Signal);
    }

    /// <summary>One round; milliseconds until the next.</summary>
    private async ValueTask<long> RoundAsync()
    {
        HealthOptions options = health();
        names.Tend();
        if (backend.Addresses.Length == 0)
        {
            if (names.Problem is { } problem)
                backend.ReportFailure(problem, 1);
            return SoonestProbe;
        }
        backend.EndRamp();
        CheckAccount? who = account();
        backend.IsMonitored = who is { IsMonitor: true };
        long interval = Math.Max(LeastPause, (long)options.Interval.TotalMilliseconds);
        bool isOut = backend.State is BackendState.Down or BackendState.Unknown;
        if (!IsDue(who, isOut, interval))
            return Rest(interval);
        if (isDoubted)
            doubtPause = loop.Now - lastCheck > KeepAfterDoubt ? DoubtPause : Math.Min(doubtPause * 2, LongestDoubtPause);
        isDoubted = isUrgent = isUnsure = false;
        CheckResult result = await check.RunAsync(options, who);
        lastCheck = loop.Now;
        Apply(result, who, options);
        if (backend.State is BackendState.Down or BackendState.Unknown)
        {
            names.Hurry();
            if (!result.Failed)
                return RiseProbe;
            long pause = probePause;
            probePause = Math.Min(probePause * 3 / 2, who is null && backend.Info is not null ? LatestGreeting : LatestProbe);
            return pause;
        }
        probePause = SoonestProbe;
        if (!result.Failed)
            return Rest(interval);
        // One more look soon, where one is not enough to decide.
        isUnsure = true;
        return Math.Min(interval, SoonestProbe);
    }

    private bool IsDue(CheckAccount? who, bool isOut, long interval)
    {
        long since = loop.Now - lastCheck;
        if (isOut || isUnsure || backend.Info is null || backend.State == BackendState.Leaving && !backend.IsMonitored)
            return true;
        if (backend.IsMonitored)
            return since >= interval - LeastPause || isUrgent && since >= LeastPause;
        // Without any account a check is a connection that is dropped, which servers count (max_connect_errors).
        if (isUrgent && who is not null)
            return since >= LeastPause;
        if (check.IsOpen && loop.Now - check.LastUsed > KeepAfterDoubt)
            check.Close();
        return isDoubted && since >= doubtPause;
    }

    private long Rest(long interval)
    {
        long pause = backend.IsMonitored ? Math.Max(LeastPause, interval - (loop.Now - lastCheck)) : DoubtPause;
        return backend.State == BackendState.Ramping || backend.IsLimitLow ? Math.Min(pause, SoonestProbe) : pause;
    }

    private void Apply(CheckResult result, CheckAccount? who, HealthOptions options)
    {
        if (result.Failed)
            backend.ReportFailure(result.Reason, options.Fall);
        else if (result.Unfit is { } why)
            backend.ReportUnfit(why, options.Fall);
        else
            backend.ReportGood(who is { IsMonitor: true } ? options.Rise : 1);
    }
}
