using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Stories.StrayLine;

/// <summary>A Perl script closes STDERR and connects, so that the socket becomes descriptor 2; then rndc, which it calls, complains.</summary>
public sealed class StrayLineStory : Story
{
    private static readonly TimeSpan StepTime = TimeSpan.FromSeconds(30);

    public override int Number => 5;
    public override string Title => "The log line that MySQL received";
    public override string Cause => "stray-bytes";
    public override string? Hazard => "stray-bytes";
    public override IReadOnlyList<string> Sees => ["zones.pl.*DBD::mysql::db do failed: (MySQL server|Server) has gone away"];
    public override string Trouble => """
        A Perl script takes zones from MySQL, writes them for the name server and calls `rndc reload`. After an upgrade several servers say `MySQL server has gone away`
        again and again, a minute or two after the last query, and no time-out has anything to do with it. The script had worked for eight years.
        Its author looked at the packets with `tcpdump`, and with `fstat` at the script's descriptors: first with STDERR, then without it, then with the connection to MySQL in its place.

        Here Perl, DBD::mysql, rndc and MariaDB are Debian's; rndc complains that it has no key. Linux has `ls -l /proc/PID/fd` for `fstat`.
        """;

    public override IReadOnlyList<(string File, string Package)> Needs => [("/usr/bin/perl", "perl"), ("/usr/share/doc/libdbd-mysql-perl", "libdbd-mysql-perl"), ("/usr/sbin/rndc", "bind9-utils"), ("/usr/bin/ps", "procps")];

    public override string? WrongBehindGateway(string said) =>
        Cure.SeesError(said) ? "the application still sees an error" : said.Contains("zone example.org has serial 2", StringComparison.Ordinal) ? null : "the zone was not counted on";

    protected override void Play(StoryRun run)
    {
        LabRun lab = run.Lab;
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Stories", "StrayLine", "zones.pl"), Path.Combine(lab.Work, "zones.pl"));
        lab.StartServer();
        run.BeginAsked();
        lab.StartCapture();
        Program script = lab.Start("/usr/bin/env", $"--chdir={lab.Work}", "/usr/bin/perl", "zones.pl");
        string[] steps = ["begun", "looked for the dump", "connected"], go = ["first", "second", "third"];
        for (int i = 0; i < steps.Length; i++)
        {
            script.WaitForOutput(steps[i], StepTime);
            run.HadRun($"descriptors-{i + 1}.txt", $"ls -l /proc/{script.Id}/fd");
            if (i == 2)
                run.LookAhead("inspect");
            File.WriteAllText(Path.Combine(lab.Work, go[i]), "");
        }
        lab.Finish(script);
        run.EndAsked();
    }
}
