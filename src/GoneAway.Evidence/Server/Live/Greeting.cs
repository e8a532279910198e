using System.Text;
using GoneAway.Wire.Authentication;
using GoneAway.Wire.Payloads;

namespace GoneAway.Evidence.Server.Live;

/// <summary>What the server says first, kept.</summary>
internal sealed record Greeting
{
    public required string Version { get; init; }
    public required bool IsMariaDb { get; init; }
    public required uint ThreadId { get; init; }
    public required ulong Capabilities { get; init; }
    public required byte[] Scramble { get; init; }
    public required string Plugin { get; init; }

    public static Greeting Read(byte[] payload)
    {
        if (ErrPacket.TryRead(payload, out ErrPacket error))
            throw new LiveException(LiveStage.Greeting, $"the server refused the connection: {error.Code} {Text(error.Message)}", error.Code);
        if (!HandshakeV10.TryRead(payload, out HandshakeV10 greeting))
            throw new LiveException(LiveStage.Greeting, "what answers there does not speak MySQL" + (payload.Length > 0 && payload[0] is 9 ? ", or a version of it from before 3.21" : "")
                + (payload.Length > 4 && payload[0] == 0x0B ? "; it may be the X Protocol's port (33060)" : ""));
        if ((greeting.Capabilities & Wire.Payloads.Capabilities.Protocol41) == 0 || (greeting.Capabilities & Wire.Payloads.Capabilities.SecureConnection) == 0)
            throw new LiveException(LiveStage.Greeting, $"the server ({Text(greeting.PlainVersion)}) is older than MySQL 4.1");
        byte[] scramble = [.. greeting.ScrambleStart, .. greeting.ScrambleRest];
        return new Greeting
        {
            Version = Text(greeting.PlainVersion),
            IsMariaDb = greeting.IsMariaDb,
            ThreadId = greeting.ConnectionId,
            Capabilities = greeting.Capabilities,
            Scramble = scramble.Length > PasswordScramble.Length ? scramble[..PasswordScramble.Length] : scramble,
            Plugin = Text(greeting.AuthPlugin),
        };
    }

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
