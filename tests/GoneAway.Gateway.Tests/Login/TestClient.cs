using System.Text;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Tests.Login;

/// <summary>A client as drivers are: its own plugin or the server's, TLS or not, RSA key asked for or not; one switch at most.</summary>
internal sealed record TestClient
{
    public string User { get; init; } = "app";
    public string Password { get; init; } = "secret";
    /// <summary>Null: the greeting's.</summary>
    public string? Plugin { get; init; }
    public bool Tls { get; init; }
    public string Name { get; init; } = "libmysql";
    public string Database { get; init; } = "";
    /// <summary>False: gives up where the password is asked for without TLS, as libmysqlclient does.</summary>
    public bool AsksForKey { get; init; }
    public ulong Without { get; init; }

    /// <summary>The plugins that were spoken, in order.</summary>
    public List<string> Spoken { get; } = [];

    /// <summary>Null: logged in; else the error's number and text.</summary>
    public async Task<string?> RunAsync(MemoryTalk talk)
    {
        try
        {
            return await LogInAsync(talk);
        }
        catch (IOException)
        {
            return "closed";
        }
        finally
        {
            talk.Close();
        }
    }

    private async Task<string?> LogInAsync(MemoryTalk talk)
    {
        (ulong offered, string greetingPlugin, byte[] scramble) = Read((await talk.ReadAsync()).Span);
        ulong capabilities = (offered | Capabilities.ConnectAttributes) & ~Without & ~Capabilities.ConnectWithDb & ~Capabilities.Ssl;
        capabilities |= (Database.Length > 0 ? Capabilities.ConnectWithDb : 0) | (Tls ? Capabilities.Ssl : 0);
        var fields = new LoginFields
        {
            Capabilities = capabilities,
            User = Encoding.UTF8.GetBytes(User),
            Database = Encoding.UTF8.GetBytes(Database),
            Attributes = [new("_client_name"u8.ToArray(), Encoding.UTF8.GetBytes(Name)), new("program_name"u8.ToArray(), "test"u8.ToArray())],
        };
        if (Tls)
        {
            await talk.WriteAsync(new PayloadWriter().WriteSslRequest(fields).Written.ToArray());
            await talk.SecureAsync();
        }
        var answers = new LoginAnswers(Encoding.UTF8.GetBytes(Password), default, Tls, isSocket: false);
        string plugin = (capabilities & Capabilities.PluginAuth) == 0 ? AuthPlugin.NativePassword : Plugin ?? greetingPlugin;
        // A plugin other than the greeting's begins with nothing, as libmysqlclient does it.
        byte[] first = plugin == greetingPlugin || (capabilities & Capabilities.PluginAuth) == 0 ? answers.Begin(plugin, scramble) : [];
        Spoken.Add(plugin);
        await talk.WriteAsync(new PayloadWriter().WriteLogin(fields with { AuthResponse = first, AuthPlugin = Encoding.UTF8.GetBytes(plugin) }).Written.ToArray());
        return await FinishAsync(talk, answers);
    }

    public async Task<string?> FinishAsync(MemoryTalk talk, LoginAnswers answers)
    {
        bool isSwitched = false;
        while (true)
        {
            byte[] payload = (await talk.ReadAsync()).ToArray();
            if (payload is [0xFE, ..])
            {
                if (isSwitched)
                    return "switched twice";
                isSwitched = true;
            }
            if (payload is [0x01, 0x04] && !Tls && !AsksForKey)
                return "2061 requires secure connection";
            LoginStep step = answers.Take(payload, out byte[] answer);
            if (payload is [0xFE, ..])
                Spoken.Add(answers.Plugin);
            switch (step)
            {
                case LoginStep.Accepted:
                    return null;
                case LoginStep.Refused:
                    ErrPacket.TryRead(payload, out ErrPacket error);
                    return $"{error.Code} {Encoding.UTF8.GetString(error.Message)}";
                case LoginStep.Send:
                    await talk.WriteAsync(answer);
                    break;
                case LoginStep.Wait:
                    break;
                default:
                    return step.ToString();
            }
        }
    }

    private static (ulong Offered, string Plugin, byte[] Scramble) Read(ReadOnlySpan<byte> payload)
    {
        Assert.True(HandshakeV10.TryRead(payload, out HandshakeV10 greeting));
        return (greeting.Capabilities, Encoding.UTF8.GetString(greeting.AuthPlugin), LoginAnswers.Cut("", [.. greeting.ScrambleStart, .. greeting.ScrambleRest]));
    }
}
