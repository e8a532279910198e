using GoneAway.Evidence.Processes;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Processes;

public sealed class StraceTests
{
    private const string Stray = """
        28505 09:02:07.517026 socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP) = 2
        28505 09:02:07.517026 connect(2, {sa_family=AF_INET, sin_port=htons(13377), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
        28505 09:02:07.517377 recvfrom(2, "d\0\0\0\n5.5.5-10.11.19-MariaDB-0+deb12u1\0\6\0\0\09yxm9uah\0", 200, 0, NULL, NULL) = 104
        28505 09:02:07.517479 write(2, "DBD::mysql warning: something at line 3\n", 40) = 40
        28505 09:02:08.017759 recvfrom(2, "!\0\0\1\377\204\4#08S01Got packets out of order", 200, 0, NULL, NULL) = 37
        28505 09:02:08.017895 write(1, "b'!\\x00\\x00\\x01\\xff\\x84\\x04#08S01Got packets out of order'", 58) = 58
        28505 09:02:08.017952 recvfrom(2, 0x7feedb0d0230, 200, 0, NULL, NULL) = -1 ECONNRESET (Connection reset by peer)
        28505 09:02:08.019587 close(2)          = 0
        28505 09:02:08.022142 +++ exited with 1 +++
        """;

    [Fact]
    public void Text_written_to_the_socket_the_servers_answer_and_the_end_are_told_even_on_an_unusual_port()
    {
        Findings found = Read.File(Stray);
        Assert.Equal([Sign.SocketOnStandardDescriptor, Sign.TextOnConnection, Sign.ServerSaid, Sign.ConnectionReset], found.Sightings.Select(static s => s.Sign));
        Sighting text = found.Sightings[1];
        Assert.Equal((28505, 2, 40L, 13377, "test.txt:4"), (text.Pid, text.Code, text.Size, text.ServerPort, text.Source));
        Assert.StartsWith("DBD::mysql warning", text.State, StringComparison.Ordinal);
        Assert.Equal((1156, 104), (found.Sightings[2].Code, found.Sightings[3].Errno));
        Assert.Equal("stray-bytes", Assert.Single(found.Hazards).Cause);
    }

