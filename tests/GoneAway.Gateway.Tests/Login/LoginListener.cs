using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading.Channels;
using GoneAway.Gateway.Login;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Login;

/// <summary>Takes real clients, decides their logins, and says OK to whatever they then want.</summary>
internal sealed class LoginListener : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Channel<LoginOutcome> outcomes = Channel.CreateUnbounded<LoginOutcome>();
    private readonly Accounts accounts;
    private readonly IBackendDialer dialer;
    private readonly Certificates certificates;

    public LoginListener(Accounts accounts, IBackendDialer dialer, Certificates certificates)
    {
        (this.accounts, this.dialer, this.certificates) = (accounts, dialer, certificates);
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;
    public ReadOnlyMemory<byte> Version { get; init; } = "5.5.5-10.11.6-MariaDB"u8.ToArray();

    /// <summary>Of the logins so far that came as far as that.</summary>
    public LoginOutcome? Next() => outcomes.Reader.TryRead(out LoginOutcome? outcome) ? outcome : null;

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptSocketAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using SocketTalk talk = SocketTalk.Accepted(socket, certificates.Context);
        try
        {
            LoginRequest request = await ClientGreeter.GreetAsync(talk, new ClientGreeting
            {
                Version = Version,
                Capabilities = (GreetingFields.MySql8(1, default).Capabilities | Capabilities.Ssl) & ~(Capabilities.MultiFactorAuth | Capabilities.QueryAttributes),
                ConnectionId = 7,
                Host = "127.0.0.1",
            });
            LoginOutcome outcome = await accounts.AuthenticateAsync(talk, request, dialer);
            outcome.Backend?.Dispose();
            outcomes.Writer.TryWrite(outcome);
            if (outcome.Refusal is { } refusal)
            {
                await ClientGreeter.RefuseAsync(talk, refusal);
                return;
            }
            await ClientGreeter.AcceptAsync(talk, request.Capabilities);
            await ObeyAsync(talk, request);
        }
        catch (LoginException error)
        {
            await ClientGreeter.RefuseAsync(talk, error.Refusal);
        }
        catch (Exception error) when (error is IOException or AuthenticationException)
        {
            // The client left.
        }
    }

    private async Task ObeyAsync(SocketTalk talk, LoginRequest first)
    {
        while (true)
        {
            byte[] command = (await talk.ReadAsync()).ToArray();
            switch (command[0])
            {
                case CommandCode.Quit:
                    return;
                case CommandCode.ChangeUser:
                    LoginRequest change = ClientGreeter.ReadChangeUser(command, first);
                    LoginOutcome outcome = await accounts.AuthenticateAsync(talk, change, dialer);
                    outcome.Backend?.Dispose();
                    if (outcome.Refusal is { } refusal)
                    {
                        await ClientGreeter.RefuseAsync(talk, refusal);
                        return;
                    }
                    await ClientGreeter.AcceptAsync(talk, change.Capabilities);
                    break;
                default:
                    await ClientGreeter.AcceptAsync(talk, first.Capabilities);
                    break;
            }
        }
    }
}
