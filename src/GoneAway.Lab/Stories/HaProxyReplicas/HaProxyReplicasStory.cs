using GoneAway.Lab.Faults;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Stories.HaProxyReplicas;

/// <summary>A PHP service reads from four replicas through HAProxy, and now and then its server has gone away.</summary>
public sealed class HaProxyReplicasStory : Story
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20), EndTime = TimeSpan.FromSeconds(60);

    /// <summary>For each worker the pauses before its jobs, in seconds. HAProxy's time-outs are 2 s.</summary>
    private static readonly double[][] Pauses =
    [
        [0.2, 0.9, 0.4, 2.9, 0.5, 0.3],
        [0.5, 1.1, 0.2, 1.3, 0.7, 0.6],
        [0.9, 0.3, 1.0, 0.2, 3.1, 0.4],
        [0.1, 1.2, 0.8, 0.9, 1.0, 0.5],
    ];

    public override int Number => 4;
    public override string Title => "The random 2006 behind HAProxy";

    public override string Trouble => """
        A service reads from four replicas through HAProxy. Now and then it gets `SQLSTATE[HY000]: General error: 2006 MySQL server has gone away`.
        The firewall is fine, the statements are fine and fast, the load has nothing to do with it, and no log says more.
        """;

    public override string Cause => "proxy-idle-timeout";
    public override IReadOnlyList<string> Sees => [@"SQLSTATE\[HY000\]: General error: 2006 MySQL server has gone away"];
    public override string? Hazard => "proxy-idle-timeout";

    public override Cure Cure => new()
    {
        Backends = [.. Replicas.All.Select(static i => Replicas.AddressOf(i) + ":3306")],
        Settings = [.. Cure.QuickHealth, "  user: app", "  password_file: app.password", "  max_replica_lag: 1s"],
    };

    public override IReadOnlyList<(string File, string Package)> Needs =>
        [("/usr/sbin/haproxy", "haproxy"), ("/usr/bin/php", "php-cli"), ("/usr/bin/mariadb", "mariadb-client"), ("/usr/sbin/nft", "nftables"), ("/usr/lib/php", "php-mysql")];

    public override string? WrongBehindGateway(string said) =>
        said.Contains("ERROR", StringComparison.Ordinal) || said.Contains("SQLSTATE", StringComparison.Ordinal) || said.Contains("Warning", StringComparison.Ordinal) ? "the service still sees an error"
            : said.Split("stopped").Length - 1 != Pauses.Length ? "a worker did not come to its end" : null;

    protected override void Play(StoryRun run)
    {
        Replicas replicas = Replicas.Of(run.Lab);
        if (run.IsBehindGateway)
            Cured(run, replicas);
        else
            AsItWas(run, replicas);
    }

    private static void AsItWas(StoryRun run, Replicas replicas)
    {
        string log = Path.Combine(run.Lab.Work, "haproxy.log");
        Program proxy = Program.Start(run.Lab.Network, run.Lab.ClientHost, null, "/bin/sh", "-c", $"exec /usr/sbin/haproxy -db -f '{StoryFiles.PathOf("haproxy.cfg")}' > '{log}' 2>&1");
        run.Lab.Keep(proxy);
        if (!Poll.Until(() => Network.Listens(proxy, 3306), StartTime))
            throw new LabException("HAProxy does not listen: " + File.ReadAllText(log));
        foreach (string file in (ReadOnlySpan<string>)["haproxy.cfg", "database.php", "replica.cnf"])
            run.Had(file, File.ReadAllText(StoryFiles.PathOf(file)));
        run.LookAhead("check app@127.0.0.11:3306 app@127.0.0.12:3306 app@127.0.0.13:3306 app@127.0.0.14:3306 --haproxy haproxy.cfg --client-config database.php");
        run.BeginAsked();
        using (var service = new Service(run.Lab, Pauses.Length))
        {
            foreach ((double pause, int worker) in InOrder())
            {
                Scene.Wait(pause);
                service.Give(worker);
            }
            service.Finish(EndTime);
        }
        run.EndAsked();
        run.Had("haproxy.log", File.ReadAllText(log));
        foreach (int i in Replicas.All)
            run.Had($"{Replicas.NameOf(i)}.err", replicas.LogOf(i));
    }

    /// <summary>Replicas restart one after another, are cut off, lag, and fill up, while jobs go on.</summary>
    private static void Cured(StoryRun run, Replicas replicas)
    {
        using var service = new Service(run.Lab, Pauses.Length);
        using (service.KeepGiving("job"))
        {
            foreach (int i in Replicas.All)
                replicas.Restart(i);
            replicas.CutOff(0);
            Scene.Wait(3);
            replicas.Reconnect();
            using (replicas.FillUp(1))
                Scene.Wait(2);
        }
        StaysFresh(service, replicas);
        // As long a pause as HAProxy did not allow.
        Scene.Wait(3);
        foreach (int worker in Enumerable.Range(0, service.Count))
            service.Give(worker);
        service.Finish(EndTime);
    }

    /// <summary>One replica stops to replicate, one is told to lag by minutes: no answer may be of before what the others have.</summary>
    private static void StaysFresh(Service service, Replicas replicas)
    {
        using (service.KeepGiving("job"))
        {
            replicas.AskReplica(2, "STOP SLAVE");
            replicas.AskReplica(3, "STOP SLAVE; CHANGE MASTER TO MASTER_DELAY=600; START SLAVE");
            replicas.AddOrders();
            foreach (int i in (ReadOnlySpan<int>)[0, 1])
                replicas.AwaitRows(i, Replicas.Orders + Replicas.Customers);
            // The limit is one second, and checks come twice a second.
            Scene.Wait(4);
        }
        service.AwaitIdle();
        using (service.KeepGiving("fresh"))
            Scene.Wait(1);
        service.AwaitIdle();
        int stale = service.Said.Split('\n').Count(static line => line.Contains("fresh-", StringComparison.Ordinal) && !line.Contains($" {Replicas.Orders / Replicas.Customers + 1} orders", StringComparison.Ordinal));
        if (stale > 0)
            throw new LabException($"{stale} answers are of a replica that lags");
    }

    /// <summary>All jobs of all workers by time: how long to wait before each.</summary>
    private static IEnumerable<(double Pause, int Worker)> InOrder()
    {
        var jobs = new List<(double At, int Worker)>();
        for (int worker = 0; worker < Pauses.Length; worker++)
        {
            double at = 0;
            foreach (double pause in Pauses[worker])
                jobs.Add((at += pause, worker));
        }
        jobs.Sort();
        double now = 0;
        foreach ((double at, int worker) in jobs)
        {
            yield return (at - now, worker);
            now = at;
        }
    }
}
