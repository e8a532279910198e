using GoneAway.Diagnosis.Hazards;
using GoneAway.Model;

namespace GoneAway.Diagnosis.Tests.Hazards;

/// <summary>Each rule: a hit, and a near miss that must give nothing.</summary>
public sealed class RuleTests
{
    /// <summary>A server on which no rule has anything to say.</summary>
    private static Known Healthy(params string[] more) => Known.Server([.. (string[])["version=8.4.3", "wait_timeout=28800", "interactive_timeout=28800", "connect_timeout=10", "net_read_timeout=30", "net_write_timeout=60",
        "max_allowed_packet=67108864", "max_connections=151", "log_error_verbosity=3", "skip_name_resolve=ON", "read_only=OFF"], .. more]);

    private static Hazard Only(Known known, string cause)
    {
        Hazard hazard = Assert.Single(known.Hazards());
        Assert.Equal(cause, hazard.Cause);
        Assert.NotEmpty(hazard.Source);
        Assert.NotEmpty(hazard.Fix);
        return hazard;
    }

    private static void None(Known known) => Assert.Empty(known.Hazards());

    [Fact]
    public void A_healthy_server_has_none() => None(Healthy());

    [Fact]
    public void Nothing_known_gives_none() => None(new Known());

    [Fact]
    public void A_pool_that_keeps_connections_as_long_as_the_server()
    {
        Hazard hazard = Only(Healthy().Application("sqlalchemy", "max_lifetime=28800"), "wait-timeout");
        Assert.Contains("hand out dead connections", hazard.Text);
        Assert.Contains("pool_recycle=25920", hazard.Fix);
        Assert.Equal("settings.py:max_lifetime", hazard.Source);
        None(Healthy().Application("sqlalchemy", "max_lifetime=3600"));
    }

    [Fact]
    public void A_pool_without_any_limit()
    {
        Only(Healthy().Application("go", "pool_size=10"), "wait-timeout");
        None(Healthy().Application("go", "pool_size=10", "test_on_borrow=ON"));
    }

    [Fact]
    public void A_proxy_that_closes_before_the_pool()
    {
        Hazard hazard = Only(Healthy().Application("hikari", "max_lifetime=1800").Proxy("listen mysql", "timeout client=50", "timeout server=50"), "proxy-idle-timeout");
        Assert.Contains("maxLifetime=45000", hazard.Fix);
        None(Healthy().Application("hikari", "max_lifetime=1800").Proxy("listen mysql", "timeout client=3600", "timeout server=3600"));
    }

    [Fact]
    public void A_proxy_that_closes_before_the_server_when_no_pool_is_known() => Only(Healthy().Proxy("listen mysql", "timeout client=50", "timeout server=50"), "proxy-idle-timeout");

    [Fact]
    public void A_proxy_that_gives_queries_less_time_than_idleness() =>
        Assert.Contains(Healthy().Proxy("listen mysql", "timeout client=3600", "timeout server=30").Hazards(), static h => h.Cause == "proxy-query-timeout");

    [Theory]
    [InlineData("wait_timeout=60", "wait-timeout")]
    [InlineData("interactive_timeout=60", "wait-timeout")]
    [InlineData("connect_timeout=2", "handshake-timeout")]
    [InlineData("net_read_timeout=3", "slow-writer")]
    [InlineData("net_write_timeout=5", "slow-reader")]
    [InlineData("idle_transaction_timeout=10", "idle-transaction-timeout")]
    [InlineData("max_allowed_packet=1048576", "packet-too-large")]
    [InlineData("log_error_verbosity=2", "blind-log")]
    [InlineData("log_error_suppression_list=MY-010914,MY-000001", "blind-log")]
    [InlineData("log_error_services=", "blind-log")]
    [InlineData("offline_mode=ON", "offline-mode")]
    [InlineData("version=5.7.44-log", "old-server")]
    [InlineData("version=8.0.20", "old-server")]
    [InlineData("innodb_read_only=ON", "failover")]
    public void A_single_setting(string setting, string cause) => Only(Healthy(setting), cause);

    [Theory]
    [InlineData("log_warnings=1")]
    [InlineData("log_warnings=0")]
    public void The_log_of_MariaDB_is_judged_by_its_own_switch(string setting)
    {
        Assert.Equal("blind-log", Assert.Single(Known.Server("version=10.11.6-MariaDB", setting).Hazards()).Cause);
        None(Known.Server("version=10.11.6-MariaDB", "log_warnings=2"));
    }

