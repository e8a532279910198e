using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Login;

/// <summary>A test that needs a private server; skipped with the reason where none can be had.</summary>
public sealed class ServerTheoryAttribute : TheoryAttribute
{
    public ServerTheoryAttribute(Flavour flavour) => Skip = LocalServer.Missing(flavour);
}

/// <summary>As <see cref="ServerTheoryAttribute"/>.</summary>
public sealed class ServerFactAttribute : FactAttribute
{
    public ServerFactAttribute(Flavour flavour) => Skip = LocalServer.Missing(flavour);
}

/// <summary>A MariaDB with TLS and an account for each way to log in.</summary>
public sealed class LoginMariaDb : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("gwm-").FullName;

    public LoginMariaDb()
    {
        if (LocalServer.Missing(Flavour.MariaDb) is not null)
            return;
        using Certificates made = Certificates.Load(new ClientOptions { StateFolder = folder }, ["localhost"], TimeProvider.System);
        string pair = Path.Combine(folder, "certificate.pem");
        Server = LocalServer.Start(Flavour.MariaDb, $"""
            INSTALL SONAME 'auth_ed25519';
            CREATE DATABASE shop;
            CREATE USER native@'%' IDENTIFIED BY 'native secret';
            CREATE USER ed@'%' IDENTIFIED VIA ed25519 USING PASSWORD('ed secret');
            CREATE USER blank@'%' IDENTIFIED BY '';
            CREATE USER secure@'%' IDENTIFIED BY 'secure secret' REQUIRE SSL;
            CREATE USER `o'neil@home`@'%' IDENTIFIED BY 'odd secret';
            CREATE OR REPLACE USER `{Environment.UserName}`@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD('owner secret') OR unix_socket;
            CREATE USER reader@'%' IDENTIFIED BY 'reader secret';
            GRANT SELECT ON mysql.* TO reader@'%';
            """.ReplaceLineEndings("\n"), $"--ssl-cert={pair}", $"--ssl-key={pair}", "--plugin-maturity=experimental");
    }

    public LocalServer? Server { get; }

    public void Dispose()
    {
        Server?.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A MySQL 9 with an account for each way to log in.</summary>
public sealed class LoginMySql : IDisposable
{
    public LoginMySql()
    {
        if (LocalServer.Missing(Flavour.MySql) is null)
            Server = LocalServer.Start(Flavour.MySql, """
                CREATE DATABASE shop;
                CREATE USER sha@'%' IDENTIFIED WITH caching_sha2_password BY 'sha secret, longer than the twenty bytes of a scramble';
                CREATE USER other@'%' IDENTIFIED WITH caching_sha2_password BY 'other secret';
                CREATE USER old@'%' IDENTIFIED WITH sha256_password BY 'old secret';
                CREATE USER blank@'%' IDENTIFIED BY '';
                """.ReplaceLineEndings("\n"));
    }

    public LocalServer? Server { get; }

    public void Dispose() => Server?.Dispose();
}

/// <summary>The servers are started once for all classes that talk to them.</summary>
[CollectionDefinition(Name)]
public sealed class LoginServers : ICollectionFixture<LoginMariaDb>, ICollectionFixture<LoginMySql>
{
    public const string Name = "login servers";

    /// <summary>Without DeprecateEof and SessionTrack, which the tests' reader of results does not know.</summary>
    public const ulong Capabilities = Wire.Payloads.Capabilities.LongPassword | Wire.Payloads.Capabilities.LongFlag | Wire.Payloads.Capabilities.Transactions | Wire.Payloads.Capabilities.MultiResults;
}
