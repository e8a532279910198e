using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Evidence.Server.Live;

/// <summary>The tool's own connection to a server: text queries, one after the other, each step with a deadline.</summary>
public sealed class MySqlConnection : IAsyncDisposable
{
    private const ulong Wanted = Capabilities.LongPassword | Capabilities.LongFlag | Capabilities.Protocol41 | Capabilities.Transactions
        | Capabilities.SecureConnection | Capabilities.MultiResults | Capabilities.PluginAuth | Capabilities.PluginAuthLengthEncoded | Capabilities.ConnectAttributes;

    /// <summary>Rows that are kept of one answer; more are read and dropped.</summary>
    private const int MostRows = 200_000;

    private readonly Deadline deadline;
    private readonly PayloadWriter writer = new();
    private PacketStream packets;
    private bool broken;

    private MySqlConnection(PacketStream packets, Deadline deadline)
    {
        this.packets = packets;
        this.deadline = deadline;
    }

    /// <summary>As the server says it, without MariaDB's 5.5.5- before it.</summary>
    public string Version { get; private set; } = "";
    public bool IsMariaDb { get; private set; }
    public uint ThreadId { get; private set; }
    /// <summary><c>TLSv1.3</c> and such; null without TLS.</summary>
    public string? Tls { get; private set; }
    /// <summary>This end and the server's; null for a Unix socket.</summary>
    public IPEndPoint? Local { get; private set; }
    public IPEndPoint? Remote { get; private set; }
    /// <summary>By which the account logged in.</summary>
    public string AuthPlugin { get; private set; } = "";
    /// <summary>Until the kernel had the connection.</summary>
    public TimeSpan ConnectTime { get; private set; }
    /// <summary>From then until the greeting: the server looks up the client's name before it greets.</summary>
    public TimeSpan GreetingTime { get; private set; }

    /// <summary>Connects and logs in; throws <see cref="LiveException"/> when that cannot be had.</summary>
    /// <param name="address">Where, and as whom.</param>
    /// <param name="secret">The password.</param>
    /// <param name="patience">For each single step: connect, greeting, TLS, login, a query.</param>
    /// <param name="time">The clock of the deadlines.</param>
    /// <param name="cancel">Ends the connection whatever it does.</param>
    public static async Task<MySqlConnection> OpenAsync(ServerAddress address, Secret secret, TimeSpan patience, TimeProvider? time = null, CancellationToken cancel = default)
    {
        var deadline = new Deadline(patience, time ?? TimeProvider.System, cancel);
        long started = Stopwatch.GetTimestamp();
        NetworkStream? raw = null;
        MySqlConnection? connection = null;
        try
        {
            raw = await deadline.RunAsync(LiveStage.Connect, token => Transport.DialAsync(address, token));
            TimeSpan connected = Stopwatch.GetElapsedTime(started);
            connection = new MySqlConnection(new PacketStream(raw), deadline) { ConnectTime = connected, Local = Plain(raw.Socket.LocalEndPoint), Remote = Plain(raw.Socket.RemoteEndPoint) };
            Greeting greeting = Greeting.Read(await deadline.RunAsync(LiveStage.Greeting, token => connection.packets.ReadAsync(LiveStage.Greeting, token)));
            connection.GreetingTime = Stopwatch.GetElapsedTime(started) - connected;
            connection.Version = greeting.Version;
            connection.IsMariaDb = greeting.IsMariaDb;
            connection.ThreadId = greeting.ThreadId;
            await connection.LogInAsync(address, secret, greeting, raw);
            return connection;
        }
        catch
        {
            if (connection is not null)
                await connection.packets.DisposeAsync();
            else if (raw is not null)
                await raw.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a statement. An error of the server is an answer; a lost connection is a <see cref="LiveException"/>.</summary>
    public async Task<QueryAnswer> QueryAsync(string sql)
    {
        if (broken)
            throw new LiveException(LiveStage.Query, "the connection was lost before");
        try
        {
            return await deadline.RunAsync(LiveStage.Query, async token =>
            {
                packets.Sequence = 0;
                await packets.WriteAsync(writer.WriteQuery(Encoding.UTF8.GetBytes(sql)), token);
                return await ReadAnswerAsync(token);
            });
        }
        catch
        {
            broken = true;
            throw;
        }
    }

    /// <summary>Leaves as a client should: with COM_QUIT.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!broken)
            {
                packets.Sequence = 0;
                await deadline.RunAsync(LiveStage.Query, async token =>
                {
                    await packets.WriteAsync(writer.WriteCommand(CommandCode.Quit), token);
                    return true;
                });
            }
        }
        catch (LiveException)
        {
            // It is gone already.
        }
        broken = true;
        await packets.DisposeAsync();
    }

