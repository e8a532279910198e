using GoneAway.Lab.Parts;
using GoneAway.TestKit;

namespace GoneAway.Evidence.Tests.Server.Live;

/// <summary>A test that needs a private MariaDB; skipped with the reason where none can be had.</summary>
public sealed class MariaDbFactAttribute : FactAttribute
{
    private static readonly string? Missing = LocalServer.Missing(Flavour.MariaDb);

    public MariaDbFactAttribute() => Skip = Missing;
}

/// <summary>A test that needs a private MySQL 9; skipped with the reason where none can be had.</summary>
public sealed class MySqlFactAttribute : FactAttribute
{
    private static readonly string? Missing = LocalServer.Missing(Flavour.MySql);

    public MySqlFactAttribute() => Skip = Missing;
}

/// <summary>One MariaDB for a class of tests, with an account for each way to log in, TLS on.</summary>
public sealed class MariaDbServer : IDisposable
{
    private readonly SelfSigned certificate = new();

    public MariaDbServer()
    {
        if (LocalServer.Missing(Flavour.MariaDb) is not null)
            return;
        Server = LocalServer.Start(Flavour.MariaDb, """
            INSTALL SONAME 'auth_ed25519';
            CREATE DATABASE shop;
            CREATE USER native@'%' IDENTIFIED BY 'native secret';
            CREATE USER ed@'%' IDENTIFIED VIA ed25519 USING PASSWORD('ed secret');
            CREATE USER nobody@'%' IDENTIFIED BY 'nobody secret';
            CREATE USER blank@'%' IDENTIFIED BY '';
            CREATE USER secure@'%' IDENTIFIED BY 'secure secret' REQUIRE SSL;
            GRANT ALL ON *.* TO native@'%';
            """.ReplaceLineEndings("\n"), ["--performance-schema=ON", .. certificate.ServerOptions, "--plugin-maturity=experimental"]);
    }

    public LocalServer? Server { get; }
    public string AuthorityFile => certificate.CertificateFile;

    public void Dispose()
    {
        Server?.Dispose();
        certificate.Dispose();
    }
}

/// <summary>One MySQL 9 for a class of tests.</summary>
public sealed class MySqlServer : IDisposable
{
    public MySqlServer()
    {
        if (LocalServer.Missing(Flavour.MySql) is null)
            Server = LocalServer.Start(Flavour.MySql, """
                CREATE DATABASE shop;
                CREATE USER sha@'%' IDENTIFIED WITH caching_sha2_password BY 'sha secret, longer than the twenty bytes of a scramble';
                CREATE USER tls@'%' IDENTIFIED WITH caching_sha2_password BY 'tls secret';
                CREATE USER local@'%' IDENTIFIED WITH caching_sha2_password BY 'local secret';
                CREATE USER old@'%' IDENTIFIED WITH sha256_password BY 'old secret';
                CREATE USER nobody@'%' IDENTIFIED BY 'nobody secret';
                CREATE USER blank@'%' IDENTIFIED BY '';
                GRANT ALL ON *.* TO sha@'%';
                """.ReplaceLineEndings("\n"), "--performance-schema=ON");
    }

    public LocalServer? Server { get; }

    public void Dispose() => Server?.Dispose();
}

/// <summary>The servers are started once for all classes that talk to them.</summary>
[CollectionDefinition(Name)]
public sealed class LiveServers : ICollectionFixture<MariaDbServer>, ICollectionFixture<MySqlServer>
{
    public const string Name = "live servers";
}
