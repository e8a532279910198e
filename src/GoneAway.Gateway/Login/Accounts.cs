using System.Security.Cryptography;
using GoneAway.Gateway.Configuration;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Login;

/// <summary>Decides clients' logins: by what is known of their accounts, else by a backend, from which it learns. Thread-safe.</summary>
public sealed class Accounts
{
    private readonly AccountStore store;
    private readonly RsaKey key;
    private readonly IHashSource? hashes;
    private volatile AccountOptions options;

    /// <param name="options">Whether to learn, and the configured accounts.</param>
    /// <param name="key">Under which clients without TLS send their password.</param>
    /// <param name="time">The clock.</param>
    /// <param name="hashes">Where hashes can be read; null: nowhere.</param>
    /// <exception cref="InvalidDataException">A configured account cannot be read; the message names it and shows no secret.</exception>
    public Accounts(AccountOptions options, RsaKey key, TimeProvider time, IHashSource? hashes = null)
    {
        this.options = options;
        this.key = key;
        this.hashes = hashes;
        store = new AccountStore(time);
        store.Configure(AccountFile.Read(options));
    }

    /// <summary>A credential that no backend has accepted for so long is to be confirmed at the next login.</summary>
    public TimeSpan ConfirmAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Takes the configured accounts anew; what was learned stays.</summary>
    /// <exception cref="InvalidDataException">As in the constructor; all stays as it was.</exception>
    public void Reload(AccountOptions next)
    {
        store.Configure(AccountFile.Read(next));
        options = next;
    }

    /// <summary>What logs in to backends as this user; null: nothing is known.</summary>
    public Credential? Find(ReadOnlyMemory<byte> user, string origin = "") =>
        store.Find(user, origin) is { IsDoubted: false, Credential.CanLogIn: true } account ? account.Credential : null;

    /// <summary>Any account that a backend accepted, to ask with whether it lives; null: none is known.</summary>
    internal Backends.CheckAccount? Any() => store.Any() is { } found ? new Backends.CheckAccount(found.User, found.Credential, IsMonitor: false) : null;

    /// <summary>A backend accepted this credential.</summary>
    public void Confirm(LoginRequest request, Credential credential) => store.Confirm(request.User, request.Origin, credential, options.Learn);

    /// <summary>A backend refused this credential (1045): the next login of the user asks a backend.</summary>
    public void Forget(LoginRequest request, Credential credential) => store.Forget(request.User, request.Origin, credential);

    /// <summary>Decides one login, up to the last word, which is the caller's: OK or the refusal.</summary>
    /// <param name="talk">The client.</param>
    /// <param name="request">Its login.</param>
    /// <param name="dialer">Used where a backend has to decide.</param>
    /// <exception cref="LoginException">The client says what no client says.</exception>
    public async ValueTask<LoginOutcome> AuthenticateAsync(IPacketTalk talk, LoginRequest request, IBackendDialer dialer)
    {
        var client = new ClientAnswers(talk, request, key);
        try
        {
            LoginOutcome outcome = await DecideAsync(client, request, dialer);
            outcome.Scramble = client.Scramble;
            return outcome;
        }
        finally
        {
            client.Forget();
        }
    }

    private async ValueTask<LoginOutcome> DecideAsync(ClientAnswers client, LoginRequest request, IBackendDialer dialer)
    {
        bool learns = options.Learn;
        Account? account = store.Find(request.User, request.Origin);
        // One that can neither tell its password nor be asked for another answer has no other way to a backend than a right answer.
        bool isMute = !client.CanTellPassword && !client.IsEmpty && !client.CanSwitch;
        if (account is not null && (!account.IsDoubted || !learns || isMute) && await VerifyAsync(client, account.Credential) is { } right)
        {
            bool mustConfirm = store.MustConfirm(request.User, request.Origin, account, ConfirmAfter);
            store.Improve(request.User, request.Origin, account, right);
            return new LoginOutcome { Credential = right, MustConfirm = mustConfirm };
        }
        if (!learns)
            return LoginOutcome.Refuse(Refusal.AccessDenied(request, !client.IsEmpty));
        if (client.AnswersOldScramble)
            await client.SwitchAsync(AuthPlugin.CachingSha2);
        if (client.CanTellPassword)
        {
            return await client.TellPasswordAsync() is { } password
                ? await ProveAsync(request, dialer, Credential.OfPassword(password))
                : LoginOutcome.Refuse(Refusal.AccessDenied(request, withPassword: true));
        }
        if (client.IsEmpty)
            return await ProveAsync(request, dialer, Credential.OfPassword([]));
        if (client.CanSwitch)
            return await RelayAsync(client, request, dialer, account);
        if (account is not null && client.IsSwitched)
            store.Doubt(request.User, request.Origin, account);
        return LoginOutcome.Refuse(client.IsSwitched || account is not null
            ? Refusal.AccessDenied(request, withPassword: true)
            : Refusal.Of(ErrorCode.NotSupportedAuthMode, "08004", "Client does not support authentication protocol requested by server; consider upgrading MySQL client"));
    }

