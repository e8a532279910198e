using GoneAway.Evidence.Server;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Server;

/// <summary>Several dumps of counters come in the order in which they were taken.</summary>
public sealed class StatusDumpsTests
{
    private static readonly Stamp Ten = new(new DateTime(2026, 11, 20, 10, 0, 0), null);

    private static Fact[] Dump(string file, int uptime, int aborted, Stamp? at = null, int connections = 0) =>
    [
        new(FactKind.Status, "Aborted_clients", $"{aborted}", at, $"{file}:1"),
        new(FactKind.Status, "Connections", $"{(connections == 0 ? uptime : connections)}", at, $"{file}:2"),
        new(FactKind.Status, "Uptime", $"{uptime}", at, $"{file}:3"),
    ];

    private static IEnumerable<string> Aborted(IReadOnlyList<Fact> facts) => StatusDumps.InOrder(facts).Where(static f => f.Name == "Aborted_clients").Select(static f => f.Value);

    [Fact]
    public void The_one_with_the_shorter_Uptime_comes_first() => Assert.Equal(["5", "7"], Aborted([.. Dump("after.txt", 160, 7), .. Dump("before.txt", 100, 5)]));

    [Fact]
    public void Two_in_one_file_are_told_apart() => Assert.Equal(["5", "7"], Aborted([.. Dump("s.txt", 160, 7), .. Dump("s.txt", 100, 5)]));

    [Fact]
    public void After_a_restart_their_order_stays() => Assert.Equal(["7", "0"], Aborted([.. Dump("a.txt", 9000, 7, null, 800), .. Dump("b.txt", 100, 0, null, 900)]));

    [Fact]
    public void Without_Uptime_their_order_stays() =>
        Assert.Equal(["7", "5"], Aborted([new Fact(FactKind.Status, "Aborted_clients", "7", null, "a:1"), new Fact(FactKind.Status, "Aborted_clients", "5", null, "b:1")]));

    [Fact]
    public void One_that_has_no_time_gets_it_from_the_other()
    {
        IReadOnlyList<Fact> facts = StatusDumps.InOrder([.. Dump("a.txt", 160, 7), .. Dump("b.txt", 100, 5, Ten), new Fact(FactKind.Variable, "wait_timeout", "60", null, "v:1")]);
        Assert.Equal(Ten.Clock.AddSeconds(60), facts.Last(static f => f.Name == "Aborted_clients").At!.Value.Clock);
        Assert.Null(facts.Single(static f => f.Kind == FactKind.Variable).At);
        Assert.Equal(7, facts.Count);
    }
}
