using System.CommandLine;
using GoneAway.Lab.Ledger;
using GoneAway.Lab.Parts;

namespace GoneAway.Cli;

/// <summary><c>goneaway lab ledger</c></summary>
internal static class LedgerCommand
{
    public static Command Create(Terminal terminal)
    {
        var seconds = new Option<int>("--seconds") { Description = "How long faults are made.", DefaultValueFactory = _ => 600 };
        var clients = new Option<int>("--clients") { Description = "Clients in all.", DefaultValueFactory = _ => 12 };
        var seed = new Option<int?>("--seed") { Description = "Decides what is written and which faults come when; printed, so that a run can be made again." };
        var direct = new Option<bool>("--direct") { Description = "No gateway: the clients connect to the server." };
        var naive = new Option<bool>("--naive") { Description = "The clients repeat a statement whose connection was lost: with --direct this writes twice, and shows that the test can fail." };
        var replay = new Option<bool>("--transaction-replay") { Description = "The gateway replays transactions." };
        var pool = new Option<string>("--pool") { Description = "session or transaction: the gateway's pool.", DefaultValueFactory = _ => "session" };
        var server = new Option<string>("--server") { Description = "mariadb or mysql.", DefaultValueFactory = _ => "mariadb" };
        var keep = new Option<string?>("--keep") { Description = "Keep the clients' and the gateway's logs in this folder." };
        foreach (Option<int> count in (Option<int>[])[seconds, clients])
            count.Validators.Add(result =>
            {
                foreach (System.CommandLine.Parsing.Token token in result.Tokens)
                    if (!int.TryParse(token.Value, out int value) || value < 1)
                        result.AddError($"{count.Name} is a number above 0");
            });
        pool.AcceptOnlyFromAmong("session", "transaction");
        server.AcceptOnlyFromAmong("mariadb", "mysql");
        var command = new Command("ledger", "Clients write numbered rows through the gateway while server, connections and network are broken at random; then what they were told is compared with what is there. Exit status 1: a promise was broken.")
            { seconds, clients, seed, direct, naive, replay, pool, server, keep };
        command.SetAction(parsed => Run(terminal, new LedgerOptions
        {
            Seconds = parsed.GetValue(seconds),
            Clients = parsed.GetValue(clients),
            Seed = parsed.GetValue(seed) ?? Random.Shared.Next(1, 1_000_000),
            Direct = parsed.GetValue(direct),
            Naive = parsed.GetValue(naive),
            TransactionReplay = parsed.GetValue(replay),
            TransactionPool = parsed.GetValue(pool) == "transaction",
            Keep = parsed.GetValue(keep),
            Flavour = parsed.GetValue(server) == "mysql" ? Flavour.MySql : Flavour.MariaDb,
        }));
        return command;
    }

    private static int Run(Terminal terminal, LedgerOptions options)
    {
        using var output = new StreamWriter(terminal.Output, leaveOpen: true) { AutoFlush = true };
        if (LedgerRun.Missing() is { } missing)
        {
            terminal.Error.WriteLine($"goneaway: the ledger test cannot run here: {missing}");
            return ExitStatus.NothingReadable;
        }
        output.WriteLine("ledger: " + options.Description);
        try
        {
            LedgerTally tally = LedgerRun.Run(options);
            tally.Write(output);
            return tally.IsKept ? ExitStatus.Done : ExitStatus.GradeMet;
        }
        catch (LabException error)
        {
            terminal.Error.WriteLine($"goneaway: {error.Message}");
            return ExitStatus.NothingReadable;
        }
    }
}
