using System.Text.RegularExpressions;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Stories.FourTabs;

/// <summary>Pyramid and SQLAlchemy on uWSGI, whose workers inherit the connection that was opened while the application was loaded.</summary>
public sealed partial class FourTabsStory : Story
{
    /// <summary>Which errors come is chance; a play ends when all of them were there.</summary>
    private const int MostStarts = 80;
    private const int Workers = 4;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    public override int Number => 2;
    public override string Title => "The site that fails on four tabs";

    public override string Trouble => """
        A site on Pyramid, SQLAlchemy and MySQLdb under uWSGI. Four tabs opened in quick succession, or ten requests at once, give some *502 Bad Gateway*; the uWSGI log has a mixture of 2006,
        `NoSuchColumnError` and `ResourceClosedError`. With one worker all is well. MySQL's error log stays empty. It is not `wait_timeout`, and a larger `max_allowed_packet` has changed nothing.
        """;

    public override string Cause => "shared-after-fork";

    public override IReadOnlyList<string> Sees => [@"\((2006|2013), ", "NoSuchColumnError: ", "ResourceClosedError: This result object does not return rows"];

    public override string? Hazard => "shared-after-fork";

    public override IReadOnlyList<(string File, string Package)> Needs =>
    [
        ("/usr/bin/uwsgi", "uwsgi-core"), ("/usr/lib/uwsgi/plugins/python3_plugin.so", "uwsgi-plugin-python3"), ("/usr/lib/python3/dist-packages/pyramid", "python3-pyramid"),
        ("/usr/lib/python3/dist-packages/sqlalchemy", "python3-sqlalchemy"), ("/usr/lib/python3/dist-packages/MySQLdb", "python3-mysqldb"), ("/usr/bin/curl", "curl"),
    ];

    private static string Files => Path.Combine(AppContext.BaseDirectory, "Stories", "FourTabs");

    /// <summary>Without what uWSGI says of itself, and without tracebacks.</summary>
    public override string Shown(string said) => string.Join('\n', said.Split('\n').Where(static line => Telling().IsMatch(line)));

    /// <summary>One socket cannot be made safe for several writers: each is told, and nobody gets another's row.</summary>
    public override string? WrongBehindGateway(string said)
    {
        if (Wrong().Match(said) is { Success: true } row)
            return "another process's answer reached one: " + row.Value;
        return AllTold(said) ? null : "not all workers were told of the shared socket and of its holders";
    }

    protected override void Play(StoryRun run)
    {
        string[] settings = File.ReadAllLines(Path.Combine(Files, "my.cnf"));
        DatabaseServer server = run.Lab.StartServer([.. settings.Where(static line => line.Contains('=')).Select(static line => "--" + line.Replace(" ", "", StringComparison.Ordinal))]);
        run.BeginAsked();
        for (int i = 0; i < MostStarts && !IsOver(run); i++)
        {
            using Program site = StartSite(run);
            if (i == 0)
                run.LookAhead("inspect $(pgrep -x uwsgi)");
            run.Shell("for i in 1 2 3 4 5 6 7 8 9 10; do (curl -s -m 5 -o /dev/null http://127.0.0.1:8080/gene/$i &); done; wait", run.Lab.ClientHost);
            site.Signal("INT");
            run.Lab.Finish(site);
        }
        using (StartSite(run))
            run.EndAsked();
        run.Had("my.cnf", File.ReadAllText(Path.Combine(Files, "my.cnf")));
        run.Had("uwsgi.ini", File.ReadAllText(Path.Combine(Files, "uwsgi.ini")));
        run.Had("error.log", File.ReadAllText(server.Log));
    }

    private static Program StartSite(StoryRun run)
    {
        foreach (string name in (string[])["genes.py", "uwsgi.ini"])
            File.Copy(Path.Combine(Files, name), Path.Combine(run.Lab.Work, name), overwrite: true);
        Program site = run.Lab.Start("/usr/bin/uwsgi", "--chdir", run.Lab.Work, "--ini", Path.Combine(run.Lab.Work, "uwsgi.ini"));
        site.WaitForOutput($"spawned uWSGI worker {Workers}", StartTime);
        return site;
    }

    private bool IsOver(StoryRun run) => run.IsBehindGateway ? AllTold(run.Said) : Sees.All(pattern => Regex.IsMatch(run.Said, pattern));

    /// <summary>All workers of one start were told who holds their socket. One that had no request at that time finds it closed.</summary>
    private static bool AllTold(string said)
    {
        var told = Told().Matches(said).Select(static m => m.Groups[1].Value).ToHashSet();
        return Spawned().Matches(said).Select(static m => m.Groups[1].Value).Chunk(Workers).Any(told.IsSupersetOf);
    }

    [GeneratedRegex(@"^worker (\d+): .*processes hold this connection's socket \((uwsgi\S*\[\d+\](, )?){2,}", RegexOptions.Multiline)]
    private static partial Regex Told();

    [GeneratedRegex(@"^(spawned uWSGI|WSGI app|worker \d+: |WRONG ROW|sqlalchemy\.exc\.)")]
    private static partial Regex Telling();

    [GeneratedRegex(@"spawned uWSGI worker \d+ \(pid: (\d+)")]
    private static partial Regex Spawned();

    [GeneratedRegex("(WRONG ROW|NoSuchColumnError|ResourceClosedError).*")]
    private static partial Regex Wrong();
}
