using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

/// <summary>Process servers and job runners.</summary>
public sealed class ProcessLogTests
{
    [Fact]
    public void UWsgi_forks_after_loading()
    {
        IReadOnlyList<Sighting> all = Read.Lines("""
            *** Operational MODE: preforking ***
            WSGI app 0 (mountpoint='') ready in 2 seconds on interpreter 0x55d7b1c3f0a0 pid: 1 (default app)
            *** uWSGI is running in multiple interpreter mode ***
            spawned uWSGI master process (pid: 1)
            spawned uWSGI worker 1 (pid: 8, cores: 1)
            spawned uWSGI worker 2 (pid: 9, cores: 1)
            """).Sightings;
        Assert.Equal([(Sign.WorkersForked, (int?)8), (Sign.WorkersForked, 9)], all.Select(static one => (one.Sign, one.Pid)));
    }

    [Fact]
    public void UWsgi_with_lazy_apps_forks_before_loading() => Assert.Empty(Read.Lines("""
        *** uWSGI is running in multiple interpreter mode ***
        spawned uWSGI master process (pid: 1)
        spawned uWSGI worker 1 (pid: 8, cores: 1)
        spawned uWSGI worker 2 (pid: 9, cores: 1)
        WSGI app 0 (mountpoint='') ready in 2 seconds on interpreter 0x55d7b1c3f0a0 pid: 9 (default app)
        WSGI app 0 (mountpoint='') ready in 2 seconds on interpreter 0x55d7b1c3f0a0 pid: 8 (default app)
        """).Sightings);

    [Theory]
    [InlineData("preload_app: True", 1)]
    [InlineData("preload_app: False", 0)]
    public void Gunicorn_forks_loaded_applications_only_when_told(string setting, int sightings) => Assert.Equal(sightings, Read.Lines($"""
          {setting}
        [2026-11-20 10:00:00 +0000] [71] [INFO] Starting gunicorn 20.1.0
        [2026-11-20 10:00:00 +0000] [73] [INFO] Booting worker with pid: 73
        """).Sightings.Count);

    [Theory]
    [InlineData("[2026-11-20 10:00:02 +0000] [71] [CRITICAL] WORKER TIMEOUT (pid:84)", 84, "gunicorn")]
    [InlineData("[2026-11-20 10:00:02 +0000] [71] [ERROR] Worker (pid:84) was sent SIGKILL! Perhaps out of memory?", 84, "gunicorn")]
    [InlineData("[2026-11-20 10:00:02 +0000] [71] [WARNING] Worker with pid 84 was terminated due to signal 9", 84, "gunicorn")]
    [InlineData("Tue Jul 22 12:40:18 2025 - *** HARAKIRI ON WORKER 2 (pid: 9, try: 1) ***", 9, "uwsgi")]
    [InlineData("DAMN ! worker 2 (pid: 9) died, killed by signal 9 :( trying respawn ...", 9, "uwsgi")]
    [InlineData("[1] ! Terminating timed out worker: 77", 77, "puma")]
    [InlineData("E, [2026-11-20T10:00:00.000000 #5]  ERROR -- : worker=2 PID:1234 timeout (61s > 60s), killing", 1234, "unicorn")]
    [InlineData("E, [2026-11-20T10:00:00.000000 #5]  ERROR -- : reaped #<Process::Status: pid 1234 SIGKILL (signal 9)> worker=2", 1234, "unicorn")]
    public void A_worker_killed_by_its_supervisor_has_its_number(string line, int pid, string server)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.WorkerKilled, (int?)pid), (sighting.Sign, sighting.Pid));
        Assert.Contains(server, sighting.Stack);
    }

    [Fact]
    public void Celery_tells_jobs_by_their_worker()
    {
        Sighting sighting = Read.One("[2026-11-20 10:00:00,123: INFO/ForkPoolWorker-2] Task app.tasks.report[6a2c1e5e-0000-4a4b-8c6a-0d0d0d0d0d0d] succeeded in 16200.5s: None");
        Assert.Equal((Sign.JobRan, "app.tasks.report", "ForkPoolWorker-2", TimeSpan.FromSeconds(16200.5)), (sighting.Sign, sighting.Subject, sighting.Worker, sighting.Elapsed));
    }

    [Theory]
    [InlineData("billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 12.")]
    [InlineData("billiard.exceptions.WorkerLostError: Worker exited prematurely: exitcode 155.")]
    [InlineData("[2026-11-20 10:00:00,123: ERROR/MainProcess] Hard time limit (300s) exceeded for app.tasks.report[6a2c]")]
    [InlineData("billiard.exceptions.TimeLimitExceeded: TimeLimitExceeded(300,)")]
    public void Celery_loses_workers(string line)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(Sign.WorkerKilled, sighting.Sign);
        Assert.Contains("celery", sighting.Stack);
    }

    [Theory]
    [InlineData(" .> concurrency: 4 (prefork)", Sign.WorkersForked)]
    [InlineData("[1] * Preloading application", Sign.WorkersForked)]
    [InlineData("** [10:00:00 2026-11-20] 77: *** Forked 1234 at 1795168800", Sign.WorkersForked)]
    public void Forks_of_loaded_applications(string line, Sign sign) => Assert.Equal(sign, Read.One(line).Sign);

    [Theory]
    [InlineData(" .> concurrency: 4 (gevent)")]
    [InlineData("Respawned uWSGI worker 2 (new pid: 10)")]
    [InlineData("[1] - Worker 0 (PID: 77) booted in 0.1s, phase: 0")]
    [InlineData("task received by the office")]
    public void Other_lines_of_supervisors_give_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);

    [Fact]
    public void Errors_are_counted_on_their_workers()
    {
        IReadOnlyList<Sighting> all = Read.Lines("""
            [2026-11-20 10:00:01,123: ERROR/ForkPoolWorker-6] Task t.a[1] raised unexpected: OperationalError(2006, 'MySQL server has gone away')
            Traceback (most recent call last):
              File "/app/lib/python2.7/site-packages/MySQLdb/cursors.py", line 205, in execute
                self.errorhandler(self, exc, value)
            OperationalError: (2006, 'MySQL server has gone away')
            [2026-11-20 10:00:01,150: ERROR/ForkPoolWorker-7] Task t.a[2] raised unexpected: OperationalError(2013, 'Lost connection to MySQL server during query')
            [2026-11-20 10:00:01,160: ERROR/ForkPoolWorker-8] Task t.a[3] raised unexpected: ProgrammingError(2014, "Commands out of sync; you can't run this command now")
            [2026-11-20 10:00:02,000: INFO/ForkPoolWorker-8] Task t.b[4] succeeded in 0.5s: None
            """).Sightings;
        Assert.Equal(
            [(Sign.GoneAway, "ForkPoolWorker-6"), (Sign.LostDuringQuery, "ForkPoolWorker-7"), (Sign.CommandsOutOfSync, "ForkPoolWorker-8"), (Sign.JobRan, "ForkPoolWorker-8")],
            all.Select(static one => (one.Sign, one.Worker)));
    }
}
