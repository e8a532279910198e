using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs;

public sealed class RdsProxyLogTests
{
    [Theory]
    [InlineData("2022-06-01T10:00:00.000Z [INFO] [proxyEndpoint=default] [clientConnection=2672953310] The client connection from 10.0.0.5:44321 was closed. Reason: The connection timed out after being idle for 1800 seconds.", Sign.ProxyIdleClosed)]
    [InlineData("2022-06-01T10:00:00.000Z [INFO] [proxyEndpoint=default] [clientConnection=2672953310] The client connection closed. Reason: The client disconnected.", Sign.ProxyClientLost)]
    [InlineData("2022-06-01T10:00:00.000Z [WARN] [proxyEndpoint=default] [clientConnection=2672953310] Timed-out waiting to acquire database connection.", Sign.ProxyQueueTimedOut)]
    [InlineData("2022-06-01T10:00:00.000Z [WARN] [dbConnection=66] The database connection closed unexpectedly.", Sign.ProxyBackendLost)]
    public void Why_it_closed_a_connection_is_told(string line, Sign sign) => Assert.Equal(sign, Read.One(line).Sign);

    [Theory]
    [InlineData("2022-06-01T10:00:00.000Z [WARN] [proxyEndpoint=default] [clientConnection=2672953310] The client session was pinned to the database connection [dbConnection=66] for the remainder of the session.")]
    [InlineData("2022-06-01T10:00:00.000Z [DEBUG] [dbConnection=66] The database connection was closed because of its idle timeout.")]
    public void Its_other_words_are_no_loss(string line) => Assert.Empty(Read.Lines(line).Sightings);
}
