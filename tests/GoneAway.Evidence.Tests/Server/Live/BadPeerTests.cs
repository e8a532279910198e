using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GoneAway.Evidence.Server.Live;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Evidence.Tests.Server.Live;

/// <summary>What answers is no MySQL server, or one that means harm.</summary>
public sealed class BadPeerTests
{
    private const ulong Offered = Capabilities.LongPassword | Capabilities.Protocol41 | Capabilities.SecureConnection | Capabilities.PluginAuth | Capabilities.PluginAuthLengthEncoded;

    private static byte[] Greeting(string plugin = "mysql_native_password") => Packet(0, new PayloadWriter().WriteGreeting(new GreetingFields
    {
        Version = "8.4.0"u8.ToArray(),
        ConnectionId = 7,
        Capabilities = Offered,
        Scramble = Enumerable.Range(1, 20).Select(static i => (byte)i).ToArray(),
        AuthPlugin = Encoding.ASCII.GetBytes(plugin),
    }));

    private static byte[] Packet(byte sequence, PayloadWriter payload)
    {
        var output = new ArrayBufferWriter<byte>();
        new PacketWriter(output) { Sequence = sequence }.Write(payload.Written);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Sends each piece after one read from the client (the first right away); gives the error, and all that the client sent.</summary>
    private static async Task<(LiveException Error, byte[] Sent)> Talk(double patience, params byte[][] pieces)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var sent = new MemoryStream();
        Task serving = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            NetworkStream stream = client.GetStream();
            byte[] buffer = new byte[4096];
            try
            {
                for (int i = 0; i < pieces.Length; i++)
                {
                    if (i > 0)
                        sent.Write(buffer, 0, await stream.ReadAsync(buffer));
                    await stream.WriteAsync(pieces[i]);
                }
                // Until the client leaves: what it still said is kept.
                int rest;
                while ((rest = await stream.ReadAsync(buffer)) > 0)
                    sent.Write(buffer, 0, rest);
            }
            catch (IOException)
            {
                // It left in haste.
            }
        });
        var address = new ServerAddress { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, User = "app" };
        LiveException error = await Assert.ThrowsAsync<LiveException>(async () =>
        {
            await using MySqlConnection connection = await MySqlConnection.OpenAsync(address, new Secret("hunter2"), TimeSpan.FromSeconds(patience));
            await connection.QueryAsync("SELECT 1");
        });
        Assert.DoesNotContain("hunter2", error.ToString());
        await serving.WaitAsync(TimeSpan.FromSeconds(10));
        return (error, sent.ToArray());
    }

    [Fact]
    public async Task Nobody_listens()
    {
        // Bound, yet not listening: nobody else can take the port meanwhile.
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)held.LocalEndPoint!).Port;
        LiveException error = await Assert.ThrowsAsync<LiveException>(() => MySqlConnection.OpenAsync(new ServerAddress { Host = "127.0.0.1", Port = port }, Secret.Empty, TimeSpan.FromSeconds(5)));
        Assert.Equal(LiveStage.Connect, error.Stage);
        Assert.Contains("nobody listens", error.Message);
    }

    [Fact]
    public async Task No_such_Unix_socket() => Assert.Equal(LiveStage.Connect,
        (await Assert.ThrowsAsync<LiveException>(() => MySqlConnection.OpenAsync(new ServerAddress { Socket = "/nonexistent/s" }, Secret.Empty, TimeSpan.FromSeconds(5)))).Stage);

    [Fact]
    public async Task A_port_that_stays_silent()
    {
        (LiveException error, _) = await Talk(1);
        Assert.Equal(LiveStage.Greeting, error.Stage);
        Assert.Contains("within 1 s", error.Message);
    }

    [Fact]
    public async Task An_HTTP_server()
    {
        (LiveException error, _) = await Talk(5, "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        Assert.Equal(LiveStage.Greeting, error.Stage);
    }

    [Fact]
    public async Task Too_many_connections_in_place_of_a_greeting()
    {
        (LiveException error, _) = await Talk(5, Packet(0, new PayloadWriter().WriteError(1040, default, "Too many connections"u8)));
        Assert.Equal((LiveStage.Greeting, (int?)1040), (error.Stage, error.Code));
    }

    [Fact]
    public async Task A_server_that_asks_for_the_password_in_clear_does_not_get_it()
    {
        (LiveException error, byte[] sent) = await Talk(5, Greeting(), Packet(2, new PayloadWriter().WriteAuthSwitch("mysql_clear_password"u8, default)));
        Assert.Contains("TLS", error.Message);
        Assert.True(sent.AsSpan().IndexOf("hunter2"u8) < 0);
    }

    [Theory]
    [InlineData("mysql_old_password")]
    [InlineData("authentication_kerberos_client")]
    [InlineData("dialog")]
    public async Task A_way_to_log_in_that_is_not_known(string plugin)
    {
        (LiveException error, byte[] sent) = await Talk(5, Greeting(), Packet(2, new PayloadWriter().WriteAuthSwitch(Encoding.ASCII.GetBytes(plugin), "12345678901234567890"u8)));
        Assert.Equal(LiveStage.Login, error.Stage);
        Assert.Contains(plugin, error.Message);
        Assert.True(sent.AsSpan().IndexOf("hunter2"u8) < 0);
    }

    [Fact]
    public async Task A_false_RSA_key_gets_nothing()
    {
        (LiveException error, byte[] sent) = await Talk(5, Greeting("caching_sha2_password"), Packet(2, new PayloadWriter().WriteAuthMoreData([4])), Packet(4, new PayloadWriter().WriteAuthMoreData("not a key"u8)));
        Assert.Equal(LiveStage.Login, error.Stage);
        Assert.True(sent.AsSpan().IndexOf("hunter2"u8) < 0);
    }

    [Fact]
    public async Task A_server_that_wants_a_file_gets_none()
    {
        (LiveException error, byte[] sent) = await Talk(5, Greeting(), Packet(2, new PayloadWriter().WriteOk()), Packet(1, new PayloadWriter().WriteFileRequest("/etc/hostname"u8)));
        Assert.Equal(LiveStage.Query, error.Stage);
        Assert.True(sent.AsSpan().IndexOf("SELECT 1"u8) > 0);
        Assert.True(sent.AsSpan().IndexOf(File.ReadAllBytes("/etc/hostname")) < 0);
    }

    [Fact]
    public async Task Packets_out_of_order()
    {
        (LiveException error, _) = await Talk(5, Greeting(), Packet(9, new PayloadWriter().WriteOk()));
        Assert.Contains("out of order", error.Message);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_not_kept()
    {
        byte[] huge = [0xFF, 0xFF, 0xFF, 1];
        byte[] part = new byte[0xFFFFFF];
        byte[] stream = [.. huge, .. part, 0xFF, 0xFF, 0xFF, 2, .. part, 0xFF, 0xFF, 0xFF, 3, .. part, 0xFF, 0xFF, 0xFF, 4, .. part, 0xFF, 0xFF, 0xFF, 5];
        (LiveException error, _) = await Talk(20, Greeting(), Packet(2, new PayloadWriter().WriteOk()), stream);
        Assert.Contains("64 MB", error.Message);
    }

    [Fact]
    public void Any_bytes_as_a_greeting_are_an_answer_or_a_refusal() => Prop.ForAll<byte[]>(static bytes =>
    {
        try
        {
            return Evidence.Server.Live.Greeting.Read([10, .. bytes ?? []]) is not null;
        }
        catch (LiveException)
        {
            return true;
        }
    }).QuickCheckThrowOnFailure();
}
