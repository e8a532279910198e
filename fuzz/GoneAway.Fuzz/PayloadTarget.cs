using GoneAway.Wire.Payloads;

namespace GoneAway.Fuzz;

/// <summary>The input is the payload of a packet; each reader has a try, and what it shows must lie inside the input.</summary>
public sealed class PayloadTarget : ITarget
{
    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        if (HandshakeV10.TryRead(input, out HandshakeV10 greeting))
        {
            Within(input, greeting.ServerVersion);
            Within(input, greeting.ScrambleStart);
            Within(input, greeting.ScrambleRest);
            Within(input, greeting.AuthPlugin);
            Within(input, greeting.PlainVersion);
        }
        Login(input, ulong.MaxValue);
        Login(input, Capabilities.Protocol41);
        if (ErrPacket.TryRead(input, out ErrPacket error))
        {
            Within(input, error.Message);
            if (error.SqlState.Length is not (0 or 5))
                throw new BrokenPromiseException($"a SQLSTATE of {error.SqlState.Length} characters");
        }
        Ok(input, 0);
        Ok(input, ulong.MaxValue);
    }

    private static void Login(ReadOnlySpan<byte> input, ulong capabilities)
    {
        if (!HandshakeResponse41.TryRead(input, capabilities, out HandshakeResponse41 login))
            return;
        Within(input, login.User);
        Within(input, login.AuthResponse);
        Within(input, login.Database);
        Within(input, login.AuthPlugin);
        int attributes = 0;
        foreach (ConnectionAttributes.Attribute attribute in login.Attributes)
        {
            Within(input, attribute.Name);
            Within(input, attribute.Value);
            if (++attributes > input.Length)
                throw new BrokenPromiseException("more attributes than bytes");
        }
    }

    private static void Ok(ReadOnlySpan<byte> input, ulong capabilities)
    {
        if (!OkPacket.TryRead(input, capabilities, out OkPacket ok))
            return;
        Within(input, ok.Info);
        Within(input, ok.StateChanges);
    }

    private static void Within(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> part)
    {
        if (!part.IsEmpty && !whole.Overlaps(part))
            throw new BrokenPromiseException("a reader shows bytes that are not of its input");
    }
}