    private async Task LogInAsync(ServerAddress address, Secret secret, Greeting greeting, NetworkStream raw)
    {
        ulong capabilities = Wanted & greeting.Capabilities;
        if (address.Database is not null)
            capabilities |= Capabilities.ConnectWithDb;
        LoginFields login = new()
        {
            Capabilities = capabilities,
            User = Encoding.UTF8.GetBytes(address.User ?? ""),
            Database = Encoding.UTF8.GetBytes(address.Database ?? ""),
            Attributes = [Attribute("program_name", "goneaway"), Attribute("_client_name", "goneaway"), Attribute("_pid", Environment.ProcessId.ToString())],
        };
        TlsMode mode = address.Tls ?? TlsMode.Preferred;
        bool offered = (greeting.Capabilities & Capabilities.Ssl) != 0;
        // A Unix socket leaves this host's memory to nobody; TLS there is used only when asked for.
        bool wanted = mode is not TlsMode.Disabled && (mode != TlsMode.Preferred || address.Socket is null);
        if (wanted && !offered && mode != TlsMode.Preferred)
            throw new LiveException(LiveStage.Tls, "the server offers no TLS (have_ssl, require_secure_transport), and the address asks for it");
        if (wanted && offered)
        {
            login = login with { Capabilities = capabilities | Capabilities.Ssl };
            SslStream tls = await deadline.RunAsync(LiveStage.Tls, async token =>
            {
                await packets.WriteAsync(writer.WriteSslRequest(login), token);
                return await Transport.SecureAsync(raw, address, mode, token);
            });
            packets = new PacketStream(tls) { Sequence = packets.Sequence };
            Tls = tls.SslProtocol switch { SslProtocols.Tls12 => "TLSv1.2", SslProtocols.Tls13 => "TLSv1.3", var other => other.ToString() };
        }
        await deadline.RunAsync(LiveStage.Login, async token =>
        {
            var dialog = new LoginDialog(packets, secret, isPrivate: Tls is not null || address.Socket is not null, isSocket: Tls is null && address.Socket is not null);
            byte[] answer = dialog.Begin(greeting.Plugin, greeting.Scramble);
            await packets.WriteAsync(writer.WriteLogin(login with { AuthResponse = answer, AuthPlugin = Encoding.UTF8.GetBytes(dialog.Plugin) }), token);
            await dialog.FinishAsync(token);
            AuthPlugin = dialog.Plugin;
            return true;
        });
    }

    private async Task<QueryAnswer> ReadAnswerAsync(CancellationToken cancel)
    {
        byte[] first = await packets.ReadAsync(LiveStage.Query, cancel);
        if (first.Length > 0 && first[0] == 0x00)
            return new QueryAnswer([], [], null);
        if (ErrorOf(first) is { } error)
            return new QueryAnswer([], [], error);
        if (!ResultSetHeader.TryRead(first, 0, out ResultSetHeader header) || header.IsFileRequest)
            throw new LiveException(LiveStage.Query, "the server's answer to a query is none");
        int count = header.ColumnCount;
        var columns = new string[count];
        for (int i = 0; i < count; i++)
            columns[i] = ColumnName(await packets.ReadAsync(LiveStage.Query, cancel));
        await packets.ReadAsync(LiveStage.Query, cancel);
        var rows = new List<string?[]>();
        while (true)
        {
            byte[] payload = await packets.ReadAsync(LiveStage.Query, cancel);
            if (payload.Length is > 0 and < 9 && payload[0] == 0xFE)
                return new QueryAnswer(columns, rows, null);
            if (ErrorOf(payload) is { } late)
                return new QueryAnswer(columns, rows, late);
            if (rows.Count < MostRows)
                rows.Add(Row(payload, count));
        }
    }

    private static string ColumnName(byte[] payload) =>
        ColumnDefinition41.TryRead(payload, 0, out ColumnDefinition41 column) ? Greeting.Text(column.Name) : "";

    private static string?[] Row(byte[] payload, int columns)
    {
        var row = new string?[columns];
        int i = 0;
        foreach (RowValue value in new TextRow(payload))
            if (i < columns)
                row[i++] = value.IsNull ? null : Greeting.Text(value.Bytes);
        return row;
    }

    private static ServerError? ErrorOf(byte[] payload) =>
        ErrPacket.TryRead(payload, out ErrPacket error) ? new ServerError(error.Code, Greeting.Text(error.Message)) : null;

    private static IPEndPoint? Plain(EndPoint? end) => end is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port) : end as IPEndPoint;

    private static KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Attribute(string name, string value) =>
        new(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
}
