using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>A MySQL server that clones another through the gateway: COM_CLONE, and behind it a protocol of its own.</summary>
public sealed class CloneTests
{
    private const string Plugin = "--plugin-load-add=mysql_clone.so";

    [ServerFact(Flavour.MySql)]
    public async Task A_server_clones_another_through_the_gateway()
    {
        const string row = "cloned through the gateway";
        using LocalServer donor = LocalServer.Start(Flavour.MySql, $"""
            CREATE DATABASE shop;
            CREATE TABLE shop.t (v VARCHAR(100));
            INSERT INTO shop.t VALUES ('{row}');
            CREATE USER app@'%' IDENTIFIED BY '{RunningGateway.Password}';
            GRANT ALL ON *.* TO app@'%';
            """.ReplaceLineEndings("\n"), Plugin);
        // The pages are in the file, and not in the log alone.
        Assert.Null(Run(donor.Socket, "FLUSH TABLES shop.t FOR EXPORT; UNLOCK TABLES"));
        using LocalServer recipient = LocalServer.Start(Flavour.MySql, "DO 1;\n", Plugin);
        // The accounts are learned: the login is the donor's.
        await using var gateway = new RunningGateway(RunningGateway.Plain(donor) with { Accounts = new AccountOptions() });
        gateway.Await(BackendState.Up);
        string copy = Path.Combine(Path.GetDirectoryName(recipient.Data)!, "copy");

        string? refused = Run(recipient.Socket, $"SET GLOBAL clone_valid_donor_list = '127.0.0.1:{gateway.Port}'; "
            + $"CLONE INSTANCE FROM 'app'@'127.0.0.1':{gateway.Port} IDENTIFIED BY '{RunningGateway.Password}' DATA DIRECTORY = '{copy}'");

        Assert.Null(refused);
        Assert.Contains(row, File.ReadAllText(Path.Combine(copy, "shop", "t.ibd"), System.Text.Encoding.Latin1), StringComparison.Ordinal);
        Assert.DoesNotContain(gateway.Events, static one => one.Kind == EventKind.Incident);
    }

    private static string? Run(string socket, string sql) => Program.RunHere("mariadb", "--no-defaults", "-S", socket, "-u", "root", "-e", sql);
}
