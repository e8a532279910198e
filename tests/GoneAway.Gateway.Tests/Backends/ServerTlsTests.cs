using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.TestKit;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>One MariaDB with a certificate for localhost.</summary>
public sealed class TlsServer : IDisposable
{
    public TlsServer()
    {
        if (LocalServer.Missing(Flavour.MariaDb) is null)
            Server = LocalServer.Start(Flavour.MariaDb, TwoServers.Statements.ReplaceLineEndings("\n"), ["--skip-name-resolve", .. Certificate.ServerOptions]);
    }

    public LocalServer Server { get; } = null!;
    public SelfSigned Certificate { get; } = new();

    public void Dispose()
    {
        Server?.Dispose();
        Certificate.Dispose();
    }
}

/// <summary>Whom the gateway takes for its server.</summary>
public sealed class ServerTlsTests(TlsServer fixture) : IClassFixture<TlsServer>
{
    private const string Cipher = "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'";

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("verify_identity", "localhost")]
    [InlineData("verify_ca", "127.0.0.1")]
    [InlineData("required", "127.0.0.1")]
    public async Task A_server_that_proves_itself_is_used(string tls, string host)
    {
        await using RunningGateway gateway = Start(tls, host, fixture.Certificate.CertificateFile);
        using Application application = await gateway.ConnectAsync();
        Assert.StartsWith("TLS", await application.AskAsync(Cipher), StringComparison.Ordinal);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task A_connection_without_what_a_reload_demands_is_used_no_more()
    {
        GatewayOptions options = RunningGateway.Plain(fixture.Server);
        await using var gateway = new RunningGateway(options);
        using Application application = await gateway.ConnectAsync();
        Assert.Equal("", await application.AskAsync(Cipher));
        gateway.Reload(options with { Backends = [options.Backends[0] with { Tls = BackendTls.Required }] });
        Assert.StartsWith("TLS", await application.AskAsync(Cipher), StringComparison.Ordinal);
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("verify_identity")]
    [InlineData("verify_ca")]
    public async Task A_server_of_another_authority_is_not(string tls)
    {
        using var other = new SelfSigned();
        await using RunningGateway gateway = Start(tls, "localhost", other.CertificateFile);
        await AssertRefusedAsync(gateway, "TLS failed");
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task A_server_of_another_name_is_not()
    {
        await using RunningGateway gateway = Start("verify_identity", "127.0.0.1", fixture.Certificate.CertificateFile);
        await AssertRefusedAsync(gateway, "TLS failed");
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task A_file_of_authorities_that_is_none_is_named()
    {
        await using RunningGateway gateway = Start("verify_ca", "localhost", fixture.Certificate.KeyFile + ".none");
        await AssertRefusedAsync(gateway, "authority_file");
    }

    private RunningGateway Start(string tls, string host, string authority)
    {
        BackendTls how = tls switch { "verify_identity" => BackendTls.VerifyIdentity, "verify_ca" => BackendTls.VerifyCa, _ => BackendTls.Required };
        return new RunningGateway(RunningGateway.Plain(fixture.Server) with
        {
            Backends = [new BackendOptions { Address = $"{host}:{fixture.Server.Port}", Tls = how, AuthorityFile = authority }],
            Loss = new LossOptions { Hold = TimeSpan.FromSeconds(1) },
            Clients = new ClientOptions { HandshakeTimeout = TimeSpan.FromSeconds(5) },
        });
    }

    private static async Task AssertRefusedAsync(RunningGateway gateway, string why)
    {
        LoginException refused = await Assert.ThrowsAsync<LoginException>(async () => (await gateway.ConnectAsync()).Dispose());
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }
}
