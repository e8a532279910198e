using System.Security.Cryptography;
using System.Text;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Login;

/// <summary>Hands a backend's questions on to a client and its answers back, and learns of them what can be learned.</summary>
/// <param name="client">The client.</param>
/// <param name="login">The backend.</param>
internal sealed class LoginRelay(ClientAnswers client, BackendLogin login)
{
    private const int MostRounds = 20;

    private string plugin = "";
    private bool isAsked;

    /// <summary>The password, where the client told it.</summary>
    public Credential? Told { get; private set; }

    /// <summary>Until the backend has decided.</summary>
    /// <exception cref="LoginException">The backend refused, or asked for what cannot be handed on.</exception>
    public async ValueTask<BackendGreeting> RunAsync()
    {
        await login.AskAsync();
        for (int round = 0; round < MostRounds; round++)
        {
            ReadOnlyMemory<byte> payload = await login.ReadAsync();
            switch (payload.IsEmpty ? -1 : payload.Span[0])
            {
                case 0x00:
                    return isAsked ? login.Accepted(payload.Span, plugin) : throw BackendLogin.Unasked();
                case 0xFF:
                    throw BackendLogin.Failed(LoginStep.Refused, payload.Span, plugin);
                case 0xFE:
                    if (await SwitchAsync(payload.ToArray()) is { } switched)
                        return switched;
                    break;
                case 0x01 when plugin == AuthPlugin.CachingSha2 && payload.Length == 2:
                    if (await CachingSha2Async(payload.ToArray()) is { } decided)
                        return decided;
                    break;
                default:
                    if (!isAsked)
                        throw BackendLogin.Failed(LoginStep.Unreadable, payload.Span, plugin);
                    await login.SendAsync((await client.AskAsync(payload)).ToArray());
                    break;
            }
        }
        throw LoginException.Backend(LoginFault.BackendMalformed, "The backend came to no end with its questions");
    }

    private async ValueTask<BackendGreeting?> SwitchAsync(byte[] payload)
    {
        byte[] challenge = Read(payload);
        bool isBackendPrivate = login.IsTls || login.IsSocket;
        if (plugin == AuthPlugin.ClearPassword && !(client.IsPrivate && isBackendPrivate))
            throw BackendLogin.Failed(LoginStep.NeedsPrivacy, [], plugin);
        await client.SwitchAsync(plugin, challenge, LoginAnswers.Cut(plugin, challenge));
        isAsked = true;
        if (plugin is not (AuthPlugin.ClearPassword or AuthPlugin.Sha256) || client.IsEmpty || client.Answer.Span is [0])
        {
            await login.SendAsync(client.Answer.ToArray());
            return null;
        }
        return await TellAsync(await client.ReadPasswordAsync(client.Answer, RsaPassword.KeyRequestOfSha256), payload);
    }

    private byte[] Read(byte[] payload)
    {
        if (!AuthSwitchRequest.TryRead(payload, out AuthSwitchRequest request))
            throw BackendLogin.Failed(LoginStep.Unreadable, payload, plugin);
        if (request.IsOldPassword)
            throw BackendLogin.Failed(LoginStep.OldPassword, payload, plugin);
        plugin = Encoding.Latin1.GetString(request.AuthPlugin);
        return request.Data.ToArray();
    }

    /// <summary>The server knows the answer, or wants the password: then the gateway asks the client for it by its own key.</summary>
    private async ValueTask<BackendGreeting?> CachingSha2Async(byte[] payload)
    {
        AuthMoreData.TryRead(payload, out AuthMoreData more);
        if (more.IsFullAuthNeeded)
            return await TellAsync(await client.TellPasswordAsync(), payload);
        await client.TellAsync(payload);
        return null;
    }

    /// <summary>Goes on towards the backend with the password, as it asked for it.</summary>
    private async ValueTask<BackendGreeting> TellAsync(byte[]? password, byte[] question)
    {
        if (password is null)
            throw LoginException.Malformed();
        Told = Credential.OfPassword(password);
        CryptographicOperations.ZeroMemory(password);
        LoginAnswers answers = Told.Answers(login.IsTls, login.IsSocket);
        answers.Resume(plugin, client.Scramble.Span);
        LoginStep step = answers.Take(question, out byte[] answer);
        if (step != LoginStep.Send)
            throw BackendLogin.Failed(step, question, plugin);
        await login.SendAsync(answer);
        return await login.FinishAsync(answers, mustBeAsked: false);
    }
}
