using GoneAway.Evidence.Host;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Host;

public sealed class HostSettingsTests
{
    [Theory]
    [InlineData("net.ipv4.tcp_keepalive_time = 7200", "net.ipv4.tcp_keepalive_time", "7200")]
    [InlineData("net.ipv4.tcp_keepalive_time=300", "net.ipv4.tcp_keepalive_time", "300")]
    [InlineData("/proc/sys/net/ipv4/tcp_keepalive_time:7200", "net.ipv4.tcp_keepalive_time", "7200")]
    [InlineData("$ cat /proc/sys/net/ipv4/tcp_keepalive_time\n7200", "net.ipv4.tcp_keepalive_time", "7200")]
    [InlineData("==> /proc/sys/net/ipv4/tcp_keepalive_time <==\n7200", "net.ipv4.tcp_keepalive_time", "7200")]
    [InlineData("# cat /proc/sys/net/ipv4/tcp_keepalive_intvl /proc/sys/net/ipv4/tcp_keepalive_probes\n75\n9", "net.ipv4.tcp_keepalive_probes", "9")]
    [InlineData("net.ipv4.ip_local_port_range = 32768\t60999", "net.ipv4.ip_local_port_range", "32768 60999")]
    [InlineData("# Kept by operations\nnet.ipv4.tcp_retries2 = 5\n", "net.ipv4.tcp_retries2", "5")]
    [InlineData("> net.ipv4.tcp_keepalive_time = 7200\r", "net.ipv4.tcp_keepalive_time", "7200")]
    [InlineData("net.nf_conntrack_max = 262144", "net.netfilter.nf_conntrack_max", "262144")]
    [InlineData("net.inet.tcp.keepidle: 7200000", "net.inet.tcp.keepidle", "7200000")]
    [InlineData("kern.ipc.somaxconn: 128", "kern.ipc.somaxconn", "128")]
    [InlineData("TcpExtListenOverflows           12                 0.0", "TcpExtListenOverflows", "12")]
    [InlineData("#kernel\nTcpExtListenOverflows           0                  0.0\nTcpExtListenDrops               0                  0.0", "TcpExtListenOverflows", "0")]
    [InlineData("TcpExt:\n    72 resets received for embryonic SYN_RECV sockets\n    39 times the listen queue of a socket overflowed\n    39 SYNs to LISTEN sockets dropped", "TcpExtListenOverflows", "39")]
    [InlineData("Tcp:\n    146 segments retransmitted", "TcpRetransSegs", "146")]
    [InlineData("TcpExt:\n    TCPTimeouts: 7", "TcpExtTCPTimeouts", "7")]
    [InlineData("TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 22 23", "TcpExtListenOverflows", "22")]
    [InlineData("tcp:\n\t1511 packets sent\n\t\t8 listen queue overflows", "TcpExtListenOverflows", "8")]
    [InlineData("Total: 38\nTCP:   17 (estab 6, closed 9, orphaned 5, timewait 4)\n\nTransport Total     IP        IPv6\nTCP\t  8         8         0", "sockets.timewait", "4")]
    [InlineData("sockets: used 307\nTCP: inuse 27 orphan 0 tw 12 alloc 30 mem 3\nUDP: inuse 3 mem 2", "sockets.timewait", "12")]
    [InlineData("Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 524288               files", "LimitNOFILE", "1024")]
    [InlineData("core file size          (blocks, -c) 0\nopen files                      (-n) 1024\nmax user processes              (-u) unlimited", "LimitNOFILE", "1024")]
    [InlineData("real-time non-blocking time  (microseconds, -R) unlimited\ncore file size              (blocks, -c) 0\nmax user processes                  (-u) 63304", "LimitNPROC", "63304")]
    [InlineData("-t: cpu time (seconds)              unlimited\n-n: file descriptors                1024", "LimitNOFILE", "1024")]
    [InlineData("RESOURCE   DESCRIPTION                             SOFT      HARD UNITS\nNOFILE     max number of open files                1024    524288 files", "LimitNOFILE", "1024")]
    [InlineData("$ ulimit -n\n1024", "LimitNOFILE", "1024")]
    [InlineData("time(seconds)        unlimited\nfile(blocks)         unlimited\nprocess              96365\nnofiles              20000\nvmemory(kbytes)      unlimited\nlocks                unlimited\nrtprio               0", "LimitNOFILE", "20000")]
    [InlineData("Timeout (tcp tcpfin udp): 900 120 300", "ipvs.timeout_tcp", "900")]
    public void A_setting_or_counter_is_read_in_each_form(string text, string name, string value)
    {
        Findings found = Read.File(text);
        Fact fact = Assert.Single(found.Facts, f => f.Name == name);
        Assert.Equal((FactKind.System, value), (fact.Kind, fact.Value));
        Assert.Empty(found.Sightings);
    }

