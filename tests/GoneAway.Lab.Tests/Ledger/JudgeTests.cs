using GoneAway.Lab.Ledger;

namespace GoneAway.Lab.Tests.Ledger;

/// <summary>What is a breach of the ledger's promises, and what is not.</summary>
public sealed class JudgeTests
{
    private static readonly Dictionary<int, long> NoCounters = [];

    [Fact]
    public void An_acknowledged_write_that_is_there_once_is_right() =>
        Assert.Empty(Decide(["insert\t1", "acknowledged\twrite\t0\t"], (0, 1)));

    [Fact]
    public void An_acknowledged_write_may_not_be_missing() =>
        Assert.Equal([BreachKind.Missing], Decide(["insert\t1", "acknowledged\twrite\t0\t"]));

    [Fact]
    public void An_acknowledged_transaction_may_not_miss_a_row() =>
        Assert.Equal([BreachKind.Missing], Decide(["transaction\t3", "acknowledged\tcommit\t0\t"], (0, 1), (2, 1)));

    [Fact]
    public void No_row_may_be_there_twice() =>
        Assert.Equal([BreachKind.Twice], Decide(["insert\t1", "acknowledged\twrite\t0\t"], (0, 2)));

    [Fact]
    public void A_number_that_the_server_has_already_seen_was_sent_twice() =>
        Assert.Contains(BreachKind.Twice, Decide(["insert\t1", "error\twrite\t1062\tDuplicate entry"], (0, 1)));

    [Theory]
    [InlineData("write", 3168)]
    [InlineData("commit", 1213)]
    public void What_was_not_executed_may_not_be_there(string step, int code)
    {
        Assert.Empty(Decide(["insert\t1", $"error\t{step}\t{code}\tnot executed"]));
        Assert.Equal([BreachKind.ThereAfterAll], Decide(["insert\t1", $"error\t{step}\t{code}\tnot executed"], (0, 1)));
    }

    [Theory]
    [InlineData("write")]
    [InlineData("commit")]
    public void A_write_in_flight_may_be_unknown_and_be_there_or_not(string step)
    {
        Assert.Empty(Decide(["transaction\t2", $"error\t{step}\t1105\toutcome unknown"]));
        Assert.Empty(Decide(["transaction\t2", $"error\t{step}\t1105\toutcome unknown"], (0, 1), (1, 1)));
        Assert.Equal([BreachKind.Half], Decide(["transaction\t2", $"error\t{step}\t1105\toutcome unknown"], (0, 1)));
    }

    [Theory]
    [InlineData("read")]
    [InlineData("begin")]
    [InlineData("inside")]
    [InlineData("rollback")]
    public void Only_a_write_in_flight_may_be_unknown(string step) =>
        Assert.Equal([BreachKind.UnknownWithoutNeed], Decide(["transaction\t2", $"error\t{step}\t1105\toutcome unknown"]));

    [Fact]
    public void What_was_never_committed_may_not_be_there() =>
        Assert.Equal([BreachKind.ThereAfterAll], Decide(["transaction\t2", "error\tinside\t2013\tLost connection"], (0, 1), (1, 1)));

    [Fact]
    public void A_connection_may_be_lost_without_the_gateway_but_not_through_it()
    {
        Assert.Empty(Decide(["read\t0", "error\tread\t2013\tLost connection"]));
        Assert.Equal([BreachKind.LostConnection], Decide(["read\t0", "error\tread\t2013\tLost connection"], throughGateway: true));
    }

    [Fact]
    public void What_was_rolled_back_may_not_be_there() =>
        Assert.Equal([BreachKind.ThereAfterAll], Decide(["rollback\t1", "acknowledged\trollback\t0\t"], (0, 1)));

    [Fact]
    public void A_client_that_waits_for_ever_is_a_breach() =>
        Assert.Equal([BreachKind.Unanswered], Decide(["insert\t1"]));

    [Fact]
    public void Rows_that_nobody_wrote_are_a_breach()
    {
        var judge = new Judge(throughGateway: false);
        judge.Row(ledger: true, 1, 1, 0, 1);
        Assert.Equal([BreachKind.NobodysRow], judge.Decide([], NoCounters).Breaches.Select(static b => b.Kind));
    }

    [Theory]
    [InlineData(1, BreachKind.Missing)]
    [InlineData(2, null)]
    [InlineData(3, null)]
    [InlineData(4, BreachKind.Twice)]
    public void A_counter_counts_what_was_acknowledged_and_at_most_what_is_unknown(long value, BreachKind? breach)
    {
        IReadOnlyList<LedgerEntry> entries = LedgerEntry.ReadAll(
            ["B\t1\t1\tcounter\t1\t1.0", "E\t1\t1\tacknowledged\twrite\t0\t\t1.0", "B\t1\t2\tcounter\t1\t1.0", "E\t1\t2\terror\twrite\t1105\tunknown\t1.0",
             "B\t1\t3\ttransaction\t0\t1.0", "E\t1\t3\terror\tcommit\t1213\tno\t1.0", "B\t1\t4\tcounter\t1\t1.0", "E\t1\t4\tacknowledged\twrite\t0\t\t1.0"], out _);
        LedgerTally tally = new Judge(throughGateway: true).Decide(entries, new Dictionary<int, long> { [1] = value });
        Assert.Equal(breach, tally.Breaches.Count == 0 ? null : tally.Breaches.Single().Kind);
    }

    private static IEnumerable<BreachKind> Decide(string[] said, params (int Part, int Times)[] rows) => Decide(said, false, rows);

    private static IEnumerable<BreachKind> Decide(string[] said, bool throughGateway, params (int Part, int Times)[] rows)
    {
        string[] lines = [$"B\t1\t7\t{said[0]}\t1.0", .. said[1..].Select(static s => $"E\t1\t7\t{s}\t1.5")];
        IReadOnlyList<LedgerEntry> entries = LedgerEntry.ReadAll(lines, out _);
        var judge = new Judge(throughGateway);
        foreach ((int part, int times) in rows)
            judge.Row(ledger: false, 1, 7, part, times);
        return judge.Decide(entries, NoCounters).Breaches.Select(static b => b.Kind);
    }
}
