using System.Net;
using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>The login, and COM_CHANGE_USER.</content>
internal sealed partial class ClientSession : IBackendDialer
{
    // Without MariaDB's cached metadata: a server leaves out what it has told before on that connection, which need not have been to this client.
    /// <summary>What shapes requests and answers, so that server connections differ by it.</summary>
    private const ulong Shape = Capabilities.FoundRows | Capabilities.NoSchema | Capabilities.Odbc | Capabilities.LocalFiles | Capabilities.IgnoreSpace | Capabilities.Interactive
        | Capabilities.MultiStatements | Capabilities.MultiResults | Capabilities.PsMultiResults | Capabilities.CanHandleExpiredPasswords | Capabilities.DeprecateEof
        | Capabilities.OptionalResultsetMetadata | Capabilities.QueryAttributes | Capabilities.LongFlag | Capabilities.Transactions
        | Capabilities.MariaDbProgress | Capabilities.MariaDbStmtBulkOperations | Capabilities.MariaDbExtendedTypeInfo | Capabilities.MariaDbBulkUnitResults;

    private const ulong Spoken = Shape | Capabilities.LongPassword | Capabilities.ConnectWithDb | Capabilities.Protocol41 | Capabilities.IgnoreSigpipe | Capabilities.SecureConnection
        | Capabilities.PluginAuth | Capabilities.ConnectAttributes | Capabilities.PluginAuthLengthEncoded | Capabilities.SessionTrack;

    /// <summary>What a client puts into its commands, or leaves out of what it reads, once it was agreed: no server may see it that does not know it.</summary>
    public const ulong Unadaptable = Capabilities.QueryAttributes | Capabilities.OptionalResultsetMetadata | Capabilities.MariaDbExtendedTypeInfo;

    private async ValueTask<bool> LogInAsync()
    {
        using var talk = new PacketTalk(client, this, isClient: true, core.ServeTlsAsync, isPrivate: client.Socket.Remote is not IPEndPoint) { StrictSequence = true };
        talk.Deadline = HandshakeDeadline;
        try
        {
            if (core.IsTrustedProxy(Remote) && !await ReadPrefaceAsync(talk.Deadline))
                return false;
            if (!core.TryEnter(this))
                throw GatewayCore.TooManyOfAddress(Remote);
            ServerInfo face = await FaceAsync(talk.Deadline);
            LoginRequest request = await ClientGreeter.GreetAsync(talk, new ClientGreeting
            {
                Version = face.Version,
                Capabilities = Offered(face),
                ConnectionId = Id,
                Charset = face.Charset,
                RequireTls = Options.Clients.RequireTls,
                Host = (Remote as IPEndPoint)?.Address.ToString() ?? "localhost",
                Origin = core.TellsOrigin ? (Remote as IPEndPoint)?.Address.ToString() ?? "" : "",
            });
            if (!await AuthenticateAsync(talk, request))
                return false;
            inputStart = 0;
            inputEnd = talk.Unread.Length;
            if (inputEnd > 0)
            {
                input = Loop.Rent(inputEnd);
                talk.Unread.CopyTo(input);
            }
            if ((capabilities & Capabilities.Compress) != 0)
                client.StartCompression(zstd: false);
            else if ((capabilities & Capabilities.ZstdCompression) != 0)
                client.StartCompression(zstd: true);
            return true;
        }
        catch (LoginException refused)
        {
            await ClientGreeter.RefuseAsync(talk, refused.Refusal);
            throw;
        }
        catch (TalkException) when (talk.IsForeign)
        {
            await RefuseForeignAsync(talk);
            throw;
        }
        catch (TalkException late) when (late.Fault == TalkFault.TimedOut)
        {
            counters.HandshakeTimeouts++;
            throw;
        }
    }

    /// <summary>A trusted proxy says whom it speaks for; false when it does not.</summary>
    private async ValueTask<bool> ReadPrefaceAsync(long deadline)
    {
        if (await ProxyPreface.ReadAsync(client, this, deadline) is not { } header)
        {
            counters.HandshakeTimeouts++;
            return false;
        }
        Remote = header.Source ?? Remote;
        Local = header.Destination ?? Local;
        return true;
    }

    /// <summary>What the servers say of themselves; waits for the first that answers.</summary>
    private async ValueTask<ServerInfo> FaceAsync(long deadline)
    {
        while (true)
        {
            if (core.Face is { } face)
                return face;
            if (await WaitAsync(Ready.ClientHangup, Math.Min(deadline, Loop.Now + 50)) == Ready.Timeout && Loop.Now >= deadline)
                throw new LoginException(LoginFault.BackendGreeting, Refusal.Of(NotExecutedCode, "", $"No server behind the gateway has answered yet ({core.WhyNoBackend()})"));
        }
    }

