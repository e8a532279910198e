using GoneAway.Lab.Faults;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Stories.HaProxyReplicas;

/// <summary>A primary at 127.0.0.10 and four replicas of it at 127.0.0.11 to 14, all on port 3306 of one host.</summary>
internal sealed class Replicas : IDisposable
{
    /// <summary>Each has as many orders as every other.</summary>
    public const int Customers = 50, Orders = 1000;
    private const int Count = 4;
    private static readonly TimeSpan ReplicationTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(20);

    private readonly LabRun run;
    private readonly DatabaseServer?[] servers = new DatabaseServer?[Count];
    private DatabaseServer? primary;

    private Replicas(LabRun run) => this.run = run;

    /// <summary>Starts all and waits until each replica has what the primary has. They end with the run.</summary>
    public static Replicas Of(LabRun run)
    {
        var replicas = new Replicas(run);
        // Before they start: what is half set up ends with the run, too.
        run.Keep(replicas);
        replicas.Begin();
        return replicas;
    }

    private void Begin()
    {
        primary = Start("primary", "127.0.0.10", 1, "--log-bin=primary-bin", "--skip-name-resolve");
        Parallel.For(0, Count, i => servers[i] = StartReplica(i));
        Ask("primary", $"""
            CREATE USER haproxy_check@'%'; CREATE USER replication@'%' IDENTIFIED BY 'secret'; GRANT REPLICATION SLAVE ON *.* TO replication@'%';
            USE shop; CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, customer INT NOT NULL, amount INT NOT NULL, KEY (customer));
            INSERT INTO shop.orders (customer, amount) SELECT seq % {Customers}, seq FROM seq_1_to_{Orders}
            """);
        for (int i = 0; i < Count; i++)
            Ask(NameOf(i), "CHANGE MASTER TO MASTER_HOST='127.0.0.10', MASTER_USER='replication', MASTER_PASSWORD='secret', MASTER_USE_GTID=slave_pos; START SLAVE");
        for (int i = 0; i < Count; i++)
            AwaitRows(i, Orders);
    }

    public static string AddressOf(int replica) => $"127.0.0.{11 + replica}";

    /// <summary>As haproxy.cfg calls it.</summary>
    public static string NameOf(int replica) => $"Slave_0{replica + 1}";

    public static IEnumerable<int> All => Enumerable.Range(0, Count);

    public string LogOf(int replica) => File.ReadAllText(servers[replica]!.Log);

    /// <summary>Ends one as systemd does, and starts it again after as long as a small server takes.</summary>
    public void Restart(int replica)
    {
        servers[replica]!.Stop();
        servers[replica]!.Dispose();
        Scene.Wait(1);
        servers[replica] = StartReplica(replica);
    }

    /// <summary>Adds an order of each customer at the primary.</summary>
    public void AddOrders() => Ask("primary", $"USE shop; INSERT INTO shop.orders (customer, amount) SELECT seq, 1 FROM seq_0_to_{Customers - 1}");

    /// <summary>Waits until a replica has so many orders.</summary>
    public void AwaitRows(int replica, int rows)
    {
        string last = "";
        if (!Poll.Until(() => (last = TryAsk(NameOf(replica), "SELECT COUNT(*) FROM shop.orders").Trim()) == rows.ToString(System.Globalization.CultureInfo.InvariantCulture), ReplicationTime))
            throw new LabException($"{NameOf(replica)} does not replicate: it has {last} orders, not {rows}; {TryAsk(NameOf(replica), "SHOW SLAVE STATUS\\G")}");
    }

    /// <summary>Drops all packets to and from one.</summary>
    public void CutOff(int replica)
    {
        run.Network.Run(run.ServerHost, "nft", "add", "table", "inet", "lab");
        run.Network.Run(run.ServerHost, "nft", "add", "chain", "inet", "lab", "input", "{ type filter hook input priority 0; }");
        foreach (string end in (ReadOnlySpan<string>)["saddr", "daddr"])
            run.Network.Run(run.ServerHost, "nft", "add", "rule", "inet", "lab", "input", "ip", end, AddressOf(replica), "tcp", end == "saddr" ? "sport" : "dport", "3306", "drop");
    }

    public void Reconnect() => run.Network.Run(run.ServerHost, "nft", "delete", "table", "inet", "lab");

    /// <summary>Takes all of its connections, so that it refuses more with 1040, until what is returned is disposed of.</summary>
    public IDisposable FillUp(int replica)
    {
        AskReplica(replica, "SET GLOBAL max_connections = 10");
        Program others = Program.Start(run.Network, run.ServerHost, null, "/bin/sh", "-c",
            $"for i in $(seq 20); do /usr/bin/mariadb --no-defaults -h {AddressOf(replica)} -u app -psecret -e 'SELECT SLEEP(60)' & done; wait");
        others.WaitForOutput("Too many connections", QueryTime);
        return others;
    }

    public string AskReplica(int replica, string sql) => Ask(NameOf(replica), sql);

    public void Dispose()
    {
        foreach (DatabaseServer? server in (ReadOnlySpan<DatabaseServer?>)[.. servers, primary])
            server?.Dispose();
    }

    private string Ask(string name, string sql)
    {
        (int status, string said) = Query(name, sql);
        return status == 0 ? said : throw new LabException($"{name}: {sql}: {said}");
    }

    private string TryAsk(string name, string sql) => Query(name, sql).Said;

    private (int Status, string Said) Query(string name, string sql)
    {
        using Program client = Program.Start(run.Network, run.ServerHost, null, "/usr/bin/mariadb", "--no-defaults", $"--socket={Path.Combine(run.Work, name, "s")}", "-u", "root", "-BN", "-e", sql);
        return (client.WaitForExit(QueryTime), client.Output);
    }

    private DatabaseServer StartReplica(int replica) =>
        Start(NameOf(replica), AddressOf(replica), 11 + replica, $"--defaults-file={StoryFiles.PathOf("replica.cnf")}", "--relay-log=relay-bin");

    private DatabaseServer Start(string name, string address, int id, params string[] options)
    {
        string folder = Path.Combine(run.Work, name);
        Directory.CreateDirectory(folder);
        return DatabaseServer.Start(run.Flavour, run.Network, run.ServerHost, folder, [$"--bind-address={address}", $"--server-id={id}", .. options]);
    }
}

/// <summary>The application's and the proxy's own files.</summary>
internal static class StoryFiles
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Stories", "HaProxyReplicas", name);
}
