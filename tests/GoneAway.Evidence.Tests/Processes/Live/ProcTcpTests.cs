using FsCheck;
using FsCheck.Fluent;
using GoneAway.Evidence.Processes.Live;

namespace GoneAway.Evidence.Tests.Processes.Live;

public sealed class ProcTcpTests
{
    [Theory]
    [InlineData("   3: 0100007F:B708 0100007F:0CEA 08 00000000:00000096 02:000AFC6B 00000000  1000        0 795928 2 0000000062f3ba1d 20 4 30 10 -1", "127.0.0.1:46856", "127.0.0.1:3306", "CLOSE-WAIT", 149, 0, SocketTimer.KeepAlive, 0, 1000, 795928)]
    [InlineData("   0: 0A00000A:C350 0900000A:0CEA 01 00000010:00000000 01:00000014 00000003     0        0 31 2 0", "10.0.0.10:50000", "10.0.0.9:3306", "ESTABLISHED", 0, 16, SocketTimer.Retransmission, 3, 0, 31)]
    [InlineData("   1: 0100007F:0CEA 00000000:0000 0A 00000000:00000003 00:00000000 00000000   110        0 97 1 0 100 0 0 10 0", "127.0.0.1:3306", "0.0.0.0:0", "LISTEN", 0, 0, SocketTimer.Off, 0, 110, 97)]
    [InlineData("   2: 0100007F:D903 0100007F:0CEA 06 00000000:00000000 03:00001760 00000000     0        0 0 3 0", "127.0.0.1:55555", "127.0.0.1:3306", "TIME-WAIT", 0, 0, SocketTimer.Off, 0, 0, 0)]
    [InlineData("   9: 0000000000000000FFFF00000100007F:B6E4 0000000000000000FFFF00000100007F:0CEA 01 00000000:00000000 00:00000000 00000000    33        0 4711 1 0", "127.0.0.1:46820", "127.0.0.1:3306", "ESTABLISHED", 0, 0, SocketTimer.Off, 0, 33, 4711)]
    [InlineData("   4: B80D01200000000000000000010000FF:B6E4 B80D01200000000000000000020000FF:0CEA 01 00000000:00000000 02:00000064 00000000    33        0 4712 1 0", "[2001:db8::ff00:1]:46820", "[2001:db8::ff00:2]:3306", "ESTABLISHED", 0, 0, SocketTimer.KeepAlive, 0, 33, 4712)]
    public void A_row_of_the_kernels_table_is_decoded(string line, string local, string remote, string state, long unread, long unsent, SocketTimer timer, int retransmits, int uid, ulong inode)
    {
        Assert.True(ProcTcp.TryLine(line, "net:[1]", out KernelSocket? socket));
        Assert.Equal((local, remote, state, unread, unsent, timer), (socket.Local!.ToString(), socket.Remote!.ToString(), socket.State, socket.Unread, socket.Unsent, socket.Timer));
        Assert.Equal((retransmits, uid, inode, "net:[1]"), (socket.Retransmits, socket.Uid, socket.Inode, socket.Namespace));
    }

    [Theory]
    [InlineData("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode")]
    [InlineData("   3: 0100007F:B708 0100007F:0CEA 08 00000000:00000096")]
    [InlineData("   3: 0100007F:B708 0100007G:0CEA 08 00000000:00000096 02:000AFC6B 00000000  1000        0 795928")]
    [InlineData("")]
    public void What_is_no_row_gives_nothing(string line) => Assert.False(ProcTcp.TryLine(line, "", out _));

    [Fact]
    public void Any_line_is_a_row_or_none() => Prop.ForAll<string>(static line => ProcTcp.TryLine(line ?? "", "", out _) || true).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("4711 (python3) S 4710 4711 4711 0", "python3", 4710)]
    [InlineData("4711 (a name) with) brackets) R 1 4711", "a name) with) brackets", 1)]
    public void A_name_may_hold_blanks_and_brackets(string stat, string name, int parent)
    {
        Assert.True(RunningProcess.TryStat(stat, out string read, out int ppid));
        Assert.Equal((name, parent), (read, ppid));
    }

    [Theory]
    [InlineData("python3", "/usr/bin/python3\0/srv/app/worker.py\0--password=x\0", "python3 worker.py")]
    [InlineData("python3", "python3\0-m\0celery\0-A\0", "python3 -m celery")]
    [InlineData("python3", "python3\0-c\0import secret\0", "python3")]
    [InlineData("mysql", "mysql\0secret\0", "mysql")]
    [InlineData("php-fpm8.2", "php-fpm: pool www\0", "php-fpm8.2")]
    public void A_name_tells_the_script_and_no_other_argument(string name, string commandLine, string shown) => Assert.Equal(shown, RunningProcess.WithScript(name, commandLine));
}
