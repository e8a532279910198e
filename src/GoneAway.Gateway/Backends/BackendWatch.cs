using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;

namespace GoneAway.Gateway.Backends;

/// <summary>Has each server looked after.</summary>
internal sealed class BackendWatch(GatewayCore core, EventLoop loop) : IDisposable
{
    private readonly Dictionary<Backend, BackendCare> cares = [];
    private CheckAccount? monitor;
    private bool stopped;

    public NameLookup Lookup { get; set; } = NameWatch.System;

    /// <summary>The account of the checks; null where none is configured, or none could be read.</summary>
    public CheckAccount? Monitor => monitor;

    public void Start() => Reload();

    /// <summary>The servers or the options have changed.</summary>
    public void Reload() => loop.Post(() =>
    {
        ReadMonitor();
        Tend();
    });

    /// <summary>Something was lost there: do not wait for the next round.</summary>
    public void LookNow(Backend backend) => loop.Post(() => cares.GetValueOrDefault(backend)?.LookNow());

    /// <summary>A session waits long for an answer from there.</summary>
    public void Doubt(Backend backend) => loop.Post(() => cares.GetValueOrDefault(backend)?.Doubt());

    public void Dispose() => loop.Post(() =>
    {
        stopped = true;
        Tend();
    });

    private void Tend()
    {
        IReadOnlyList<Backend> wanted = stopped ? [] : core.Backends.All;
        foreach (Backend gone in cares.Keys.Where(one => !wanted.Contains(one)).ToList())
        {
            cares.Remove(gone, out BackendCare? care);
            care!.Dispose();
        }
        foreach (Backend backend in wanted)
        {
            // One that is alone gets all the work there is.
            backend.RampUp = wanted.Count > 1 ? (long)core.Options.Health.RampUp.TotalMilliseconds : 0;
            if (cares.ContainsKey(backend))
                continue;
            var care = new BackendCare(backend, loop, () => core.Options.Health, Account, Lookup, core.OnFault) { RoundOver = () => core.OnBackendRound(backend) };
            cares.Add(backend, care);
            care.Run();
        }
    }

    private CheckAccount? Account() => Monitor ?? core.Accounts.Any();

    /// <summary>With each reload: the file may hold another password.</summary>
    private void ReadMonitor()
    {
        HealthOptions options = core.Options.Health;
        if (options.User is not { } user)
        {
            monitor = null;
            return;
        }
        try
        {
            Credential credential = options.PasswordVariable is null && options.PasswordFile is null ? Credential.OfPassword([])
                : AccountFile.Read(new AccountEntry { User = user, PasswordVariable = options.PasswordVariable, PasswordFile = options.PasswordFile });
            byte[] name = Encoding.UTF8.GetBytes(user);
            // The same one keeps its connections.
            if (monitor is null || !monitor.Credential.IsSameAs(credential) || !monitor.User.Span.SequenceEqual(name))
                monitor = new CheckAccount(name, credential, IsMonitor: true);
        }
        catch (InvalidDataException unreadable)
        {
            core.OnFault(unreadable);
        }
    }
}
