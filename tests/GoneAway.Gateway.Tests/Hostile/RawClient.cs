using System.Net;
using System.Net.Sockets;
using System.Text;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Hostile;

/// <summary>A client whose every byte is the test's.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public RawClient(int port)
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = (int)Patience.TotalMilliseconds, SendTimeout = (int)Patience.TotalMilliseconds };
        Socket.Connect(IPAddress.Loopback, port);
    }

    public Socket Socket { get; }

    public byte[] Scramble { get; private set; } = [];
    /// <summary>Of the greeting.</summary>
    public ulong Offered { get; private set; }

    /// <summary>Connected and logged in.</summary>
    public static RawClient LoggedIn(int port, string password = HostileGateway.Password, string library = "libmysql", ulong also = 0)
    {
        var client = new RawClient(port);
        string? error = client.LogIn(password, library, also);
        Assert.True(error is null, error);
        return client;
    }

    /// <summary>Null, or the error.</summary>
    public string? LogIn(string password, string library = "libmysql", ulong also = 0)
    {
        Assert.True(HandshakeV10.TryRead(Read()!, out HandshakeV10 greeting));
        Offered = greeting.Capabilities;
        Scramble = LoginAnswers.Cut("", [.. greeting.ScrambleStart, .. greeting.ScrambleRest]);
        var answers = new LoginAnswers(Encoding.UTF8.GetBytes(password), default, isTls: false, isSocket: false);
        string plugin = Encoding.ASCII.GetString(greeting.AuthPlugin);
        const ulong Wanted = Capabilities.Protocol41 | Capabilities.SecureConnection | Capabilities.PluginAuth | Capabilities.ConnectAttributes | Capabilities.LongPassword | Capabilities.Transactions | Capabilities.MultiStatements | Capabilities.MultiResults;
        var fields = new LoginFields
        {
            Capabilities = Wanted | also,
            User = "app"u8.ToArray(),
            AuthPlugin = greeting.AuthPlugin.ToArray(),
            AuthResponse = answers.Begin(plugin, Scramble),
            Attributes = [new("_client_name"u8.ToArray(), Encoding.ASCII.GetBytes(library))],
        };
        Packet(1, new PayloadWriter().WriteLogin(fields).Written.ToArray());
        while (true)
        {
            byte[]? payload = Read();
            if (payload is null)
                return "closed";
            switch (answers.Take(payload, out byte[] answer))
            {
                case LoginStep.Accepted:
                    return null;
                case LoginStep.Refused:
                    return ErrorText(payload);
                case LoginStep.Send:
                    Packet((byte)(LastSequence + 1), answer);
                    break;
            }
        }
    }

    public byte LastSequence { get; private set; }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[Socket.Send(bytes)..];
    }

    public void Packet(byte sequence, ReadOnlySpan<byte> payload) => Send(Framed(sequence, payload));

    public static byte[] Framed(byte sequence, ReadOnlySpan<byte> payload) => [(byte)payload.Length, (byte)(payload.Length >> 8), (byte)(payload.Length >> 16), sequence, .. payload];

    public static byte[] Query(string sql) => Framed(0, [CommandCode.Query, .. Encoding.UTF8.GetBytes(sql)]);

    /// <summary>The next packet; null at the end of the stream.</summary>
    public byte[]? Read()
    {
        byte[] header = new byte[4];
        if (!Fill(header))
            return null;
        LastSequence = header[3];
        byte[] payload = new byte[header[0] | header[1] << 8 | header[2] << 16];
        return Fill(payload) ? payload : null;
    }

    /// <summary>All until the end of the stream.</summary>
    public byte[] ReadAll()
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[4096];
        try
        {
            while (Socket.Receive(buffer) is > 0 and var count)
                all.Write(buffer, 0, count);
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset)
        {
            // As good an end.
        }
        return all.ToArray();
    }

    /// <summary>The gateway ends the stream, within the patience.</summary>
    public bool IsEnded()
    {
        try
        {
            ReadAll();
            return true;
        }
        catch (SocketException late) when (late.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return false;
        }
    }

    /// <summary>The first value of a statement's result, "OK", or its error.</summary>
    public string Ask(string sql)
    {
        Send(Query(sql));
        return Answer();
    }

    public string Answer()
    {
        byte[]? first = Read();
        if (first is null)
            return "closed";
        if (first[0] == 0xFF)
            return ErrorText(first);
        if (first[0] == 0)
            return "OK";
        string value = "";
        for (int ends = 0; ends < 2;)
        {
            byte[] packet = Read() ?? throw new IOException("the result has no end");
            if (packet[0] == 0xFF)
                return ErrorText(packet);
            if (packet is [0xFE, _, _, _, _])
                ends++;
            else if (ends == 1 && value.Length == 0)
                value = Encoding.UTF8.GetString(packet.AsSpan(1, packet[0]));
        }
        return value;
    }

    public static string ErrorText(ReadOnlySpan<byte> payload)
    {
        Assert.True(ErrPacket.TryRead(payload, out ErrPacket error));
        return $"{error.Code} {Encoding.UTF8.GetString(error.Message)}";
    }

    public void Dispose() => Socket.Dispose();

    private bool Fill(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count;
            try
            {
                count = Socket.Receive(target);
            }
            catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset)
            {
                return false;
            }
            if (count == 0)
                return false;
            target = target[count..];
        }
        return true;
    }
}
