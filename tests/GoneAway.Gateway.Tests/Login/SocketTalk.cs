using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Login;

/// <summary>A connection to a real server, TLS unverified.</summary>
internal sealed class SocketTalk : IPacketTalk, IBackendDial
{
    public bool IsLost => false;
    private readonly Socket socket;
    private Stream stream;

    private SslStreamCertificateContext? certificate;

    private SocketTalk(Socket socket, BackendLoginRequest request, bool isPrivate)
    {
        this.socket = socket;
        stream = new NetworkStream(socket, ownsSocket: true) { ReadTimeout = 30_000 };
        Request = request;
        IsPrivate = isPrivate;
    }

    public byte Sequence { get; set; }
    public bool IsPrivate { get; private set; }
    public bool IsTls => stream is SslStream;
    public IPacketTalk Talk => this;
    public BackendLoginRequest Request { get; }

    public static async Task<SocketTalk> ConnectAsync(LocalServer server, BackendLoginRequest request, bool isUnix = false)
    {
        Socket socket = isUnix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(isUnix ? new UnixDomainSocketEndPoint(server.Socket) : new IPEndPoint(IPAddress.Loopback, server.Port));
        return new SocketTalk(socket, request, isUnix);
    }

    /// <summary>The client's end of a connection that is open.</summary>
    public static SocketTalk Client(Socket socket) => new(socket, new BackendLoginRequest { User = default, Capabilities = 0 }, isPrivate: false);

    /// <summary>The server's end.</summary>
    public static SocketTalk Accepted(Socket socket, SslStreamCertificateContext certificate) =>
        new(socket, new BackendLoginRequest { User = default, Capabilities = 0 }, isPrivate: false) { certificate = certificate };

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        (byte[] payload, Sequence) = await stream.ReadPacketAsync();
        return payload;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> payload)
    {
        (byte[] packets, Sequence) = StreamPackets.Packets(payload, Sequence);
        await stream.WriteAsync(packets);
    }

    public async ValueTask SecureAsync()
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false);
        if (certificate is not null)
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate });
            stream = tls;
            IsPrivate = true;
            return;
        }
        // The tests' servers make their own certificates.
#pragma warning disable CA5359
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, _, _, _) => true });
#pragma warning restore CA5359
        stream = tls;
        IsPrivate = true;
    }

    /// <summary>First column of the first row, as text.</summary>
    public async Task<string> AskAsync(string statement)
    {
        Sequence = 0;
        await WriteAsync((byte[])[3, .. System.Text.Encoding.UTF8.GetBytes(statement)]);
        byte[] header = (await ReadAsync()).ToArray();
        if (header[0] == 0xFF)
            return System.Text.Encoding.UTF8.GetString(header.AsSpan(3));
        if (header[0] == 0)
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
            else if (isRow)
            {
                var reader = new PayloadReader(payload);
                if (reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> value))
                    found += (found.Length > 0 ? "," : "") + System.Text.Encoding.UTF8.GetString(value);
            }
        }
    }

    public void Dispose()
    {
        stream.Dispose();
        socket.Dispose();
    }
}

/// <summary>Dials one server, as often as it is asked to.</summary>
internal sealed class SocketDialer(LocalServer server, BackendTls tls, ulong capabilities, bool isUnix = false) : IBackendDialer
{
    public async ValueTask<IBackendDial> DialAsync(LoginRequest request) => await SocketTalk.ConnectAsync(server, new BackendLoginRequest
    {
        User = request.User,
        Capabilities = capabilities,
        Database = request.Database,
        Attributes = request.Attributes,
        Tls = tls,
    }, isUnix);

    public Refusal OnLost(IBackendDial dial, string why) => Refusal.Of(3168, "HY000", why);
}