    private ulong Offered(ServerInfo face)
    {
        ulong offered = face.Capabilities & Spoken & (core.KnownToAll | ~Unadaptable);
        offered |= Capabilities.PluginAuth | Capabilities.PluginAuthLengthEncoded | Capabilities.SecureConnection | Capabilities.Protocol41 | Capabilities.ConnectWithDb | Capabilities.ConnectAttributes;
        if (!Options.Clients.LocalInfile)
            offered &= ~Capabilities.LocalFiles;
        offered |= Capabilities.Ssl;
        if (Options.Clients.Compression)
            offered |= Capabilities.Compress | (Wire.Compression.Zstd.IsAvailable && !face.IsMariaDb ? Capabilities.ZstdCompression : 0);
        return offered;
    }

    private async ValueTask<bool> AuthenticateAsync(PacketTalk talk, LoginRequest request)
    {
        LoginOutcome outcome = await core.Accounts.AuthenticateAsync(talk, request, this);
        if (outcome.Refusal is { } refusal)
        {
            outcome.Backend?.Dispose();
            counters.HandshakesDenied++;
            core.Incidents.OnRefusedLogin(Remote, refusal.Code);
            await ClientGreeter.RefuseAsync(talk, refusal);
            return false;
        }
        // The answer may be the password itself.
        login = request with { Scramble = outcome.Scramble, AuthResponse = default };
        LearnManners(request.ClientName);
        credential = outcome.Credential;
        capabilities = request.Capabilities;
        state = SessionState.Fresh with { Schema = Encoding.Latin1.GetString(request.Database.Span) };
        key = PoolKey.Of(Encoding.Latin1.GetString(request.User.Span), request.Capabilities & Shape, CollationOf(request), credential, request.Origin, state.Schema.Length > 0);
        if (outcome.Backend is BackendDial dial)
        {
            // The dialog's own capabilities are this session's: the connection is as good as any opened later.
            backend = await core.AdoptAsync(dial, outcome.Greeting!, key, this);
            Use(backend);
        }
        pins = credential is null ? pins | Pins.Relayed : pins & ~Pins.Relayed;
        mustConfirm = outcome.MustConfirm;
        if (backend is null && (mustConfirm || state.Schema.Length > 0 && !core.KnowsSchema(key, state.Schema)))
        {
            Refusal? problem = await ReadyBackendAsync(HandshakeDeadline, null);
            if (problem is not null)
            {
                await ClientGreeter.RefuseAsync(talk, problem);
                return false;
            }
        }
        await ClientGreeter.AcceptAsync(talk, capabilities, StatusFlags.Autocommit);
        if (backend is not null)
            AfterWork();
        return true;
    }

    async ValueTask<IBackendDial> IBackendDialer.DialAsync(LoginRequest request)
    {
        long deadline = HandshakeDeadline;
        return await core.DialAsync(this, pool, RequestFor(request), deadline, request.Origin.Length > 0 ? Remote : null, Local);
    }

    Refusal IBackendDialer.OnLost(IBackendDial dial, string why)
    {
        if (dial is BackendDial { Backend: var lost })
            lost.ReportFailure(why, Options.Health.Fall);
        return Refuse(NotExecutedCode, $"The server ended the login ({why}); try again");
    }

    /// <summary>A login has a byte for it. Of those beyond (COM_CHANGE_USER has two bytes) the character set is kept: MariaDB's 2048 to 2303 are of utf8mb3, the others that clients can have of utf8mb4.</summary>
    private static byte CollationOf(LoginRequest request) => request.Collation switch
    {
        <= byte.MaxValue => (byte)request.Collation,
        >= 2048 and < 2304 => 33,
        _ => 45,
    };

    private static BackendLoginRequest RequestFor(LoginRequest request) => new()
    {
        User = request.User,
        Capabilities = request.Capabilities & Shape | Capabilities.SessionTrack,
        Collation = CollationOf(request),
        Database = request.Database,
        Attributes = request.Attributes,
    };

    /// <summary>COM_CHANGE_USER: another login on the same connection.</summary>
    private async ValueTask<bool> ChangeUserAsync(int length)
    {
        byte[] payload = input.AsSpan(inputStart + HeaderSize, length).ToArray();
        inputStart += HeaderSize + length;
        // The dialog waits for whole packets.
        client.KeepsLast = false;
        // What the connection has of the user before is nobody's: not even this session's, should it come back to it.
        if (backend is not null)
        {
            backend.LastSession = login;
            backend.IsSoiled |= mustAskStatus || charsetChanged || mustTrackAgain;
        }
        LeaveBackend();
        ResetSession();
        lostState = null;
        client.BeginAnswer();
        using var talk = new PacketTalk(client, this, isClient: true, core.ServeTlsAsync, isPrivate: client.Socket.Remote is not IPEndPoint) { Sequence = 1 };
        talk.Deadline = HandshakeDeadline;
        try
        {
            return await AuthenticateAsync(talk, ClientGreeter.ReadChangeUser(payload, login!));
        }
        catch (LoginException refused)
        {
            await ClientGreeter.RefuseAsync(talk, refused.Refusal);
            return false;
        }
    }
}
