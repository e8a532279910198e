using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Intruders;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Hostile;

/// <summary>Commands that end before their end, and what stands right behind one.</summary>
[Collection(HostileServers.Name)]
public sealed class UnfinishedTests(HostileServer mariaDb)
{
    private const int TcpLevel = 6, Cork = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A server connection that ended with COM_QUIT would fill it up: five bytes.</summary>
    [ServerTheory(Flavour.MariaDb)]
    [InlineData(1)]
    [InlineData(5)]
    public void A_large_statement_that_lacks_its_last_bytes_never_runs(int lacking)
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        string thread;
        using (RawClient client = RawClient.LoggedIn(gateway.Port))
        {
            thread = client.Ask("SELECT CONNECTION_ID()");
            byte[] statement = RawClient.Query($"INSERT INTO shop.t VALUES ('cut {lacking}')-- {new string('x', 2_000_000)}");
            client.Send(statement.AsSpan(0, statement.Length - lacking));
        }
        using RawClient looker = RawClient.LoggedIn(gateway.Port);
        Assert.True(Poll.Until(() => looker.Ask($"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = {thread}") == "0", Patience));
        Assert.Equal("0", looker.Ask($"SELECT COUNT(*) FROM shop.t WHERE a = 'cut {lacking}'"));
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void A_client_that_is_silent_within_a_packet_is_idle()
    {
        using var gateway = new HostileGateway(mariaDb.Server!, static options => options with { Clients = options.Clients with { IdleTimeout = TimeSpan.FromSeconds(5) } });
        using RawClient client = RawClient.LoggedIn(gateway.Port);
        Assert.Equal("1", client.Ask("SELECT 1"));
        client.Send(RawClient.Query("SELECT 2").AsSpan(0, 6));
        Assert.True(client.IsEnded());
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void What_stands_behind_an_uploaded_file_is_the_next_command()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        using RawClient client = RawClient.LoggedIn(gateway.Port, also: Capabilities.LocalFiles, library: "MariaDB Connector/J");
        client.Send(RawClient.Query("LOAD DATA LOCAL INFILE 'f' INTO TABLE shop.t"));
        Assert.Equal(0xFB, client.Read()![0]);
        byte[] next = RawClient.Query($"SELECT '{new string('y', 3000)}'");
        client.Send([.. RawClient.Framed(2, "behind\n"u8), .. RawClient.Framed(3, default), .. next.AsSpan(0, next.Length - 7)]);
        Assert.Equal("OK", client.Answer());
        client.Send(next.AsSpan(next.Length - 7));
        byte[] count = client.Read()!;
        Assert.Equal([1], count);
        gateway.AssertUnharmed();
    }

    /// <summary>Two records and the end in one segment: after the first record no event will come any more.</summary>
    [ServerFact(Flavour.MariaDb)]
    public async Task The_end_of_a_TLS_client_is_noticed_behind_its_last_words()
    {
        using var gateway = new HostileGateway(mariaDb.Server!);
        // The one at work.
        gateway.AssertUnharmed();
        bool IsAlone() => gateway.Core.Status.Clients == 1;
        Assert.True(Poll.Until(IsAlone, Patience));
        for (int i = 0; i < 10; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, gateway.Port));
            SocketTalk talk = SocketTalk.Client(socket);
            await LogInAsync(talk);
            Assert.Equal("1", await talk.AskAsync("SELECT 1"));
            socket.SetRawSocketOption(TcpLevel, Cork, BitConverter.GetBytes(1));
            byte[] close = [CommandCode.StmtClose, 0, 0, 0, 0];
            for (uint id = 1; id <= 2; id++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(close.AsSpan(1), id);
                talk.Sequence = 0;
                await talk.WriteAsync(close);
            }
            socket.Shutdown(SocketShutdown.Send);
            Assert.True(Poll.Until(IsAlone, TimeSpan.FromSeconds(20)), $"its session stays, in round {i}");
        }
        gateway.AssertUnharmed();
    }

    private static async Task LogInAsync(SocketTalk talk) =>
        await BackendLogin.RunAsync(talk, new BackendLoginRequest { User = "app"u8.ToArray(), Capabilities = Capabilities.LongPassword | Capabilities.Transactions, Tls = BackendTls.Required }, Credential.OfPassword(Encoding.UTF8.GetBytes(HostileGateway.Password)));

    /// <summary>Several hold each client's socket: the last byte of an answer waits, but not of one that is asked back for, nor of the last one.</summary>
    private sealed class Forked : ISocketHolders
    {
        public IReadOnlyList<SocketHolder> Find(IPEndPoint? client, IPEndPoint? gateway, ulong inode) => [new(4711, "php"), new(4712, "php")];

        public IReadOnlySet<ulong> Several() => new HashSet<ulong> { 7 };

        public SocketLook? Look(IPEndPoint client, IPEndPoint gateway) => new(7, 0);

        public long Births() => 1;
    }

    [ServerFact(Flavour.MariaDb)]
    public void Another_login_on_a_shared_socket_gets_its_questions_whole()
    {
        using var gateway = new HostileGateway(mariaDb.Server!, holders: new Forked());
        using RawClient client = RawClient.LoggedIn(gateway.Port, library: "mysqlnd");
        KnowShared(gateway, client);
        client.Packet(0, [CommandCode.ChangeUser, .. "app\0"u8, 0, 0, 45, 0, .. "mysql_native_password\0"u8]);
        byte[] asked = client.Read()!;
        Assert.Equal(0xFE, asked[0]);
        byte[] scramble = asked[(Array.IndexOf(asked, (byte)0) + 1)..];
        client.Packet((byte)(client.LastSequence + 1), new LoginAnswers(Encoding.UTF8.GetBytes(HostileGateway.Password), default, isTls: false, isSocket: false).Begin("mysql_native_password", LoginAnswers.Cut("", scramble)));
        Assert.Equal(0, client.Read()![0]);
        Assert.Equal("1", client.Ask("SELECT 1"));
        gateway.AssertUnharmed();
    }

    [ServerFact(Flavour.MariaDb)]
    public void Two_who_write_into_each_others_packets_are_told_who_they_are()
    {
        using var gateway = new HostileGateway(mariaDb.Server!, holders: new Forked());
        using RawClient client = RawClient.LoggedIn(gateway.Port, library: "mysqlnd");
        KnowShared(gateway, client);
        client.Send(Convert.FromHexString("090000010353454c4543542031"));
        Assert.StartsWith("1156 Got packets out of order: 2 processes hold this connection's socket (php[4711], php[4712])", RawClient.ErrorText(client.Read()!), StringComparison.Ordinal);
        Assert.Empty(client.ReadAll());
        gateway.Incident("shared-after-fork");
        gateway.AssertUnharmed();
    }

    /// <summary>A command waits for what is found for some time only, and on a busy machine it is found too late for it: what was known when one came counts for those that follow at once.</summary>
    internal static void KnowShared(HostileGateway gateway, RawClient client) => Assert.True(Poll.Until(
        () =>
        {
            bool isKnown = gateway.Core.Sharing!.IsShared(7);
            return client.Ask("SELECT 1") == "1" && isKnown;
        },
        Patience));
}
