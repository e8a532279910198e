namespace GoneAway.Lab.Scenarios;

/// <summary>A Perl script closes STDERR and connects, so that the connection becomes descriptor 2; then a child process writes a warning.</summary>
public sealed class StrayBytesScenario : Scenario
{
    public override string Name => "stray-bytes";
    public override string Cause => "stray-bytes";
    public override string Description => "A Perl script closes STDERR and connects, so that the connection becomes descriptor 2; then a child process writes a warning.";
    public override Cure Cure => new();
    public override IReadOnlyList<string> Needs => [.. base.Needs, "/usr/bin/perl"];

    protected override void Act(LabRun run)
    {
        run.StartServer();
        run.StartCapture();
        run.Finish(run.Start("/usr/bin/perl", "-e", """
            use DBI;
            my $open = "DBI:mysql:database=shop;host=127.0.0.1;port=$ENV{DB_PORT}";
            close(STDERR);
            my $db = DBI->connect($open, "app", "secret", {PrintError => 0, RaiseError => 0});
            $db->do("SELECT 1");
            system("echo rndc: warning: key file exists, but using default configuration file >&2");
            sleep 1;
            $db->do("SELECT 2") or print "do failed: " . $db->errstr . "\n";
            """));
    }
}
