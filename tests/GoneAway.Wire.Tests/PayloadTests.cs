using FsCheck;
using FsCheck.Fluent;
using GoneAway.TestKit;
using GoneAway.Wire.Payloads;

namespace GoneAway.Wire.Tests;

public sealed class PayloadTests
{
    [Fact]
    public void A_greeting_is_read_as_it_was_written()
    {
        Assert.True(HandshakeV10.TryRead(Payload.Greeting("5.5.5-10.11.6-MariaDB", 4711, "mysql_native_password", Conversation.Usual & ~1UL | Capabilities.MariaDbCacheMetadata), out HandshakeV10 greeting));
        Assert.Equal("10.11.6-MariaDB"u8.ToArray(), greeting.PlainVersion.ToArray());
        Assert.Equal(4711u, greeting.ConnectionId);
        Assert.True(greeting.IsMariaDb);
        Assert.Equal("mysql_native_password"u8.ToArray(), greeting.AuthPlugin.ToArray());
        Assert.NotEqual(0UL, greeting.Capabilities & Capabilities.MariaDbCacheMetadata);
    }

    [Fact]
    public void A_login_is_read_as_it_was_written()
    {
        byte[] payload = Payload.Login("app", "shop", "caching_sha2_password", Conversation.Usual, new Dictionary<string, string> { ["_pid"] = "42", ["program_name"] = "celery" });
        Assert.True(HandshakeResponse41.TryRead(payload, ulong.MaxValue, out HandshakeResponse41 login));
        Assert.Equal("app"u8.ToArray(), login.User.ToArray());
        Assert.Equal("shop"u8.ToArray(), login.Database.ToArray());
        var names = new List<string>();
        foreach (ConnectionAttributes.Attribute attribute in login.Attributes)
            names.Add(System.Text.Encoding.UTF8.GetString(attribute.Name));
        Assert.Equal(["_pid", "program_name"], names);
    }

    [Theory]
    [InlineData("08S01")]
    [InlineData(null)]
    public void An_error_is_read_with_and_without_its_state(string? state)
    {
        Assert.True(ErrPacket.TryRead(Payload.Error(1153, state, "Got a packet bigger"), out ErrPacket error));
        Assert.Equal(1153, error.Code);
        Assert.Equal(state ?? "", System.Text.Encoding.ASCII.GetString(error.SqlState));
        Assert.Equal("Got a packet bigger"u8.ToArray(), error.Message.ToArray());
    }

    [Fact]
    public void The_length_of_4031_is_what_drivers_print() =>
        Assert.Equal(145, Payload.Error(4031, "HY000", "The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior.").Length);

    [Fact]
    public void A_payload_cut_anywhere_is_refused_or_read_in_part_but_never_throws()
    {
        byte[][] payloads =
        [
            Payload.Greeting("8.0.36", 1, "caching_sha2_password", Conversation.Usual), Payload.Ok(2), Payload.Eof(2), Payload.Error(1040, null, "Too many connections"),
            Payload.Login("app", "shop", "p", Conversation.Usual, new Dictionary<string, string> { ["a"] = "b" }),
        ];
        foreach (byte[] payload in payloads)
            for (int length = 0; length <= payload.Length; length++)
                ReadAll(payload.AsSpan(0, length));
    }

    [Fact]
    public void No_random_payload_throws() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), static bytes => ReadAll(bytes)).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void A_length_encoded_integer_is_read_in_all_its_widths()
    {
        (byte[] Bytes, ulong Value)[] cases = [([250], 250), ([0xFC, 251, 0], 251), ([0xFD, 1, 2, 3], 0x030201), ([0xFE, 1, 2, 3, 4, 5, 6, 7, 8], 0x0807060504030201)];
        foreach ((byte[] bytes, ulong value) in cases)
        {
            var reader = new PayloadReader(bytes);
            Assert.True(reader.TryReadLengthEncoded(out ulong read));
            Assert.Equal(value, read);
            Assert.True(reader.IsEmpty);
        }
        Assert.False(new PayloadReader([0xFB]).TryReadLengthEncoded(out _));
        Assert.False(new PayloadReader([0xFC, 1]).TryReadLengthEncoded(out _));
    }

    private static bool ReadAll(ReadOnlySpan<byte> bytes)
    {
        HandshakeV10.TryRead(bytes, out _);
        if (HandshakeResponse41.TryRead(bytes, ulong.MaxValue, out HandshakeResponse41 login))
            foreach (ConnectionAttributes.Attribute attribute in login.Attributes)
                Assert.True(attribute.Name.Length <= bytes.Length);
        OkPacket.TryRead(bytes, ulong.MaxValue, out _);
        ErrPacket.TryRead(bytes, out _);
        return true;
    }
}
