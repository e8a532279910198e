using System.Security.Cryptography;
using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;
using Flag = GoneAway.Wire.Payloads.Capabilities;

namespace GoneAway.Gateway.Login;

/// <summary>A login to a backend, over one connection, from its greeting to its OK.</summary>
public sealed class BackendLogin
{
    /// <summary>No account has it: named in a login, it makes the server ask by the account's own plugin.</summary>
    private const string NoPlugin = "goneaway_asks";
    private const int MostRounds = 10;

    private readonly IPacketTalk talk;
    private readonly BackendLoginRequest request;
    private readonly bool isSocket;
    private BackendGreeting greeting;
    private readonly byte[] scramble;
    private readonly string greetingPlugin;

    private BackendLogin(IPacketTalk talk, BackendLoginRequest request, ReadOnlySpan<byte> payload)
    {
        this.talk = talk;
        this.request = request;
        isSocket = talk.IsPrivate;
        if (ErrPacket.TryRead(payload, out ErrPacket error))
            throw Refused(error);
        if (!HandshakeV10.TryRead(payload, out HandshakeV10 read))
            throw LoginException.Backend(LoginFault.BackendGreeting, "The backend does not speak MySQL");
        if ((read.Capabilities & (Flag.Protocol41 | Flag.SecureConnection)) != (Flag.Protocol41 | Flag.SecureConnection))
            throw LoginException.Backend(LoginFault.BackendGreeting, "The backend is older than MySQL 4.1");
        scramble = LoginAnswers.Cut("", [.. read.ScrambleStart, .. read.ScrambleRest]);
        greetingPlugin = Encoding.Latin1.GetString(read.AuthPlugin);
        greeting = new BackendGreeting
        {
            Version = read.ServerVersion.ToArray(),
            IsMariaDb = read.IsMariaDb,
            ThreadId = read.ConnectionId,
            Offered = read.Capabilities,
            Charset = read.Charset,
        };
    }

    /// <summary>TLS.</summary>
    internal bool IsTls => greeting.IsTls;

    /// <summary>A Unix socket: the server can know the gateway by its user, and let it in without a password.</summary>
    internal bool IsSocket => isSocket;

    /// <summary>Logs in.</summary>
    /// <param name="talk">The connection, before its greeting.</param>
    /// <param name="request">As whom, and how.</param>
    /// <param name="credential">What is known of the password.</param>
    /// <exception cref="LoginException">Refused by the backend, with its own error, or by what it asks for.</exception>
    public static async ValueTask<BackendGreeting> RunAsync(IPacketTalk talk, BackendLoginRequest request, Credential credential)
    {
        BackendLogin login = await OpenAsync(talk, request);
        LoginAnswers answers = credential.Answers(login.IsTls, login.isSocket);
        byte[] first = answers.Begin(login.greetingPlugin, login.scramble);
        await login.SendLoginAsync(answers.Plugin, first);
        return await login.FinishAsync(answers, mustBeAsked: false);
    }

    /// <summary>Logs in to prove a password: the server is made to ask for it. One that lets the gateway in unasked proves nothing.</summary>
    internal static async ValueTask<BackendGreeting> ProveAsync(IPacketTalk talk, BackendLoginRequest request, Credential credential)
    {
        BackendLogin login = await OpenAsync(talk, request);
        await login.AskAsync();
        return await login.FinishAsync(credential.Answers(login.IsTls, login.isSocket), mustBeAsked: true);
    }

    /// <summary>Reads the greeting and goes over to TLS.</summary>
    internal static async ValueTask<BackendLogin> OpenAsync(IPacketTalk talk, BackendLoginRequest request)
    {
        ReadOnlyMemory<byte> payload = await talk.ReadAsync();
        var login = new BackendLogin(talk, request, payload.Span);
        bool isOffered = (login.greeting.Offered & Flag.Ssl) != 0;
        bool isWanted = !login.isSocket && request.Tls != BackendTls.Disabled;
        if (isWanted && !isOffered && request.Tls != BackendTls.Preferred)
            throw LoginException.Backend(LoginFault.BackendWithoutTls, "The backend offers no TLS, which is required for it");
        bool isTls = isWanted && isOffered;
        login.greeting = login.greeting with { IsTls = isTls, Capabilities = login.Agreed(isTls) };
        if (isTls)
        {
            await talk.WriteAsync(new PayloadWriter().WriteSslRequest(login.Fields("", [])).Written.ToArray());
            await talk.SecureAsync();
        }
        return login;
    }

    /// <summary>Sends a login that answers nothing, so that the server asks.</summary>
    internal ValueTask AskAsync() => SendLoginAsync(NoPlugin, []);

    /// <summary>Reads the server's next word of a login.</summary>
    internal ValueTask<ReadOnlyMemory<byte>> ReadAsync() => talk.ReadAsync();

