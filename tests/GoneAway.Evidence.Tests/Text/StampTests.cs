using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Text;

public sealed class StampTests
{
    [Theory]
    [InlineData("2015-11-28T02:50:01.238745Z 3 [Note] x", "2015-11-28 02:50:01.238745", 0)]
    [InlineData("2026-11-20T21:56:53.063421+08:00 23 [Note] x", "2026-11-20 21:56:53.063421", 480)]
    [InlineData("2026-11-20T21:56:32.147047-00:00 10 [Note]", "2026-11-20 21:56:32.147047", 0)]
    [InlineData("2025-01-23  8:42:10 5 [Warning] Aborted", "2025-01-23 08:42:10.000000", null)]
    [InlineData("130928 22:56:26 [Warning] Aborted", "2013-09-28 22:56:26.000000", null)]
    [InlineData("140819  1:02:28 [Warning]", "2014-08-19 01:02:28.000000", null)]
    [InlineData("[2026-11-20 10:00:00] production.ERROR: x", "2026-11-20 10:00:00.000000", null)]
    [InlineData("[20-Nov-2026 10:00:00 UTC] PHP Warning", "2026-11-20 10:00:00.000000", 0)]
    [InlineData("2026/11/20 10:00:00 [error] 12#12", "2026-11-20 10:00:00.000000", null)]
    [InlineData("[mysql] 2020/06/01 18:13:51 packets.go:122: x", "2020-06-01 18:13:51.000000", null)]
    [InlineData("2026-11-20 10:00:00,123 ERROR x", "2026-11-20 10:00:00.123000", null)]
    [InlineData("10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1", "2009-02-06 12:12:51.443000", null)]
    [InlineData("[Fri Nov 20 10:00:00.123456 2026] [php:error]", "2026-11-20 10:00:00.123456", null)]
    [InlineData("E, [2026-11-20T10:00:00.123456 #1234] ERROR -- : x", "2026-11-20 10:00:00.123456", null)]
    [InlineData("Nov 20, 2026 10:00:00 PM com.mysql", "2026-11-20 22:00:00.000000", null)]
    [InlineData("{\"time\":1763632800.5,\"msg\":1}", "2025-11-20 10:00:00.500000", 0)]
    [InlineData("[2026-11-20 10:00:00,123: ERROR/ForkPoolWorker-3] Task", "2026-11-20 10:00:00.123000", null)]
    public void A_time_is_read_as_it_is_written(string line, string clock, int? offsetMinutes)
    {
        Assert.True(Stamps.TryFind(line, out Stamp stamp));
        Assert.Equal(clock, stamp.Clock.ToString("yyyy-MM-dd HH:mm:ss.ffffff"));
        Assert.Equal(offsetMinutes, (int?)stamp.Offset?.TotalMinutes);
    }

    [Theory]
    [InlineData("Feb  6 12:12:56 localhost haproxy[14387]: x", 2, 6)]
    [InlineData("<134>Nov 20 22:05:20 haproxy[4810]: x", 11, 20)]
    public void A_time_without_a_year_says_so(string line, int month, int day)
    {
        Assert.True(Stamps.TryFind(line, out Stamp stamp));
        Assert.False(stamp.HasYear);
        Assert.Equal((month, day), (stamp.Clock.Month, stamp.Clock.Day));
    }

    [Theory]
    [InlineData("[  +0.000082] Out of memory: Kill process 16556 (mysqld)")]
    [InlineData("  File \"/usr/lib/python3/pymysql/connections.py\", line 713")]
    [InlineData("127.0.0.1:38112 1/0/2009 137 SD 1/1/0/0/0 0/0")]
    [InlineData("May I ask 12 questions")]
    [InlineData("2026-13-45 99:99:99")]
    [InlineData("Python version: 3.11.2 (main, Apr 28 2025, 14:11:48) [GCC 12.2.0]")]
    [InlineData("compiled with version: 12.2.0 on 19 May 2023 13:59:29")]
    public void What_is_no_time_is_not_taken_for_one(string line) => Assert.False(Stamps.TryFind(line, out _));
}
