using GoneAway.Wire.Payloads;
using GoneAway.Wire.Session;
using GoneAway.Wire.Writing;

namespace GoneAway.Wire.Tests.Session;

public sealed class SessionTrackerTests
{
    private readonly PayloadWriter writer = new();
    private readonly SessionTracker tracker = new();
    private byte sequence;

    private PacketRole Server(PayloadWriter payload) => tracker.TakeServer(sequence++, payload.Written.Length, payload.Written);

    private PacketRole Client(PayloadWriter payload) => tracker.TakeClient(sequence++, payload.Written.Length, payload.Written);

    private PacketRole Command(PayloadWriter payload)
    {
        sequence = 0;
        return Client(payload);
    }

    private void LogIn(GreetingFields greeting, ulong without = 0)
    {
        Assert.Equal(PacketRole.Greeting, Server(writer.WriteGreeting(greeting)));
        Assert.Equal(PacketRole.Login, Client(writer.WriteLogin(Samples.Login(greeting.Capabilities & ~without))));
        Assert.Equal(PacketRole.LoggedIn, Server(writer.WriteOk()));
        Assert.Equal(SessionPhase.Ready, tracker.Phase);
    }

    [Fact]
    public void A_login_may_pass_through_a_switch_and_the_exchange_of_its_plugin()
    {
        Server(writer.WriteGreeting(GreetingFields.MySql8(1, Samples.Scramble)));
        Client(writer.WriteLogin(Samples.Login(GreetingFields.MySql8(1, Samples.Scramble).Capabilities)));
        Assert.Equal(PacketRole.AuthSwitch, Server(writer.WriteAuthSwitch("caching_sha2_password"u8, Samples.Scramble)));
        Assert.Equal(PacketRole.AuthExchange, Client(writer.Clear().Bytes(Samples.Scramble)));
        Assert.Equal(PacketRole.AuthExchange, Server(writer.WriteAuthMoreData([3])));
        Assert.Equal(PacketRole.LoggedIn, Server(writer.WriteOk()));
        Assert.Equal(SessionPhase.Ready, tracker.Phase);
    }

