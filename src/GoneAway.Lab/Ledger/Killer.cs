using System.Diagnostics;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Ledger;

/// <summary>Does to a server, its connections and its network what happens to them elsewhere, at random.</summary>
public sealed class Killer(Random random, Network network, string folder, Func<DatabaseServer> start) : IDisposable
{
    private readonly List<(double At, string Fault)> faults = [];
    private readonly ManualResetEventSlim never = new();
    private DatabaseServer server = start();

    public IReadOnlyList<(double At, string Fault)> Faults => faults;

    /// <summary>Makes faults until the time is over; afterwards server and network are whole.</summary>
    /// <param name="gateway">Told to read its configuration again now and then, where there is one.</param>
    public void Run(TimeSpan time, GatewayProcess? gateway)
    {
        // Each kind in turn, in an order that changes: so a short run has all of them.
        Action[] kinds = [Crash, Restart, Freeze, KillSome, KillSome, Reset, Reset, LoseAnswers, LoseAnswers, Cut, .. gateway is null ? (Action[])[] : [() => Reload(gateway)]];
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; Stopwatch.GetElapsedTime(began) < time; i++)
        {
            if (i % kinds.Length == 0)
                random.Shuffle(kinds);
            Pause(0.2, 2);
            kinds[i % kinds.Length]();
        }
    }

    /// <summary>Ends the server.</summary>
    public void Dispose()
    {
        server.Dispose();
        never.Dispose();
    }

    /// <summary>Runs a statement as root, past the faults; what it answers, fields parted by tabs.</summary>
    public string Query(string sql)
    {
        using Program client = Program.Start(network, "server", null, "/usr/bin/mariadb", "--no-defaults", $"--socket={Path.Combine(folder, "s")}", "-u", "root", "-BN", "shop", "-e", sql);
        int status = client.WaitForExit(TimeSpan.FromSeconds(60));
        return status == 0 ? client.Output : throw new LabException($"{sql}: {client.Output}");
    }

    private void Crash()
    {
        Note("crash");
        server.Kill();
        StartAgain();
    }

    private void Restart()
    {
        Note("restart");
        server.Stop();
        StartAgain();
    }

    private void StartAgain()
    {
        server.Dispose();
        Pause(0, 1.5);
        server = start();
        Note("over (crash, restart)");
    }

    private void Freeze()
    {
        Note("freeze");
        server.Signal("STOP");
        Pause(0.3, 6);
        server.Signal("CONT");
        Note("over (freeze)");
    }

    private void KillSome()
    {
        string[] ids = Query("SELECT id FROM information_schema.processlist WHERE user = 'app'").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        random.Shuffle(ids);
        string[] chosen = ids[..Math.Min(ids.Length, random.Next(1, 4))];
        Note("kill " + string.Join(' ', chosen));
        foreach (string id in chosen)
            try
            {
                Query("KILL " + id);
            }
            catch (LabException)
            {
                // It was gone by itself.
            }
    }

    /// <summary>A firewall that resets what passes.</summary>
    private void Reset()
    {
        Note("reset");
        network.OnRouter(random.Next(2) == 0 ? "tcp dport 3306 reject with tcp reset" : "tcp sport 3306 reject with tcp reset");
        Pause(0.05, 0.4);
        network.ClearRouter();
    }

    /// <summary>Statements arrive, their answers do not; then the connection ends. The sharpest: all of them ran, and nobody was told.</summary>
    private void LoseAnswers()
    {
        Note("answers-lost");
        network.OnRouter("tcp sport 3306 drop");
        Pause(0.05, 0.3);
        network.OnRouter("tcp dport 3306 reject with tcp reset");
        Pause(0.5, 1.2);
        network.ClearRouter();
    }

    private void Cut()
    {
        Note("cut");
        network.OnRouter("tcp dport 3306 drop");
        network.OnRouter("tcp sport 3306 drop");
        Pause(0.3, 7);
        network.ClearRouter();
        Note("over (cut)");
    }

    private void Reload(GatewayProcess gateway)
    {
        Note("reload");
        gateway.Signal("HUP");
    }

    private void Pause(double least, double most) => never.Wait(TimeSpan.FromSeconds(least + (most - least) * random.NextDouble()));

    private void Note(string fault) => faults.Add((TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0, fault));
}
