using GoneAway.Causes;
using GoneAway.Lab.Faults;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Tests.Faults;

/// <summary>Each cause that a gateway can cure: the same application sees an error without it and none with it.</summary>
[Collection(nameof(Ledger.Alone))]
public sealed class FaultTests
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
        string said = AllFaults.Find(name)!.RunDirectly();
        Assert.True(Cure.SeesError(said), said);
    }

    [FaultTheory(needsGateway: true)]
    [MemberData(nameof(Names))]
    public void With_the_gateway_it_sees_none(string name)
    {
        (string application, string gateway) = AllFaults.Find(name)!.RunWithGateway();
        Assert.False(Cure.SeesError(application), $"{application}\nthe gateway: {gateway}");
    }
}

/// <summary>Skipped with the reason where root, servers or the gateway are missing.</summary>
public sealed class FaultTheoryAttribute : TheoryAttribute
{
    public FaultTheoryAttribute(bool needsGateway) =>
        Skip = AllFaults.All.Select(static s => s.Missing()).FirstOrDefault(static m => m is not null) ?? (needsGateway ? GatewayProcess.Missing() : null);
}