    [Fact]
    public void After_a_TLS_request_the_session_is_encrypted()
    {
        GreetingFields greeting = GreetingFields.MySql8(1, Samples.Scramble);
        Server(writer.WriteGreeting(greeting));
        Assert.Equal(PacketRole.TlsRequest, Client(writer.WriteSslRequest(Samples.Login(greeting.Capabilities))));
        Assert.Equal(SessionPhase.Encrypted, tracker.Phase);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Capabilities.DeprecateEof)]
    public void A_text_result_ends_with_EOF_or_with_OK_in_its_place(ulong without)
    {
        LogIn(GreetingFields.MySql57(1, Samples.Scramble), without);
        Assert.Equal(PacketRole.Command, Command(writer.WriteQuery("SELECT a, b FROM t"u8)));
        Assert.Equal(PacketRole.ResultHeader, Server(writer.WriteResultSetHeader(2)));
        Assert.Equal(PacketRole.Metadata, Server(writer.WriteColumn("a"u8)));
        Assert.Equal(PacketRole.Metadata, Server(writer.WriteColumn("b"u8)));
        if (without != 0)
            Assert.Equal(PacketRole.Metadata, Server(writer.WriteEof()));
        Assert.Equal(PacketRole.Row, Server(writer.WriteTextRow([.. "1"u8], null)));
        Assert.True(tracker.InsideResult);
        Assert.Equal(PacketRole.ResponseEnd, Server(without != 0 ? writer.WriteEof() : writer.WriteOk(endsResult: true)));
        Assert.Equal(SessionPhase.Ready, tracker.Phase);
    }

    [Fact]
    public void Of_several_results_only_the_last_ends_the_response()
    {
        LogIn(GreetingFields.MySql57(1, Samples.Scramble));
        Command(writer.WriteQuery("INSERT ...; SELECT 1"u8));
        Assert.Equal(PacketRole.ResultEnd, Server(writer.WriteOk(StatusFlags.MoreResultsExist)));
        Assert.Equal(SessionPhase.Busy, tracker.Phase);
        Assert.Equal(PacketRole.ResultHeader, Server(writer.WriteResultSetHeader(1)));
        Server(writer.WriteColumn("1"u8));
        Server(writer.WriteTextRow([.. "1"u8]));
        Assert.Equal(PacketRole.ResponseEnd, Server(writer.WriteOk(endsResult: true)));
    }

    [Fact]
    public void A_file_is_asked_for_sent_and_acknowledged()
    {
        LogIn(GreetingFields.MySql57(1, Samples.Scramble));
        Command(writer.WriteQuery("LOAD DATA LOCAL INFILE 'rows.csv' INTO TABLE t"u8));
        Assert.Equal(PacketRole.UploadRequest, Server(writer.WriteFileRequest("rows.csv"u8)));
        Assert.Equal(PacketRole.UploadData, Client(writer.Clear().Bytes("1,2\n"u8)));
        Assert.Equal(PacketRole.UploadEnd, Client(writer.Clear()));
        Assert.Equal(PacketRole.ResponseEnd, Server(writer.WriteOk(affectedRows: 1)));
        Assert.Equal(SessionPhase.Ready, tracker.Phase);
    }

    [Fact]
    public void A_statement_is_prepared_with_the_definitions_of_its_parameters_and_columns()
    {
        LogIn(GreetingFields.MySql57(1, Samples.Scramble), Capabilities.DeprecateEof);
        Command(writer.WriteCommand(CommandCode.StmtPrepare, "SELECT a FROM t WHERE b = ?"u8));
        Assert.Equal(PacketRole.Metadata, Server(writer.WritePrepareOk(1, 1, 1)));
        Server(writer.WriteColumn("?"u8));
        Server(writer.WriteEof());
        Server(writer.WriteColumn("a"u8));
        Assert.Equal(PacketRole.ResponseEnd, Server(writer.WriteEof()));
        Assert.Equal(PacketRole.SilentCommand, Command(writer.WriteStatementCommand(CommandCode.StmtClose, 1)));
        Assert.Equal(SessionPhase.Ready, tracker.Phase);
    }

    [Fact]
    public void A_command_before_the_answer_to_the_last_one_is_told_and_answered_in_turn()
    {
        LogIn(GreetingFields.MySql57(1, Samples.Scramble));
        Command(writer.WriteQuery("DO 1"u8));
        Assert.Equal(PacketRole.CommandWhileBusy, Command(writer.WriteCommand(CommandCode.Ping)));
        Assert.Equal(2, tracker.Outstanding);
        Server(writer.WriteOk());
        Assert.Equal((SessionPhase.Busy, CommandCode.Ping), (tracker.Phase, tracker.PendingCommand));
        Server(writer.WriteOk());
        Assert.Equal(0, tracker.Outstanding);
    }

    [Fact]
    public void No_order_of_true_and_broken_packets_makes_it_throw()
    {
        var random = new Random(20261120);
        byte[][] payloads = [.. Samples.All(), [], [0xFF], [0xFE], [0x00]];
        for (int run = 0; run < 2000; run++)
        {
            var session = new SessionTracker();
            if (run % 2 == 0)
                session.AssumeReady();
            for (int step = 0; step < 60; step++)
            {
                byte[] payload = payloads[random.Next(payloads.Length)];
                ReadOnlySpan<byte> cut = payload.AsSpan(0, random.Next(3) == 0 ? random.Next(payload.Length + 1) : payload.Length);
                byte id = (byte)random.Next(4);
                _ = random.Next(2) == 0 ? session.TakeClient(id, cut.Length, cut) : session.TakeServer(id, cut.Length, cut);
                Assert.InRange(session.Outstanding, 0, 65);
            }
        }
    }
}
