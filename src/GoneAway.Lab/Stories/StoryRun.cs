using System.Text.RegularExpressions;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Stories;

/// <summary>One play of a story: its servers and programs, and the evidence that it leaves.</summary>
public sealed partial class StoryRun : IDisposable
{
    /// <summary>The account that the commands of a database administrator use.</summary>
    private const string Login = "[client]\nhost=127.0.0.1\nport=3306\nuser=app\npassword=secret\n";
    private static readonly TimeSpan CommandTime = TimeSpan.FromSeconds(30);

    private readonly Story story;
    private readonly IReadOnlyList<string> asked;
    private readonly bool behindGateway;
    private readonly List<FollowedStep> ahead = [], followed = [];
    private readonly List<(string Command, Program Program)> running = [];
    private bool asking;

    /// <param name="asked">Commands of <c>collectNext</c> that are followed.</param>
    internal StoryRun(Story story, string folder, IReadOnlyList<string> asked, bool behindGateway)
    {
        this.story = story;
        this.asked = asked;
        this.behindGateway = behindGateway;
        Lab = new LabRun(folder, story.Routed, Flavour.MariaDb, behindGateway ? story.Cure : null);
        Home = Path.Combine(Lab.Work, "home");
        Directory.CreateDirectory(Home);
        File.WriteAllText(Path.Combine(Home, ".my.cnf"), Login.Replace("127.0.0.1", story.Routed ? Network.ServerAddress : "127.0.0.1", StringComparison.Ordinal));
    }

    /// <summary>Hosts, servers and clients. With the gateway in the path, its first client starts it; DB_HOST and DB_PORT then lead there.</summary>
    public LabRun Lab { get; }

    public bool IsBehindGateway => behindGateway;

    /// <summary>The home folder of the administrator on the hosts of the run, with a <c>.my.cnf</c>.</summary>
    public string Home { get; }

    /// <summary>What the application said so far.</summary>
    public string Said => Lab.Said;

    public string GatewaySaid => Lab.GatewaySaid;

    internal IReadOnlyList<FollowedStep> Ahead => ahead;

    internal IReadOnlyList<FollowedStep> Followed => followed;

    /// <summary>A file that the author had.</summary>
    public void Had(string name, string content)
    {
        string file = Path.Combine(Lab.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    /// <summary>What the author ran, on the application's host unless told, in a shell: its output is evidence.</summary>
    public string HadRun(string name, string command, string? host = null)
    {
        string output = Shell(command, host ?? Lab.ClientHost);
        Had(name, output);
        return output;
    }

    /// <summary>Runs <c>goneaway inspect</c> or <c>check</c> before anything fails; only without the gateway and once.</summary>
    /// <param name="arguments">E.g. <c>inspect --dsn app:secret@127.0.0.1:3306</c>.</param>
    public void LookAhead(string arguments, string? host = null)
    {
        if (behindGateway || asked.Count > 0)
            return;
        string command = "goneaway " + arguments;
        ahead.Add(new FollowedStep(command, Shell(command, host ?? Lab.ClientHost)));
    }

    /// <summary>Starts what collectNext asked for that has to run while it happens: tcpdump.</summary>
    public void BeginAsked()
    {
        asking = true;
        foreach (string command in asked.Where(IsCapture))
        {
            Program program = Start(command, Lab.ClientHost);
            running.Add((command, program));
            program.WaitForOutput("listening on", CommandTime);
        }
    }

    /// <summary>After the failure: runs what else collectNext asked for, and ends what runs.</summary>
    public void EndAsked()
    {
        if (!asking)
            throw new LabException("BeginAsked was not called");
        foreach ((string command, Program program) in running)
        {
            Program.RunHere("pkill", "-INT", "-P", program.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            program.Signal("INT");
            program.WaitForExit(CommandTime);
            followed.Add(new FollowedStep(command, program.Output));
            program.Dispose();
        }
        running.Clear();
        int number = 0;
        foreach (string command in asked.Where(static c => !IsCapture(c)))
        {
            string output = Shell(Bare(command), Lab.ClientHost);
            followed.Add(new FollowedStep(command, output));
            Had($"asked-{++number}.txt", output);
        }
    }

    /// <summary>Runs a command in a shell of a host, in the folder of evidence, and waits for it.</summary>
    public string Shell(string command, string host)
    {
        using Program program = Start(command, host);
        program.WaitForExit(CommandTime);
        return program.Output;
    }

    internal void Complete()
    {
        if (!behindGateway && !asking)
            throw new LabException($"{story.Name} has not asked for what collectNext names");
        Lab.StopCapture();
        Had("application.log", Said);
    }

    public void Dispose()
    {
        foreach ((_, Program program) in running)
            program.Dispose();
        Lab.Dispose();
    }

    private Program Start(string command, string host) =>
        Program.Start(Lab.Network, host, new Dictionary<string, string> { ["HOME"] = Home, ["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}" }, "/bin/sh", "-c", $"cd '{Lab.Folder}' && {Bare(command)}");

    private static bool IsCapture(string command) => command.StartsWith("tcpdump ", StringComparison.Ordinal);

    /// <summary>Without the remark for people that stands behind it.</summary>
    private static string Bare(string command) => Remark().Replace(command, "");

    [GeneratedRegex(@" {2,}\([^()]*(\([^()]*\)[^()]*)*\)$")]
    private static partial Regex Remark();
}
