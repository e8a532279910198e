namespace GoneAway.Lab;

/// <summary>How the gateway is put into a scenario's path, so that its application sees no error any more.</summary>
public sealed record Cure
{
    /// <summary>Lines of its configuration; none where nothing needs to be said.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Where its servers are; the scenario's server on port 3306 where nothing is said. In the place of a proxy: the server behind that.</summary>
    public IReadOnlyList<string> Backends { get; init; } = [];

    public static IReadOnlyList<string> TransactionPool { get; } = ["pool:", "  mode: transaction"];
    public static IReadOnlyList<string> TransactionReplay { get; } = ["loss:", "  transaction_replay: true"];
    /// <summary>A server that does not answer is out after about two seconds.</summary>
    public static IReadOnlyList<string> QuickHealth { get; } = ["health:", "  interval: 500ms", "  timeout: 1s", "  fall: 2", "  rise: 1"];

    /// <summary>True when an application's log shows an error.</summary>
    public static bool SeesError(string log) => log.Contains("Error", StringComparison.Ordinal) || log.Contains("failed", StringComparison.Ordinal);
}
