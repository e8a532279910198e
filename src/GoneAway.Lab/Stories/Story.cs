using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Stories;

/// <summary>One person's trouble with a lost connection, with the software it happened to. Time-outs are shortened, nothing else is changed.</summary>
public abstract class Story
{
    public abstract int Number { get; }

    public string Name => $"story-{Number}";

    /// <summary>What its author would call it.</summary>
    public abstract string Title { get; }

    /// <summary>What its author saw and knew, in two or three sentences; Markdown.</summary>
    public abstract string Trouble { get; }

    /// <summary>The verdict that the trouble must get.</summary>
    public abstract string Cause { get; }

    /// <summary>Causes of further losses of the same trouble: each must be called likely at least in the end.</summary>
    public virtual IReadOnlyList<string> AlsoCauses => [];

    /// <summary>Regular expressions that what the application says must match each, as in the document.</summary>
    public abstract IReadOnlyList<string> Sees { get; }

    /// <summary>Name of the hazard that <c>inspect</c> or <c>check</c> must show before anything fails; null where nothing can be seen before.</summary>
    public virtual string? Hazard => null;

    /// <summary>How the gateway is put into the path.</summary>
    public virtual Cure Cure => new();

    /// <summary>Needs a router between client and server.</summary>
    public virtual bool Routed => false;

    /// <summary>Programs and files without which it cannot be played, each with the Debian package that has it.</summary>
    public abstract IReadOnlyList<(string File, string Package)> Needs { get; }

    /// <summary>Of what the application said, what its author would show to others.</summary>
    public virtual string Shown(string said) => said;

    /// <summary>What is wrong in what the application said behind the gateway; null when all is well.</summary>
    public virtual string? WrongBehindGateway(string said) => Cure.SeesError(said) ? "the application still sees an error" : null;

    /// <summary>
    /// Plays it once: servers, application, failure. Writes what the author had with <see cref="StoryRun.Had"/>, calls <see cref="StoryRun.LookAhead"/> before the
    /// failure, <see cref="StoryRun.BeginAsked"/> before and <see cref="StoryRun.EndAsked"/> after it.
    /// </summary>
    protected abstract void Play(StoryRun run);

    /// <summary>What is missing on this machine; null when nothing is.</summary>
    public string? Missing()
    {
        foreach ((string file, string package) in (IEnumerable<(string, string)>)[("/usr/sbin/mariadbd", "mariadb-server"), ("/usr/bin/tcpdump", "tcpdump"), .. Needs])
            if (!Path.Exists(file))
                return $"{file} is not installed (package {package})";
        return Environment.IsPrivilegedProcess ? GatewayProcess.Missing() : "network namespaces and captures need root";
    }

    /// <summary>As it was, with what was asked for, and behind the gateway.</summary>
    /// <param name="folder">Where the evidence is kept.</param>
    public StoryTold Tell(string folder)
    {
        string first = Path.Combine(folder, "evidence"), second = Path.Combine(folder, "followed");
        StoryTold told;
        using (var run = new StoryRun(this, first, [], behindGateway: false))
        {
            Play(run);
            run.Complete();
            told = new StoryTold { Story = this, Saw = run.Said, Ahead = run.Ahead, First = Explanation.Of(folder, "evidence") };
        }
        if (!told.First.IsProven(Cause))
            using (var run = new StoryRun(this, second, told.First.CollectNext, behindGateway: false))
            {
                Play(run);
                run.Complete();
                told = told with { Followed = run.Followed, Second = Explanation.Of(folder, "followed") };
            }
        using (var run = new StoryRun(this, Path.Combine(folder, "gateway"), [], behindGateway: true))
        {
            Play(run);
            run.Complete();
            return told with { SawBehindGateway = run.Said, GatewaySaid = run.GatewaySaid };
        }
    }
}
