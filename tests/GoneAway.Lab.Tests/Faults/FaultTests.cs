using GoneAway.Causes;
using GoneAway.Lab.Faults;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Tests.Faults;

/// <summary>Each cause that a gateway can cure: the same application sees an error without it and none with it.</summary>
[Collection(nameof(Ledger.Alone))]
public sealed class FaultTests(RunsAhead runs) : IClassFixture<RunsAhead>
{
    public static TheoryData<string> Names => [.. AllFaults.All.Select(static s => s.Name)];

    [Fact]
    public void Each_has_a_name_of_its_own_and_a_cause_of_the_catalogue()
    {
        Assert.Equal(AllFaults.All.Count, AllFaults.All.Select(static s => s.Name).Distinct().Count());
        Assert.Empty(AllFaults.All.Select(static s => s.Cause).Except(Catalogue.All.Select(static c => c.Name)));
    }

    [FaultTheory(needsGateway: false)]
    [MemberData(nameof(Names))]
    public void Without_the_gateway_the_application_sees_an_error(string name)
    {
        string said = runs.Of(name, withGateway: false).Application;
        Assert.True(Cure.SeesError(said), said);
    }

    [FaultTheory(needsGateway: true)]
    [MemberData(nameof(Names))]
    public void With_the_gateway_it_sees_none(string name)
    {
        (string application, string gateway) = runs.Of(name, withGateway: true);
        Assert.False(Cure.SeesError(application), $"{application}\nthe gateway: {gateway}");
    }
}

/// <summary>Runs faults before they are asked for, some at a time: each waits for most of its time.</summary>
public sealed class RunsAhead : IDisposable
{
    private const int AtATime = 6;

    private static readonly List<string> Names = [.. AllFaults.All.Select(static s => s.Name)];

    private readonly Dictionary<(string Name, bool WithGateway), Task<(string Application, string Gateway)>> begun = [];
    private readonly SemaphoreSlim places = new(AtATime);

    /// <summary>What the application and the gateway said; throws what the run threw.</summary>
    public (string Application, string Gateway) Of(string name, bool withGateway)
    {
        foreach (string next in Names.Skip(Names.IndexOf(name)).Take(AtATime))
            if (!begun.ContainsKey((next, withGateway)))
                begun[(next, withGateway)] = Task.Factory.StartNew(() => Run(next, withGateway), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return begun[(name, withGateway)].GetAwaiter().GetResult();
    }

    /// <summary>Waits for those that nobody has asked for: their servers end with them.</summary>
    public void Dispose()
    {
        Task.WhenAll(begun.Values).ContinueWith(static _ => { }, TaskScheduler.Default).Wait();
        places.Dispose();
    }

    private (string, string) Run(string name, bool withGateway)
    {
        places.Wait();
        try
        {
            Scenario fault = AllFaults.Find(name)!;
            return withGateway ? fault.RunWithGateway() : (fault.RunDirectly(), "");
        }
        finally
        {
            places.Release();
        }
    }
}

/// <summary>Skipped with the reason where root, servers or the gateway are missing.</summary>
public sealed class FaultTheoryAttribute : TheoryAttribute
{
    public FaultTheoryAttribute(bool needsGateway) =>
        Skip = AllFaults.All.Select(static s => s.Missing()).FirstOrDefault(static m => m is not null) ?? (needsGateway ? GatewayProcess.Missing() : null);
}
