using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>Two MariaDBs that tests hurt, one test after the other; each leaves them whole.</summary>
public sealed class TwoServers : IDisposable
{
    public const string Statements = """
        CREATE DATABASE shop;
        CREATE TABLE shop.t (id INT PRIMARY KEY);
        CREATE USER app@'%' IDENTIFIED BY 'secret';
        GRANT ALL ON *.* TO app@'%';
        CREATE USER other@'%' IDENTIFIED BY 'secret';
        CREATE USER monitor@'%';
        GRANT SLAVE MONITOR ON *.* TO monitor@'%';
        GRANT SELECT ON mysql.* TO monitor@'%';
        """;

    public TwoServers()
    {
        if (LocalServer.Missing(Flavour.MariaDb) is not null)
            return;
        One = Start(1);
        Two = Start(2);
    }

    public LocalServer One { get; } = null!;
    public LocalServer Two { get; } = null!;

    public void Dispose()
    {
        One?.Dispose();
        Two?.Dispose();
    }

    private static LocalServer Start(int number) =>
        LocalServer.Start(Flavour.MariaDb, Statements.ReplaceLineEndings("\n"), $"--server-id={number}", "--max-connections=40", "--log-bin", "--proxy-protocol-networks=127.0.0.1", "--skip-name-resolve", "--bind-address=127.0.0.1,127.0.0.2");
}

[CollectionDefinition(Name)]
public sealed class BackendServers : ICollectionFixture<TwoServers>
{
    public const string Name = "backend servers";
}
