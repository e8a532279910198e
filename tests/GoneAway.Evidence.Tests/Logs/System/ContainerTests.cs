using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class ContainerTests
{
    [Theory]
    [InlineData("2026-11-20T10:00:00.011072877-05:00 container oom 29d72966e0beb17d9b0b9fbcbfc734e2 (image=mysql:8.0, name=db)", Sign.UnitDied, "db", "OOMKilled", null)]
    [InlineData("2026-11-20T10:00:00.011072877Z container die 29d72966e0be (execDuration=812, exitCode=139, image=mariadb:10.11, name=shop-data-1)", Sign.UnitDied, "shop-data-1", "exit-code", 139)]
    [InlineData("2026-11-20T10:00:00.011072877Z container die 29d72966e0be (exitCode=143, image=mysql:8.0, name=db)", Sign.UnitStopping, "db", "signal", 143)]
    [InlineData("2026-11-20T10:00:00.011072877Z container die 29d72966e0be (exitCode=137, image=registry/shop:1, name=shop-worker-3)", Sign.WorkerKilled, "shop-worker-3", "exit-code", 137)]
    [InlineData("2026-11-20T10:00:00.011072877Z container die 29d72966e0be (exitCode=137, image=haproxy:2.8, name=lb)", Sign.ProxyReloaded, "lb", "exit-code", 137)]
    [InlineData("2026-11-20T10:00:00.011072877Z container kill 29d72966e0be (image=mysql:8.0, name=db, signal=15)", Sign.UnitStopping, "db", "signal", 15)]
    [InlineData("2026-11-20T10:00:00.011072877Z container kill 29d72966e0be (image=mysql:8.0, name=db, signal=9)", Sign.UnitKilled, "db", "signal", 9)]
    [InlineData("2026-11-20T10:00:00.011072877Z container pause 29d72966e0be (image=mysql:8.0, name=db)", Sign.HostInterrupted, "db", "paused", null)]
    [InlineData("2026-11-20T10:00:00.011072877Z container start 29d72966e0be (image=mysql:8.0, name=db)", Sign.UnitStarted, "db", null, null)]
    [InlineData("{\"status\":\"die\",\"id\":\"36eb96\",\"from\":\"mysql:8.0\",\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"36eb96\",\"Attributes\":{\"exitCode\":\"137\",\"image\":\"mysql:8.0\",\"name\":\"db\"}},\"time\":1763632800}", Sign.UnitDied, "db", "exit-code", 137)]
    [InlineData("db-1 exited with code 137", Sign.UnitDied, "db-1", "exit-code", 137)]
    [InlineData("mysql_1     | \u001b[0mshop_mysql_1 exited with code 1 (restarting)", Sign.UnitDied, "shop_mysql_1", "exit-code", 1)]
    [InlineData("mariadb exited with code 0", Sign.UnitStopping, "mariadb", "exited", 0)]
    [InlineData("worker-1 exited with code 137", Sign.WorkerKilled, "worker-1", "exit-code", 137)]
    [InlineData("4f3c0ad5e1b2   mysql:8.0   \"docker-entrypoint.s…\"   2 hours ago   Exited (137) 3 minutes ago             shop-store", Sign.UnitDied, "shop-store", "exit-code", 137)]
    [InlineData("4f3c0ad5e1b2   mysql:8.0   \"docker-entrypoint.s…\"   2 hours ago   Restarting (1) 5 seconds ago             db", Sign.UnitDied, "db", "restarting", 1)]
    [InlineData("time=\"2026-11-20T10:00:10.123456789Z\" level=info msg=\"Container failed to exit within 10s of signal 15 - using the force\" container=4f3c0ad5e1b2", Sign.UnitKilled, "4f3c0ad5e1b2", "stop timeout", 9)]
    [InlineData("Nov 20 10:00:10 h dockerd[812]: time=\"2026-11-20T10:00:10Z\" level=info msg=\"Container 4f3c0ad5e1b2 failed to exit within 10 seconds of signal 15 - using the force\"", Sign.UnitKilled, "4f3c0ad5e1b2", "stop timeout", 9)]
    public void Dockers_words_on_an_end_name_the_container_and_its_code(string line, Sign sign, string subject, string? state, int? code)
    {
        Sighting found = Read.One(line);
        Assert.Equal((sign, Origin.System, subject, state, code), (found.Sign, found.Origin, found.Subject, found.State, found.Code));
    }

    [Fact]
    public void An_event_of_a_kill_for_memory_and_the_death_it_leads_to_are_one()
    {
        Sighting found = Read.One("""
            2026-11-20T10:00:00.011072877Z container oom 29d72966e0be (image=mysql:8.0, name=db)
            2026-11-20T10:00:00.211072877Z container die 29d72966e0be (execDuration=812, exitCode=137, image=mysql:8.0, name=db)
            """);
        Assert.Equal(("OOMKilled", 2026), (found.State, found.Stamp!.Value.Clock.Year));
    }

    [Theory]
    [InlineData("mysql-0   0/1     CrashLoopBackOff   5 (2m10s ago)   10m", Sign.UnitDied, "mysql-0", "CrashLoopBackOff")]
    [InlineData("default       shop-mysql-0   0/2     OOMKilled   1          10m", Sign.UnitDied, "shop-mysql-0", "OOMKilled")]
    [InlineData("mariadb-galera-2   0/1   Evicted   0   3d", Sign.UnitDied, "mariadb-galera-2", "evicted")]
    [InlineData("web-7f9c6b-x2x4z   0/1   OOMKilled   2   3d", Sign.WorkerKilled, "web-7f9c6b-x2x4z", "OOMKilled")]
    [InlineData("3m12s       Warning   BackOff     pod/mysql-0   Back-off restarting failed container mysql in pod mysql-0_default(9c5)", Sign.UnitDied, "mysql-0", "CrashLoopBackOff")]
    [InlineData("  Warning  BackOff    2m (x12 over 10m)   kubelet   Back-off restarting failed container mysql in pod mysql-0_default(9c5)", Sign.UnitDied, "mysql-0", "CrashLoopBackOff")]
    [InlineData("  Normal   Killing    3m                  kubelet   Container mysql failed liveness probe, will be restarted", Sign.UnitStopping, "mysql", "liveness probe")]
    [InlineData("60s         Normal    Killing     pod/mysql-0   Stopping container mysql", Sign.UnitStopping, "mysql-0", "stopped")]
    [InlineData("60s         Normal    Killing     pod/shop-web-0   Stopping container web", Sign.WorkerKilled, "shop-web-0", "stopped")]
    [InlineData("5m          Warning   Evicted     pod/mysql-0   The node was low on resource: memory. Container mysql was using 3Gi, which exceeds its request of 1Gi.", Sign.UnitDied, "mysql-0", "evicted")]
    [InlineData("2m          Warning   Unhealthy   pod/mysql-0   Liveness probe failed: mysqladmin: connect to server at 'localhost' failed", Sign.ServerStalls, "mysql-0", "liveness probe")]
    [InlineData("2m          Warning   Unhealthy   pod/mysql-0   Liveness probe failed: command \"mysqladmin ping\" timed out", Sign.ServerStalls, "mysql-0", "liveness probe")]
    [InlineData("1m          Normal    TaintManagerEviction   pod/mysql-0   Marking for deletion Pod default/mysql-0", Sign.UnitDied, "mysql-0", "node lost")]
    [InlineData("9m          Normal    NodeNotReady           node/worker-3   Node worker-3 status is now: NodeNotReady", Sign.UnitDied, null, "node lost")]
    [InlineData("1m          Normal    SuccessfulDelete       statefulset/mysql   delete Pod mysql-0 in StatefulSet mysql successful", Sign.UnitStopping, "mysql-0", "deleted")]
    [InlineData("1m          Normal    SandboxChanged   pod/mysql-0   Pod sandbox changed, it will be killed and re-created.", Sign.UnitDied, "mysql-0", "sandbox changed")]
    public void Kubernetes_words_name_the_pod_and_the_reason(string line, Sign sign, string? subject, string state)
    {
        Sighting found = Read.One(line);
        Assert.Equal((sign, subject, state), (found.Sign, found.Subject, found.State));
    }

    [Fact]
    public void A_described_pod_tells_its_last_end()
    {
        Findings found = Read.Lines("""
            Name:             shop-mysql-0
            Namespace:        default
            Containers:
              mysql:
                Container ID:   containerd://29d72966e0be
                Image:          mysql:8.0.36
                State:          Running
                  Started:      Fri, 20 Nov 2026 10:00:05 +0000
                Last State:     Terminated
                  Reason:       OOMKilled
                  Exit Code:    137
                  Started:      Fri, 20 Nov 2026 08:00:00 +0000
                  Finished:     Fri, 20 Nov 2026 10:00:01 +0000
                Ready:          True
                Restart Count:  3
            """);
        Sighting died = Assert.Single(found.Sightings, static s => s.Sign == Sign.UnitDied && s.Code is not null);
        Assert.Equal(("mysql", "OOMKilled", 137, new DateTime(2026, 11, 20, 10, 0, 1)), (died.Subject, died.State, died.Code, died.Stamp!.Value.Clock));
        Assert.Single(found.Sightings);
    }

    [Theory]
    [InlineData("""
        [
            {
                "Id": "8b75133450fa",
                "State": {
                    "Status": "exited",
                    "Running": false,
                    "OOMKilled": true,
                    "Dead": false,
                    "Pid": 0,
                    "ExitCode": 137,
                    "Error": "",
                    "StartedAt": "2026-03-10T19:51:02.31277242Z",
                    "FinishedAt": "2026-03-10T20:14:03.658991947Z"
                },
                "Image": "sha256:8ba0",
                "Name": "/db",
            }
        ]
        """, Sign.UnitDied, "db", "OOMKilled", 137)]
    [InlineData("""
                    "State": {
                        "Status": "exited",
                        "OOMKilled": false,
                        "ExitCode": 137,
                        "FinishedAt": "2026-03-10T20:14:03.658991947Z"
                    },
        """, Sign.UnitDied, null, "exit-code", 137)]
    [InlineData("{\"Status\":\"exited\",\"Running\":false,\"OOMKilled\":true,\"Pid\":0,\"ExitCode\":137,\"Error\":\"\",\"StartedAt\":\"2026-03-10T19:51:02Z\",\"FinishedAt\":\"2026-03-10T20:14:03Z\"}", Sign.UnitDied, null, "OOMKilled", 137)]
    [InlineData("""
          - containerID: containerd://29d7
            image: docker.io/library/mysql:8.0
            lastState:
              terminated:
                exitCode: 137
                finishedAt: "2026-03-10T20:14:03Z"
                reason: OOMKilled
                startedAt: "2026-03-10T19:14:03Z"
            name: mysql
            ready: true
        """, Sign.UnitDied, "mysql", "OOMKilled", 137)]
    [InlineData("""
            "lastState": {
                "terminated": {
                    "containerID": "containerd://29d7",
                    "exitCode": 137,
                    "finishedAt": "2026-03-10T20:14:03Z",
                    "reason": "Error",
                    "startedAt": "2026-03-10T19:14:03Z"
                }
            },
            "name": "mysql",
        """, Sign.UnitDied, "mysql", "exit-code", 137)]
    public void Described_in_JSON_or_YAML_an_end_is_the_same(string text, Sign sign, string? subject, string state, int code)
    {
        Sighting found = Read.One(text);
        Assert.Equal((sign, subject, state, code), (found.Sign, found.Subject, found.State, found.Code));
        Assert.Equal(new TimeOnly(20, 14), new TimeOnly(found.Stamp!.Value.Clock.Hour, found.Stamp.Value.Clock.Minute));
    }

    [Theory]
    [InlineData("\"State\": {\n  \"Status\": \"running\",\n  \"Running\": true,\n  \"OOMKilled\": false,\n  \"ExitCode\": 0,\n  \"FinishedAt\": \"0001-01-01T00:00:00Z\"\n}")]
    [InlineData("  Warning  Unhealthy  2m  kubelet  Readiness probe failed: mysqladmin: connect failed")]
    [InlineData("2m  Warning  Unhealthy  pod/mysql-0  Liveness probe failed: mysqladmin: Access denied for user 'root'@'localhost'")]
    [InlineData("2026-11-20T10:00:00.011072877Z container kill 29d72966e0be (image=mysql:8.0, name=db, signal=HUP)")]
    [InlineData("2026-11-20T10:00:00.011072877Z container die 29d72966e0be (exitCode=0, image=alpine, name=job)")]
    [InlineData("npm ERR! The command exited with code 1")]
    [InlineData("Process exited with code 1")]
    [InlineData("4f3c0ad5e1b2   mysql:8.0   \"docker-entrypoint.s…\"   2 hours ago   Up 3 minutes   3306/tcp   db")]
    [InlineData("mysql-0   1/1     Running   0   10m")]
    [InlineData("our CrashLoopBackOff runbook: look at the logs first")]
    [InlineData("\"exitCode\": 2,\n\"command\": \"grep\"")]
    [InlineData("  Exit Code:    0\n  Reason: Completed")]
    public void What_is_no_end_of_a_server_gives_nothing(string text) => Assert.Empty(Read.Lines(text).Sightings);

    [Fact]
    public void Anything_may_come_and_nothing_throws()
    {
        Mutated.NeverThrows("2026-11-20T10:00:00.0Z container die 29d7 (execDuration=812, exitCode=137, image=mysql:8.0, name=db)\ndb-1 exited with code 137\n4f3c mysql \"x\" 2 hours ago Exited (137) 3 minutes ago db\n", static text => Read.Lines(text));
        Mutated.NeverThrows("3m Warning BackOff pod/mysql-0 Back-off restarting failed container mysql in pod mysql-0_default(9c5)\nmysql-0 0/1 CrashLoopBackOff 5 10m\nContainer mysql failed liveness probe, will be restarted\n", static text => Read.Lines(text));
        Mutated.NeverThrows("Last State: Terminated\n  Reason: OOMKilled\n  Exit Code: 137\n  Finished: Fri, 20 Nov 2026 10:00:01 +0000\n\"OOMKilled\": true,\n\"ExitCode\": 137,\n", static text => Read.Lines(text));
    }
}