    /// <summary>Sends an answer, which is zeroed.</summary>
    internal async ValueTask SendAsync(byte[] answer)
    {
        await talk.WriteAsync(answer);
        CryptographicOperations.ZeroMemory(answer);
    }

    /// <summary>Answers until the server has decided.</summary>
    internal async ValueTask<BackendGreeting> FinishAsync(LoginAnswers answers, bool mustBeAsked)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            ReadOnlyMemory<byte> payload = await talk.ReadAsync();
            LoginStep step = answers.Take(payload.Span, out byte[] answer);
            switch (step)
            {
                case LoginStep.Accepted:
                    return mustBeAsked && round == 0 ? throw Unasked() : Accepted(payload.Span, answers.Plugin);
                case LoginStep.Send:
                    await SendAsync(answer);
                    break;
                case LoginStep.Wait:
                    break;
                default:
                    throw Failed(step, payload.Span, answers.Plugin);
            }
        }
        throw LoginException.Backend(LoginFault.BackendMalformed, "The backend came to no end with its questions");
    }

    internal BackendGreeting Accepted(ReadOnlySpan<byte> payload, string plugin)
    {
        OkPacket.TryRead(payload, greeting.Capabilities, out OkPacket ok);
        return greeting with { AuthPlugin = plugin, Status = ok.Status, StateChanges = ok.StateChanges.ToArray() };
    }

    internal static LoginException Failed(LoginStep step, ReadOnlySpan<byte> payload, string plugin)
    {
        if (step == LoginStep.Refused)
            return ErrPacket.TryRead(payload, out ErrPacket error) ? Refused(error) : Unreadable();
        return step switch
        {
            LoginStep.OldPassword => LoginException.Backend(LoginFault.BackendPlugin, "The account has a password hash of MySQL before 4.1 (mysql_old_password); set its password anew"),
            LoginStep.UnknownPlugin => LoginException.Backend(LoginFault.BackendPlugin, $"The account logs in by {plugin}, which the gateway cannot speak"),
            LoginStep.NeedsPrivacy => LoginException.Backend(LoginFault.BackendPlugin, $"The account wants the password itself ({plugin}), which the gateway sends over TLS alone"),
            LoginStep.NeedsPassword => LoginException.Backend(LoginFault.BackendPlugin, $"The account logs in by {plugin}, for which the gateway needs the password and has its hash; let the client use TLS, or give the gateway the password"),
            _ => Unreadable(),
        };
    }

    /// <summary>The server did not ask for a password, so nothing is known of the client.</summary>
    internal static LoginException Unasked() => new(LoginFault.BackendPlugin, Refusal.Of(ErrorCode.AccessDeniedNoPassword, "28000",
        "The server let the gateway in without asking for a password (unix_socket?): who the client is cannot be known"));

    private static LoginException Unreadable() => LoginException.Backend(LoginFault.BackendMalformed, "The backend said in the login what no server says");

    private static LoginException Refused(ErrPacket error) =>
        new(LoginFault.BackendRefused, new Refusal(error.Code, error.SqlState.ToArray(), error.Message.ToArray()));

    private ulong Agreed(bool isTls)
    {
        ulong wanted = request.Capabilities | Flag.Protocol41 | Flag.SecureConnection | Flag.PluginAuth | Flag.PluginAuthLengthEncoded;
        wanted &= ~(Flag.Ssl | Flag.ConnectWithDb | Flag.ConnectAttributes | Flag.MultiFactorAuth);
        if (isTls)
            wanted |= Flag.Ssl;
        if (!request.Database.IsEmpty)
            wanted |= Flag.ConnectWithDb;
        if (!request.Attributes.IsEmpty)
            wanted |= Flag.ConnectAttributes;
        // MySQL's CLIENT_LONG_PASSWORD is always on; for MariaDB its absence announces the extended flags.
        wanted = greeting.IsMariaDb && wanted >> 32 != 0 ? wanted & ~Flag.LongPassword : wanted | Flag.LongPassword;
        ulong offered = greeting.Offered | (greeting.IsMariaDb ? Flag.LongPassword : 0);
        return wanted & offered;
    }

    private ValueTask SendLoginAsync(string plugin, byte[] answer)
    {
        byte[] payload = new PayloadWriter().WriteLogin(Fields(plugin, answer)).Written.ToArray();
        CryptographicOperations.ZeroMemory(answer);
        return talk.WriteAsync(payload);
    }

    private LoginFields Fields(string plugin, byte[] answer) => new()
    {
        Capabilities = greeting.Capabilities,
        User = request.User,
        MaxPacketSize = request.MaxPacketSize,
        Charset = request.Collation,
        AuthResponse = answer,
        Database = request.Database,
        AuthPlugin = Encoding.Latin1.GetBytes(plugin),
        EncodedAttributes = request.Attributes,
    };
}
