using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GoneAway.Wire.Payloads;

namespace GoneAway.TestKit;

/// <summary>Where a scripted server says what an input has.</summary>
public enum SpoiltAt : byte
{
    Nowhere,
    Greeting,
    LoginEnd,
    /// <summary>Of a statement that is not one of those with which the gateway sets a connection up.</summary>
    Answer,
    /// <summary>Of any command.</summary>
    AnyAnswer,
}

/// <summary>Takes any login, and answers statements with one row; or says what it was told to say, and closes.</summary>
public sealed class ScriptedServer : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, bool> clients = new();
    private volatile Spoilt spoilt = new(SpoiltAt.Nowhere, [], 0);
    private int spoils;

    private sealed record Spoilt(SpoiltAt At, byte[] Bytes, int After);

    public ScriptedServer()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>Version of its greeting.</summary>
    public string Version { get; set; } = "8.0.36";

    /// <summary>Capabilities of its greeting. With DeprecateEof its results end as the client wants it.</summary>
    public ulong Offered { get; set; } = Conversation.Usual;

    /// <summary>Status flags of its answers.</summary>
    public ushort Status { get; set; } = 2;

    /// <summary>Statements in place of whose answer it ends the connection, each once.</summary>
    public ConcurrentDictionary<string, bool> Ends { get; } = new();

    /// <summary>Ends all connections.</summary>
    public void CutAll()
    {
        foreach (Socket one in clients.Keys)
            one.Dispose();
    }

    public void Dispose()
    {
        listener.Dispose();
        CutAll();
    }

    /// <summary>From now on.</summary>
    /// <param name="at">Where.</param>
    /// <param name="bytes">What it says.</param>
    /// <param name="after">Commands of a connection that are answered as ever before.</param>
    public void Spoil(SpoiltAt at, byte[] bytes, int after = 0) => spoilt = new Spoilt(at, bytes, after);

    /// <summary>How often it has said what it was told to say.</summary>
    public int Spoils => Volatile.Read(ref spoils);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync());
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // Nobody needs it any more.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using Socket _ = socket;
        socket.NoDelay = true;
        clients[socket] = true;
        ulong offered = Offered;
        try
        {
            if (await SpoilAsync(socket, SpoiltAt.Greeting))
                return;
            await socket.SendAsync(Payload.Framed(0, Payload.Greeting(Version, 42, "mysql_native_password", offered)));
            if (await ReadAsync(socket) is not { } login)
                return;
            // A server that lets the gateway in unasked proves nothing of its client, and is no server that the gateway would trust.
            bool asks = login.AsSpan().IndexOf("mysql_native_password"u8) < 0;
            if (asks)
            {
                await socket.SendAsync(Payload.Framed(2, [0xFE, .. "mysql_native_password\0"u8, .. "abcdefghijklmnopqrst\0"u8]));
                if (await ReadAsync(socket) is null)
                    return;
            }
            if (await SpoilAsync(socket, SpoiltAt.LoginEnd))
                return;
            await socket.SendAsync(Payload.Framed((byte)(asks ? 4 : 2), Payload.Ok(2)));
            bool endsWithOk = (offered & BinaryPrimitives.ReadUInt32LittleEndian(login) & Capabilities.DeprecateEof) != 0;
            for (int number = 0; await ReadAsync(socket) is { Length: > 0 } command && command[0] != CommandCode.Quit; number++)
            {
                bool isOwn = command[0] == CommandCode.Query && command.AsSpan(1).IndexOf("@@"u8) >= 0 || command.AsSpan(1).StartsWith("SET SESSION"u8);
                if (!isOwn && await SpoilAsync(socket, SpoiltAt.Answer) || await SpoilAsync(socket, SpoiltAt.AnyAnswer, number))
                    return;
                if (Ends.TryRemove(Encoding.UTF8.GetString(command.AsSpan(1)), out bool _))
                    return;
                await socket.SendAsync(Answer(command, endsWithOk));
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            // The gateway has left, or was cut off.
        }
        finally
        {
            clients.TryRemove(socket, out bool _);
        }
    }

    private async Task<bool> SpoilAsync(Socket socket, SpoiltAt at, int number = 0)
    {
        Spoilt now = spoilt;
        if (now.At != at || number < now.After)
            return false;
        Interlocked.Increment(ref spoils);
        await socket.SendAsync(now.Bytes);
        socket.Shutdown(SocketShutdown.Send);
        return true;
    }

    private byte[] Answer(byte[] command, bool endsWithOk) => command[0] switch
    {
        CommandCode.StmtClose or CommandCode.StmtSendLongData => [],
        CommandCode.StmtPrepare => Payload.Framed(1, [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        CommandCode.Query when command.AsSpan().IndexOf("LOAD"u8) > 0 => [.. Payload.Framed(1, [0xFB, (byte)'f'])],
        CommandCode.Query when command.AsSpan().IndexOf("SELECT"u8) > 0 && command.AsSpan().IndexOf("@@"u8) < 0 && endsWithOk =>
            [.. Payload.Framed(1, [1]), .. Payload.Framed(2, Payload.Column("1")), .. Payload.Framed(3, Payload.TextRow("1")), .. Payload.Framed(4, Payload.Ok(Status, 0xFE))],
        CommandCode.Query when command.AsSpan().IndexOf("SELECT"u8) > 0 && command.AsSpan().IndexOf("@@"u8) < 0 =>
            [.. Payload.Framed(1, [1]), .. Payload.Framed(2, Payload.Column("1")), .. Payload.Framed(3, Payload.Eof(Status)), .. Payload.Framed(4, Payload.TextRow("1")), .. Payload.Framed(5, Payload.Eof(Status))],
        CommandCode.FieldList or CommandCode.StmtFetch => Payload.Framed(1, Payload.Eof(Status)),
        _ => Payload.Framed(1, Payload.Ok(Status)),
    };

    private static async Task<byte[]?> ReadAsync(Socket socket)
    {
        byte[] header = new byte[4];
        if (!await FillAsync(socket, header))
            return null;
        byte[] payload = new byte[header[0] | header[1] << 8 | header[2] << 16];
        return await FillAsync(socket, payload) ? payload : null;
    }

    private static async Task<bool> FillAsync(Socket socket, byte[] target)
    {
        for (int have = 0; have < target.Length;)
        {
            int count = await socket.ReceiveAsync(target.AsMemory(have));
            if (count == 0)
                return false;
            have += count;
        }
        return true;
    }
}
