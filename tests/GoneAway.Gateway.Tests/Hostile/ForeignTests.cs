using System.Text;
using GoneAway.Gateway.Operations;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Hostile;

/// <summary>Bytes that are no MySQL, in place of a login and in place of a command.</summary>
[Collection(HostileServers.Name)]
public sealed class ForeignTests(HostileServer mariaDb)
{
    private static readonly byte[] Hello = Convert.FromHexString("16030100a5010000a103034f1f2e");

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("GET /health HTTP/1.1\r\nHost: db\r\nAuthorization: Basic c2VjcmV0\r\n\r\n", "HTTP/1.0 400", "GET /health", "not-mysql-traffic")]
    [InlineData("PROXY TCP4 10.0.0.1 10.0.0.2 51000 3306\r\n", "PROXY protocol header", "PROXY TCP4", "proxy-protocol-header")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n", "MySQL port", "SSH-2.0", "not-mysql-traffic")]
    [InlineData("*1\r\n$4\r\nPING\r\n", "-ERR", "PING", "not-mysql-traffic")]
    [InlineData("Warning: something happened at line 12\n", "Warning: something happened", "Warning", "not-mysql-traffic")]
    public void What_comes_in_place_of_a_login_is_told_what_it_is(string sent, string answer, string shown, string incident)
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using var client = new RawClient(gateway.Port);
        client.Read();
        client.Send(Encoding.ASCII.GetBytes(sent));
        Assert.Contains(answer, Encoding.Latin1.GetString(client.ReadAll()), StringComparison.Ordinal);
        GatewayEvent noted = gateway.Incident(incident);
        Assert.Contains(shown, noted.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", gateway.Log, StringComparison.Ordinal);
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void A_TLS_hello_before_the_greetings_answer_gets_an_alert()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using var client = new RawClient(gateway.Port);
        client.Read();
        client.Send(Hello);
        Assert.Equal([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x0A], client.ReadAll());
        Assert.Contains("TLS ClientHello", gateway.Incident("not-mysql-traffic").Text, StringComparison.Ordinal);
        gateway.AssertUnharmed();
    }

    // What nmap sends to find out what listens.
    [ServerTheory(Flavour.MariaDb)]
    [InlineData("0d0a0d0a")]
    [InlineData("4f5054494f4e53202f20525453502f312e300d0a0d0a")]
    [InlineData("48454c500d0a")]
    [InlineData("0300000b06e00000000000")]
    [InlineData("000000a4ff534d4272000000000801400000")]
    [InlineData("001e0006010000010000000000000776657273696f6e0462696e640000100003")]
    [InlineData("80000028 72fe1d13000000000000000200 0186a00001977c0000000000000000000000000000000000000000")]
    public void A_port_scanner_gets_an_error_and_reaches_no_server(string hex)
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        gateway.AssertUnharmed();
        long opened = gateway.Counters.BackendConnects;
        using var client = new RawClient(gateway.Port);
        client.Read();
        client.Send(Convert.FromHexString(hex.Replace(" ", "")));
        client.ReadAll();
        gateway.Incident("not-mysql-traffic");
        gateway.AssertUnharmed();
        Assert.Equal(opened, gateway.Counters.BackendConnects);
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_plain_health_check_of_the_port_is_no_incident_and_reaches_no_server(bool hearsGreeting, bool reset)
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        gateway.AssertUnharmed();
        long opened = gateway.Counters.BackendConnects;
        for (int i = 0; i < 20; i++)
        {
            using var client = new RawClient(gateway.Port);
            if (hearsGreeting)
                client.Read();
            if (reset)
                client.Socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        }
        gateway.AssertUnharmed();
        Assert.Equal(opened, gateway.Counters.BackendConnects);
        Assert.DoesNotContain(gateway.Events, static one => one.Kind == EventKind.Incident);
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("PHP Warning:  Undefined variable $x in /srv/a.php on line 3\n", false)]
    [InlineData("x", false)]
    [InlineData("x\n", false)]
    [InlineData("not ok\n", true)]
    [InlineData("Bücher \t42\r\n", true)]
    public void Text_between_two_commands_is_dropped_and_the_next_command_runs(string text, bool apart)
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        Assert.Equal("1", client.Ask("SELECT 1"));
        byte[] stray = Encoding.UTF8.GetBytes(text);
        if (apart)
        {
            client.Send(stray);
            gateway.Incident("stray-bytes");
            client.Send(RawClient.Query("SELECT 'next'"));
        }
        else
            client.Send([.. stray, .. RawClient.Query("SELECT 'next'")]);
        Assert.Equal("next", client.Answer());
        Assert.Contains(text.TrimEnd()[..1], gateway.Incident("stray-bytes").Text, StringComparison.Ordinal);
        Assert.Equal(stray.Length, gateway.Counters.StrayBytes);
        Assert.Equal("3", client.Ask("SELECT 3"));
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void Text_while_a_statement_runs_costs_neither_it_nor_the_next()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        client.Send(RawClient.Query("SELECT SLEEP(0.3)"));
        client.Send("oops, a print\n"u8);
        Assert.Equal("0", client.Answer());
        Assert.Equal("next", client.Ask("SELECT 'next'"));
        Assert.Contains("oops, a print", gateway.Incident("stray-bytes").Text, StringComparison.Ordinal);
        gateway.AssertUnharmed();
    }

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("00000000")]
    [InlineData("0900000103 53454c4543542031")]
    [InlineData("0900000703 53454c4543542031")]
    [InlineData("1603010200010001fc0303")]
    [InlineData("ffffffffffffffffffffff")]
    public void What_cannot_be_a_command_ends_the_session_with_an_error_that_says_so(string hex)
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        client.Send(Convert.FromHexString(hex.Replace(" ", "")));
        byte[]? answer = client.Read();
        Assert.NotNull(answer);
        Assert.StartsWith("1156 Got packets out of order: ", RawClient.ErrorText(answer), StringComparison.Ordinal);
        Assert.Empty(client.ReadAll());
        gateway.Incident("stray-bytes");
        Assert.DoesNotContain("SELECT 1", gateway.Log, StringComparison.Ordinal);
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void A_command_that_nobody_knows_is_the_servers_to_judge()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        client.Packet(0, [0x7B, 1, 2, 3]);
        Assert.StartsWith("1047 ", RawClient.ErrorText(client.Read()!), StringComparison.Ordinal);
        Assert.Equal("2", client.Ask("SELECT 2"));
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void A_packet_out_of_order_in_an_upload_reaches_no_server()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using RawClient client = RawClient.LoggedIn(gateway.Port, also: Capabilities.LocalFiles);
        client.Send(RawClient.Query("LOAD DATA LOCAL INFILE 'f' INTO TABLE shop.t"));
        Assert.Equal(0xFB, client.Read()![0]);
        client.Packet(2, "one\n"u8);
        client.Packet(9, "two\n"u8);
        Assert.StartsWith("1156 ", RawClient.ErrorText(client.Read()!), StringComparison.Ordinal);
        gateway.Incident("stray-bytes");
        using RawClient other = RawClient.LoggedIn(gateway.Port);
        Assert.Equal("0", other.Ask("SELECT COUNT(*) FROM shop.t WHERE a = 'two'"));
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void Nobody_learns_a_password_from_failed_logins()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        var said = new StringBuilder();
        const string Wrong = "a very wrong password";
        foreach (string password in (string[])[Wrong, HostileGateway.Password + "x", ""])
        {
            using var client = new RawClient(gateway.Port);
            said.AppendLine(client.LogIn(password));
        }
        // The answer to the scramble, with a sequence id that is wrong, and as the first packet.
        using (var client = new RawClient(gateway.Port))
        {
            client.Read();
            client.Packet(7, Encoding.ASCII.GetBytes(Wrong));
            said.Append(Encoding.Latin1.GetString(client.ReadAll()));
        }
        string all = said + gateway.Log;
        Assert.Contains("1045", all, StringComparison.Ordinal);
        Assert.DoesNotContain(HostileGateway.Password, all, StringComparison.Ordinal);
        Assert.DoesNotContain(Wrong, all, StringComparison.Ordinal);
        Assert.DoesNotContain("very wrong", all, StringComparison.Ordinal);
        byte[] stage1 = PasswordScramble.NativeHash(Encoding.UTF8.GetBytes(HostileGateway.Password));
        foreach (byte[] hash in (byte[][])[stage1, PasswordScramble.NativeHash(stage1)])
            Assert.DoesNotContain(Convert.ToHexString(hash), all, StringComparison.OrdinalIgnoreCase);
        gateway.AssertUnharmed();
    }
}
