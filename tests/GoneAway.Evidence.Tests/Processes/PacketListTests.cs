using GoneAway.Evidence.Processes;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Processes;

public sealed class PacketListTests
{
    // Text written to MySQL's socket, as tcpdump -X shows it.
    private const string Stray = """
        09:13:01.144257 IP 127.0.0.1.41760 > 127.0.0.1.13377: Flags [S], seq 1634336228, win 65495, options [mss 65495,sackOK], length 0
        09:13:01.144273 IP 127.0.0.1.13377 > 127.0.0.1.41760: Flags [S.], seq 370713830, ack 1634336229, win 65483, length 0
        09:13:01.144566 IP 127.0.0.1.13377 > 127.0.0.1.41760: Flags [P.], seq 1:105, ack 1, win 64, options [nop,nop,TS val 1191899457 ecr 2220715907], length 104
        	0x0000:  4508 009c 1900 4000 4006 2352 7f00 0001  E.....@.@.#R....
        	0x0010:  7f00 0001 3441 a320 1618 a4e7 6169 fde5  ....4A......ai..
        	0x0020:  8018 0040 fe90 0000 0101 080a 470a f141  ...@........G..A
        	0x0030:  845d 6f83 6400 0000 0a35 2e35 2e35 2d31  .]o.d....5.5.5-1
        	0x0040:  302e 3131 2e31 392d 4d61 7269 6144 422d  0.11.19-MariaDB-
        	0x0050:  302b 6465 6231 3275 3100 0a00 0000 254b  0+deb12u1.....%K
        	0x0060:  292c 3e36 3236 00fe f708 0200 ff81 1500  ),>626..........
        09:13:01.144593 IP 127.0.0.1.41760 > 127.0.0.1.13377: Flags [P.], seq 1:41, ack 105, win 64, length 40
        	0x0000:  4500 005c 99f0 4000 4006 a2a9 7f00 0001  E..\..@.@.......
        	0x0010:  7f00 0001 a320 3441 6169 fde5 1618 a54f  ......4Aai.....O
        	0x0020:  8018 0040 fe50 0000 0101 080a 845d 6f84  ...@.P.......]o.
        	0x0030:  470a f141 4442 443a 3a6d 7973 716c 2077  G..ADBD::mysql.w
        	0x0040:  6172 6e69 6e67 3a20 736f 6d65 7468 696e  arning:.somethin
        	0x0050:  6720 6174 206c 696e 6520 330a            g.at.line.3.
        09:13:01.144631 IP 127.0.0.1.13377 > 127.0.0.1.41760: Flags [P.], seq 105:142, ack 41, win 64, length 37
        	0x0000:  4508 0059 1902 4000 4006 2393 7f00 0001  E..Y..@.@.#.....
        	0x0010:  7f00 0001 3441 a320 1618 a54f 6169 fe0d  ....4A.....Oai..
        	0x0020:  8018 0040 fe4d 0000 0101 080a 470a f141  ...@.M......G..A
        	0x0030:  845d 6f84 2100 0001 ff84 0423 3038 5330  .]o.!......#08S0
        	0x0040:  3147 6f74 2070 6163 6b65 7473 206f 7574  1Got.packets.out
        	0x0050:  206f 6620 6f72 6465 72                   .of.order
        09:13:01.144672 IP 127.0.0.1.13377 > 127.0.0.1.41760: Flags [R.], seq 142, ack 41, win 64, length 0
        """;

    [Fact]
    public void Bytes_in_hexadecimal_tell_the_text_the_servers_answer_and_its_thread()
    {
        Findings found = Read.File(Stray);
        Assert.Equal([Sign.TextOnConnection, Sign.ServerSaid, Sign.SegmentSeen, Sign.ConnectionReset], found.Sightings.Select(static s => s.Sign));
        Assert.StartsWith("DBD::mysql warning: something at line 3", found.Sightings[0].State, StringComparison.Ordinal);
        Assert.Equal((40L, 10u, 41760), (found.Sightings[0].Size, found.Sightings[0].ThreadId, found.Sightings[0].ClientPort));
        Assert.Equal(1156, found.Sightings[1].Code);
        Assert.Equal(("R", "server", 13377), (found.Sightings[2].State, found.Sightings[2].Subject, found.Sightings[2].ClientPort));
    }

    private const string Open = """
        2026-11-20 10:00:00.000100 IP 10.0.0.7.57600 > 10.0.0.9.mysql: Flags [S], seq 1, win 64240, length 0
        2026-11-20 10:00:00.000200 IP 10.0.0.9.mysql > 10.0.0.7.57600: Flags [S.], seq 1, ack 2, win 65160, length 0
        2026-11-20 10:00:00.000300 IP 10.0.0.9.mysql > 10.0.0.7.57600: Flags [P.], seq 1:79, ack 1, win 509, length 78
        2026-11-20 10:00:00.000400 IP 10.0.0.7.57600 > 10.0.0.9.mysql: Flags [P.], seq 1:191, ack 79, win 502, length 190
        2026-11-20 10:00:00.000500 IP 10.0.0.9.mysql > 10.0.0.7.57600: Flags [P.], seq 79:90, ack 191, win 509, length 11

        """;

