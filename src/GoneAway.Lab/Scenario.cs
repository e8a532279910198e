using GoneAway.Lab.Parts;

namespace GoneAway.Lab;

/// <summary>A way to lose a connection, made to happen with real parts.</summary>
public abstract class Scenario
{
    /// <summary>The cause's name, with a variant behind it where there are several.</summary>
    public abstract string Name { get; }

    /// <summary>What the verdict has to be.</summary>
    public abstract string Cause { get; }

    /// <summary>What is done, for people; says why, where the wire cannot tell the cause from another.</summary>
    public abstract string Description { get; }

    /// <summary>Causes that the wire alone cannot tell from the true one.</summary>
    public virtual IReadOnlyList<string> AlsoAcceptable => [];

    /// <summary>The same on a MySQL server, which shows more of itself than MariaDB does.</summary>
    public virtual IReadOnlyList<string> AlsoAcceptableOnMySql => AlsoAcceptable;

    /// <summary>Needs a router between client and server.</summary>
    public virtual bool Routed => false;

    /// <summary>Also runs on MySQL, with the same truth.</summary>
    public virtual bool OnMySql => false;

    /// <summary>False where only MySQL can lose a connection in this way.</summary>
    public virtual bool OnMariaDb => true;

    /// <summary>False where no packet shows the cause, so that a capture alone cannot tell it.</summary>
    public virtual bool OnWire => true;

    /// <summary>Programs without which it cannot run.</summary>
    public virtual IReadOnlyList<string> Needs => ["/usr/sbin/mariadbd", "/usr/bin/tcpdump", "/usr/bin/python3", "/usr/sbin/ip"];

    /// <summary>How the gateway keeps the same application from seeing an error; null where it cannot.</summary>
    public virtual Cure? Cure => null;

    public bool RunsOn(Flavour flavour) => flavour == Flavour.MySql ? OnMySql : OnMariaDb;

    protected abstract void Act(LabRun run);

    /// <summary>What is missing on this machine; null when nothing is.</summary>
    public string? Missing()
    {
        foreach (string program in Needs)
            if (!File.Exists(program))
                return program + " is not installed";
        return Environment.IsPrivilegedProcess ? null : "network namespaces and captures need root";
    }

    /// <summary>Runs it; the evidence is in the folder afterwards.</summary>
    public void Run(string folder, Flavour flavour = Flavour.MariaDb)
    {
        using var run = new LabRun(folder, Routed, flavour);
        Act(run);
        run.Complete(this);
    }

    /// <summary>Runs the same with the gateway in the path.</summary>
    /// <returns>What the application said, and what the gateway did.</returns>
    public (string Application, string Gateway) RunWithGateway(Flavour flavour = Flavour.MariaDb) =>
        Run(flavour, Cure ?? throw new LabException($"{Name} is nothing that the gateway cures"));

    /// <summary>Runs it, and keeps nothing but what the application said.</summary>
    public string RunDirectly(Flavour flavour = Flavour.MariaDb) => Run(flavour, null).Application;

    private (string Application, string Gateway) Run(Flavour flavour, Cure? cure)
    {
        string folder = Directory.CreateTempSubdirectory("goneaway-lab-").FullName;
        try
        {
            using var run = new LabRun(folder, Routed, flavour, cure);
            Act(run);
            return (run.Said, run.GatewaySaid);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
