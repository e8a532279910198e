using GoneAway.Wire.Payloads;

namespace GoneAway.Wire.Writing;

/// <summary>Writes the payloads of the connection phase.</summary>
public static class ConnectionPhase
{
    private const int ScrambleStart = 8;

    /// <summary>Protocol::HandshakeV10.</summary>
    public static PayloadWriter WriteGreeting(this PayloadWriter writer, GreetingFields greeting)
    {
        ReadOnlySpan<byte> scramble = greeting.Scramble.Span;
        bool pluginAuth = (greeting.Capabilities & Capabilities.PluginAuth) != 0;
        bool extended = (greeting.Capabilities & Capabilities.LongPassword) == 0;
        writer.Clear().Byte(10).NullTerminated(greeting.Version.Span).UInt32(greeting.ConnectionId)
            .Bytes(scramble[..ScrambleStart]).Byte(0)
            .UInt16((ushort)greeting.Capabilities).Byte(greeting.Charset).UInt16(greeting.Status)
            .UInt16((ushort)(greeting.Capabilities >> 16))
            .Byte(pluginAuth ? (byte)(scramble.Length + 1) : (byte)0)
            .Zeros(6).UInt32(extended ? (uint)(greeting.Capabilities >> 32) : 0)
            .NullTerminated(scramble[ScrambleStart..]);
        return pluginAuth ? writer.NullTerminated(greeting.AuthPlugin.Span) : writer;
    }

    /// <summary>Protocol::SSLRequest for this login.</summary>
    public static PayloadWriter WriteSslRequest(this PayloadWriter writer, LoginFields login) =>
        WriteStart(writer, login, Capabilities.Ssl);

    /// <summary>Protocol::HandshakeResponse41.</summary>
    public static PayloadWriter WriteLogin(this PayloadWriter writer, LoginFields login)
    {
        WriteStart(writer, login, 0).NullTerminated(login.User.Span);
        ReadOnlySpan<byte> auth = login.AuthResponse.Span;
        if (login.Has(Capabilities.PluginAuthLengthEncoded))
            writer.LengthEncodedBytes(auth);
        else if (login.Has(Capabilities.SecureConnection))
            writer.Byte((byte)auth.Length).Bytes(auth);
        else
            writer.NullTerminated(auth);
        if (login.Has(Capabilities.ConnectWithDb))
            writer.NullTerminated(login.Database.Span);
        if (login.Has(Capabilities.PluginAuth))
            writer.NullTerminated(login.AuthPlugin.Span);
        if (login.Has(Capabilities.ConnectAttributes))
            WriteAttributes(writer, login);
        return login.Has(Capabilities.ZstdCompression) ? writer.Byte(login.ZstdLevel) : writer;
    }

    /// <summary>Protocol::AuthSwitchRequest.</summary>
    public static PayloadWriter WriteAuthSwitch(this PayloadWriter writer, ReadOnlySpan<byte> plugin, ReadOnlySpan<byte> scramble) =>
        writer.Clear().Byte(0xFE).NullTerminated(plugin).NullTerminated(scramble);

    /// <summary>Protocol::AuthMoreData.</summary>
    public static PayloadWriter WriteAuthMoreData(this PayloadWriter writer, ReadOnlySpan<byte> data) => writer.Clear().Byte(1).Bytes(data);

    private static PayloadWriter WriteStart(PayloadWriter writer, LoginFields login, ulong added) =>
        writer.Clear().UInt32((uint)(login.Capabilities | added)).UInt32(login.MaxPacketSize).Byte(login.Charset)
            .Zeros(19).UInt32(login.ExtendedCapabilities);

    private static void WriteAttributes(PayloadWriter writer, LoginFields login)
    {
        if (!login.EncodedAttributes.IsEmpty)
        {
            writer.LengthEncodedBytes(login.EncodedAttributes.Span);
            return;
        }
        ulong length = 0;
        foreach ((ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value) in login.Attributes)
            length += Encoded(name.Length) + Encoded(value.Length);
        writer.LengthEncoded(length);
        foreach ((ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value) in login.Attributes)
            writer.LengthEncodedBytes(name.Span).LengthEncodedBytes(value.Span);
    }

    private static ulong Encoded(int length) => (ulong)length + (length switch { < 0xFB => 1u, <= 0xFFFF => 3u, <= 0xFFFFFF => 4u, _ => 9u });
}
