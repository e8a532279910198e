using System.Globalization;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Ledger;

/// <summary>
/// The ledger test: clients write numbered rows while server, connections and network are broken at random, and write down what they were told;
/// at the end that is compared with the tables.
/// </summary>
public sealed class LedgerRun
{
    private const string Tables = """
        CREATE TABLE journal (id BIGINT AUTO_INCREMENT PRIMARY KEY, client INT NOT NULL, number INT NOT NULL, part INT NOT NULL, KEY (client, number)) ENGINE=InnoDB;
        CREATE TABLE ledger (client INT NOT NULL, number INT NOT NULL, part INT NOT NULL, PRIMARY KEY (client, number, part)) ENGINE=InnoDB;
        CREATE TABLE counters (client INT PRIMARY KEY, n BIGINT NOT NULL) ENGINE=InnoDB;
        """;

    private static readonly string[] MySqlClient = ["/usr/bin/python3", "-c", "import MySQLdb"], DbdMysql = ["/usr/bin/perl", "-MDBD::mysql", "-e", "0"];

    private readonly LedgerOptions options;
    private readonly List<Program> clients = [];
    private string folder = "";

    private LedgerRun(LedgerOptions options) => this.options = options;

    /// <summary>What is missing on this machine; null when nothing is.</summary>
    public static string? Missing()
    {
        foreach (string program in (ReadOnlySpan<string>)["/usr/sbin/mariadbd", "/usr/bin/mariadb", "/usr/bin/python3", "/usr/sbin/nft", "/usr/sbin/ip"])
            if (!File.Exists(program))
                return program + " is not installed";
        return Environment.IsPrivilegedProcess ? null : "network namespaces need root";
    }

    /// <summary>Runs it. Throws <see cref="LabException"/> when it cannot be set up.</summary>
    public static LedgerTally Run(LedgerOptions options)
    {
        var run = new LedgerRun(options) { folder = Directory.CreateTempSubdirectory("goneaway-ledger-").FullName };
        try
        {
            return run.Act();
        }
        finally
        {
            Directory.Delete(run.folder, recursive: true);
        }
    }

    private LedgerTally Act()
    {
        using Network network = Network.Routed();
        using var killer = new Killer(new Random(options.Seed), network, folder, () => DatabaseServer.Start(options.Flavour, network, "server", folder, "--innodb-flush-log-at-trx-commit=1", "--innodb-lock-wait-timeout=3"));
        GatewayProcess? gateway = null;
        try
        {
            killer.Query(Tables + "INSERT INTO counters VALUES " + string.Join(", ", Enumerable.Range(1, options.Clients).Select(static c => $"({c}, 0)")));
            gateway = options.Direct ? null : GatewayProcess.Start(network, "client", folder, [Network.ServerAddress + ":3306"], GatewayProcess.Settings(options.TransactionPool, options.TransactionReplay));
            StartClients(network, gateway);
            killer.Run(TimeSpan.FromSeconds(options.Seconds), gateway);
            File.WriteAllText(Path.Combine(folder, "stop"), "");
            foreach (Program client in clients)
                Poll.Until(() => client.HasExited, TimeSpan.FromSeconds(70));
            // Its last words may come behind its end.
            if (clients.FirstOrDefault(static c => c.HasExited && !Poll.Until(() => c.Output.Contains("ended", StringComparison.Ordinal), TimeSpan.FromSeconds(5))) is { } failed)
                throw new LabException("a client failed: " + failed.Output);
            foreach (Program client in clients)
                client.Dispose();
            if (gateway is { HasExited: true })
                throw new LabException("the gateway ended: " + gateway.Output);
            if (options.Keep is { } keep)
                KeepLogs(keep, gateway);
            gateway?.Dispose();
            return Judge(killer);
        }
        finally
        {
            foreach (Program client in clients)
                client.Dispose();
            gateway?.Dispose();
        }
    }

    private void KeepLogs(string keep, GatewayProcess? gateway)
    {
        Directory.CreateDirectory(keep);
        foreach (string log in Directory.EnumerateFiles(folder, "client-*.log"))
            File.Copy(log, Path.Combine(keep, Path.GetFileName(log)), overwrite: true);
        File.Copy(Path.Combine(folder, "server.log"), Path.Combine(keep, "server.log"), overwrite: true);
        File.WriteAllText(Path.Combine(keep, "gateway.log"), gateway?.Output ?? "");
    }

    private void StartClients(Network network, GatewayProcess? gateway)
    {
        int perl = Works(network, DbdMysql) ? options.Clients / 4 : 0, native = Works(network, MySqlClient) ? options.Clients / 4 : 0;
        int pure = options.Clients - perl - native, next = 1;
        Start("pymysql", pure / 2);
        Start("pymysql", pure - pure / 2);
        Start("mysqlclient", native);
        for (int i = 0; i < perl; i++)
            Start("perl", 1);

        void Start(string driver, int threads)
        {
            if (threads == 0)
                return;
            var environment = new Dictionary<string, string>
            {
                ["DB_HOST"] = gateway is null ? Network.ServerAddress : "127.0.0.1",
                ["DB_PORT"] = (gateway?.Port ?? 3306).ToString(CultureInfo.InvariantCulture),
                ["DRIVER"] = driver,
                ["FIRST"] = next.ToString(CultureInfo.InvariantCulture),
                ["THREADS"] = threads.ToString(CultureInfo.InvariantCulture),
                ["SEED"] = options.Seed.ToString(CultureInfo.InvariantCulture),
                ["NAIVE"] = options.Naive ? "1" : "0",
                ["LOG"] = Path.Combine(folder, $"client-{next}.log"),
                ["STOP"] = Path.Combine(folder, "stop"),
            };
            string script = Path.Combine(AppContext.BaseDirectory, "Ledger", driver == "perl" ? "ledger.pl" : "ledger.py");
            clients.Add(Program.Start(network, "client", environment, driver == "perl" ? "/usr/bin/perl" : "/usr/bin/python3", script));
            next += threads;
        }
    }

    private static bool Works(Network network, string[] command)
    {
        using Program program = Program.Start(network, "client", null, command);
        return program.WaitForExit(TimeSpan.FromSeconds(20)) == 0;
    }

    private LedgerTally Judge(Killer killer)
    {
        // What no client is connected to any more cannot be committed any more: left-over transactions end here.
        Poll.Until(() => killer.Query("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'app' AND command <> 'Sleep'").Trim() == "0", TimeSpan.FromSeconds(20));
        var judge = new Judge(throughGateway: !options.Direct);
        foreach (string table in (ReadOnlySpan<string>)["journal", "ledger"])
            foreach (string[] row in Rows(killer, $"SELECT client, number, part, COUNT(*) FROM {table} GROUP BY client, number, part"))
                judge.Row(table == "ledger", Number(row[0]), Number(row[1]), Number(row[2]), Number(row[3]));
        Dictionary<int, long> counters = Rows(killer, "SELECT client, n FROM counters").ToDictionary(static r => Number(r[0]), static r => (long)Number(r[1]));
        IReadOnlyList<LedgerEntry> entries = LedgerEntry.ReadAll(Directory.EnumerateFiles(folder, "client-*.log").SelectMany(File.ReadLines), out int refused);
        LedgerTally tally = judge.Decide(entries, counters);
        tally.Faults = killer.Faults;
        tally.RefusedConnects = refused;
        return tally;
    }

    private static IEnumerable<string[]> Rows(Killer killer, string sql) =>
        killer.Query(sql).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.TrimEnd('\r').Split('\t'));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
