using System.Net;
using System.Net.Sockets;
using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>An application's connection, without TLS.</summary>
internal sealed class Application : IPacketTalk, IDisposable
{
    private const ulong Wanted = Capabilities.LongPassword | Capabilities.LongFlag | Capabilities.Transactions | Capabilities.MultiResults;

    private readonly NetworkStream stream;

    private Application(Socket socket) => stream = new NetworkStream(socket, ownsSocket: true);

    public byte Sequence { get; set; }
    public bool IsPrivate => false;
    /// <summary>As it was told.</summary>
    public uint ThreadId { get; private set; }

    /// <summary>Logs in.</summary>
    /// <param name="port">On the loopback.</param>
    /// <param name="user">The account.</param>
    /// <param name="password">Its password.</param>
    /// <param name="preface">Bytes before anything else.</param>
    /// <exception cref="LoginException">Refused.</exception>
    public static async Task<Application> ConnectAsync(int port, string user, string password, byte[]? preface = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        var application = new Application(socket);
        try
        {
            if (preface is not null)
                await application.stream.WriteAsync(preface);
            BackendGreeting greeting = await BackendLogin.RunAsync(application, new BackendLoginRequest { User = Encoding.UTF8.GetBytes(user), Capabilities = Wanted, Tls = BackendTls.Disabled }, Credential.OfPassword(Encoding.UTF8.GetBytes(password))).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            application.ThreadId = greeting.ThreadId;
            return application;
        }
        catch
        {
            application.Dispose();
            throw;
        }
    }

    /// <summary>First columns of all rows, parted by commas; an error as its number and text.</summary>
    public async Task<string> AskAsync(string statement)
    {
        await stream.WriteAsync(Begin(statement));
        return await AnswerAsync();
    }

    /// <summary>Sends the beginning of a statement, and the rest when something else has been done.</summary>
    public async Task<string> AskInTwoAsync(string statement, int first, Action between)
    {
        byte[] packets = Begin(statement);
        await stream.WriteAsync(packets.AsMemory(0, first));
        between();
        await stream.WriteAsync(packets.AsMemory(first));
        return await AnswerAsync();
    }

    private byte[] Begin(string statement)
    {
        (byte[] packets, Sequence) = StreamPackets.Packets((byte[])[CommandCode.Query, .. Encoding.UTF8.GetBytes(statement)], 0);
        return packets;
    }

    private async Task<string> AnswerAsync()
    {
        byte[] first = (await ReadAsync()).ToArray();
        if (ErrPacket.TryRead(first, out ErrPacket error))
            return $"{error.Code} {Encoding.UTF8.GetString(error.Message)}";
        if (first[0] == 0)
            return "";
        string found = "";
        bool isRow = false;
        while (true)
        {
            byte[] payload = (await ReadAsync()).ToArray();
            if (payload[0] == 0xFE && payload.Length < 9)
            {
                if (isRow)
                    return found;
                isRow = true;
            }
            else if (isRow && ErrPacket.TryRead(payload, out ErrPacket late))
                return $"{late.Code} {Encoding.UTF8.GetString(late.Message)}";
            else if (isRow)
            {
                var reader = new PayloadReader(payload);
                if (reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> value))
                    found += (found.Length > 0 ? "," : "") + Encoding.UTF8.GetString(value);
            }
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        (byte[] payload, Sequence) = await stream.ReadPacketAsync(enough.Token);
        return payload;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> payload)
    {
        (byte[] packets, Sequence) = StreamPackets.Packets(payload, Sequence);
        await stream.WriteAsync(packets);
    }

    public ValueTask SecureAsync() => throw new NotSupportedException();

    public void Dispose() => stream.Dispose();
}