    /// <summary>What is known after a right answer; null: the answer is wrong, or the client cannot be asked for one that can be told from a wrong one.</summary>
    private static async ValueTask<Credential?> VerifyAsync(ClientAnswers client, Credential credential)
    {
        if (client.IsEmpty && credential.IsEmpty)
            return credential;
        if ((client.HasMeaning || client.MayHaveMeaning) && credential.CanVerify(client.Plugin) && Verify(client, credential, out Credential learned))
            return await RightAsync(client, learned);
        if (client.CanTellPassword && !credential.HasPassword)
            return await client.TellPasswordAsync() is { } password && credential.Verify(password) ? Credential.OfPassword(password) : null;
        if (client.HasMeaning && client.Plugin == AuthPlugin.CachingSha2 && credential.HasPassword || client.IsEmpty || !client.CanSwitch)
            return null;
        await client.SwitchAsync(credential.CanVerify(client.Plugin) ? client.Plugin : credential.HasPassword ? AuthPlugin.CachingSha2 : AuthPlugin.NativePassword);
        return Verify(client, credential, out learned) ? await RightAsync(client, learned) : null;
    }

    private static bool Verify(ClientAnswers client, Credential credential, out Credential learned) =>
        credential.Verify(client.Plugin, client.Scramble.Span, client.Answer.Span, out learned);

    private static async ValueTask<Credential> RightAsync(ClientAnswers client, Credential credential)
    {
        if (client.Plugin == AuthPlugin.CachingSha2 && !client.IsEmpty)
            await client.TellFastOkAsync();
        return credential;
    }

    private async ValueTask<LoginOutcome> ProveAsync(LoginRequest request, IBackendDialer dialer, Credential credential)
    {
        IBackendDial dial = await dialer.DialAsync(request);
        bool isKept = false;
        try
        {
            bool isSocket = dial.Talk.IsPrivate;
            BackendGreeting greeting = await BackendLogin.ProveAsync(dial.Talk, dial.Request, credential);
            if (isSocket)
                await ControlAsync(request, dialer);
            credential = Learn(request, credential, greeting);
            isKept = true;
            return new LoginOutcome { Credential = credential, Backend = dial, Greeting = greeting };
        }
        catch (LoginException error) when (IsOfBackend(error))
        {
            return LoginOutcome.Refuse(error.Refusal);
        }
        // The client is not asked here: it is the server that went.
        catch (IOException gone)
        {
            return LoginOutcome.Refuse(dialer.OnLost(dial, gone.Message));
        }
        finally
        {
            if (!isKept)
                dial.Dispose();
        }
    }

    private async ValueTask<LoginOutcome> RelayAsync(ClientAnswers client, LoginRequest request, IBackendDialer dialer, Account? account)
    {
        IBackendDial dial = await dialer.DialAsync(request);
        bool isKept = false;
        try
        {
            BackendLogin login = await BackendLogin.OpenAsync(dial.Talk, dial.Request);
            var relay = new LoginRelay(client, login);
            BackendGreeting greeting = await relay.RunAsync();
            if (login.IsSocket)
                await ControlAsync(request, dialer);
            Credential? credential = relay.Told ?? await LearnAsync(client, request, account);
            if (credential is not null)
                credential = Learn(request, credential, greeting);
            else if (account is not null)
                store.Forget(request.User, request.Origin, account.Credential);
            isKept = true;
            return new LoginOutcome { Credential = credential, Backend = dial, Greeting = greeting };
        }
        catch (LoginException error) when (IsOfBackend(error))
        {
            return LoginOutcome.Refuse(error.Refusal);
        }
        catch (IOException gone) when (dial.IsLost)
        {
            return LoginOutcome.Refuse(dialer.OnLost(dial, gone.Message));
        }
        finally
        {
            if (!isKept)
                dial.Dispose();
        }
    }

    /// <summary>What is known of the account from now on. A password that the server checks elsewhere (PAM, LDAP) may be good for one login only: each is asked for.</summary>
    private Credential Learn(LoginRequest request, Credential credential, BackendGreeting greeting) =>
        store.Confirm(request.User, request.Origin, credential, options.Learn, greeting.AuthPlugin == AuthPlugin.ClearPassword);

    /// <summary>What an answer that a backend accepted tells of the password.</summary>
    private async ValueTask<Credential?> LearnAsync(ClientAnswers client, LoginRequest request, Account? account)
    {
        if (client.Plugin is AuthPlugin.NativePassword or AuthPlugin.CachingSha2 or AuthPlugin.Sha256 && (client.Answer.IsEmpty || client.Answer.Span is [0]))
            return Credential.OfPassword([]);
        if (account is not null && Verify(client, account.Credential, out Credential learned))
            return learned;
        if (client.Plugin != AuthPlugin.NativePassword || hashes is null)
            return null;
        foreach (byte[] hash in await hashes.FindAsync(request.User))
        {
            if (Verify(client, Credential.OfStoredHash(hash), out learned))
                return learned;
        }
        return null;
    }

    /// <summary>
    /// A server can know the gateway by the user that it runs as (unix_socket, also behind another plugin): then any password is right.
    /// A login with a password that nobody has must be refused.
    /// </summary>
    private static async ValueTask ControlAsync(LoginRequest request, IBackendDialer dialer)
    {
        using IBackendDial dial = await dialer.DialAsync(request);
        try
        {
            await BackendLogin.ProveAsync(dial.Talk, dial.Request, Credential.OfPassword(RandomNumberGenerator.GetBytes(32)));
        }
        catch (LoginException error) when (error.Fault == LoginFault.BackendRefused && error.Refusal.Code is ErrorCode.AccessDenied or ErrorCode.AccessDeniedNoPassword)
        {
            return;
        }
        throw BackendLogin.Unasked();
    }

    private static bool IsOfBackend(LoginException error) => error.Fault >= LoginFault.BackendGreeting;
}
