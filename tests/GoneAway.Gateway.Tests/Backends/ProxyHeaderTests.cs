using System.Buffers;
using System.Net;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Sessions;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>Clients' addresses: told by a proxy in front, told to a MariaDB behind.</summary>
[Collection(BackendServers.Name)]
public sealed class ProxyHeaderTests(TwoServers servers)
{
    private static readonly IPEndPoint Gateway = new(IPAddress.Parse("192.0.2.1"), 3306);

    [ServerFact(Flavour.MariaDb)]
    public async Task AServerSeesTheAddressThatAProxyInFrontHasNamed()
    {
        await using var gateway = new RunningGateway(Options("127.0.0.0/8", tells: true));
        gateway.Await(BackendState.Up);
        using Application text = await ConnectAsync(gateway, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 3306\r\n"u8.ToArray());
        Assert.Equal("app@192.0.2.7", await text.AskAsync("SELECT USER()"));
        using Application binary = await ConnectAsync(gateway, Header("192.0.2.8"));
        Assert.Equal("app@192.0.2.8", await binary.AskAsync("SELECT USER()"));
        Assert.Equal("app@192.0.2.7", await text.AskAsync("SELECT USER()"));
        using Application again = await ConnectAsync(gateway, Header("192.0.2.7"));
        Assert.Equal(await text.AskAsync("SELECT CONNECTION_ID()"), await again.AskAsync("SELECT CONNECTION_ID()"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AnAccountOfOneAddressIsOneOfThatAddressAlone()
    {
        await using var gateway = new RunningGateway(Options("127.0.0.1", tells: true) with { Accounts = new AccountOptions() });
        gateway.Await(BackendState.Up);
        using Application direct = await Application.ConnectAsync(servers.One.Port, RunningGateway.User, RunningGateway.Password);
        await direct.AskAsync("CREATE USER near@'192.0.2.7' IDENTIFIED BY 'near'");
        using Application near = await Application.ConnectAsync(gateway.Port, "near", "near", Header("192.0.2.7"));
        Assert.Equal("near@192.0.2.7", await near.AskAsync("SELECT CURRENT_USER()"));
        LoginException refused = await Assert.ThrowsAsync<LoginException>(() => Application.ConnectAsync(gateway.Port, "near", "near", Header("192.0.2.8")));
        Assert.Equal(1045, refused.Refusal.Code);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AnUntrustedHeaderIsNotBelieved()
    {
        await using var gateway = new RunningGateway(Options("192.0.2.0/24", tells: false));
        gateway.Await(BackendState.Up);
        LoginException refused = await Assert.ThrowsAsync<LoginException>(() => ConnectAsync(gateway, Header("192.0.2.7")));
        Assert.Equal(1043, refused.Refusal.Code);
        using Application plain = await gateway.ConnectAsync();
        Assert.Equal("app@127.0.0.1", await plain.AskAsync("SELECT USER()"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AnAddressHasSoManyConnectionsAndNoMore()
    {
        GatewayOptions options = Options("127.0.0.1", tells: false);
        await using var gateway = new RunningGateway(options with { Clients = options.Clients with { MaxConnectionsPerAddress = 2 } });
        gateway.Await(BackendState.Up);
        using Application first = await ConnectAsync(gateway, Header("192.0.2.7")), second = await ConnectAsync(gateway, Header("192.0.2.7"));
        LoginException refused = await Assert.ThrowsAsync<LoginException>(() => ConnectAsync(gateway, Header("192.0.2.7")));
        Assert.Equal(1040, refused.Refusal.Code);
        using Application other = await ConnectAsync(gateway, Header("192.0.2.8"));
        Assert.Equal("1", await other.AskAsync("SELECT 1"));
        second.Dispose();
        Assert.True(Poll.Until(() => IsLetIn(gateway), TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.1.2.3", false)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("fd00::/8", "fd00::1", true)]
    public void ANetworkIsTrustedAsItIsWritten(string network, string address, bool trusted) =>
        Assert.Equal(trusted, ProxyPreface.IsTrusted(ProxyPreface.Networks([network]), new IPEndPoint(IPAddress.Parse(address), 1)));

    private static bool IsLetIn(RunningGateway gateway)
    {
        try
        {
            ConnectAsync(gateway, Header("192.0.2.7")).Result.Dispose();
            return true;
        }
        catch (AggregateException)
        {
            return false;
        }
    }

    private static Task<Application> ConnectAsync(RunningGateway gateway, byte[] preface) => Application.ConnectAsync(gateway.Port, RunningGateway.User, RunningGateway.Password, preface);

    private static byte[] Header(string client)
    {
        var header = new ArrayBufferWriter<byte>();
        header.WriteProxyHeader(new IPEndPoint(IPAddress.Parse(client), 4711), Gateway);
        return header.WrittenSpan.ToArray();
    }

    private GatewayOptions Options(string trusted, bool tells)
    {
        GatewayOptions options = RunningGateway.Plain(servers.One);
        return options with
        {
            Clients = new ClientOptions { TrustedProxies = [trusted] },
            Backends = [options.Backends[0] with { SendProxyHeader = tells }],
            Operation = new OperationOptions { Threads = 1 },
        };
    }
}
