using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Faults;

/// <summary>One line of the table of faults: an application, and what is done to the server or the network once it has said that it is ready.</summary>
/// <param name="application">Python; goes on from <c>until_broken()</c> when the fault is there.</param>
internal sealed class Fault(string name, string cause, string description, string application) : Scenario
{
    private static readonly TimeSpan ReadyTime = TimeSpan.FromSeconds(30);

    public override string Name => name;
    public override string Cause => cause;
    public override string Description => description;
    public override Cure Cure => How;
    public override bool Routed => OverRouter;
    public override IReadOnlyList<string> Needs => OverRouter ? [.. base.Needs, "/usr/sbin/nft"] : base.Needs;

    public Cure How { get; init; } = new();
    public bool OverRouter { get; init; }
    /// <summary>Options of the server.</summary>
    public IReadOnlyList<string> Server { get; init; } = [];
    /// <summary>Makes the fault; the application is let go on afterwards, or by the fault itself.</summary>
    public Action<Scene>? Break { get; init; }
    /// <summary>Prepares what is there before the application starts: a second server, a name.</summary>
    public Action<Scene>? Prepare { get; init; }

    protected override void Act(LabRun run)
    {
        var scene = new Scene(run, run.StartServer([.. Server]), Server);
        Prepare?.Invoke(scene);
        run.StartCapture();
        Program client = run.StartPython(application);
        if (Break is not null)
        {
            client.WaitForOutput("ready", ReadyTime);
            Break(scene);
            run.Broken();
        }
        run.Finish(client, 90);
    }
}
