using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>A MariaDB that the tests of sessions share; who crashes it starts it again.</summary>
public sealed class SessionServer : IDisposable
{
    public SessionServer()
    {
        if (LocalServer.Missing(Flavour.MariaDb) is not null)
            return;
        Server = LocalServer.Start(Flavour.MariaDb, """
            CREATE DATABASE shop;
            CREATE TABLE shop.t (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(100));
            CREATE USER app@'%' IDENTIFIED BY 'secret';
            GRANT ALL ON *.* TO app@'%';
            """.ReplaceLineEndings("\n"), "--max-connections=100", "--log-bin", "--server-id=1", "--local-infile=1", "--innodb-flush-log-at-trx-commit=1");
    }

    public LocalServer Server { get; } = null!;

    public void Dispose() => Server?.Dispose();

    /// <summary>Crashes it now, and starts it again.</summary>
    public void Restart()
    {
        Server.Crash();
        Server.StartAgain();
    }

    internal GatewayOptions Options(PoolMode mode, bool replay = false) => RunningGateway.Plain(Server) with
    {
        Pool = new PoolOptions { Mode = mode },
        Loss = new LossOptions { Hold = TimeSpan.FromSeconds(60), TransactionReplay = replay },
    };
}

[CollectionDefinition(Name)]
public sealed class SessionServers : ICollectionFixture<SessionServer>
{
    public const string Name = "session server";
}