    [Theory]
    [InlineData("write(2<TCP:[127.0.0.1:37414->127.0.0.1:3306]>, \"Warning: x\\n\", 11) = 11", Sign.TextOnConnection)]
    [InlineData("connect(3, {sa_family=AF_INET, sin_port=htons(3306), sin_addr=inet_addr(\"10.0.0.9\")}, 16) = -1 ECONNREFUSED (Connection refused)", Sign.ConnectRefused)]
    [InlineData("connect(3, {sa_family=AF_INET6, sin6_port=htons(3306), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, \"::1\", &sin6_addr), sin6_scope_id=0}, 28) = -1 ETIMEDOUT (Connection timed out)", Sign.ConnectTimedOut)]
    [InlineData("connect(3, {sa_family=AF_INET, sin_port=htons(3306), sin_addr=inet_addr(\"10.0.0.9\")}, 16) = -1 EADDRNOTAVAIL (Cannot assign requested address)", Sign.NoSourcePort)]
    [InlineData("connect(3, {sa_family=AF_INET, sin_port=htons(3306), sin_addr=inet_addr(\"10.0.0.9\")}, 16) = -1 EHOSTUNREACH (No route to host) <3.000123>", Sign.ConnectUnreachable)]
    [InlineData("connect(3, {sa_family=AF_INET, sin_port=htons(3306), sin_addr=inet_addr(\"10.0.0.9\")}, 16) = -1 EACCES (Permission denied)", Sign.ConnectForbidden)]
    [InlineData("connect(3, {sa_family=AF_UNIX, sun_path=\"/run/mysqld/mysqld.sock\"}, 110) = -1 ENOENT (No such file or directory)", Sign.LocalSocketFailed)]
    [InlineData("[pid  4711] socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = -1 EMFILE (Too many open files)", Sign.NoDescriptorsInClient)]
    [InlineData("read(5<TCP:[10.0.0.7:57600->10.0.0.9:3306]>, 0x55d0, 16384) = -1 ECONNRESET (Connection reset by peer)", Sign.ConnectionReset)]
    [InlineData("read(5<TCP:[10.0.0.7:57600->10.0.0.9:3306]>, \"K\\0\\0\\0\\n8.0.36\\0\", 16384) = 79\nread(5<TCP:[10.0.0.7:57600->10.0.0.9:3306]>, \"\", 16384) = 0", Sign.UnexpectedEof)]
    [InlineData("recvfrom(5<TCP:[10.0.0.7:57600->10.0.0.9:3306]>, \"\", 16384, 0, NULL, NULL) = 0", Sign.LostBeforeGreeting)]
    [InlineData("sendto(5<TCPv6:[[::1]:57600->[::1]:3306]>, \"\\t\\0\\0\\0\\3SELECT 1\", 13, MSG_DONTWAIT, NULL, 0) = -1 EPIPE (Broken pipe)", Sign.BrokenPipe)]
    [InlineData("write(5, \"\\t\\0\\0\\0\\3SELECT 1\", 13) = 13\nread(5, 0x5581, 16384)                  = -1 ETIMEDOUT (Connection timed out)", Sign.LostBeforeGreeting)]
    [InlineData("write(5, \"\\t\\0\\0\\0\\3SELECT 1\", 13) = 13\npoll([{fd=5, events=POLLIN|POLLPRI}], 1, 30000) = 0 (Timeout)", Sign.ClientReadTimedOut)]
    [InlineData("connect(3, {sa_family=AF_INET, sin_port=htons(3306), sin_addr=inet_addr(\"10.0.0.9\")}, 16) = -1 EINPROGRESS (Operation now in progress)\ngetsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0", Sign.ConnectRefused)]
    public void One_call_tells_how_it_ended(string trace, Sign sign)
    {
        Findings found = Read.File(trace);
        Assert.Contains(found.Sightings, s => s.Sign == sign);
        Assert.DoesNotContain(found.Sightings, s => s.Sign != sign && s.Sign != Sign.SocketOnStandardDescriptor);
    }

    [Fact]
    public void A_patience_of_the_clients_own_is_told_with_its_length()
    {
        Sighting found = Assert.Single(Read.File("write(5, \"\\t\\0\\0\\0\\3SELECT 1\", 13) = 13\npoll([{fd=5, events=POLLIN|POLLPRI}], 1, 30000) = 0 (Timeout)").Sightings);
        Assert.Equal(TimeSpan.FromSeconds(30), found.Elapsed);
    }

    [Fact]
    public void The_silence_before_a_reset_is_measured()
    {
        Sighting found = Assert.Single(Read.File("""
            1763632800.000100 connect(3, {sa_family=AF_INET, sin_port=htons(3306), sin_addr=inet_addr("10.0.0.9")}, 16) = 0
            1763632800.000200 read(3, "K\0\0\0\n8.0.36\0", 16384) = 79
            1763632800.100000 write(3, "\t\0\0\0\3SELECT 1", 13) = 13
            1763632800.200000 read(3, "\1\0\0\1\1\27\0\0\2\3def\0\0\0\0011\0", 16384) = 56
            1763633400.200000 write(3, "\t\0\0\0\3SELECT 1", 13) = -1 EPIPE (Broken pipe)
            """).Sightings);
        Assert.Equal((Sign.BrokenPipe, TimeSpan.FromMinutes(10), 2025), (found.Sign, found.Idle, found.Stamp!.Value.Clock.Year));
    }

    [Fact]
    public void A_child_that_writes_on_its_parents_connection_shares_it()
    {
        Findings found = Read.File("""
            100 connect(3, {sa_family=AF_INET, sin_port=htons(3306), sin_addr=inet_addr("10.0.0.9")}, 16) = 0
            100 read(3, "K\0\0\0\n8.0.36\0", 16384) = 79
            100 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 101
            101 write(3, "\1\0\0\0\1", 5 <unfinished ...>
            100 write(3, "\t\0\0\0\3SELECT 1", 13) = 13
            101 <... write resumed>)              = 5
            101 close(3)                          = 0
            100 read(3, "", 16384) = 0
            """);
        Sighting shared = Assert.Single(found.Sightings, static s => s.Sign == Sign.SocketShared);
        Assert.Equal([100, 101], shared.Pids);
        Assert.Equal("shared-after-fork", Assert.Single(found.Hazards).Cause);
    }

