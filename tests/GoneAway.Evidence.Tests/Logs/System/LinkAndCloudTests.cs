using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class LinkAndCloudTests
{
    [Theory]
    [InlineData("Fri Nov 20 10:00:00 2026 [vpn.example.com] Inactivity timeout (--ping-restart), restarting", "openvpn")]
    [InlineData("Nov 20 10:00:00 h ovpn-client[812]: SIGUSR1[soft,ping-restart] received, process restarting", "openvpn")]
    [InlineData("2026-11-20 10:00:00 TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network connectivity)", "openvpn")]
    [InlineData("[ 1234.567890] wireguard: wg0: Handshake for peer 1 (192.0.2.1:51820) did not complete after 5 seconds, retrying (try 2)", "wireguard")]
    [InlineData("[ 1234.567890] wireguard: wg0: Retrying handshake with peer 1 (192.0.2.1:51820) because we stopped hearing back after 15 seconds", "wireguard")]
    [InlineData("Nov 20 10:00:00 h charon[812]: 09[IKE] giving up after 5 retransmits", "ipsec")]
    [InlineData("client_loop: send disconnect: Broken pipe", "ssh")]
    [InlineData("packet_write_wait: Connection to 192.0.2.1 port 22: Broken pipe", "ssh")]
    [InlineData("Timeout, server bastion.example.com not responding.", "ssh")]
    [InlineData("Connection to bastion.example.com closed by remote host.", "ssh")]
    [InlineData("Nov 20 10:00:00 h autossh[812]: ssh exited with error status 255; restarting ssh", "autossh")]
    [InlineData("error: lost connection to pod", "kubectl port-forward")]
    public void A_tunnel_that_broke_off_is_a_link_that_changed(string line, string subject)
    {
        Sighting found = Read.One(line);
        Assert.Equal((Sign.LinkChanged, Origin.System, subject, "tunnel dropped"), (found.Sign, found.Origin, found.Subject, found.State));
    }

    [Fact]
    public void One_break_in_two_lines_is_one() => Assert.Single(Read.Lines("""
        Fri Nov 20 10:00:00 2026 [vpn] Inactivity timeout (--ping-restart), restarting
        Fri Nov 20 10:00:00 2026 SIGUSR1[soft,ping-restart] received, process restarting
        """).Sightings);

    [Theory]
    [InlineData("2026-11-20T10:00:00Z  shop-db  Multi-AZ instance failover started.", Sign.RoleChanged, "failover")]
    [InlineData("November 20, 2026, 10:00 (UTC)  Started cross AZ failover to DB instance: shop-db-2", Sign.RoleChanged, "failover")]
    [InlineData("2026-11-20T10:01:00Z  Completed failover to DB instance: shop-db-2", Sign.RoleChanged, "failover")]
    [InlineData("            \"Message\": \"DB instance restarted\",", Sign.UnitStopping, "restarted")]
    [InlineData("DB instance shutdown", Sign.UnitStopping, "stopped")]
    [InlineData("  operationType: FAILOVER", Sign.RoleChanged, "failover")]
    [InlineData("    \"operationType\": \"RESTART\",", Sign.UnitStopping, "restart")]
    [InlineData("0fe3a3ac-3a5f-4a0e-b6b3-0f1e2d3c4b5a  MAINTENANCE  2026-11-20T10:00:00.000+00:00  2026-11-20T10:02:00.000+00:00  -  DONE", Sign.UnitStopping, "maintenance")]
    [InlineData("\"operationName\": \"Microsoft.DBforMySQL/flexibleServers/failover/action\",", Sign.RoleChanged, "failover")]
    [InlineData("DB instance shop-db has reached the storage-full threshold, and the database has been shut down.", Sign.DiskFull, "storage full")]
    public void A_providers_note_names_what_it_did(string line, Sign sign, string state)
    {
        Sighting found = Read.One(line);
        Assert.Equal((sign, state), (found.Sign, found.State));
    }

    [Fact]
    public void An_event_in_JSON_has_its_instance_and_time_from_its_neighbours()
    {
        Sighting found = Read.One("""
            {
                "SourceIdentifier": "shop-db",
                "SourceType": "db-instance",
                "Message": "Multi-AZ instance failover completed",
                "EventCategories": [ "failover" ],
                "Date": "2026-11-20T10:01:02.345000+00:00"
            }
            """);
        Assert.Equal("shop-db", found.Subject);
        Assert.Equal("2026-11-20 10:01:02", found.Stamp!.Value.Clock.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("debug1: client_loop: nothing to send")]
    [InlineData("giving up after 3 attempts to fetch the page")]
    [InlineData("Timeout, server busy")]
    [InlineData("Handshake for peer 1 (192.0.2.1:51820) done")]
    [InlineData("the RESTART button restarts the FAILOVER demo")]
    [InlineData("operationType: INSERT")]
    [InlineData("Connection to 10.0.0.9 closed.")]
    public void Words_alike_give_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);

    [Fact]
    public void Anything_may_come_and_nothing_throws() =>
        Mutated.NeverThrows("Handshake for peer 1 did not complete after 5 seconds\nclient_loop: send disconnect: x\n  operationType: FAILOVER\n\"targetId\": \"\nstartTime: 2026-11-20T10:00:00Z\nDB instance restarted", static text => Read.Lines(text));
}
