using System.Net;
using System.Net.Sockets;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Loop;

namespace GoneAway.Gateway.Backends;

/// <summary>Looks after the servers: resolves their names, asks whether they answer, and learns what they are.</summary>
internal sealed class BackendWatch(GatewayCore core, EventLoop loop) : IDisposable
{
    private readonly Waiter waiter = new(loop);
    private bool stopped;

    public void Start() => loop.Post(Run);

    /// <summary>Something was lost: do not wait for the next round.</summary>
    public void LookNow() => loop.Post(() => waiter.Notify(Ready.Signal));

    public void Dispose() => stopped = true;

    private async void Run()
    {
        while (!stopped)
        {
            foreach (Backend backend in core.Backends.All)
            {
                try
                {
                    await ResolveAsync(backend);
                    if (backend.Info is null || backend.State is BackendState.Down or BackendState.Unknown)
                        await GreetAsync(backend);
                }
                catch (Exception fault)
                {
                    core.OnFault(fault);
                }
            }
            bool unsure = core.Backends.All.Any(static b => b.State is BackendState.Down or BackendState.Unknown);
            await waiter.WaitAsync(Ready.Signal, loop.Now + (unsure ? 250 : (long)core.Options.Health.Interval.TotalMilliseconds));
        }
    }

    private static async ValueTask ResolveAsync(Backend backend)
    {
        string text = backend.Options.Address;
        if (backend.Addresses.Length > 0 && (IPEndPoint.TryParse(text, out _) || text.StartsWith("unix:", StringComparison.Ordinal)))
            return;
        if (text.StartsWith("unix:", StringComparison.Ordinal))
        {
            backend.Addresses = [new UnixDomainSocketEndPoint(text[5..])];
            return;
        }
        if (!Address.TryParse(text, 3306, out Address address))
            return;
        if (IPAddress.TryParse(address.Host, out IPAddress? literal))
            backend.Addresses = [new IPEndPoint(literal, address.Port)];
    }

    /// <summary>Connects and reads the greeting, without a login.</summary>
    private async ValueTask GreetAsync(Backend backend)
    {
        var own = new Waiter(loop);
        if (!backend.TryReserve())
            return;
        try
        {
            using BackendDial dial = await BackendDial.ConnectAsync(backend, own, loop.Now + (long)core.Options.Health.Timeout.TotalMilliseconds, new Login.BackendLoginRequest { User = default, Capabilities = 0 }, default);
            ReadOnlyMemory<byte> payload = await dial.Talk.ReadAsync();
            if (OwnStatements.ErrorOf(payload.Span) is { } error)
                throw new DialException($"{error.Code} {error.Text}");
            if (!Wire.Payloads.HandshakeV10.TryRead(payload.Span, out Wire.Payloads.HandshakeV10 greeting))
                throw new DialException("what answers there speaks no MySQL");
            backend.Info ??= new ServerInfo
            {
                Version = greeting.ServerVersion.ToArray(),
                IsMariaDb = greeting.IsMariaDb,
                Capabilities = greeting.Capabilities,
                Charset = greeting.Charset,
                AuthPlugin = System.Text.Encoding.ASCII.GetString(greeting.AuthPlugin),
            };
            backend.ReportSuccess();
        }
        catch (Exception failed) when (failed is DialException or Links.TalkException)
        {
            backend.ReportFailure(failed.Message, core.Options.Health.Fall);
        }
    }
}
