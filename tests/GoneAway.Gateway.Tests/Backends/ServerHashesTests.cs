using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>Accounts of mysql_native_password that are learned without TLS, since the account of the checks may read their hashes.</summary>
[Collection(BackendServers.Name)]
public sealed class ServerHashesTests(TwoServers servers)
{
    [ServerTheory(Flavour.MariaDb)]
    [InlineData("monitor", true)]
    [InlineData(null, false)]
    public async Task AnAccountIsLearnedFromItsHash(string? monitor, bool isLearned)
    {
        GatewayOptions options = RunningGateway.Checked(servers.One, servers.Two);
        await using var gateway = new RunningGateway(options with { Accounts = new AccountOptions(), Health = options.Health with { User = monitor } });
        gateway.Await(BackendState.Up);
        gateway.Await(BackendState.Up, 1);
        using Application application = await gateway.ConnectAsync();
        var seen = new SortedSet<string>();
        for (int i = 0; i < 20; i++)
            seen.Add(await application.AskAsync("SELECT @@server_id"));
        Assert.Equal(isLearned ? 2 : 1, seen.Count);
        await Assert.ThrowsAsync<GoneAway.Gateway.Login.LoginException>(() => Application.ConnectAsync(gateway.Port, RunningGateway.User, "wrong"));
    }
}
