using System.Net;
using System.Net.Sockets;
using System.Text;
using GoneAway.Gateway;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Operations;
using GoneAway.TestKit;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Fuzz;

/// <summary>
/// A whole session of a running gateway. The input is what a client says: a byte (0: from the start, 1: after its login), then bytes; then it ends
/// its stream. The gateway has to end the session too, must have no fault, and must go on serving another client.
/// </summary>
public sealed class GatewayTarget : ITarget
{
    private static readonly FuzzedGateway Gateway = new();
    private static int rounds;

    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        bool logsIn = !input.IsEmpty && (input[0] & 1) != 0;
        using (Socket client = Gateway.Connect())
        {
            if (logsIn)
                FuzzedGateway.LogIn(client);
            FuzzedGateway.SendAndDrain(client, input.IsEmpty ? input : input[1..], ends: true);
        }
        Gateway.Check(asks: ++rounds % 16 == 0);
    }
}

/// <summary>As <see cref="GatewayTarget"/>, with a server that says what the input has: a byte of where (greeting, end of the login, answer to any command or to the client's), then bytes, then the end.</summary>
public sealed class GatewayServerTarget : ITarget
{
    private static readonly FuzzedGateway Gateway = new();

    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return;
        // A greeting that is none makes the server count as down for a while.
        SpoiltAt at = (input[0] & 0x3F) switch { 1 => SpoiltAt.Greeting, 2 => SpoiltAt.LoginEnd, 3 => SpoiltAt.AnyAnswer, _ => SpoiltAt.Answer };
        Gateway.Server.Spoil(at, input[1..].ToArray());
        using (Socket client = Gateway.Connect())
        {
            FuzzedGateway.TryLogIn(client);
            FuzzedGateway.SendAndDrain(client, FuzzedGateway.Command(CommandCode.Query, (input[0] & 0x40) != 0 ? "SELECT 1" : "UPDATE t SET a = 1"), ends: true);
        }
        Gateway.Server.Spoil(SpoiltAt.Nowhere, []);
        Gateway.Check(asks: false);
    }
}

/// <summary>
/// What a server says to the gateway's own statements: those of its checks. A byte of how many are answered before, then bytes, then the end.
/// The checks have to go on, and must have no fault.
/// </summary>
public sealed class GatewayCheckTarget : ITarget
{
    private static readonly FuzzedGateway Gateway = new(monitors: true);

    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return;
        int before = Gateway.Server.Spoils;
        Gateway.Server.Spoil(SpoiltAt.AnyAnswer, input[1..].ToArray(), after: input[0] & 3);
        long deadline = Environment.TickCount64 + FuzzedGateway.Patience;
        while (Gateway.Server.Spoils == before)
        {
            Gateway.Check(asks: false);
            if (Environment.TickCount64 > deadline)
                throw new BrokenPromiseException("the gateway does not check its server any more");
            Thread.Yield();
        }
        Gateway.Server.Spoil(SpoiltAt.Nowhere, []);
        Gateway.Check(asks: false);
    }
}

