using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

public sealed class DotNetLogTests
{
    [Fact]
    public void Inner_exceptions_are_one_sighting()
    {
        Sighting sighting = Read.One("""
            fail: Microsoft.EntityFrameworkCore.Query[10100]
                  An exception occurred while iterating over the results of a query for context type 'App.Db'.
                  MySqlConnector.MySqlException (0x80004005): Failed to read the result set.
                   ---> MySqlConnector.MySqlEndOfStreamException: An incomplete response was received from the server
                     at MySqlConnector.Protocol.Serialization.ProtocolUtility.<ReadPacketAsync>g__AddContinuation|1_0(ValueTask`1 headerBytes)
                     at MySqlConnector.Core.ServerSession.ReceiveReplyAsync(IOBehavior ioBehavior, CancellationToken cancellationToken) in /_/src/MySqlConnector/Core/ServerSession.cs:line 957
                     --- End of inner exception stack trace ---
                     at MySqlConnector.MySqlDataReader.ActivateResultSet(CancellationToken cancellationToken)
            """);
        Assert.Equal(Sign.LostDuringQuery, sighting.Sign);
        Assert.Equal(["mysqlconnector", "dotnet", "entity-framework"], sighting.Stack.Order(StringComparer.Ordinal).OrderBy(static tag => tag != "mysqlconnector").ThenBy(static tag => tag));
    }

    [Theory]
    [InlineData("MySqlConnector.MySqlException (0x80004005): Failed to read the result set. ---> System.IO.EndOfStreamException: Expected to read 4 header bytes but only received 0.", Sign.LostDuringQuery, null)]
    [InlineData("MySqlException: Failed to read the result set. ---> System.IO.IOException: Unable to read data from the transport connection: Connection reset by peer. ---> System.Net.Sockets.SocketException: Connection reset by peer", Sign.LostDuringQuery, 104)]
    [InlineData("MySqlConnector.MySqlException: Couldn't connect to server ---> System.Net.Sockets.SocketException (10061): No connection could be made because the target machine actively refused it", Sign.ConnectRefused, 111)]
    [InlineData("MySqlConnector.MySqlException (0x80004005): Unable to connect to any of the specified MySQL hosts.", Sign.ConnectRefused, null)]
    [InlineData("MySqlConnector.MySqlException (0x80004005): Connect Timeout expired.", Sign.ConnectTimedOut, null)]
    [InlineData("MySqlConnector.MySqlException (0x80004005): Connect Timeout expired. All pooled connections are in use.", Sign.PoolExhausted, null)]
    [InlineData("MySqlConnector.MySqlException (0x80004005): The Command Timeout expired before the operation completed.\n ---> MySqlConnector.MySqlException (0x80004005): Query execution was interrupted", Sign.ClientCancelled, null)]
    [InlineData("System.InvalidOperationException: This MySqlConnection is already in use. See https://fl.vu/mysql-conn-reuse", Sign.UsedConcurrently, null)]
    [InlineData("System.InvalidOperationException: Connection must be Open; current state is Closed\n   at MySqlConnector.MySqlConnection.get_Session()", Sign.HandleAlreadyClosed, null)]
    [InlineData("System.InvalidOperationException: Expected state to be Connected but was Failed.\n   at MySqlConnector.Core.ServerSession.VerifyState(State state)", Sign.HandleAlreadyClosed, null)]
    [InlineData("MySql.Data.MySqlClient.MySqlException (0x80004005): Fatal error encountered during command execution. ---> MySql.Data.MySqlClient.MySqlException (0x80004005): Fatal error encountered attempting to read the resultset. ---> MySql.Data.MySqlClient.MySqlException (0x80004005): Reading from the stream has failed. ---> System.IO.EndOfStreamException: Attempted to read past the end of the stream.", Sign.LostDuringQuery, null)]
    [InlineData("MySql.Data.MySqlClient.MySqlException (0x80004005): Timeout expired.  The timeout period elapsed prior to completion of the operation or the server is not responding.", Sign.ClientReadTimedOut, null)]
    [InlineData("MySql.Data.MySqlClient.MySqlException: error connecting: Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.  This may have occurred because all pooled connections were in use and max pool size was reached.", Sign.PoolExhausted, null)]
    [InlineData("System.InvalidOperationException: Connection must be valid and open.\n   at MySql.Data.MySqlClient.ExceptionInterceptor.Throw(Exception exception)", Sign.HandleAlreadyClosed, null)]
    [InlineData("MySql.Data.MySqlClient.MySqlException: There is already an open DataReader associated with this Connection which must be closed first.", Sign.CommandsOutOfSync, null)]
    [InlineData("MySql.Data.MySqlClient.MySqlException (0x80004005): Packets larger than max_allowed_packet are not allowed.", Sign.PacketTooLargeInClient, null)]
    [InlineData("System.Collections.Generic.KeyNotFoundException: The given key was not present in the dictionary.\n   at MySql.Data.MySqlClient.CharSetMap.GetCharacterSet(DBVersion version, String charSetName)", Sign.ClientTooOld, null)]
    public void Words_of_the_drivers(string text, Sign sign, int? errno)
    {
        Sighting[] all = [.. Read.Lines(text).Sightings];
        Assert.Equal(sign, all[0].Sign);
        Assert.Equal(errno, all[0].Errno);
        Assert.Contains("dotnet", all[0].Stack);
    }