    [Fact]
    public void An_old_MariaDB()
    {
        Only(Known.Server("version=10.3.39-MariaDB-log"), "old-server");
        None(Known.Server("version=11.4.2-MariaDB"));
    }

    [Fact]
    public void A_setting_in_my_cnf_counts_where_the_server_is_not_seen()
    {
        var option = new Fact(FactKind.Option, "max_allowed_packet", "1048576", null, "my.cnf:3") { Scope = "mysqld" };
        Assert.Equal("my.cnf:3", Assert.Single(HazardRules.Judge([option], [])).Source);
        Assert.Empty(HazardRules.Judge([option with { Scope = "mysqldump" }], []));
        Assert.Empty(HazardRules.Judge([option, new Fact(FactKind.Variable, "max_allowed_packet", "67108864", null, "server:max_allowed_packet")], []));
    }

    [Fact]
    public void Sessions_under_another_limit_are_counted_and_one_is_named()
    {
        Hazard hazard = Only(Healthy().Session("7 app@10.0.0.5", "wait_timeout=60").Session("8 app@10.0.0.6", "wait_timeout=60"), "wait-timeout");
        Assert.Contains("2 sessions have wait_timeout = 60 where the global value is 28800: 7 app@10.0.0.5 and 1 more", hazard.Text);
        None(Healthy().Session("7 app@10.0.0.5", "wait_timeout=28800"));
    }

    [Fact]
    public void Sessions_that_will_be_closed_soon()
    {
        Assert.Contains("thread 7 of app@10.0.0.5 (celery)", Only(Healthy().Seen(7, "app", "10.0.0.5", 28000, program: "celery"), "wait-timeout").Text);
        None(Healthy().Seen(7, "app", "10.0.0.5", 8000));
    }

    [Fact]
    public void Sessions_that_sleep_in_a_transaction()
    {
        Assert.Contains("open transaction", Only(Healthy().Seen(7, "app", "10.0.0.5", 300, "in transaction"), "wait-timeout").Text);
        None(Healthy().Seen(7, "app", "10.0.0.5", 3, "in transaction"));
    }

    [Fact]
    public void Nearly_all_connections_taken()
    {
        Assert.Contains("140 of 151", Only(Healthy().Status("Max_used_connections", "140").Status("Threads_connected", "20"), "too-many-connections").Text);
        Assert.Contains("refused with 1040", Only(Healthy().Status("Max_used_connections", "152"), "too-many-connections").Text);
        None(Healthy().Status("Max_used_connections", "60"));
    }

    [Fact]
    public void Who_keeps_the_connections_is_named()
    {
        Known known = Healthy().Status("Max_used_connections", "150");
        for (uint i = 1; i <= 6; i++)
            known.Seen(i, i < 5 ? "app" : "ops", "10.0.0.5", 10);
        Assert.Contains("most by app@10.0.0.5: 4, 4 of them asleep", Only(known, "too-many-connections").Text);
    }

    [Theory]
    [InlineData("Aborted_clients", "client-vanished")]
    [InlineData("Aborted_connects", "handshake-timeout")]
    [InlineData("Connection_errors_max_connections", "too-many-connections")]
    [InlineData("Connection_errors_internal", "server-stalled")]
    [InlineData("Com_kill", "killed")]
    [InlineData("Max_execution_time_exceeded", "statement-timeout")]
    public void Counters_that_move(string counter, string cause)
    {
        Assert.Contains($"{counter} rose by 2 within 3.00 s", Only(Healthy().Counter(counter, 5, 7), cause).Text);
        None(Healthy().Counter(counter, 5, 5));
        None(Healthy().Counter(counter, 5));
    }

    [Fact]
    public void Refused_passwords_are_told_apart_from_failed_handshakes()
    {
        Only(Healthy().Counter("Aborted_connects", 5, 7).Counter("Access_denied_errors", 1, 3), "access-denied");
        Only(Healthy().Counter("Aborted_connects", 5, 9).Counter("Access_denied_errors", 1, 3), "handshake-timeout");
    }

    [Fact]
    public void Packets_out_of_order_that_no_log_tells_of()
    {
        Assert.Contains("3 times, last at 2026-11-20 10:00:00", Only(Healthy().Errors("2026-11-20 10:00:00", "1156=3"), "stray-bytes").Text);
        None(Healthy().Errors("2026-11-20 10:00:00", "1156=0", "1064=9"));
    }

