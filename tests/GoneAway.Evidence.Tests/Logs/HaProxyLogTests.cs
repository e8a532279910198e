using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class HaProxyLogTests
{
    [Theory]
    // As HAProxy 2.6 writes them to a syslog server, one for each way to end that can be brought about.
    [InlineData("<134>Nov 21 04:17:24 haproxy[907]: 127.0.0.1:45292 [21/Nov/2026:04:17:23.457] fe_a be_a/s1 1/0/1003 78 cD 1/1/0/0/0 0/0", "cD", 1003, 78, "be_a/s1", "127.0.0.1", 45292)]
    [InlineData("<134>Nov 21 04:17:25 haproxy[907]: 127.0.0.1:44298 [21/Nov/2026:04:17:24.761] fe_s be_s/s1 1/0/1000 78 sD 1/1/0/0/0 0/0", "sD", 1000, 78, "be_s/s1", "127.0.0.1", 44298)]
    [InlineData("<134>Nov 21 04:17:27 haproxy[907]: 127.0.0.1:42380 [21/Nov/2026:04:17:26.062] fe_ref be_ref/s1 1/-1/1000 0 SC 1/1/0/0/1 0/0", "SC", 1000, 0, "be_ref/s1", "127.0.0.1", 42380)]
    [InlineData("<134>Nov 21 04:17:28 haproxy[907]: 127.0.0.1:55508 [21/Nov/2026:04:17:27.364] l_q l_q/<NOSRV> 1002/-1/1001 0 sQ 2/2/1/0/0 0/1", "sQ", 1001, 0, "l_q/<NOSRV>", "127.0.0.1", 55508)]
    [InlineData("<134>Nov 21 04:17:29 haproxy[907]: 127.0.0.1:48914 [21/Nov/2026:04:17:29.568] l_rst l_rst/s1 1/0/300 25 SD 1/1/0/0/0 0/0", "SD", 300, 25, "l_rst/s1", "127.0.0.1", 48914)]
    [InlineData("<134>Nov 21 04:17:30 haproxy[907]: 127.0.0.1:58146 [21/Nov/2026:04:17:30.169] fe_a be_a/s1 1/0/0 78 CD 1/1/0/0/0 0/0", "CD", 0, 78, "be_a/s1", "127.0.0.1", 58146)]
    [InlineData("<134>Nov 21 04:17:30 haproxy[907]: 127.0.0.1:58152 [21/Nov/2026:04:17:30.470] fe_a be_a/s1 1/0/0 78 -- 1/1/0/0/0 0/0", "--", 0, 78, "be_a/s1", "127.0.0.1", 58152)]
    [InlineData("<134>Nov 21 04:17:31 haproxy[907]: 127.0.0.1:51886 [21/Nov/2026:04:17:31.373] l_rej2 l_rej2/<NOSRV> -1/-1/0 0 PR 1/1/0/0/0 0/0", "PR", 0, 0, "l_rej2/<NOSRV>", "127.0.0.1", 51886)]
    [InlineData("<134>Nov 21 04:17:36 haproxy[907]: ::1:34418 [21/Nov/2026:04:17:34.577] l_v6 l_v6/s1 1/0/2000 78 cD 1/1/0/0/0 0/0", "cD", 2000, 78, "l_v6/s1", "::1", 34418)]
    [InlineData("<134>Nov 21 04:17:37 haproxy[907]: 127.0.0.1:34566 [21/Nov/2026:04:17:36.879] l_mark l_mark/s1 1/0/130 78 D- 1/1/0/0/0 0/0", "D-", 130, 78, "l_mark/s1", "127.0.0.1", 34566)]
    [InlineData("<134>Nov 21 04:17:41 haproxy[907]: 127.0.0.1:44898 [21/Nov/2026:04:17:38.481] l_kill l_kill/s1 1/0/2547 78 K- 2/2/1/1/0 0/0", "K-", 2547, 78, "l_kill/s1", "127.0.0.1", 44898)]
    // The manual's own, with a syslog header of the host; a redispatch; a TLS frontend.
    [InlineData("Feb  6 12:12:56 localhost haproxy[14387]: 10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0", "--", 5007, 212, "bck/srv1", "10.0.1.2", 33313)]
    [InlineData("2026-11-20T22:05:20+01:00 lb1 haproxy[4810]: 10.0.0.9:38112 [20/Nov/2026:22:05:18.678] fe_db~ be_db/ma1 1/0/2009 137 SD 1/1/0/0/+2 0/0", "SD", 2009, 137, "be_db/ma1", "10.0.0.9", 38112)]
    // Without a header, quoted in a message, coloured by a viewer, behind an IPv6 listener.
    [InlineData("> 10.0.0.9:38112 [20/Nov/2026:22:05:18.678] fe be/s 1/0/28800004 137 CD 1/1/0/0/0 0/0", "CD", 28800004, 137, "be/s", "10.0.0.9", 38112)]
    [InlineData("haproxy_1  | <134>Nov 20 22:05:20 haproxy[8]: ::ffff:10.0.0.9:38112 [20/Nov/2026:22:05:18.678] fe be/s 1/0/2009 137 sD 1/1/0/0/0 0/0", "sD", 2009, 137, "be/s", "10.0.0.9", 38112)]
    // Formats of one's own: more addresses, quoted words, another order behind the state.
    [InlineData("Nov 20 22:05:20 lb haproxy[8]: 10.0.0.9:38112 [20/Nov/2026:22:05:18.678] fe be/s 10.0.0.1:51000 10.0.0.5:3306 1/0/2009 137 sD 1/1/0/0/0 0/0 \"-\"", "sD", 2009, 137, "be/s", "10.0.0.9", 38112)]
    [InlineData("Nov 20 22:05:20 lb haproxy[8]: 10.0.0.9:38112 [20/Nov/2026:22:05:18.678] fe be/s 1/0/2009 sD 137", "sD", 2009, null, "be/s", "10.0.0.9", 38112)]
    [InlineData("{\"program\":\"haproxy\",\"client_ip\":\"10.0.0.9\",\"client_port\":\"38112\",\"frontend_name\":\"fe\",\"backend_name\":\"be\",\"server_name\":\"s\",\"bytes_read\":137,\"time_duration\":2009,\"termination_state\":\"sD\"}", "sD", 2009, 137, "be/s", "10.0.0.9", 38112)]
    [InlineData("Nov 20 22:05:20 lb haproxy[8]: client=10.0.0.9:38112 frontend=fe backend=be server=s Tt=2009 bytes=137 ts=cD", "cD", 2009, 137, "be/s", "10.0.0.9", 38112)]
    public void The_end_of_a_session_is_read_with_who_ended_it_and_when(string line, string state, int elapsed, int? bytes, string target, string host, int port)
    {
        Sighting end = Read.One(line);
        Assert.Equal(Sign.ProxySessionEnded, end.Sign);
        Assert.Equal(Origin.Proxy, end.Origin);
        Assert.Equal(state, end.State);
        Assert.Equal(TimeSpan.FromMilliseconds(elapsed), end.Elapsed);
        Assert.Equal(bytes, end.Size);
        Assert.Equal(target, end.Subject);
        Assert.Equal(host, end.ClientHost);
        Assert.Equal(port, end.ClientPort);
    }

    [Fact]
    public void The_date_in_brackets_is_the_accept_so_the_end_is_later_by_the_total_time()
    {
        Sighting end = Read.One("<134>Nov 21 04:17:24 haproxy[907]: 127.0.0.1:45292 [21/Nov/2026:04:17:23.457] fe_a be_a/s1 1/0/1003 78 cD 1/1/0/0/0 0/0");
        Assert.Equal(new DateTime(2026, 11, 21, 4, 17, 24, 460), end.Stamp!.Value.Clock);
        Assert.Null(end.Stamp.Value.Offset);
        Assert.Equal(907, end.Pid);
    }

    [Theory]
    [InlineData("2026-11-20T22:05:20.700+01:00 lb1 haproxy[1]: 10.0.0.9:38112 [20/Nov/2026:22:05:18.678] fe be/s 1/0/2009 137 SD 1/1/0/0/0 0/0", 60)]
    [InlineData("2026-11-20T21:05:20.700Z lb1 haproxy[1]: 10.0.0.9:38112 [20/Nov/2026:22:05:18.678] fe be/s 1/0/2009 137 SD 1/1/0/0/0 0/0", 60)]
    [InlineData("2026-11-20T16:35:21Z lb1 haproxy[1]: 10.0.0.9:38112 [20/Nov/2026:22:05:18.678] fe be/s 1/0/2009 137 SD 1/1/0/0/0 0/0", 330)]
    [InlineData("10.0.0.9:38112 [20/Nov/2026:22:05:18 -0500] fe be/s 1/0/2009 137 SD 1/1/0/0/0 0/0", -300)]
    public void The_zone_of_the_accept_date_comes_from_the_header_when_that_has_one(string line, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), Read.One(line).Stamp!.Value.Offset);

    [Fact]
    public void An_address_of_the_server_in_a_format_of_ones_own_is_kept()
    {
        Sighting end = Read.One("10.0.0.9:38112 [20/Nov/2026:22:05:18.678] fe be/s 10.0.0.1:51000 10.0.0.5:3306 1/0/2009 137 sD 1/1/0/0/0 0/0");
        Assert.Equal(("10.0.0.5", 3306), (end.ServerHost, end.ServerPort!.Value));
    }

    [Fact]
    public void A_client_that_an_HTTP_frontend_did_not_understand_is_told()
    {
        Sighting end = Read.One("<134>Nov 21 04:17:34 haproxy[907]: 127.0.0.1:37710 [21/Nov/2026:04:17:32.275] l_http l_http/<NOSRV> -1/-1/-1/-1/2000 408 0 - - cR-- 1/1/0/0/0 0/0 \"<BADREQ>\"");
        Assert.Equal(("cR", "l_http/<NOSRV>", 0L), (end.State, end.Subject, end.Size!.Value));
        Assert.Equal(TimeSpan.FromSeconds(2), end.Elapsed);
        Assert.Contains("<BADREQ>", end.Text, StringComparison.Ordinal);
    }

    [Theory]
    // A session that spoke HTTP was not MySQL; logasap tells of a beginning; access logs of web servers look alike.
    [InlineData("<134>Nov 21 04:17:31 haproxy[907]: 127.0.0.1:37706 [21/Nov/2026:04:17:31.974] l_http l_http/s1 0/0/0/-1/0 502 209 - - PH-- 1/1/0/0/0 0/0 \"GET / HTTP/1.0\"")]
    [InlineData("<134>Nov 21 04:17:31 haproxy[907]: 127.0.0.1:58620 [21/Nov/2026:04:17:31.673] l_asap l_asap/s1 1/0/+0 +0 -- 1/1/1/1/0 0/0")]
    [InlineData("<134>Nov 21 04:17:30 haproxy[907]: Connect from 127.0.0.1:35026 to 127.0.0.1:46007 (l_def/TCP)")]
    [InlineData("10.0.0.9 - - [20/Nov/2026:22:05:18 +0000] \"GET /a/b/1/2/3 HTTP/1.1\" 200 137 \"-\" \"SD 1/1/0/0/0\"")]
    [InlineData("10.0.0.9 - SD [20/Nov/2026:22:05:18 +0000] TCP 200 137 2009 0.001")]
    [InlineData("Nov 21 04:17:38 lb haproxy[907]: Paused proxy l_kill.")]
    [InlineData("Server is UP, reason: patience")]
    [InlineData("the worker New worker of the month has no server available, says Bob")]
    [InlineData("Nov 21 lb haproxy[907]: Health check for server be/s1 failed, reason: Layer4 timeout, check duration: 1001ms, status: 2/3 UP.")]
    public void What_is_no_end_of_a_MySQL_session_gives_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);

    [Fact]
    public void That_a_log_cannot_tell_ends_is_noted()
    {
        Assert.Contains("logasap", Assert.Single(Read.Lines("127.0.0.1:58620 [21/Nov/2026:04:17:31.673] l l/s1 1/0/+0 +0 -- 1/1/1/1/0 0/0").Notes), StringComparison.Ordinal);
        Assert.Contains("tcplog", Assert.Single(Read.Lines("haproxy[907]: Connect from 127.0.0.1:35026 to 127.0.0.1:46007 (l_def/TCP)").Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<129>Nov 21 04:17:22 haproxy[907]: Server l_check/s1 is DOWN, reason: Layer7 wrong status, code: 1129, info: \"Host is blocked\", check duration: 0ms. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
        Sign.ProxyServerDown, "l_check/s1", "Layer7 wrong status: Host is blocked", 1129)]
    [InlineData("<129>Nov 20 22:05:20 haproxy[4810]: Server be_mycheck/my1 is DOWN, reason: Layer7 wrong status, code: 1251, info: \"#08004Client does not support authentication protocol requested by server; consider upgrading MySQL client\", check duration: 1ms.",
        Sign.ProxyServerDown, "be_mycheck/my1", "Layer7 wrong status: #08004Client does not support authentication protocol requested by server; consider upgrading MySQL client", 1251)]
    [InlineData("[WARNING]  (907) : Server l_mark/s1 is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 0 active and 0 backup servers left. 1 sessions active, 0 requeued, 0 remaining in queue.",
        Sign.ProxyServerDown, "l_mark/s1", "Layer4 connection problem: Connection refused", null)]
    [InlineData("[WARNING] 323/101010 (1234) : Backup Server be/s2 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left.", Sign.ProxyServerDown, "be/s2", "Layer4 timeout", null)]
    [InlineData("<129>Nov 21 04:17:38 haproxy[907]: Server l_kill/s1 is going DOWN for maintenance. 0 active and 0 backup servers left. 2 sessions active, 0 requeued, 0 remaining in queue.", Sign.ProxyServerDown, "l_kill/s1", "maintenance", null)]
    [InlineData("Nov 21 04:17:38 lb haproxy[907]: Health check for server be/s1 failed, reason: Layer4 timeout, check duration: 1001ms, status: 0/2 DOWN.", Sign.ProxyServerDown, "be/s1", "Layer4 timeout", null)]
    [InlineData("<133>Nov 21 04:17:38 haproxy[907]: Server l_kill/s1 is UP/READY (leaving forced maintenance).", Sign.ProxyServerUp, "l_kill/s1", "maintenance", null)]
    [InlineData("Nov 21 04:17:38 lb haproxy[907]: Server be/s1 is UP, reason: Layer7 check passed, code: 0, info: \"5.7.1-log\", check duration: 1ms. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.", Sign.ProxyServerUp, "be/s1", "Layer7 check passed: 5.7.1-log", 0)]
    [InlineData("<128>Nov 21 04:17:22 haproxy[907]: proxy l_check has no server available!", Sign.ProxyNoServer, "l_check", null, null)]
    [InlineData("[ALERT] 323/101010 (1234) : backend 'be_db' has no server available!", Sign.ProxyNoServer, "be_db", null, null)]
    [InlineData("<132>Nov 21 04:17:39 haproxy[907]: Proxy fe_a stopped (cumulated conns: FE: 3, BE: 0).", Sign.ProxyReloaded, "fe_a", null, null)]
    [InlineData("Nov 21 04:17:39 lb haproxy[907]: Proxy mysql stopped (FE: 3 conns, BE: 0 conns).", Sign.ProxyReloaded, "mysql", null, null)]
    [InlineData("Nov 21 04:17:39 lb haproxy[907]: Stopping backend mysql in 0 ms.", Sign.ProxyReloaded, "mysql", null, null)]
    [InlineData("[NOTICE]   (905) : Reloading HAProxy", Sign.ProxyReloaded, null, null, null)]
    [InlineData("[NOTICE]   (905) : New worker (992) forked", Sign.ProxyReloaded, null, null, null)]
    [InlineData("[WARNING] 323/101010 (905) : Former worker #1 (907) exited with code 0 (Exit)", Sign.ProxyReloaded, "haproxy", null, null)]
    [InlineData("[ALERT] 323/101010 (905) : Current worker #1 (907) exited with code 139 (Segmentation fault)", Sign.UnitDied, "haproxy", "Segmentation fault", 139)]
    [InlineData("<132>Nov 21 04:17:41 haproxy[907]: soft-stop running for too long, performing a hard-stop.", Sign.ProxyHardStopped, null, null, null)]
    [InlineData("<132>Nov 21 04:17:41 haproxy[907]: Proxy l_kill hard-stopped (2 remaining conns will be closed).", Sign.ProxyHardStopped, "l_kill", null, null)]
    [InlineData("Nov 21 04:17:41 lb haproxy[907]: Connect() failed for backend be_db: no free ports.", Sign.NoSourcePort, "be_db", null, null)]
    [InlineData("Nov 21 04:17:41 lb haproxy[907]: Proxy mysql reached the configured maximum connection limit. Please check the global 'maxconn' value.", Sign.ProxyQueueTimedOut, "mysql", null, null)]
    [InlineData("Nov 21 04:17:41 lb haproxy[907]: 10.0.0.9:38112 [21/Nov/2026:04:17:41.000] mysql/1: Received something which does not look like a PROXY protocol header", Sign.ProxyHeaderRefused, "mysql", null, null)]
    [InlineData("Nov 21 04:17:41 lb haproxy[907]: 10.0.0.9:38112 [21/Nov/2026:04:17:41.000] mysql/1: SSL handshake failure", Sign.TlsFailed, "mysql", null, null)]
    public void What_it_says_of_servers_and_of_itself_is_told_apart(string line, Sign sign, string? subject, string? state, int? code)
    {
        Sighting notice = Read.One(line);
        Assert.Equal((sign, subject, state, code), (notice.Sign, notice.Subject, notice.State, notice.Code));
        Assert.Equal(Origin.Proxy, notice.Origin);
    }
}
