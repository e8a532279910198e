using GoneAway.Lab.Ledger;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Tests.Ledger;

/// <summary>The ledger test in its short form; <c>goneaway lab ledger</c> runs it for ten minutes.</summary>
[Collection(nameof(Alone))]
public sealed class LedgerTests
{
    private static readonly LedgerOptions Short = new() { Seconds = 12, Clients = 8, Seed = Random.Shared.Next(1, 1_000_000) };

    [LedgerFact(needsGateway: false)]
    public void Clients_that_repeat_what_was_lost_write_twice_on_direct_connections()
    {
        LedgerTally tally = Run(Short with { Direct = true, Naive = true, Seconds = 20 }, out string text);
        Assert.True(tally.Breaches.Any(static b => b.Kind == BreachKind.Twice), text);
    }

    [LedgerFact(needsGateway: false)]
    public void Clients_that_repeat_nothing_lose_connections_but_no_write_on_direct_connections()
    {
        LedgerTally tally = Run(Short with { Direct = true }, out string text);
        Assert.True(tally.IsKept, text);
        Assert.True(tally.Count(Told.Lost) > 0, text);
    }

    [LedgerTheory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void No_promise_is_broken_through_the_gateway(bool transactionPool, bool transactionReplay)
    {
        LedgerTally tally = Run(Short with { TransactionPool = transactionPool, TransactionReplay = transactionReplay }, out string text);
        Assert.True(tally.IsKept, text);
        Assert.True(tally.Count(Told.Acknowledged) > 100, text);
    }

    private static LedgerTally Run(LedgerOptions options, out string text)
    {
        LedgerTally tally = LedgerRun.Run(options);
        using var writer = new StringWriter();
        writer.WriteLine(options.Description);
        tally.Write(writer);
        text = writer.ToString();
        return tally;
    }
}

/// <summary>Tests that keep the machine busy: one after another, after all others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Skipped with the reason where root, servers or the gateway are missing.</summary>
public sealed class LedgerFactAttribute : FactAttribute
{
    public LedgerFactAttribute(bool needsGateway) => Skip = LedgerRun.Missing() ?? (needsGateway ? GatewayProcess.Missing() : null);
}

/// <summary>Skipped with the reason where root, servers or the gateway are missing.</summary>
public sealed class LedgerTheoryAttribute : TheoryAttribute
{
    public LedgerTheoryAttribute() => Skip = LedgerRun.Missing() ?? GatewayProcess.Missing();
}
