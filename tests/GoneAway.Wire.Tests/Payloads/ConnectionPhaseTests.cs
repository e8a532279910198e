using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Wire.Tests.Payloads;

public sealed class ConnectionPhaseTests
{
    private readonly PayloadWriter writer = new();

    public static TheoryData<string> Flavours => ["5.7", "8", "9", "MariaDB"];

    private static GreetingFields Flavour(string name) => name switch
    {
        "5.7" => GreetingFields.MySql57(42, Samples.Scramble),
        "8" => GreetingFields.MySql8(42, Samples.Scramble),
        "9" => GreetingFields.MySql9(42, Samples.Scramble),
        _ => GreetingFields.MariaDb(42, Samples.Scramble),
    };

    [Theory, MemberData(nameof(Flavours))]
    public void A_greeting_is_read_as_it_was_written(string name)
    {
        GreetingFields fields = Flavour(name);
        Assert.True(HandshakeV10.TryRead(writer.WriteGreeting(fields).Written, out HandshakeV10 greeting));
        Assert.Equal(fields.Version.Span, greeting.ServerVersion);
        Assert.Equal(42u, greeting.ConnectionId);
        Assert.Equal(Samples.Scramble.AsSpan(0, 8), greeting.ScrambleStart);
        Assert.Equal(Samples.Scramble.AsSpan(8), greeting.ScrambleRest[..12]);
        Assert.Equal(fields.Capabilities, greeting.Capabilities);
        Assert.Equal(fields.Charset, greeting.Charset);
        Assert.Equal(fields.Status, greeting.Status);
        Assert.Equal(fields.AuthPlugin.Span, greeting.AuthPlugin);
        Assert.Equal(name == "MariaDB", greeting.IsMariaDb);
    }

    [Fact]
    public void The_prefix_of_MariaDB_is_no_part_of_its_version()
    {
        Assert.True(HandshakeV10.TryRead(writer.WriteGreeting(Flavour("MariaDB")).Written, out HandshakeV10 greeting));
        Assert.True(greeting.PlainVersion.StartsWith("10.11.6-MariaDB"u8));
    }

    [Fact]
    public void A_greeting_cut_behind_its_lower_capabilities_is_still_read()
    {
        byte[] whole = writer.WriteGreeting(Flavour("8")).Written.ToArray();
        int shortest = 1 + "8.0.36".Length + 1 + 4 + 8 + 1 + 2;
        for (int length = 0; length <= whole.Length; length++)
            Assert.Equal(length >= shortest, HandshakeV10.TryRead(whole.AsSpan(0, length), out _));
        Assert.True(HandshakeV10.TryRead([.. whole, 1, 2, 3], out HandshakeV10 oversized));
        Assert.Equal("caching_sha2_password"u8, oversized.AuthPlugin);
    }

    [Theory, MemberData(nameof(Flavours))]
    public void A_login_is_read_as_it_was_written(string name)
    {
        ulong capabilities = Flavour(name).Capabilities;
        Assert.True(HandshakeResponse41.TryRead(writer.WriteLogin(Samples.Login(capabilities)).Written, capabilities, out HandshakeResponse41 login));
        Assert.Equal(capabilities, login.Capabilities);
        AssertLogin(login);
    }

    [Theory]
    [InlineData(Capabilities.PluginAuthLengthEncoded | Capabilities.SecureConnection)]
    [InlineData(Capabilities.SecureConnection)]
    [InlineData(0)]
    public void Each_form_of_the_auth_response_is_read(ulong form)
    {
        ulong capabilities = Capabilities.Protocol41 | Capabilities.LongPassword | Capabilities.ConnectWithDb | Capabilities.PluginAuth
            | Capabilities.ConnectAttributes | form;
        Assert.True(HandshakeResponse41.TryRead(writer.WriteLogin(Samples.Login(capabilities)).Written, ulong.MaxValue, out HandshakeResponse41 login));
        AssertLogin(login);
    }

