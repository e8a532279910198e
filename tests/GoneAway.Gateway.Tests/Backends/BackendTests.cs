using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>A server's states, its limit, and who is picked.</summary>
public sealed class BackendTests
{
    [Fact]
    public void ItFallsAfterSoManyFailuresAndRisesAfterSoManySuccesses()
    {
        Backend backend = Up();
        backend.ReportFailure("no answer", fall: 3);
        backend.ReportFailure("no answer", fall: 3);
        Assert.Equal(BackendState.Up, backend.State);
        backend.ReportGood(rise: 2);
        backend.ReportFailure("no answer", fall: 3);
        backend.ReportFailure("no answer", fall: 3);
        backend.ReportFailure("no answer", fall: 3);
        Assert.Equal((BackendState.Down, "no answer"), (backend.State, backend.StateReason));
        backend.ReportGood(rise: 2);
        backend.ReportFailure("refused", fall: 3);
        backend.ReportGood(rise: 2);
        Assert.Equal((BackendState.Down, "refused"), (backend.State, backend.StateReason));
        backend.ReportGood(rise: 2);
        Assert.Equal((BackendState.Up, ""), (backend.State, backend.StateReason));
    }

    [Fact]
    public void OneThatLagsLeavesAndDoesNotComeBackByASession()
    {
        Backend backend = Up();
        backend.ReportUnfit("late", fall: 2);
        Assert.True(backend.TakesWork);
        backend.ReportUnfit("late", fall: 2);
        Assert.Equal(BackendState.Leaving, backend.State);
        backend.ReportSuccess();
        Assert.False(backend.TakesWork);
        backend.ReportUnfit("later", fall: 2);
        Assert.Equal("later", backend.StateReason);
        backend.ReportGood(rise: 1);
        Assert.True(backend.TakesWork);
    }

    [Fact]
    public void ASessionBringsItBackWhereNoAccountChecks()
    {
        Backend backend = Up();
        backend.ReportFailure("refused", 1);
        backend.IsMonitored = true;
        backend.ReportSuccess();
        Assert.Equal(BackendState.Down, backend.State);
        backend.IsMonitored = false;
        backend.ReportSuccess();
        Assert.Equal(BackendState.Up, backend.State);
    }

    [Fact]
    public void OneThatCameBackGetsATenthAndThenMore()
    {
        Backend backend = Up();
        backend.RampUp = 10_000;
        backend.ReportFailure("refused", 1);
        Assert.Equal(0, backend.Weight(backend.StateSince));
        backend.ReportGood(1);
        Assert.Equal(BackendState.Ramping, backend.State);
        Assert.Equal(0.1, backend.Weight(backend.StateSince), 3);
        Assert.Equal(0.5, backend.Weight(backend.StateSince + 5_000), 3);
        Assert.Equal(1, backend.Weight(backend.StateSince + 20_000), 3);
    }

    [Fact]
    public void ARetiredServerGetsNothing()
    {
        Backend backend = Up();
        backend.IsRetired = true;
        Assert.False(backend.TakesWork);
        Assert.Equal(0, backend.Weight(0));
    }

    [Fact]
    public void TheLimitIsWhatTheServerLeavesAndLowAfterItHadTooMany()
    {
        Backend backend = Up();
        backend.Info = new ServerInfo { Version = default, IsMariaDb = true, Capabilities = 0, Charset = 0, AuthPlugin = "", MaxConnections = 13 };
        Assert.Equal(10, backend.Limit);
        for (int i = 0; i < 10; i++)
            Assert.True(backend.TryReserve());
        Assert.False(backend.TryReserve());
        backend.OnClosed();
        Assert.True(backend.TryReserve());
        for (int i = 0; i < 4; i++)
            backend.OnClosed();
        backend.OnTooMany();
        Assert.Equal(5, backend.Limit);
        Assert.False(backend.TryReserve());
        backend.Reserve();
        Assert.Equal(7, backend.Open);
    }

    [Theory]
    [InlineData(Balance.RoundRobin)]
    [InlineData(Balance.LeastConnections)]
    public void OneThatRampsUpIsPickedLessOften(Balance balance)
    {
        var set = new BackendSet([new BackendOptions { Address = "a" }, new BackendOptions { Address = "b" }], balance);
        foreach (Backend backend in set.All)
            backend.ReportGood(1);
        set.All[1].RampUp = 3_600_000;
        set.All[1].ReportFailure("refused", 1);
        set.All[1].ReportGood(1);
        for (int i = 0; i < 2000; i++)
            set.Pick()!.OnTaken();
        Assert.InRange(set.All[1].Busy, 20, 500);
    }

    [Fact]
    public void NobodyIsPickedWhereNobodyTakesWork()
    {
        var set = new BackendSet([new BackendOptions { Address = "a" }, new BackendOptions { Address = "b" }], Balance.RoundRobin);
        set.All[0].ReportFailure("refused", 1);
        Assert.Same(set.All[1], set.Pick());
        Assert.Null(set.Pick(set.All[1]));
        set.All[1].ReportUnfit("late", 1);
        Assert.Null(set.Pick());
    }

    private static Backend Up()
    {
        var backend = new Backend(new BackendOptions { Address = "127.0.0.1:3306" }, 0);
        backend.ReportGood(1);
        Assert.Equal(BackendState.Up, backend.State);
        return backend;
    }
}