    [Fact]
    public void A_host_that_will_be_blocked()
    {
        Known lookup = Healthy("skip_name_resolve=OFF", "max_connect_errors=100").HostCache("10.0.0.7", "SUM_CONNECT_ERRORS=80");
        Assert.Contains("at 100 (max_connect_errors) it is refused", Only(lookup, "host-blocked").Text);
        Assert.Contains("it is blocked", Only(Healthy("skip_name_resolve=OFF", "max_connect_errors=100").HostCache("10.0.0.7", "SUM_CONNECT_ERRORS=100"), "host-blocked").Text);
        None(Healthy("skip_name_resolve=OFF", "max_connect_errors=100").HostCache("10.0.0.7", "SUM_CONNECT_ERRORS=3"));
        // Without name lookup there is no host cache to block by.
        None(Healthy("max_connect_errors=100").HostCache("10.0.0.7", "SUM_CONNECT_ERRORS=100"));
    }

    [Fact]
    public void A_greeting_that_waited_for_a_name()
    {
        Only(Healthy("skip_name_resolve=OFF").Status("connect_seconds", "0.001").Status("greeting_seconds", "5.002"), "dns-lookup");
        None(Healthy("skip_name_resolve=OFF").Status("connect_seconds", "0.001").Status("greeting_seconds", "0.01"));
        None(Healthy().Status("connect_seconds", "0.001").Status("greeting_seconds", "5.002"));
        Only(Healthy("skip_name_resolve=OFF").HostCache("10.0.0.7", "COUNT_NAMEINFO_TRANSIENT_ERRORS=4"), "dns-lookup");
    }

    [Fact]
    public void A_result_that_nobody_reads()
    {
        Only(Healthy().Seen(7, "etl", "10.0.0.9", 40, "Sending to client", sleeps: false), "slow-reader");
        None(Healthy().Seen(7, "etl", "10.0.0.9", 40, "Sending data", sleeps: false));
    }

    [Fact]
    public void Who_kills()
    {
        Only(Healthy().Seen(7, "root", "localhost", 1, program: "pt-kill"), "killed");
        Only(Healthy().Event("shop.reaper=ENABLED"), "killed");
        None(Healthy().Seen(7, "skill", "localhost", 1, program: "mysql"));
    }

    [Fact]
    public void A_replica_that_does_not_run_or_lags()
    {
        Assert.Contains("1236", Only(Healthy().Replica("Replica_IO_Running=No", "Replica_SQL_Running=Yes", "Last_IO_Error=error 1236", "Seconds_Behind_Source=NULL"), "server-not-ready").Text);
        Only(Healthy().Replica("Slave_IO_Running=Yes", "Slave_SQL_Running=No"), "server-not-ready");
        Only(Healthy().Replica("Slave_IO_Running=Yes", "Slave_SQL_Running=Yes", "Seconds_Behind_Master=400"), "server-not-ready");
        None(Healthy().Replica("Slave_IO_Running=Yes", "Slave_SQL_Running=Yes", "Seconds_Behind_Master=2"));
        None(Healthy().Replica("Slave_IO_Running=Yes", "Slave_SQL_Running=Yes", "Seconds_Behind_Master=3600", "SQL_Delay=3600"));
    }

    [Fact]
    public void A_writer_that_takes_no_writes_is_told_apart_from_a_replica()
    {
        Only(Healthy("read_only=ON").Replica("rows=0"), "failover");
        None(Healthy("read_only=ON").Replica("rows=1", "Replica_IO_Running=Yes", "Replica_SQL_Running=Yes"));
        None(Healthy("read_only=ON"));
    }

    [Fact]
    public void A_cluster_node_that_takes_no_queries()
    {
        Known node(string ready, string status, string state) => Known.Server("version=10.11.6-MariaDB", "wsrep_on=ON").Status("wsrep_ready", ready).Status("wsrep_cluster_status", status).Status("wsrep_local_state_comment", state);
        Assert.Equal(2, node("OFF", "non-Primary", "Initialized").Hazards().Count);
        Only(node("ON", "Primary", "Donor/Desynced"), "server-not-ready");
        None(node("ON", "Primary", "Synced"));
    }

    [Fact]
    public void A_client_that_sends_more_than_the_server_takes() => Only(Healthy().Application("go", "max_allowed_packet=1073741824"), "packet-too-large");

    [Fact]
    public void A_hazard_is_told_once()
    {
        IReadOnlyList<Hazard> hazards = Healthy("wait_timeout=60", "wait_timeout=60", "log_error_verbosity=1", "log_error_verbosity=1").Hazards();
        Assert.Equal(2, hazards.Count);
    }
}
