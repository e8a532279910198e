using GoneAway.Model;
using GoneAway.TestKit;
using GoneAway.Wire.Payloads;

namespace GoneAway.Capture.Tests;

/// <summary>HAProxy's "option mysql-check user": login and COM_QUIT as soon as the port is open, before the greeting.</summary>
public sealed class EarlyLoginTests
{
    // As HAProxy 2.6 sends it, for the account haproxy_check.
    private static readonly byte[] Check =
    [
        0x2F, 0, 0, 1, 0x00, 0x82, 0, 0, 0, 0x80, 0, 1, 0x21, .. new byte[23], .. "haproxy_check"u8, 0, 0,
        1, 0, 0, 0, 1,
    ];

    private static Conversation Checked() => new Conversation("10.0.0.2:40000").Connect().Raw(Side.Client, Check).Greeting("5.5.5-10.11.6-MariaDB", 8);

    [Fact]
    public void A_health_check_of_HAProxy_is_a_session_that_ended_well()
    {
        Told told = Told.Of(Checked().Packet(Side.Server, 2, Payload.Ok(2)).Fin(Side.Server).Fin(Side.Client));
        Assert.Empty(told.Incidents);
        Assert.Equal(1, told.Totals.CleanCloses);
        Assert.Equal("haproxy_check", Assert.Single(told.Connections).Identity.User);
    }

    [Fact]
    public void One_whose_account_is_refused_is_a_refused_login()
    {
        Told told = Told.Of(Checked().Error(1045, "28000", "Access denied for user 'haproxy_check'@'10.0.0.2' (using password: NO)", 2).Fin(Side.Server).Fin(Side.Client));
        Assert.Empty(told.Incidents);
        Assert.Equal(1, told.Totals.RefusedLogins);
    }

    [Fact]
    public void One_of_a_host_that_is_blocked_gets_1129_in_place_of_a_greeting()
    {
        Told told = Told.Of(new Conversation("10.0.0.2:40000").Connect().Raw(Side.Client, Check).Error(1129, null, "Host '10.0.0.2' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'", 0).Fin(Side.Server).Fin(Side.Client));
        Assert.Equal("host-blocked", Assert.Single(told.Incidents).Verdict.Cause);
    }

    [Fact]
    public void What_only_resembles_a_login_is_none()
    {
        byte[] broken = [.. Check];
        broken[3] = 7;
        Told told = Told.Of(new Conversation("10.0.0.2:40000").Connect().Raw(Side.Client, broken).Greeting().Error(ErrorCode.PacketsOutOfOrder, "08S01", "Got packets out of order", 1).Fin(Side.Server).Fin(Side.Client));
        Assert.NotEmpty(Assert.Single(told.Connections).Violations);
    }
}
