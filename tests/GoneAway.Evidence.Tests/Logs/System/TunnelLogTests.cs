using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class TunnelLogTests
{
    [Theory]
    [InlineData("channel 2: open failed: connect failed: Connection refused", "connect failed: Connection refused")]
    [InlineData("channel 3: open failed: connect failed: No route to host", "connect failed: No route to host")]
    [InlineData("channel 4: open failed: administratively prohibited: open failed", "administratively prohibited: open failed")]
    [InlineData("channel 5: open failed: connect failed: Name or service not known", "connect failed: Name or service not known")]
    [InlineData("2026-07-26 21:09:11,815 | ERROR   | Secsh channel 0 open FAILED: Connection refused: Connect failed", "Connection refused: Connect failed")]
    [InlineData("Error: (SSH) Channel open failure: Connection refused", "Connection refused")]
    [InlineData("E0511 15:45:17.642731   72763 portforward.go:522] \"Unhandled Error\" err=\"an error occurred forwarding 3307 -> 3306: error forwarding port 3306 to pod 696a826f, uid : failed to connect to localhost:3306 inside namespace\"", "failed to connect to localhost:3306 inside namespace")]
    [InlineData("2026/05/19 11:34:39 [shop:asia-southeast1:db] failed to connect to instance: dial error: failed to dial (connection name = \"shop:asia-southeast1:db\"): dial tcp 34.142.195.169:3307: connect: connection refused", "dial error: failed to dial (connection name = \"shop:asia-southeast1:db\"): dial tcp 34.142.195.169:3307: connect: connection refused")]
    [InlineData("2019/08/22 08:02:11 couldn't connect to \"shop:europe-west1:db\": dial tcp 35.1.2.3:3307: connect: connection timed out", "dial tcp 35.1.2.3:3307: connect: connection timed out")]
    public void A_tunnel_that_cannot_reach_its_target_says_why(string line, string why)
    {
        Sighting one = Read.One(line + "\n");
        Assert.Equal(Sign.TunnelFailed, one.Sign);
        Assert.Equal(Origin.System, one.Origin);
        Assert.Equal(why, one.State);
    }

    [Theory]
    [InlineData("E0511 15:45:17.642731   72763 portforward.go:522] an error occurred forwarding 8080 -> 8080: error forwarding port 8080 to pod 696a826f, uid : exit status 1")]
    [InlineData("debug1: channel 2: free: direct-tcpip: listening port 3307 for 10.9.0.5 port 3306, nchannels 3")]
    [InlineData("sound: open failed: Device or resource busy")]
    [InlineData("couldn't connect to \"server\": timeout")]
    public void What_is_no_tunnel_to_MySQL_gives_nothing(string line) =>
        Assert.DoesNotContain(Read.Lines(line + "\n").Sightings, static s => s.Sign == Sign.TunnelFailed);
}
