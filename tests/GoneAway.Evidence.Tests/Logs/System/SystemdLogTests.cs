using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class SystemdLogTests
{
    [Theory]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysqld.service: Main process exited, code=killed, status=9/KILL", Sign.UnitDied, "mysqld.service", "signal", 9)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysqld.service: main process exited, code=killed, status=6/ABRT", Sign.UnitDied, "mysqld.service", "signal", 6)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mariadb.service: Main process exited, code=dumped, status=11/SEGV", Sign.UnitDied, "mariadb.service", "core-dump", 11)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: php8.1-fpm.service: Main process exited, code=exited, status=255/EXCEPTION", Sign.UnitDied, "php8.1-fpm.service", "exit-code", 255)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysql.service: Failed with result 'timeout'.", Sign.UnitDied, "mysql.service", "timeout", null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: Unit mysqld.service entered failed state.", Sign.UnitDied, "mysqld.service", "failed", null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysql.service: Scheduled restart job, restart counter is at 1.", Sign.UnitDied, "mysql.service", "restarted", null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysqld.service holdoff time over, scheduling restart.", Sign.UnitDied, "mysqld.service", "restarted", null)]
    [InlineData("Sep 09 14:41:51 dried systemd[1]: snap.nextcloud.mysql.service: State 'stop-sigterm' timed out. Killing.", Sign.UnitKilled, "snap.nextcloud.mysql.service", "stop timeout", null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysqld.service stop-sigterm timed out. Killing.", Sign.UnitKilled, "mysqld.service", "stop timeout", null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysql.service: start operation timed out. Terminating.", Sign.UnitKilled, "mysql.service", "start timeout", null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysql.service: Watchdog timeout (limit 3min)!", Sign.UnitKilled, "mysql.service", "watchdog", null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: Stopping MySQL Community Server...", Sign.UnitStopping, "MySQL Community Server", null, null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: Stopping mysql.service - MySQL Community Server...", Sign.UnitStopping, "mysql.service", null, null)]
    [InlineData("Nov 20 10:00:00 h systemd: Stopping MySQL Server...", Sign.UnitStopping, "MySQL Server", null, null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: Stopped MariaDB 10.11.6 database server.", Sign.UnitStopping, "MariaDB 10.11.6 database server", "stopped", null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: Started MariaDB 10.11.6 database server.", Sign.UnitStarted, "MariaDB 10.11.6 database server", null, null)]
    [InlineData("Nov 20 10:00:00 h systemd[1]: Starting mariadb.service - MariaDB 10.11.6 database server...", Sign.UnitStarted, "mariadb.service", "starting", null)]
    public void A_units_fate_is_read_in_the_words_of_every_generation(string line, Sign sign, string subject, string? state, int? code)
    {
        Sighting found = Read.One(line);
        Assert.Equal((sign, subject, state, code), (found.Sign, found.Subject, found.State, found.Code));
        Assert.NotNull(found.Stamp);
    }

    [Fact]
    public void A_death_in_many_lines_is_one_with_its_result()
    {
        Findings found = Read.Lines("""
            Nov 20 10:00:00 h systemd[1]: mysql.service: A process of this unit has been killed by the OOM killer.
            Nov 20 10:00:01 h systemd[1]: mysql.service: Main process exited, code=killed, status=9/KILL
            Nov 20 10:00:01 h systemd[1]: mysql.service: Failed with result 'oom-kill'.
            Nov 20 10:00:01 h systemd[1]: mysql.service: Consumed 2min 3.4s CPU time.
            Nov 20 10:00:02 h systemd[1]: mysql.service: Scheduled restart job, restart counter is at 1.
            Nov 20 10:00:02 h systemd[1]: Stopped MySQL Community Server.
            Nov 20 10:00:02 h systemd[1]: Starting MySQL Community Server...
            Nov 20 10:00:05 h systemd[1]: Started MySQL Community Server.
            """);
        Assert.Equal([Sign.OomKill, Sign.UnitDied, Sign.UnitStarted], found.Sightings.Select(static s => s.Sign));
        Assert.Equal(("oom-kill", 9), (found.Sightings[1].State, found.Sightings[1].Code));
    }

    [Fact]
    public void A_result_of_a_kill_for_memory_is_one_even_without_the_kernels_line()
    {
        Findings found = Read.Lines("Nov 20 10:00:01 h systemd[1]: mysql.service: Failed with result 'oom-kill'.");
        Assert.Equal([Sign.OomKill, Sign.UnitDied], found.Sightings.Select(static s => s.Sign));
    }

    [Fact]
    public void Lost_patience_is_told_once_however_many_processes_are_killed()
    {
        Sighting found = Read.One("""
            Sep 09 14:41:51 dried systemd[1]: snap.nextcloud.mysql.service: State 'stop-sigterm' timed out. Killing.
            Sep 09 14:41:51 dried systemd[1]: snap.nextcloud.mysql.service: Killing process 7359 (mysqld_safe) with signal SIGKILL.
            Sep 09 14:41:51 dried systemd[1]: snap.nextcloud.mysql.service: Killing process 9769 (mysqld) with signal SIGKILL.
            """);
        Assert.Equal((Sign.UnitKilled, "stop timeout"), (found.Sign, found.State));
    }

    [Fact]
    public void Systemctl_status_tells_state_signal_and_time()
    {
        Sighting died = Read.One("""
            ● mysql.service - MySQL Community Server
                 Loaded: loaded (/lib/systemd/system/mysql.service; enabled; vendor preset: enabled)
                 Active: failed (Result: signal) since Fri 2026-11-20 10:00:00 UTC; 3min 2s ago
                Process: 1000 ExecStartPre=/usr/share/mysql/mysql-systemd-start pre (code=exited, status=0/SUCCESS)
               Main PID: 1234 (code=killed, signal=KILL)
            """);
        Assert.Equal((Sign.UnitDied, "mysql.service", "signal", 9), (died.Sign, died.Subject, died.State, died.Code));
        Assert.Equal(new DateTime(2026, 11, 20, 10, 0, 0), died.Stamp!.Value.Clock);
        Sighting runs = Read.One("""
            ● mariadb.service - MariaDB 10.11.6 database server
                 Loaded: loaded (/lib/systemd/system/mariadb.service; enabled)
                 Active: active (running) since Fri 2026-11-20 10:00:00 CET; 3min 2s ago
               Main PID: 1234 (mariadbd)
            """);
        Assert.Equal((Sign.UnitStarted, "mariadb.service"), (runs.Sign, runs.Subject));
    }

    [Theory]
    [InlineData("Nov 20 10:00:00 h systemd[1]: Starting Daily apt upgrade and clean activities...")]
    [InlineData("Nov 20 10:00:00 h systemd[1]: Started Session 12 of user root.")]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysql.service: Main process exited, code=exited, status=0/SUCCESS")]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysql.service: Failed with result 'success'.")]
    [InlineData("2026-11-20 10:00:00 INFO Started mysql pool")]
    [InlineData("Main process exited, code=killed")]
    public void Units_of_no_interest_and_orderly_ends_give_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);
}
