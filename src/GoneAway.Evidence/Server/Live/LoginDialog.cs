using System.Security.Cryptography;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Evidence.Server.Live;

/// <summary>The talk after the login packet, until the server says yes or no.</summary>
/// <param name="packets">The connection.</param>
/// <param name="secret">The password.</param>
/// <param name="isPrivate">TLS, or a Unix socket: the password may be sent as it is.</param>
/// <param name="isSocket">A Unix socket.</param>
internal sealed class LoginDialog(PacketStream packets, Secret secret, bool isPrivate, bool isSocket)
{
    private const int MostRounds = 10;

    private readonly PayloadWriter writer = new();
    private readonly LoginAnswers answers = secret.Answers(isTls: isPrivate && !isSocket, isSocket);

    /// <summary>The plugin that decided.</summary>
    public string Plugin => answers.Plugin;

    /// <summary>The first answer, which goes with the login packet.</summary>
    public byte[] Begin(string greetingPlugin, byte[] greetingScramble) => answers.Begin(greetingPlugin, greetingScramble);

    public async Task FinishAsync(CancellationToken cancel)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            byte[] payload = await packets.ReadAsync(LiveStage.Login, cancel);
            switch (answers.Take(payload, out byte[] answer))
            {
                case LoginStep.Accepted:
                    return;
                case LoginStep.Send:
                    await SendAsync(answer, cancel);
                    break;
                case LoginStep.Wait:
                    break;
                case LoginStep problem:
                    throw Failed(problem, payload);
            }
        }
        throw new LiveException(LiveStage.Login, $"the server did not come to an end with its questions after {MostRounds} rounds");
    }

    private LiveException Failed(LoginStep problem, byte[] payload)
    {
        if (problem == LoginStep.Refused)
        {
            ErrPacket.TryRead(payload, out ErrPacket error);
            return new LiveException(LiveStage.Login, $"the server refused the login: {error.Code} {Greeting.Text(error.Message)}", error.Code);
        }
        return new LiveException(LiveStage.Login, problem switch
        {
            LoginStep.OldPassword => "the account has a password hash of MySQL before 4.1 (mysql_old_password), which is not supported; set its password anew",
            LoginStep.NeedsPrivacy => "the account wants the password itself (mysql_clear_password), which is sent over TLS or a Unix socket only; ask for TLS with ?tls=required",
            LoginStep.UnknownPlugin => $"the account logs in by {Plugin}, which is not supported; use one with mysql_native_password, caching_sha2_password, sha256_password or ed25519",
            _ when payload is [0x01, ..] => $"the server said something in the login by {Plugin} that is not known",
            _ => "the server's answer to the login is none",
        });
    }

    private async Task SendAsync(byte[] answer, CancellationToken cancel)
    {
        await packets.WriteAsync(writer.Clear().Bytes(answer), cancel);
        CryptographicOperations.ZeroMemory(answer);
        writer.Clear();
    }
}
