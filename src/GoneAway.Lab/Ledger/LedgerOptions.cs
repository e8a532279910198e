using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Ledger;

/// <summary>What a run of the ledger test is to be.</summary>
public sealed record LedgerOptions
{
    /// <summary>How long faults are made.</summary>
    public int Seconds { get; init; } = 600;
    /// <summary>Clients in all: half with PyMySQL, a quarter with mysqlclient, a quarter with DBD::mysql and statements that the server prepares; some statements are large.</summary>
    public int Clients { get; init; } = 12;
    /// <summary>Decides what the clients write and which faults come when.</summary>
    public int Seed { get; init; } = 1;
    /// <summary>No gateway: the clients connect to the server.</summary>
    public bool Direct { get; init; }
    /// <summary>The clients connect again and repeat a statement whose connection was lost, as many an application does.</summary>
    public bool Naive { get; init; }
    public bool TransactionReplay { get; init; }
    public bool TransactionPool { get; init; }
    /// <summary>Where what the clients wrote down and the gateway's log are kept; null: nowhere.</summary>
    public string? Keep { get; init; }
    public Flavour Flavour { get; init; } = Flavour.MariaDb;

    /// <summary>In words, for people.</summary>
    public string Description => $"{Seconds} s, seed {Seed}, {Clients} clients{(Naive ? " that repeat what was lost" : "")}, {Flavour}, "
        + (Direct ? "direct connections" : $"through the gateway, {(TransactionPool ? "transaction" : "session")} pool, {(TransactionReplay ? "with" : "without")} transaction replay");
}
