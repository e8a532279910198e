using GoneAway.Lab.Parts;
using GoneAway.TestKit;

namespace GoneAway.Integration.Tests;

/// <summary>A server with a gateway in front, started when first needed and shared by the tests of a class.</summary>
public sealed class Stage : IDisposable
{
    public const string User = "app";
    public const string Password = "app-Secret_1";

    private readonly SelfSigned certificate = new();
    private readonly Dictionary<Flavour, (LocalServer Server, Middle Middle)> parts = [];

    /// <summary>The server's port, and the gateway's.</summary>
    internal (int Server, int Gateway, string GatewayLog) At(Flavour flavour)
    {
        if (!parts.TryGetValue(flavour, out (LocalServer Server, Middle Middle) pair))
        {
            LocalServer server = StartServer(flavour);
            parts[flavour] = pair = (server, Middle.Start(server.Port));
        }
        return (pair.Server.Port, pair.Middle.Port, pair.Middle.Log);
    }

    public void Dispose()
    {
        foreach ((LocalServer server, Middle middle) in parts.Values)
        {
            middle.Dispose();
            server.Dispose();
        }
        certificate.Dispose();
    }

    private LocalServer StartServer(Flavour flavour)
    {
        // The gateway of these accounts learns them; "other" is who a connection is changed to, "admin" is for dumps.
        const string accounts = """
            CREATE USER 'app'@'%' IDENTIFIED BY 'app-Secret_1';
            CREATE USER 'other'@'%' IDENTIFIED BY 'other-Secret_2';
            CREATE USER 'admin'@'%' IDENTIFIED BY 'admin-Secret_3';
            GRANT ALL ON `c\_%`.* TO 'app'@'%';
            GRANT ALL ON `c\_%`.* TO 'other'@'%';
            GRANT ALL ON *.* TO 'admin'@'%';
            """;
        string[] options = ["--max-allowed-packet=64M", "--local-infile=0"];
        if (flavour == Flavour.MariaDb)
            options = [.. options, .. certificate.ServerOptions];
        return LocalServer.Start(flavour, accounts.ReplaceLineEndings("\n") + "\n", options);
    }
}