    [Fact]
    public void A_server_that_closes_an_idle_connection_is_seen_with_the_time_of_silence()
    {
        Findings found = Read.File(Open + "2026-11-20 10:10:00.000500 IP 10.0.0.9.mysql > 10.0.0.7.57600: Flags [F.], seq 90, ack 191, win 509, length 0\n");
        Assert.Equal([Sign.SegmentSeen, Sign.UnexpectedEof], found.Sightings.Select(static s => s.Sign));
        Assert.Equal((TimeSpan.FromMinutes(10), "10.0.0.7", 57600, "10.0.0.9", 3306, "test.txt:6"), (found.Sightings[1].Idle, found.Sightings[1].ClientHost, found.Sightings[1].ClientPort, found.Sightings[1].ServerHost, found.Sightings[1].ServerPort, found.Sightings[1].Source));
        Assert.Equal(("F", "10.0.0.9"), (found.Sightings[0].State, found.Sightings[0].ClientHost));
        Assert.Equal(new DateTime(2026, 11, 20, 10, 10, 0).AddTicks(5000), found.Sightings[1].Stamp!.Value.Clock);
    }

    [Fact]
    public void A_reset_in_answer_to_the_first_query_after_silence_tells_both_times()
    {
        Findings found = Read.File(Open + """
            2026-11-20 10:06:00.000500 IP 10.0.0.7.57600 > 10.0.0.9.mysql: Flags [P.], seq 191:204, ack 90, win 502, length 13
            2026-11-20 10:06:00.100500 IP 10.0.0.9.mysql > 10.0.0.7.57600: Flags [R], seq 90, win 0, length 0
            """);
        Sighting reset = Assert.Single(found.Sightings, static s => s.Sign == Sign.ConnectionReset);
        Assert.Equal((TimeSpan.FromMinutes(6), 100, 104), (reset.Idle, (int)reset.Elapsed!.Value.TotalMilliseconds, reset.Errno));
    }

    [Fact]
    public void Data_that_nobody_acknowledges_after_silence_is_a_forgotten_flow()
    {
        Findings found = Read.File(Open + """
            2026-11-20 10:20:00.000500 IP 10.0.0.7.57600 > 10.0.0.9.mysql: Flags [P.], seq 191:204, ack 90, win 502, length 13
            2026-11-20 10:20:00.200500 IP 10.0.0.7.57600 > 10.0.0.9.mysql: Flags [P.], seq 191:204, ack 90, win 502, length 13
            2026-11-20 10:20:00.600500 IP 10.0.0.7.57600 > 10.0.0.9.mysql: Flags [P.], seq 191:204, ack 90, win 502, length 13
            2026-11-20 10:20:01.400500 IP 10.0.0.7.57600 > 10.0.0.9.mysql: Flags [P.], seq 191:204, ack 90, win 502, length 13
            """);
        Sighting lost = Assert.Single(found.Sightings);
        Assert.Equal((Sign.LostDuringQuery, 110, TimeSpan.FromMinutes(20)), (lost.Sign, lost.Errno, lost.Idle));
    }

