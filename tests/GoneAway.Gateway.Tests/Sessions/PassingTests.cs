using System.Diagnostics;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>What is more than a question and its answer: files that the client sends, replication, compression towards the server.</summary>
[Collection(SessionServers.Name)]
public sealed class PassingTests(SessionServer fixture)
{
    [ServerTheory(Flavour.MariaDb)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task AFileGoesToTheServerWhereThatIsAllowed(bool clientCompresses, bool serverCompresses)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, Enumerable.Range(1, 100_000).Select(static n => n.ToString()));
            GatewayOptions options = fixture.Options(PoolMode.Session);
            await using var gateway = new RunningGateway(options with
            {
                Clients = new ClientOptions { LocalInfile = true },
                Backends = [options.Backends[0] with { Compression = serverCompresses }],
            });
            string sql = $"CREATE OR REPLACE TABLE shop.numbers (n INT); LOAD DATA LOCAL INFILE '{file}' INTO TABLE shop.numbers; SELECT COUNT(*), SUM(n) FROM shop.numbers; SELECT 'and on'";
            Assert.Equal("100000\t5000050000\nand on\n", Run("mariadb", gateway.Port, ["--local-infile=1", .. clientCompresses ? ["--compress"] : Array.Empty<string>(), "-N", "-e", sql]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>In compression clients number the packets of a file behind the frames that they got, not behind the packets.</summary>
    [ServerTheory(Flavour.MariaDb)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AFileBehindAnotherAnswerGoesToTheServer(bool compresses)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "1\n2\n");
            GatewayOptions options = fixture.Options(PoolMode.Session);
            await using var gateway = new RunningGateway(options with { Clients = new ClientOptions { LocalInfile = true } });
            using (Application author = await gateway.ConnectAsync())
                Assert.Equal("", await author.AskAsync("CREATE OR REPLACE TABLE shop.behind (n INT)"));
            string sql = $"SELECT 'before'; LOAD DATA LOCAL INFILE '{file}' INTO TABLE shop.behind; SELECT COUNT(*) FROM shop.behind";
            Assert.Equal("before\n2\n", Run("mariadb", gateway.Port, ["--local-infile=1", .. compresses ? ["--compress"] : Array.Empty<string>(), "--delimiter=//", "-N", "-e", sql]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task APartOfAFileMayBeAsLargeAsAPacketCanBe()
    {
        GatewayOptions options = fixture.Options(PoolMode.Session);
        await using var gateway = new RunningGateway(options with { Clients = new ClientOptions { LocalInfile = true } });
        using Application application = await gateway.ConnectAsync(Capabilities.LocalFiles);
        Assert.Equal("", await application.AskAsync("CREATE OR REPLACE TABLE shop.parts (n INT)"));
        await application.TellAsync([CommandCode.Query, .. "LOAD DATA LOCAL INFILE 'f' INTO TABLE shop.parts (@line) SET n = LENGTH(@line)"u8]);
        Assert.Equal(0xFB, (await application.ReadAsync()).Span[0]);
        byte[] lines = new byte[0xFFFFFF];
        Array.Fill(lines, (byte)'x');
        lines[^1] = (byte)'\n';
        await application.WriteAsync(lines);
        await application.WriteAsync("8\n"u8.ToArray());
        await application.WriteAsync(Array.Empty<byte>());
        await application.ReadAsync();
        Assert.Equal($"1,{0xFFFFFF - 1}", await application.AskAsync("SELECT n FROM shop.parts ORDER BY n"));
    }

    /// <summary>In frames that the server counts on in its answer.</summary>
    [ServerFact(Flavour.MariaDb)]
    public async Task ALargeCommandGoesToAServerThatCompresses()
    {
        GatewayOptions options = fixture.Options(PoolMode.Session);
        await using var gateway = new RunningGateway(options with { Backends = [options.Backends[0] with { Compression = true }] });
        using Application application = await gateway.ConnectAsync();
        foreach (int size in (int[])[100_000, 2_000_000])
            Assert.Equal("", await application.AskAsync($"INSERT INTO shop.t (v) SELECT 'compressed' /* {new string('x', size)} */"));
        Assert.Equal("2", await application.AskAsync("SELECT COUNT(*) FROM shop.t WHERE v = 'compressed'"));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task AFileIsRefusedWhereItIsNotAllowed()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Session));
        Assert.Contains("ERROR", Run("mariadb", gateway.Port, ["--local-infile=1", "-e", "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE shop.t"]), StringComparison.Ordinal);
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task TheBinaryLogIsReadThroughTheGateway()
    {
        await using var gateway = new RunningGateway(fixture.Options(PoolMode.Transaction));
        using Application application = await gateway.ConnectAsync();
        Assert.Equal("", await application.AskAsync("INSERT INTO shop.t (v) VALUES ('in the log')"));
        string log = await application.AskAsync("SHOW MASTER STATUS");
        string text = Run("mariadb-binlog", gateway.Port, ["--read-from-remote-server", "--base64-output=never", log]);
        Assert.Contains("in the log", text, StringComparison.Ordinal);
        Assert.Equal("1", await application.AskAsync("SELECT 1"));
    }

    /// <summary>It registers, and asks for the log: two commands on one connection.</summary>
    [ServerTheory(Flavour.MariaDb)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task AReplicaReadsThroughTheGatewayInCompression(bool replicaCompresses, bool serverCompresses)
    {
        GatewayOptions options = fixture.Options(PoolMode.Session);
        await using var gateway = new RunningGateway(options with
        {
            Clients = options.Clients with { Compression = true },
            Backends = [options.Backends[0] with { Compression = serverCompresses }],
        });
        using Application source = await gateway.ConnectAsync();
        string position = Run("mariadb", gateway.Port, ["-N", "-e", "SHOW MASTER STATUS"]);
        string[] place = position.Split('\t');
        using var replica = LocalServer.Start(Flavour.MariaDb, "CREATE USER app@'%' IDENTIFIED BY 'secret';\nGRANT ALL ON *.* TO app@'%';\n", "--server-id=2", "--slave-compressed-protocol=" + (replicaCompresses ? "1" : "0"));
        string name = $"copied_{replicaCompresses}_{serverCompresses}".ToLowerInvariant();
        Assert.Equal("", await source.AskAsync($"CREATE OR REPLACE DATABASE {name}"));
        Assert.Equal("", Run("mariadb", replica.Port, ["-e", $"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={gateway.Port}, MASTER_USER='{RunningGateway.User}', MASTER_PASSWORD='{RunningGateway.Password}', MASTER_LOG_FILE='{place[0]}', MASTER_LOG_POS={place[1]}; START SLAVE"]));
        Assert.True(Poll.Until(() => Run("mariadb", replica.Port, ["-N", "-e", $"SHOW DATABASES LIKE '{name}'"]).Length > 0, TimeSpan.FromSeconds(30)), Run("mariadb", replica.Port, ["-E", "-e", "SHOW SLAVE STATUS"]));
    }

    [ServerFact(Flavour.MariaDb)]
    public async Task ALargeAnswerOfACompressedServerIsNumberedForTheClient()
    {
        GatewayOptions options = fixture.Options(PoolMode.Session);
        await using var gateway = new RunningGateway(options with { Backends = [options.Backends[0] with { Compression = true }] });
        Assert.Equal("15000000\n", Run("mariadb", gateway.Port, ["--max-allowed-packet=64M", "-N", "-e", "SELECT LENGTH(REPEAT('x', 15000000))"]));
        Assert.Equal(30_000, Run("mariadb", gateway.Port, ["-N", "-e", "SELECT 'row' FROM shop.seq_1_to_30000"]).Count(static c => c == '\n'));
    }

    private static string Run(string program, int port, string[] arguments)
    {
        var start = new ProcessStartInfo(program, ["--no-defaults", "-h", "127.0.0.1", "-P", port.ToString(), "-u", RunningGateway.User, "-p" + RunningGateway.Password, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text + errors.GetAwaiter().GetResult();
    }
}
