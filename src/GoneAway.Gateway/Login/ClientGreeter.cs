using System.Security.Cryptography;
using System.Text;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Login;

/// <summary>The first words with a client: the greeting, TLS, the login packet; and the last one of a login.</summary>
public static class ClientGreeter
{
    /// <summary>Greets, and reads the client's login. Nothing of it is verified yet.</summary>
    /// <exception cref="LoginException">No login, one from before 4.1, or one without TLS where it is required. To be told by <see cref="RefuseAsync"/>.</exception>
    public static async ValueTask<LoginRequest> GreetAsync(IPacketTalk talk, ClientGreeting greeting)
    {
        byte[] scramble = NewScramble();
        var writer = new PayloadWriter();
        writer.WriteGreeting(new GreetingFields
        {
            Version = greeting.Version,
            ConnectionId = greeting.ConnectionId,
            Scramble = scramble,
            Capabilities = greeting.Capabilities,
            AuthPlugin = Encoding.ASCII.GetBytes(greeting.AuthPlugin),
            Charset = greeting.Charset,
            Status = greeting.Status,
        });
        await talk.WriteAsync(writer.Written.ToArray());
        ReadOnlyMemory<byte> payload = await talk.ReadAsync();
        if ((greeting.Capabilities & Capabilities.Ssl) != 0 && SslRequest.TryRead(payload.Span, out _))
        {
            await talk.SecureAsync();
            payload = await talk.ReadAsync();
        }
        LoginRequest request = ReadLogin(payload.Span, greeting, scramble, talk.IsPrivate);
        return greeting.RequireTls && !talk.IsPrivate
            ? throw new LoginException(LoginFault.ClientWithoutTls, Refusal.Of(ErrorCode.SecureTransportRequired, "HY000", "Connections using insecure transport are prohibited while --require_secure_transport=ON."))
            : request;
    }

    /// <summary>A COM_CHANGE_USER as a login: its account, schema, collation and attributes, with what else the first login said.</summary>
    /// <param name="payload">The command with its first byte.</param>
    /// <param name="first">The session's first login.</param>
    /// <exception cref="LoginException">It is none.</exception>
    public static LoginRequest ReadChangeUser(ReadOnlySpan<byte> payload, LoginRequest first)
    {
        if (!ComChangeUser.TryRead(payload, first.Capabilities, out ComChangeUser command))
            throw new LoginException(LoginFault.ClientMalformed, Refusal.Of(ErrorCode.UnknownCommand, "08S01", "Unknown command"));
        ReadOnlyMemory<byte> attributes = command.Attributes.Encoded.ToArray();
        return first with
        {
            User = command.User.ToArray(),
            Database = command.Database.ToArray(),
            Collation = command.Charset,
            AuthPlugin = Encoding.Latin1.GetString(command.AuthPlugin),
            AuthResponse = command.AuthResponse.ToArray(),
            Attributes = attributes,
            ProgramName = Attribute(command.Attributes, "program_name"u8),
            ClientName = attributes.IsEmpty ? first.ClientName : Attribute(command.Attributes, "_client_name"u8),
            IsChangeUser = true,
        };
    }

    /// <summary>Tells a client that its login is refused. The connection is then to be closed; after COM_CHANGE_USER too, as servers do.</summary>
    public static ValueTask RefuseAsync(IPacketTalk talk, Refusal refusal) =>
        talk.WriteAsync(new PayloadWriter().WriteError(refusal).Written.ToArray());

    /// <summary>Tells a client that it is logged in.</summary>
    /// <param name="talk">The connection.</param>
    /// <param name="capabilities">Of the login request.</param>
    /// <param name="status">See <see cref="StatusFlags"/>; with SessionStateChanged the changes are sent.</param>
    /// <param name="changes">Session state changes, encoded.</param>
    public static ValueTask AcceptAsync(IPacketTalk talk, ulong capabilities, ushort status = StatusFlags.Autocommit, ReadOnlyMemory<byte> changes = default) =>
        talk.WriteAsync(new PayloadWriter().WriteOk(status, changes: changes.Span, capabilities: capabilities).Written.ToArray());

    /// <summary>20 bytes from 1 to 127: clients end a scramble at a zero, and some read it as text.</summary>
    internal static byte[] NewScramble(int length = PasswordScramble.Length)
    {
        byte[] scramble = new byte[length];
        for (int i = 0; i < length; i++)
            scramble[i] = (byte)RandomNumberGenerator.GetInt32(1, 128);
        return scramble;
    }

    private static LoginRequest ReadLogin(ReadOnlySpan<byte> payload, ClientGreeting greeting, byte[] scramble, bool isPrivate)
    {
        if (!HandshakeResponse41.TryRead(payload, greeting.Capabilities, out HandshakeResponse41 login))
        {
            throw HandshakeResponse320.TryRead(payload, out _)
                ? new LoginException(LoginFault.ClientTooOld, Refusal.Of(ErrorCode.NotSupportedAuthMode, "", "Client does not support authentication protocol requested by server; consider upgrading MySQL client"))
                : LoginException.Malformed();
        }
        // CLIENT_SSL in a whole login that came in the clear: the client believes it speaks TLS.
        if ((login.Capabilities & greeting.Capabilities & Capabilities.Ssl) != 0 && !isPrivate)
            throw LoginException.Malformed();
        return new LoginRequest
        {
            Capabilities = login.Capabilities & greeting.Capabilities,
            MaxPacketSize = login.MaxPacketSize,
            Collation = login.Charset,
            User = login.User.ToArray(),
            Database = login.Database.ToArray(),
            AuthPlugin = Encoding.Latin1.GetString(login.AuthPlugin),
            AuthResponse = login.AuthResponse.ToArray(),
            Attributes = login.Attributes.Encoded.ToArray(),
            ProgramName = Attribute(login.Attributes, "program_name"u8),
            ClientName = Attribute(login.Attributes, "_client_name"u8),
            Scramble = scramble,
            GreetingPlugin = greeting.AuthPlugin,
            Host = greeting.Host,
            Origin = greeting.Origin,
        };
    }

    private static string Attribute(ConnectionAttributes attributes, ReadOnlySpan<byte> name)
    {
        foreach (ConnectionAttributes.Attribute attribute in attributes)
        {
            if (attribute.Name.SequenceEqual(name))
                return Encoding.UTF8.GetString(attribute.Value);
        }
        return "";
    }
}