    [Theory]
    [InlineData("MySqlConnector.MySqlProtocolException: Packet received out-of-order. Expected 1; got 0.", 1, 0)]
    [InlineData("System.InvalidOperationException: Packet received out-of-order. Expected 3; got 2.", 3, 2)]
    public void Sequence_numbers_are_decoded(string line, int expected, int received)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.PacketsOutOfOrder, (int?)expected, (int?)received), (sighting.Sign, sighting.SequenceExpected, sighting.SequenceReceived));
    }

    [Fact]
    public void A_loss_during_the_login_names_server_and_user()
    {
        Sighting sighting = Read.One("MySql.Data.MySqlClient.MySqlException (0x80004005): Authentication to host '10.0.0.8' for user 'app' using method 'caching_sha2_password' failed with message: Reading from the stream has failed. ---> System.IO.IOException: Unable to read data from the transport connection: An existing connection was forcibly closed by the remote host.");
        Assert.Equal((Sign.LostDuringLogin, "10.0.0.8", "app", (int?)104), (sighting.Sign, sighting.ServerHost, sighting.User, sighting.Errno));
    }

    [Fact]
    public void A_login_refused_is_the_servers_word()
    {
        Sighting sighting = Read.One("MySql.Data.MySqlClient.MySqlException (0x80004005): Authentication to host 'db' for user 'app' using method 'mysql_native_password' failed with message: Access denied for user 'app'@'10.0.0.2' (using password: YES)");
        Assert.Equal((Sign.ServerSaid, (int?)1045, "10.0.0.2"), (sighting.Sign, sighting.Code, sighting.ClientHost));
    }

    [Theory]
    [InlineData("Microsoft.Data.SqlClient.SqlException (0x80131904): Timeout expired.  The timeout period elapsed prior to completion of the operation or the server is not responding.")]
    [InlineData("System.InvalidOperationException: Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.\n   at System.Data.SqlClient.SqlConnection.Open()")]
    [InlineData("curl: (7) Failed to connect to localhost port 8888 after 0 ms: Couldn't connect to server")]
    [InlineData("Npgsql.NpgsqlException (0x80004005): Exception while reading from stream ---> System.TimeoutException: Timeout during reading attempt")]
    [InlineData("System.Net.Http.HttpRequestException: Connection refused (api:80) ---> System.Net.Sockets.SocketException (111): Connection refused")]
    public void Other_programs_words_give_nothing(string text) => Assert.Empty(Read.Lines(text).Sightings);
}