    [Fact]
    public void Properties_of_a_unit_carry_its_name_wherever_that_stands()
    {
        Findings found = Read.File("""
            Type=notify
            Restart=on-failure
            NRestarts=2
            TimeoutStopUSec=15min
            ExecMainStatus=9
            Result=oom-kill
            MemoryMax=1073741824
            LimitNOFILE=1024
            LimitNOFILESoft=1024
            TasksCurrent=4700
            TasksMax=4915
            Id=mysql.service
            ActiveState=failed
            InactiveEnterTimestamp=Fri 2026-11-20 10:00:01 UTC
            """);
        Assert.Equal(("1073741824", "mysql.service"), found.Facts.Where(static f => f.Name == "MemoryMax").Select(static f => (f.Value, f.Scope)).Single());
        Sighting died = Assert.Single(found.Sightings);
        Assert.Equal((Sign.UnitDied, "mysql.service", "oom-kill", 9), (died.Sign, died.Subject, died.State, died.Code));
        Assert.Equal(new DateTime(2026, 11, 20, 10, 0, 1), died.Stamp!.Value.Clock);
        Assert.Equal(["out-of-threads", "too-many-connections"], found.Hazards.Select(static h => h.Cause));
    }

    [Fact]
    public void Units_of_one_call_do_not_mix()
    {
        Findings found = Read.File("LimitNOFILE=65535\nId=mysql.service\n\nLimitNOFILE=1024\nId=haproxy.service\n");
        Assert.Equal([("65535", "mysql.service"), ("1024", "haproxy.service")], found.Facts.Select(static f => (f.Value, f.Scope ?? "")));
        Assert.Empty(found.Hazards);
    }

    [Fact]
    public void A_units_files_tell_what_it_may_use()
    {
        Findings found = Read.File("""
            # /lib/systemd/system/mariadb.service
            # It's not recommended to modify this file in-place
            [Unit]
            Description=MariaDB 10.11 database server
            [Service]
            Type=notify
            ExecStart=/usr/sbin/mariadbd $MYSQLD_OPTS
            TimeoutStopSec=900
            LimitNOFILE=32768

            # /etc/systemd/system/mariadb.service.d/override.conf
            [Service]
            MemoryMax=2G
            """);
        Assert.Equal([("TimeoutStopSec", "900"), ("LimitNOFILE", "32768"), ("MemoryMax", "2147483648")], found.Facts.Select(static f => (f.Name, f.Value)));
        Assert.All(found.Facts, static f => Assert.Equal("mariadb.service", f.Scope));
    }

    [Theory]
    [InlineData("net.netfilter.nf_conntrack_count = 65500\nnet.netfilter.nf_conntrack_max = 65536", "nat-idle-timeout")]
    [InlineData("net.netfilter.nf_conntrack_tcp_timeout_established = 600\nnet.ipv4.tcp_keepalive_time = 7200", "nat-idle-timeout")]
    [InlineData("Timeout (tcp tcpfin udp): 900 120 300", "nat-idle-timeout")]
    [InlineData("net.ipv4.tcp_tw_recycle = 1", "network-loss")]
    [InlineData("net.ipv4.ip_local_port_range = 32768 33768", "source-ports-exhausted")]
    [InlineData("Total: 38\nTCP:   28117 (estab 6, closed 9, orphaned 5, timewait 28004)", "source-ports-exhausted")]
    [InlineData("fs.file-nr = 9900\t0\t10000", "out-of-descriptors")]
    public void A_danger_is_told_with_its_cause(string text, string cause) => Assert.Equal(cause, Assert.Single(Read.File(text).Hazards).Cause);

    [Theory]
    [InlineData("net.netfilter.nf_conntrack_count = 500\nnet.netfilter.nf_conntrack_max = 65536")]
    [InlineData("net.netfilter.nf_conntrack_tcp_timeout_established = 432000")]
    [InlineData("net.netfilter.nf_conntrack_tcp_timeout_established = 600\nnet.ipv4.tcp_keepalive_time = 120")]
    [InlineData("net.ipv4.tcp_tw_recycle = 0\nnet.ipv4.ip_local_port_range = 32768 60999")]
    public void What_is_well_set_is_no_danger(string text) => Assert.Empty(Read.File(text).Hazards);

    [Theory]
    [InlineData("wait_timeout = 28800\nmax_connections = 151")]
    [InlineData("[mysqld]\nwait_timeout=600\nmax_allowed_packet=64M")]
    [InlineData("PATH=/usr/bin\nMYSQL_ROOT_PASSWORD=x\nHOME=/root")]
    [InlineData("wait_timeout\t28800\ninteractive_timeout\t28800")]
    [InlineData("Aborted_clients\t12\nThreads_running\t3")]
    [InlineData("kernel: Out of memory: Killed process 812 (mysqld)")]
    [InlineData("db:\n  image: mysql:8.0\n  environment:\n    MYSQL_DATABASE: a")]
    [InlineData("1024")]
    public void Settings_of_others_are_left_to_others(string text) => Assert.Null(Read.Passage(new HostSettings(), text));

    [Fact]
    public void Anything_may_come_and_nothing_throws()
    {
        Mutated.NeverThrows("net.ipv4.tcp_keepalive_time = 7200\n-net.ipv4.ip_local_port_range = 32768 60999\n/proc/sys/net/core/somaxconn:128\nfs.file-nr = 1 0 2\n", static text => Read.File(text));
        Mutated.NeverThrows("# /lib/systemd/system/mysql.service\n[Service]\nMemoryMax=2G\nResult=oom-kill\nLimitNOFILE=1:2\nId=mysql.service\n\nTasksCurrent=1\nTasksMax=1\n", static text => Read.File(text));
        Mutated.NeverThrows("TcpExt: A ListenOverflows\nTcpExt: 1 22\nTcp:\n   12 segments retransmitted\nMax open files 1 2 files\nopen files (-n) 1024\nTCP: 17 (estab 6, timewait 4)\n", static text => Read.File(text));
    }
}
