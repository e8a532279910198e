using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class OomLogTests
{
    [Theory]
    [InlineData("Out of memory: Killed process 3017 (mysqld).", "mysqld", 3017, null, "global")]
    [InlineData("Out of memory: Killed process 3017, UID 27, (mysqld).", "mysqld", 3017, null, "global")]
    [InlineData("Mar  2 17:35:10 server1 kernel: [2858609.598568] Killed process 11726, UID 498, (mysqld) total-vm:7823732kB, anon-rss:2539268kB, file-rss:768kB", "mysqld", 11726, 2539268L, "global")]
    [InlineData("[  +0.000082] Out of memory: Kill process 16556 (mysqld) score 1663 or sacrifice child", "mysqld", 16556, null, "global")]
    [InlineData("[ 4709.116275] Memory cgroup out of memory: Kill process 71414 (mysqld) score 108 or sacrifice child", "mysqld", 71414, null, "cgroup")]
    [InlineData("[Thu Nov 20 10:00:00 2026] Out of memory: Killed process 1234 (mysqld.bin) total-vm:16816660kB, anon-rss:4469476kB, file-rss:4kB, shmem-rss:0kB, UID:112 pgtables:9512kB oom_score_adj:0", "mysqld.bin", 1234, 4469476L, "global")]
    [InlineData("kern  :err   : [1234.5] Memory cgroup out of memory: Killed process 9 (mariadbd) total-vm:1kB, anon-rss:77kB, file-rss:0kB", "mariadbd", 9, 77L, "cgroup")]
    [InlineData("2026-11-20T10:00:00.123456+00:00 db1 kernel: oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/mysql.service,task=mysqld,pid=1234,uid=112", "mysqld", 1234, null, "global")]
    [InlineData("[1.0] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=4f,mems_allowed=0,oom_memcg=/docker/4f,task_memcg=/docker/4f,task=mysqld,pid=55,uid=999", "mysqld", 55, null, "cgroup")]
    [InlineData("[2.0] oom_reaper: reaped process 31 (php-fpm7.4), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB", "php-fpm7.4", 31, 0L, "global")]
    [InlineData("[3.0] Out of memory (oom_kill_allocating_task): Killed process 8 (python3) total-vm:1kB, anon-rss:2kB, file-rss:3kB", "python3", 8, 2L, "global")]
    [InlineData("Out of memory in UB 123: OOM killed process 29 (mysqld) score 0 vm:1024kB, rss:512kB, swap:0kB", "mysqld", 29, 512L, "global")]
    [InlineData("Nov 20 10:00:00 bsd kernel: pid 1234 (mysqld), jid 0, uid 88, was killed: out of swap space", "mysqld", 1234, null, "global")]
    [InlineData("earlyoom[400]: sending SIGTERM to process 4711 uid 112 \"mysqld\": oom_score 900, VmRSS 3000 MiB, cmdline \"/usr/sbin/mysqld\"", "mysqld", 4711, 3072000L, "global")]
    [InlineData("Nov 20 10:00:00 h systemd[1]: mysql.service: A process of this unit has been killed by the OOM killer.", "mysql.service", null, null, "cgroup")]
    [InlineData("Nov 20 10:00:00 h systemd-oomd[700]: Killed /system.slice/mariadb.service due to memory pressure for /system.slice being 65.39% > 50.00% for > 30s with reclaim activity", "mariadb.service", null, null, "cgroup")]
    [InlineData("  Warning  SystemOOM  3m  kubelet  System OOM encountered, victim process: mysqld, pid: 3121", "mysqld", 3121, null, "global")]
    public void Each_generation_of_the_kernel_and_each_daemon_names_its_victim(string line, string subject, int? pid, long? kilobytes, string state)
    {
        Sighting found = Read.One(line);
        Assert.Equal(Sign.OomKill, found.Sign);
        Assert.Equal(Origin.System, found.Origin);
        Assert.Equal((subject, pid, kilobytes * 1024, state), (found.Subject, found.Pid, found.Size, found.State));
    }

    [Fact]
    public void One_kill_in_four_lines_is_one_sighting_with_its_cgroup()
    {
        Sighting found = Read.One("""
            [ 100.1] Tasks in /docker/4f killed as a result of limit of /docker/4f
            [ 100.2] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=4f,mems_allowed=0,oom_memcg=/docker/4f,task_memcg=/docker/4f,task=mysqld,pid=1234,uid=999
            [ 100.3] Memory cgroup out of memory: Kill process 1234 (mysqld) score 1108 or sacrifice child
            [ 100.4] Killed process 1234 (mysqld) total-vm:1121372kB, anon-rss:452468kB, file-rss:0kB, shmem-rss:0kB
            [ 100.5] oom_reaper: reaped process 1234 (mysqld), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB
            """);
        Assert.Equal(("mysqld", 1234, 452468L * 1024, "cgroup"), (found.Subject, found.Pid, found.Size, found.State));
        Assert.Equal("test.log:4", found.Source);
    }

    [Fact]
    public void The_time_is_the_lines_own()
    {
        Sighting found = Read.One("2026-11-20 09:00:00 something\n[ 100.4] Killed process 1234 (mysqld) total-vm:1kB, anon-rss:2kB, file-rss:0kB");
        Assert.Null(found.Stamp);
        found = Read.One("Nov 20 10:00:01 db kernel: [ 100.4] Killed process 1234 (mysqld) total-vm:1kB, anon-rss:2kB, file-rss:0kB");
        Assert.Equal(new TimeSpan(10, 0, 1), found.Stamp!.Value.Clock.TimeOfDay);
    }

    [Theory]
    [InlineData("mysqld invoked oom-killer: gfp_mask=0x24201ca, order=0, oom_score_adj=0")]
    [InlineData("The OOM killer killed process (I think) mysqld")]
    [InlineData("Kill process 12 of the queue (retry)")]
    [InlineData("pid 12 (make), uid 0, was killed: exceeded maximum CPU limit")]
    [InlineData("oom-kill:constraint=")]
    [InlineData("Killed process ")]
    [InlineData("Killed process 12 (")]
    public void Words_that_only_look_like_a_kill_give_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);
}