/// <summary>A gateway between a scripted server and the clients of a target.</summary>
#pragma warning disable CA1001 // It lives as long as the process.
internal sealed class FuzzedGateway : IGatewayEvents
#pragma warning restore CA1001
{
    public const int Patience = 20_000;
    private const string Password = "secret";

    private readonly GatewayCore core;
    private readonly int port;
    private volatile string? fault;

    /// <param name="monitors">Its checks have an account, and ask for all that checks ask for.</param>
    public FuzzedGateway(bool monitors = false)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, Password);
        var options = new GatewayOptions
        {
            Backends = [BackendOptions.At($"127.0.0.1:{Server.Port}")],
            Accounts = new AccountOptions { Entries = [new AccountEntry { User = "app", PasswordFile = file }] },
            Clients = new ClientOptions { LocalInfile = true },
            Loss = new LossOptions { Hold = TimeSpan.FromSeconds(1) },
            Health = monitors
                ? new HealthOptions { Interval = TimeSpan.FromMilliseconds(1), User = "app", PasswordFile = file, RequireWritable = true, MaxThreadsRunning = 10, MaxReplicaLag = TimeSpan.FromSeconds(1) }
                : new HealthOptions { Interval = TimeSpan.FromMilliseconds(100) },
            Operation = new OperationOptions { Threads = 1 },
        };
        core = new GatewayCore(options, this);
        List<ListeningSocket> sockets = ListeningSockets.Open(["127.0.0.1:0"], []);
        port = ((IPEndPoint)sockets[0].Socket.LocalEndPoint!).Port;
        core.Start(sockets);
        using Socket first = Connect();
        LogIn(first);
        File.Delete(file);
    }

    public ScriptedServer Server { get; } = new();

    public void Note(GatewayEvent happened)
    {
        if (happened is { Kind: EventKind.Operation, Name: "fault" })
            fault ??= happened.Text;
    }

    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = Patience, SendTimeout = Patience };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    public static byte[] Command(byte code, string text) => Payload.Framed(0, [code, .. Encoding.ASCII.GetBytes(text)]);

    public static void LogIn(Socket socket)
    {
        if (TryLogIn(socket) is { } why)
            throw new BrokenPromiseException("a client cannot log in any more: " + why);
    }

    /// <summary>Null, or why not.</summary>
    public static string? TryLogIn(Socket socket)
    {
        if (ReadPacket(socket) is not { } first)
            return "the connection was closed without a greeting";
        if (!HandshakeV10.TryRead(first, out HandshakeV10 greeting))
            return "no greeting: " + Said(first);
        byte[] scramble = LoginAnswers.Cut("", [.. greeting.ScrambleStart, .. greeting.ScrambleRest]);
        var answers = new LoginAnswers(Encoding.ASCII.GetBytes(Password), default, isTls: false, isSocket: false);
        var fields = new LoginFields
        {
            Capabilities = Capabilities.Protocol41 | Capabilities.SecureConnection | Capabilities.PluginAuth | Capabilities.MultiStatements | Capabilities.MultiResults | Capabilities.LocalFiles,
            User = "app"u8.ToArray(),
            AuthPlugin = greeting.AuthPlugin.ToArray(),
            AuthResponse = answers.Begin(Encoding.ASCII.GetString(greeting.AuthPlugin), scramble),
        };
        socket.Send(Payload.Framed(1, new PayloadWriter().WriteLogin(fields).Written.ToArray()));
        for (byte sequence = 3; ReadPacket(socket) is { } payload; sequence += 2)
        {
            switch (answers.Take(payload, out byte[] answer))
            {
                case LoginStep.Accepted:
                    return null;
                case LoginStep.Send:
                    socket.Send(Payload.Framed(sequence, answer));
                    break;
                case LoginStep.Wait:
                    break;
                default:
                    return "refused: " + Said(payload);
            }
        }
        return "the connection was closed in the login";
    }

    private static string Said(ReadOnlySpan<byte> payload) => ErrPacket.TryRead(payload, out ErrPacket error) ? $"{error.Code} {Encoding.UTF8.GetString(error.Message)}" : Convert.ToHexString(payload);

    /// <summary>Says it, ends the stream, and reads until the gateway ends it too.</summary>
    public static void SendAndDrain(Socket socket, ReadOnlySpan<byte> bytes, bool ends)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[socket.Send(bytes[..Math.Min(bytes.Length, 16 * 1024)])..];
                while (socket.Available > 0 && socket.Receive(buffer) > 0)
                    ;
            }
            if (ends)
                socket.Shutdown(SocketShutdown.Send);
            while (socket.Receive(buffer) > 0)
                ;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            throw new BrokenPromiseException($"the client has ended its stream, and {Patience / 1000} s later the gateway has not");
        }
        catch (SocketException)
        {
            // Reset: as good an end.
        }
    }

    public void Check(bool asks)
    {
        if (fault is not null)
            throw new BrokenPromiseException(fault);
        if (!asks)
            return;
        using Socket other = Connect();
        LogIn(other);
        other.Send(Command(CommandCode.Query, "SELECT 1"));
        if (ReadPacket(other) is not [1, ..])
            throw new BrokenPromiseException("another client gets no answer any more");
    }

    private static byte[]? ReadPacket(Socket socket)
    {
        try
        {
            byte[] header = new byte[4];
            if (!Fill(socket, header))
                return null;
            byte[] payload = new byte[header[0] | header[1] << 8 | header[2] << 16];
            return Fill(socket, payload) ? payload : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static bool Fill(Socket socket, byte[] target)
    {
        for (int have = 0; have < target.Length;)
        {
            int count = socket.Receive(target.AsSpan(have));
            if (count == 0)
                return false;
            have += count;
        }
        return true;
    }
}