    [Theory]
    [InlineData("10:00:00.1 IP 10.0.0.7.57600 > 10.0.0.9.3306: Flags [S], seq 1, win 64240, length 0\n10:00:00.2 IP 10.0.0.9.3306 > 10.0.0.7.57600: Flags [R.], seq 0, ack 2, win 0, length 0", Sign.ConnectRefused)]
    [InlineData("10:00:00.1 IP 10.0.0.7.57600 > 10.0.0.9.3306: Flags [S], seq 1, win 64240, length 0\n10:00:01.1 IP 10.0.0.7.57600 > 10.0.0.9.3306: Flags [S], seq 1, win 64240, length 0\n10:00:03.1 IP 10.0.0.7.57600 > 10.0.0.9.3306: Flags [S], seq 1, win 64240, length 0", Sign.ConnectTimedOut)]
    [InlineData("10:00:00.1 IP 10.0.0.7.57600 > 10.0.0.9.3306: S 12:12(0) win 5840 <mss 1460>\n10:00:00.2 IP 10.0.0.9.3306 > 10.0.0.7.57600: R 0:0(0) ack 13 win 0", Sign.ConnectRefused)]
    [InlineData("10:00:00.100000 aa:bb:cc:00:11:22 > aa:bb:cc:00:11:23, ethertype IPv4 (0x0800), length 74: 10.0.0.7.57600 > 10.0.0.9.3306: Flags [S], seq 1, win 64240, length 0\n10:00:00.200000 aa:bb:cc:00:11:23 > aa:bb:cc:00:11:22, ethertype IPv4 (0x0800), length 54: 10.0.0.9.3306 > 10.0.0.7.57600: Flags [R.], seq 0, ack 2, win 0, length 0", Sign.ConnectRefused)]
    [InlineData("10:00:00.1 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)\n    10.0.0.7.57600 > 10.0.0.9.3306: Flags [S], cksum 0xfe30 (correct), seq 1, win 64240, length 0\n10:00:00.2 IP (tos 0x0, ttl 64, id 0, offset 0, flags [DF], proto TCP (6), length 40)\n    10.0.0.9.3306 > 10.0.0.7.57600: Flags [R.], cksum 0xfe30 (correct), seq 0, ack 2, win 0, length 0", Sign.ConnectRefused)]
    [InlineData("10:00:00.1 eth0  Out IP6 fd00::7.57600 > fd00::9.3306: Flags [S], seq 1, win 64240, length 0\n10:00:00.2 eth0  In  IP6 fd00::9.3306 > fd00::7.57600: Flags [R.], seq 0, ack 2, win 0, length 0", Sign.ConnectRefused)]
    [InlineData("    1   0.000000    10.0.0.7 → 10.0.0.9    TCP 74 41760 → 3306 [SYN] Seq=0 Win=65495 Len=0\n    2   0.000100    10.0.0.9 → 10.0.0.7    TCP 54 3306 → 41760 [RST, ACK] Seq=0 Ack=1 Win=0 Len=0", Sign.ConnectRefused)]
    [InlineData("1 0.000000 10.0.0.7 -> 10.0.0.9 TCP 74 41760 -> 3306 [SYN] Seq=0 Win=65495 Len=0\n2 1.0 10.0.0.7 -> 10.0.0.9 TCP 74 [TCP Retransmission] 41760 -> 3306 [SYN] Seq=0 Win=65495 Len=0\n3 3.0 10.0.0.7 -> 10.0.0.9 TCP 74 [TCP Retransmission] 41760 -> 3306 [SYN] Seq=0 Win=65495 Len=0", Sign.ConnectTimedOut)]
    public void The_same_story_is_read_from_each_form(string packets, Sign sign)
    {
        Sighting found = Assert.Single(Read.File(packets).Sightings);
        Assert.Equal((sign, Origin.Process, 3306), (found.Sign, found.Origin, found.ServerPort));
    }

    [Theory]
    // COM_QUIT, then FIN; a statement that is answered; not MySQL's.
    [InlineData(Open + "2026-11-20 10:01:00.0 IP 10.0.0.7.57600 > 10.0.0.9.mysql: Flags [P.], seq 191:196, ack 90, win 502, length 5\n2026-11-20 10:01:00.1 IP 10.0.0.9.mysql > 10.0.0.7.57600: Flags [F.], seq 90, ack 196, win 509, length 0\n2026-11-20 10:01:00.2 IP 10.0.0.7.57600 > 10.0.0.9.mysql: Flags [F.], seq 196, ack 91, win 502, length 0\n")]
    [InlineData(Open)]
    public void An_orderly_connection_gives_nothing(string packets) => Assert.Empty(Read.File(packets).Sightings);

    [Theory]
    [InlineData("10:00:00.1 IP 10.0.0.7.57600 > 10.0.0.9.443: Flags [S], seq 1, win 64240, length 0\n10:00:00.2 IP 10.0.0.9.443 > 10.0.0.7.57600: Flags [R.], seq 0, ack 2, win 0, length 0")]
    public void Other_services_give_nothing(string packets) => Assert.Empty(Read.File(packets).Sightings);

    [Theory]
    [InlineData("a > b: c\nd > e: f\n")]
    [InlineData("if x.a > y.b: return\n")]
    [InlineData("2026-11-20 10:00:00 INFO moved 10.0.0.7 -> 10.0.0.9\n")]
    public void Other_text_is_left_to_others(string text) => Assert.Null(Read.Passage(new PacketList(), text));

    [Fact]
    public void Anything_may_come_and_nothing_throws()
    {
        Mutated.NeverThrows(Stray, static text => Read.File(text));
        Mutated.NeverThrows(Open + "1 0.0 10.0.0.7 -> 10.0.0.9 TCP 74 [TCP Retransmission] 41760 -> 3306 [SYN] Seq=0 Win=65495 Len=0\n10:00:00.1 IP 10.0.0.7.57600 > 10.0.0.9.3306: S 12:12(0) win 5840\n", static text => Read.File(text));
    }
}
