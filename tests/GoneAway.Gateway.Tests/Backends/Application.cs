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
    public const ulong Wanted = Capabilities.LongPassword | Capabilities.LongFlag | Capabilities.Transactions | Capabilities.MultiResults;

    private readonly NetworkStream stream;

    private Application(Socket socket) => stream = new NetworkStream(socket, ownsSocket: true);

    public byte Sequence { get; set; }
    public bool IsPrivate => false;
    /// <summary>What both ends agreed on.</summary>
    public ulong Agreed { get; private set; }
    /// <summary>As it was told.</summary>
    public uint ThreadId { get; private set; }

    /// <summary>Logs in.</summary>
    /// <param name="port">On the loopback.</param>
    /// <param name="user">The account.</param>
    /// <param name="password">Its password.</param>
    /// <param name="preface">Bytes before anything else.</param>
    /// <param name="capabilities">What it can.</param>
    /// <exception cref="LoginException">Refused.</exception>
    public static async Task<Application> ConnectAsync(int port, string user, string password, byte[]? preface = null, ulong capabilities = Wanted)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        var application = new Application(socket);
        try
        {
            if (preface is not null)
                await application.stream.WriteAsync(preface);
            BackendGreeting greeting = await BackendLogin.RunAsync(application, new BackendLoginRequest { User = Encoding.UTF8.GetBytes(user), Capabilities = capabilities, Tls = BackendTls.Disabled }, Credential.OfPassword(Encoding.UTF8.GetBytes(password))).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
            (application.ThreadId, application.Agreed) = (greeting.ThreadId, greeting.Capabilities);
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

    /// <summary>Prepares a statement: its id.</summary>
    public async Task<uint> PrepareAsync(string statement)
    {
        Sequence = 0;
        await WriteAsync((byte[])[CommandCode.StmtPrepare, .. Encoding.UTF8.GetBytes(statement)]);
        byte[] first = (await ReadAsync()).ToArray();
        Assert.True(PrepareOk.TryRead(first, Agreed, out PrepareOk ok), Encoding.UTF8.GetString(first));
        for (int i = 0; i < ok.Parameters + (ok.Parameters > 0 ? 1 : 0) + ok.Columns + (ok.Columns > 0 ? 1 : 0); i++)
            await ReadAsync();
        return ok.StatementId;
    }

    /// <summary>Executes a prepared statement whose parameters are not null and of variable length.</summary>
    /// <param name="id">Of the statement.</param>
    /// <param name="types">The parameters' types; null: those told before are still good.</param>
    /// <param name="values">As they stand in the packet.</param>
    public async Task<string> ExecuteAsync(uint id, byte[]? types, params byte[][] values)
    {
        Sequence = 0;
        await WriteAsync((byte[])[CommandCode.StmtExecute, .. BitConverter.GetBytes(id), 0, 1, 0, 0, 0, .. types is null && values.Length == 0 ? (byte[])[] : [0, types is null ? (byte)0 : (byte)1], .. (types ?? []).SelectMany(static type => new byte[] { type, 0 }), .. values.SelectMany(static value => value)]);
        return await AnswerAsync();
    }

    /// <summary>Executes with a cursor; the answer is columns without rows.</summary>
    public async Task OpenCursorAsync(uint id)
    {
        Sequence = 0;
        await WriteAsync((byte[])[CommandCode.StmtExecute, .. BitConverter.GetBytes(id), 1, 1, 0, 0, 0]);
        Assert.Equal(1, (await ReadAsync()).Span[0]);
        await ReadAsync();
        Assert.Equal(0xFE, (await ReadAsync()).Span[0]);
    }

    /// <summary>One row of a cursor: its only column, which is text; or an error as its number and text.</summary>
    public async Task<string> FetchAsync(uint id)
    {
        Sequence = 0;
        await WriteAsync((byte[])[CommandCode.StmtFetch, .. BitConverter.GetBytes(id), 1, 0, 0, 0]);
        byte[] row = (await ReadAsync()).ToArray();
        if (ErrPacket.TryRead(row, out ErrPacket error))
            return $"{error.Code} {Encoding.UTF8.GetString(error.Message)}";
        Assert.Equal(0xFE, (await ReadAsync()).Span[0]);
        return Encoding.UTF8.GetString(row.AsSpan(3));
    }

    /// <summary>A command that has no answer.</summary>
    public async Task TellAsync(params byte[] command)
    {
        Sequence = 0;
        await WriteAsync(command);
    }

    /// <summary>A command that is answered by OK or EOF.</summary>
    public async Task OrderAsync(params byte[] command)
    {
        await TellAsync(command);
        Assert.Contains((await ReadAsync()).Span[0], (byte[])[0, 0xFE]);
    }

    /// <summary>A parameter's value in parts; it has no answer.</summary>
    public Task SendLongDataAsync(uint id, ushort parameter, byte[] value) =>
        TellAsync([CommandCode.StmtSendLongData, .. BitConverter.GetBytes(id), .. BitConverter.GetBytes(parameter), .. value]);

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
        bool endsWithOk = (Agreed & Capabilities.DeprecateEof) != 0;
        for (int i = first[0] + (endsWithOk ? 0 : 1); i > 0; i--)
            await ReadAsync();
        while (true)
        {
            byte[] payload = (await ReadAsync()).ToArray();
            if (payload[0] == 0xFE && (endsWithOk || payload.Length < 9))
                return found;
            if (ErrPacket.TryRead(payload, out ErrPacket late))
                return $"{late.Code} {Encoding.UTF8.GetString(late.Message)}";
            var reader = new PayloadReader(payload);
            if (reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> value))
                found += (found.Length > 0 ? "," : "") + Encoding.UTF8.GetString(value);
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
