using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Stories.LongWorker;

/// <summary>A Celery task with Django and mysqlclient that asks MySQL at its start and at its end, and computes for longer than wait_timeout between.</summary>
public sealed class LongWorkerStory : Story
{
    /// <summary>Seconds; 28800 in the document.</summary>
    private const int WaitTimeout = 10;
    private const int Computing = WaitTimeout + 2;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    public override int Number => 1;
    public override string Title => "The worker that ran for five hours";
    public override string Cause => "wait-timeout";
    public override string? Hazard => "wait-timeout";
    public override IReadOnlyList<string> Sees => [@"OperationalError.*\(2006, ", "ForkPoolWorker-1", "the site says: report sales is running"];
    public override string Trouble => """
        A Celery task of a Django project computes for four to five hours. It asks MySQL at its start and at its end, and leaves it alone between.
        Some tasks neither fail nor finish: the site shows them as running for ever. The worker's log has `OperationalError: (2006, 'MySQL server has gone away')`.
        Its author looked at the server's uptime, its time-outs, `Com_kill`, `max_allowed_packet` and `my.cnf`.

        Here `wait_timeout` is 10 seconds in place of 28800, and the task computes for 12 seconds in place of five hours. Celery, Django, mysqlclient and MariaDB are Debian's.
        """;

    public override IReadOnlyList<(string File, string Package)> Needs =>
    [
        ("/usr/lib/python3/dist-packages/celery", "python3-celery"), ("/usr/lib/python3/dist-packages/django", "python3-django"), ("/usr/lib/python3/dist-packages/MySQLdb", "python3-mysqldb"),
        ("/usr/bin/mysql", "mariadb-client"),
    ];

    public override string? WrongBehindGateway(string said) =>
        base.WrongBehindGateway(said) ?? (said.Contains("the site says: report sales is done", StringComparison.Ordinal) ? null : "the report is not done");

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Stories", "LongWorker");

    protected override void Play(StoryRun run)
    {
        LabRun lab = run.Lab;
        if (Program.RunHere("cp", "-r", Path.Combine(Folder, "app"), lab.Work) is { } error)
            throw new LabException("cannot copy the application: " + error);
        string settings = File.ReadAllText(Path.Combine(Folder, "my.cnf"));
        lab.Network.WriteEtc(lab.ServerHost, "mysql/my.cnf", settings);
        foreach (string empty in (string[])["mysql/conf.d/mysql.cnf", "mysql/mysql.conf.d/mysqld.cnf"])
            lab.Network.WriteEtc(lab.ServerHost, empty, "[mysql]\n");
        lab.StartServer("--defaults-file=/etc/mysql/my.cnf");
        run.BeginAsked();
        Site(lab, "queue");
        Program worker = Python(lab, "-m", "celery", "-A", "project", "--quiet", "worker", "--hostname=worker@app1", "--concurrency=1", "--loglevel=INFO");
        worker.WaitForOutput("is being computed", StartTime);
        // Until the worker's session has slept for nearly as long as it may.
        run.Shell($"mysql -e 'DO SLEEP({WaitTimeout} * 0.82)'", lab.ClientHost);
        run.LookAhead("inspect --dsn 127.0.0.1:3306");
        if (!Poll.Until(() => worker.Output.Contains("OperationalError: (2006", StringComparison.Ordinal) || worker.Output.Contains("succeeded in", StringComparison.Ordinal), StartTime))
            throw new LabException("the task did not come to its end: " + worker.Output);
        worker.Signal("TERM");
        lab.Finish(worker);
        Site(lab, "show");
        run.HadRun("uptime.txt", "mysql -t -e \"show global status like 'uptime'\"");
        run.HadRun("timeouts.txt", "mysql -t -e \"show global variables like '%timeout'\"");
        run.HadRun("com_kill.txt", "mysql -t -e \"show global status like 'com_kill'\"");
        run.HadRun("max_allowed_packet.txt", "mysql -t -e \"show global variables like 'max_allowed_packet'\"");
        run.Had("etc/mysql/my.cnf", settings);
        run.EndAsked();
    }

    private static void Site(LabRun lab, string what) => lab.Finish(Python(lab, "web.py", what));

    /// <summary>Starts Python in the application's folder.</summary>
    private static Program Python(LabRun lab, params string[] arguments) =>
        lab.Start(["/usr/bin/env", $"--chdir={Path.Combine(lab.Work, "app")}", $"COMPUTING={Computing}", "/usr/bin/python3", .. arguments]);
}