    [Theory]
    // Threads are one process; a child that only closes does no harm.
    [InlineData("100 connect(3, {sa_family=AF_INET, sin_port=htons(3306), sin_addr=inet_addr(\"10.0.0.9\")}, 16) = 0\n100 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD}, 88) = 101\n100 write(3, \"\\t\\0\\0\\0\\3SELECT 1\", 13) = 13\n101 read(3, \"\\1\\0\\0\\1\\1\", 16384) = 56")]
    [InlineData("100 connect(3, {sa_family=AF_INET, sin_port=htons(3306), sin_addr=inet_addr(\"10.0.0.9\")}, 16) = 0\n100 fork() = 101\n100 write(3, \"\\t\\0\\0\\0\\3SELECT 1\", 13) = 13\n101 close(3) = 0")]
    // A long statement goes in pieces, and its pieces are text; after QUIT the end is no loss.
    [InlineData("write(3<TCP:[10.0.0.7:57600->10.0.0.9:3306]>, \"\\0@\\0\\0\\3INSERT\"..., 8192) = 8192\nwrite(3<TCP:[10.0.0.7:57600->10.0.0.9:3306]>, \"more text of the statement\"..., 8196) = 8196")]
    [InlineData("write(3<TCP:[10.0.0.7:57600->10.0.0.9:3306]>, \"\\1\\0\\0\\0\\1\", 5) = 5\nread(3<TCP:[10.0.0.7:57600->10.0.0.9:3306]>, \"\", 16384) = 0")]
    // TLS, another server, a plain file, a terminal.
    [InlineData("write(3<TCP:[10.0.0.7:57600->10.0.0.9:3306]>, \"\\27\\3\\3\\0\\33abcdefgh\"..., 32) = 32")]
    [InlineData("connect(3, {sa_family=AF_INET, sin_port=htons(6379), sin_addr=inet_addr(\"10.0.0.9\")}, 16) = 0\nwrite(3, \"PING\\r\\n\", 6) = 6\nread(3, 0x1, 1) = -1 ECONNRESET (Connection reset by peer)")]
    [InlineData("write(2, \"Warning: x\\n\", 11) = 11\nread(3, \"\", 4096) = 0")]
    public void What_is_in_order_gives_nothing(string trace)
    {
        Findings found = Read.File(trace);
        Assert.Empty(found.Sightings);
        Assert.Empty(found.Hazards);
    }

    [Fact]
    public void truss_is_read_too()
    {
        Findings found = Read.File("write(5,\"\\t\\0\\0\\0\\^CSELECT 1\",13)\t = 13 (0xd)\nread(5<TCP:[10.0.0.7:1->10.0.0.9:3306]>,0x801,16384) ERR#54 'Connection reset by peer'");
        Assert.Equal(Sign.ConnectionReset, Assert.Single(found.Sightings).Sign);
    }

    [Theory]
    [InlineData("The read(2) manual page\nsays write(1) = 5 somewhere\n")]
    [InlineData("def f(x):\n    return g(x)\nx = 1\n")]
    [InlineData("int main(void) {\n    connect(3, 0, 0);\n    return 0;\n}\n")]
    public void Programs_and_prose_are_no_traces(string text) => Assert.Null(Read.Passage(new StraceOutput(), text));

    [Fact]
    public void Anything_may_come_and_nothing_throws()
    {
        Mutated.NeverThrows(Stray, static text => Read.File(text));
        Mutated.NeverThrows("[pid 100] 10:00:00 write(3<TCP:[10.0.0.7:57600->10.0.0.9:3306]>, \"\\27\\3\\3\\0\\33abc\"..., 32) = 32\n100 fork() = 101\n101 <... read resumed>\"a\\x0\", 1) = 5\npoll([{fd=5, events=POLLIN}], 1, 30000) = 0 (Timeout)\n", static text => Read.File(text));
    }
}