    private static void AssertLogin(HandshakeResponse41 login)
    {
        Assert.Equal("app"u8, login.User);
        Assert.Equal("shop"u8, login.Database);
        Assert.Equal(Samples.Scramble, login.AuthResponse);
        Assert.Equal("caching_sha2_password"u8, login.AuthPlugin);
        Assert.Equal(1u << 24, login.MaxPacketSize);
        int attributes = 0;
        foreach (ConnectionAttributes.Attribute attribute in login.Attributes)
        {
            Assert.Equal(attributes == 0 ? "_pid"u8 : "program_name"u8, attribute.Name);
            Assert.Equal(attributes == 0 ? "2387"u8 : "celery"u8, attribute.Value);
            attributes++;
        }
        Assert.Equal(2, attributes);
    }

    [Fact]
    public void A_TLS_request_has_32_bytes_and_no_others()
    {
        byte[] request = writer.WriteSslRequest(Samples.Login(Flavour("MariaDB").Capabilities)).Written.ToArray();
        Assert.Equal(32, request.Length);
        Assert.True(SslRequest.TryRead(request, out SslRequest read));
        Assert.Equal(Flavour("MariaDB").Capabilities | Capabilities.Ssl, read.Capabilities);
        Assert.False(SslRequest.TryRead([.. request, 0], out _));
        Assert.False(SslRequest.TryRead(request.AsSpan(0, 31), out _));
    }

    [Fact]
    public void A_switch_of_authentication_names_its_plugin_or_is_the_old_password()
    {
        Assert.True(AuthSwitchRequest.TryRead(writer.WriteAuthSwitch("mysql_native_password"u8, Samples.Scramble).Written, out AuthSwitchRequest request));
        Assert.Equal("mysql_native_password"u8, request.AuthPlugin);
        Assert.Equal(Samples.Scramble, request.Data[..^1]);
        Assert.False(request.IsOldPassword);
        Assert.True(AuthSwitchRequest.TryRead([0xFE], out request));
        Assert.True(request.IsOldPassword);
    }

    [Theory]
    [InlineData(3, true, false)]
    [InlineData(4, false, true)]
    public void The_answers_of_caching_sha2_password_are_told_apart(byte answer, bool fast, bool full)
    {
        Assert.True(AuthMoreData.TryRead(writer.WriteAuthMoreData([answer]).Written, out AuthMoreData data));
        Assert.Equal(fast, data.IsFastAuthOk);
        Assert.Equal(full, data.IsFullAuthNeeded);
    }

    [Fact]
    public void A_login_of_before_4_1_is_read_with_and_without_a_schema()
    {
        Assert.True(HandshakeResponse320.TryRead([0x08, 0x00, 1, 2, 3, .. "app"u8, 0, .. "hash"u8, 0, .. "shop"u8, 0], out HandshakeResponse320 login));
        Assert.Equal(0x030201, login.MaxPacketSize);
        Assert.Equal("hash"u8, login.AuthResponse);
        Assert.Equal("shop"u8, login.Database);
        Assert.True(HandshakeResponse320.TryRead([0x00, 0x00, 1, 2, 3, .. "app"u8, 0, .. "hash"u8], out login));
        Assert.Equal("hash"u8, login.AuthResponse);
        Assert.True(login.Database.IsEmpty);
        Assert.False(HandshakeResponse320.TryRead([0x00, 0x02, 1, 2, 3, 0], out _));
    }

    [Fact]
    public void A_greeting_of_protocol_9_is_read()
    {
        Assert.True(HandshakeV9.TryRead([9, .. "3.20.1"u8, 0, 7, 0, 0, 0, .. "12345678"u8, 0], out HandshakeV9 greeting));
        Assert.Equal(7u, greeting.ConnectionId);
        Assert.Equal("12345678"u8, greeting.Scramble);
    }
}
