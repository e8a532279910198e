using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class KernelLogTests
{
    [Theory]
    [InlineData("[123.4] nf_conntrack: nf_conntrack: table full, dropping packet", Sign.ConntrackFull, "nf_conntrack", null)]
    [InlineData("Nov 20 10:00:00 h kernel: nf_conntrack: table full, dropping packet.", Sign.ConntrackFull, "nf_conntrack", null)]
    [InlineData("Nov 20 10:00:00 h kernel: [1.2] ip_conntrack: table full, dropping packet.", Sign.ConntrackFull, "ip_conntrack", null)]
    [InlineData("[1.2] TCP: out of memory -- consider tuning tcp_mem", Sign.TcpMemoryExhausted, null, "memory")]
    [InlineData("[1.2] TCP: too many orphaned sockets", Sign.TcpMemoryExhausted, null, "orphans")]
    [InlineData("[1.2] e1000e 0000:00:19.0 eth0: NIC Link is Down", Sign.LinkChanged, "eth0", "down")]
    [InlineData("[1.2] e1000e: eth1 NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx", Sign.LinkChanged, "eth1", "up")]
    [InlineData("Nov 20 10:00:00 h kernel: tg3 0000:02:00.0 eno1: Link is down", Sign.LinkChanged, "eno1", "down")]
    [InlineData("[1.2] NETDEV WATCHDOG: eth0 (e1000e): transmit queue 0 timed out", Sign.LinkChanged, "eth0", "reset")]
    [InlineData("[1.2] e1000e 0000:00:19.0 eth0: NETDEV WATCHDOG: CPU: 3: transmit queue 0 timed out 5012 ms", Sign.LinkChanged, "eth0", "reset")]
    [InlineData("[1.2] e1000e 0000:00:19.0 eno1: Detected Hardware Unit Hang:", Sign.LinkChanged, "eno1", "reset")]
    [InlineData("[1.2] e1000e 0000:00:19.0 eno1: Reset adapter unexpectedly", Sign.LinkChanged, "eno1", "reset")]
    [InlineData("[1.2] bonding: bond0: link status definitely down for interface eth0, disabling it", Sign.LinkChanged, "eth0", "down")]
    [InlineData("[1.2] bond0: (slave eth1): link status definitely down, disabling slave", Sign.LinkChanged, "eth1", "down")]
    [InlineData("[1.2] bonding: bond0: making interface eth1 the new active one.", Sign.LinkChanged, "eth1", "failover")]
    [InlineData("Nov 20 10:00:00 h systemd-networkd[500]: ens5: Lost carrier", Sign.LinkChanged, "ens5", "down")]
    [InlineData("Nov 20 10:00:00 h kernel: em0: link state changed to DOWN", Sign.LinkChanged, "em0", "down")]
    [InlineData("Nov 20 10:00:00 lb Keepalived_vrrp[99]: (VI_1) Entering BACKUP STATE", Sign.LinkChanged, "VI_1", "failover BACKUP")]
    [InlineData("Nov 20 10:00:00 h kernel: mysqld[1234]: segfault at 0 ip 000055c0 sp 00007ffd error 4 in mysqld[55c0+1]", Sign.ProcessSegfault, "mysqld", null)]
    [InlineData("[1.2] traps: connection[991] general protection fault ip:7f sp:7f error:0 in libc.so.6[7f+1]", Sign.ProcessSegfault, "connection", null)]
    [InlineData("Nov 20 10:00:00 bsd kernel: pid 77 (mysqld), jid 0, uid 88: exited on signal 11 (core dumped)", Sign.ProcessSegfault, "mysqld", null)]
    [InlineData("[1.2] blk_update_request: I/O error, dev sda, sector 12345 op 0x1:(WRITE)", Sign.DiskError, "sda", "error")]
    [InlineData("[1.2] end_request: I/O error, dev xvdf, sector 12345", Sign.DiskError, "xvdf", "error")]
    [InlineData("[1.2] Buffer I/O error on dev dm-0, logical block 12, lost async page write", Sign.DiskError, "dm-0", "error")]
    [InlineData("[1.2] EXT4-fs (sda1): Remounting filesystem read-only", Sign.DiskError, "sda1", "read-only")]
    [InlineData("[1.2] EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm mysqld: reading directory lblock 0", Sign.DiskError, "sda1", "error")]
    [InlineData("[1.2] XFS (dm-2): Filesystem has been shut down due to log error (0x2).", Sign.DiskError, "dm-2", "shut down")]
    [InlineData("[1.2] nvme nvme0: I/O 17 QID 3 timeout, aborting", Sign.DiskError, "nvme0", "error")]
    [InlineData("[    0.000000] Linux version 5.15.0-91-generic (buildd@lcy02) (gcc (Ubuntu 11.4.0))", Sign.HostInterrupted, null, "boot")]
    [InlineData("-- Boot 0123456789abcdef0123456789abcdef --", Sign.HostInterrupted, null, "boot")]
    [InlineData("reboot   system boot  5.15.0-91-generic Fri Nov 20 10:00   still running", Sign.HostInterrupted, null, "boot")]
    [InlineData("[1.2] clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:", Sign.HostInterrupted, null, "clock unstable")]
    [InlineData("Nov 20 10:00:00 h chronyd[600]: System clock was stepped by 12.345678 seconds", Sign.HostInterrupted, null, "clock stepped")]
    [InlineData("Nov 20 10:00:00 h ntpd[600]: time reset +25.500000 s", Sign.HostInterrupted, null, "clock stepped")]
    [InlineData("[1.2] PM: suspend exit", Sign.HostInterrupted, null, "resume")]
    [InlineData("[1.2] INFO: task mysqld:1234 blocked for more than 120 seconds.", Sign.ServerStalls, "mysqld", "hung task")]
    [InlineData("[1.2] INFO: task jbd2/sda1-8:234 blocked for more than 120 seconds.", Sign.DiskError, "jbd2/sda1-8", "hung task")]
    public void A_line_of_the_kernel_or_its_kin_is_read(string line, Sign sign, string? subject, string? state)
    {
        Sighting found = Read.One(line);
        Assert.Equal((sign, subject, state), (found.Sign, found.Subject, found.State));
    }

    [Fact]
    public void Times_signals_and_processes_are_decoded()
    {
        Assert.Equal(TimeSpan.FromSeconds(120), Read.One("[1.2] INFO: task mysqld:1234 blocked for more than 120 seconds.").Elapsed);
        Assert.Equal(1234, Read.One("[1.2] INFO: task mysqld:1234 blocked for more than 120 seconds.").Pid);
        Assert.Equal(TimeSpan.FromSeconds(22), Read.One("[1.2] watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [mysqld:1234]").Elapsed);
        Assert.Equal(TimeSpan.FromSeconds(25.5), Read.One("Nov 20 10:00:00 h ntpd[600]: time reset +25.500000 s").Elapsed);
        Sighting crash = Read.One("Nov 20 10:00:00 h kernel: [12.3] mysqld[1234]: segfault at 0 ip 000055c0 sp 00007ffd error 4 in mysqld[55c0+1]");
        Assert.Equal((1234, 11), (crash.Pid, crash.Code));
        Assert.Equal(4, Read.One("[1.2] traps: php[77] trap invalid opcode ip:55 sp:7f error:0 in php").Code);
    }

    [Theory]
    [InlineData("[1.2] TCP: request_sock_TCP: Possible SYN flooding on port 3306. Sending cookies.  Check SNMP counters.", 3306, "cookies")]
    [InlineData("[1.2] possible SYN flooding on port 3306. Dropping request.  Check SNMP counters.", 3306, "dropped")]
    [InlineData("[1.2] TCP: request_sock_TCP: Possible SYN flooding on port [::]:3307. Sending cookies.", 3307, "cookies")]
    [InlineData("[1.2] TCP: request_sock_TCP: Possible SYN flooding on port 0.0.0.0:6033. Dropping request.", 6033, "dropped")]
    public void A_full_listen_queue_names_its_port(string line, int port, string state)
    {
        Sighting found = Read.One(line);
        Assert.Equal((Sign.ListenQueueOverflow, port, state), (found.Sign, found.ServerPort, found.State));
    }

    [Fact]
    public void A_dropped_packet_has_its_ends_whichever_way_it_went()
    {
        Sighting to = Read.One("Nov 20 10:00:00 h kernel: [1.2] [UFW BLOCK] IN=eth0 OUT= MAC=02:42 SRC=10.0.0.5 DST=10.0.0.1 LEN=52 TOS=0x00 PREC=0x00 TTL=63 ID=1 DF PROTO=TCP SPT=51515 DPT=3306 WINDOW=501 RES=0x00 ACK FIN URGP=0");
        Assert.Equal((Sign.PacketDropped, "10.0.0.5", 51515, "10.0.0.1", 3306, "ACK FIN"), (to.Sign, to.ClientHost, to.ClientPort, to.ServerHost, to.ServerPort, to.State));
        Sighting from = Read.One("[1.2] DROP-INVALID: IN=eth0 OUT= SRC=10.0.0.1 DST=10.0.0.5 PROTO=TCP SPT=3306 DPT=51515 WINDOW=0 RES=0x00 ACK RST URGP=0");
        Assert.Equal(("10.0.0.5", 51515, "10.0.0.1", 3306), (from.ClientHost, from.ClientPort, from.ServerHost, from.ServerPort));
    }

    [Theory]
    [InlineData("[1.2] docker0: port 2(veth12ab) entered disabled state")]
    [InlineData("[1.2] veth12ab: Link is Down")]
    [InlineData("[1.2] INFO: task make:12 blocked for more than 120 seconds.")]
    [InlineData("2026-11-20 10:00:00 ERROR IOException: I/O error reading the response")]
    [InlineData("OSError: [Errno 30] Read-only file system: '/srv/x'")]
    [InlineData("mysqld  Ver 8.0.39 for Linux version x86_64")]
    [InlineData("Download link: Link is Down for maintenance")]
    [InlineData("[1.2] IN=eth0 SRC=10.0.0.5 DST=10.0.0.1 PROTO=TCP SPT=51515 DPT=443 RES=0x00 SYN URGP=0")]
    [InlineData("[1.2] IN=eth0 SRC=10.0.0.5 DST=10.0.0.1 PROTO=UDP SPT=51515 DPT=3306 LEN=8")]
    public void What_only_looks_alike_gives_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);
}
