using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

public sealed class JavaPoolLogTests
{
    [Theory]
    [InlineData("2023-01-02 03:04:05.678  WARN 1 --- [nio-8080-exec-7] com.zaxxer.hikari.pool.PoolBase          : HikariPool-1 - Failed to validate connection com.mysql.cj.jdbc.ConnectionImpl@7f7ec0d (No operations allowed after connection closed.). Possibly consider using a shorter maxLifetime value.", "connector-j")]
    [InlineData("WARN  com.zaxxer.hikari.pool.PoolBase - HikariPool-1 - Failed to validate connection org.mariadb.jdbc.MariaDbConnection@3b1d05 ((conn=2152) Connection.setNetworkTimeout cannot be called on a closed connection). Possibly consider using a shorter maxLifetime value.", "mariadb-connector-j")]
    public void Hikari_finds_connections_dead_at_the_checkout(string line, string driver)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(Sign.StaleInPool, sighting.Sign);
        Assert.Contains("hikari", sighting.Stack);
        Assert.Contains(driver, sighting.Stack);
        Assert.Equal(driver.StartsWith("maria", StringComparison.Ordinal) ? 2152u : null, sighting.ThreadId);
    }

    [Fact]
    public void Hikari_quotes_how_long_the_dead_connection_was_idle()
    {
        Sighting sighting = Read.One("HikariPool-1 - Failed to validate connection com.mysql.cj.jdbc.ConnectionImpl@1 (Communications link failure\n\nThe last packet successfully received from the server was 1,799,952 milliseconds ago. The last packet sent successfully to the server was 0 milliseconds ago.). Possibly consider using a shorter maxLifetime value.");
        Assert.Equal((Sign.StaleInPool, TimeSpan.FromMilliseconds(1_799_952)), (sighting.Sign, sighting.Idle));
    }

    [Theory]
    [InlineData("java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30005ms.", 30.005, "hikari")]
    [InlineData("java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30005ms (total=10, active=10, idle=0, waiting=5)", 30.005, "hikari")]
    [InlineData("org.apache.tomcat.jdbc.pool.PoolExhaustedException: [http-nio-8080-exec-1] Timeout: Pool empty. Unable to fetch a connection in 30 seconds, none available[size:100; busy:100; idle:0; lastwait:30000].", 30.0, "tomcat-jdbc")]
    [InlineData("com.alibaba.druid.pool.GetConnectionTimeoutException: wait millis 60000, active 20, maxActive 20, creating 0", 60.0, "druid")]
    [InlineData("Caused by: java.sql.SQLException: Cannot get a connection, pool error Timeout waiting for idle object", null, "dbcp")]
    [InlineData("java.sql.SQLException: An attempt by a client to checkout a Connection has timed out.", null, "c3p0")]
    public void An_exhausted_pool_is_no_loss(string line, double? seconds, string pool)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(Sign.PoolExhausted, sighting.Sign);
        Assert.Equal(seconds, sighting.Elapsed?.TotalSeconds);
        Assert.Contains(pool, sighting.Stack);
    }

    [Fact]
    public void A_pool_that_cannot_connect_is_not_exhausted()
    {
        Sighting sighting = Read.One("""
            java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.
            	at com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)
            Caused by: com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure

            The last packet sent successfully to the server was 0 milliseconds ago. The driver has not received any packets from the server.
            	at com.mysql.cj.jdbc.exceptions.SQLError.createCommunicationsException(SQLError.java:174)
            Caused by: java.net.ConnectException: Connection refused
            	at java.base/sun.nio.ch.Net.pollConnect(Native Method)
            """);
        Assert.Equal((Sign.ConnectRefused, (int?)111), (sighting.Sign, sighting.Errno));
    }

    [Theory]
    [InlineData("HikariPool-1 - Thread starvation or clock leap detected (housekeeper delta=1m23s456ms789µs).", 83.456)]
    [InlineData("HikariPool-1 - Thread starvation or clock leap detected (housekeeper delta=2h5m3s1ms).", 7503.001)]
    [InlineData("HikariPool-1 - Thread starvation or clock leap detected (housekeeper delta=52s637ms).", 52.637)]
    public void A_halted_process_shows_in_Hikaris_housekeeper(string line, double seconds)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.HostInterrupted, (double?)seconds), (sighting.Sign, sighting.Elapsed?.TotalSeconds));
    }

    [Theory]
    [InlineData("c.a.druid.pool.DruidAbstractDataSource   : discard long time none received connection. , jdbcUrl : jdbc:mysql://localhost:3306/reggie?serverTimezone=Asia/Shanghai, version : 1.2.5, lastPacketReceivedIdleMillis : 62413", 62413)]
    [InlineData("c.a.druid.pool.DruidAbstractDataSource   : discard long time none received connection. , jdbcUrl : jdbc:mysql://localhost:3306/reggie", null)]
    public void Druid_discards_what_was_idle_for_long(string line, int? idle)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.StaleInPool, idle), (sighting.Sign, (int?)sighting.Idle?.TotalMilliseconds));
    }

    [Theory]
    [InlineData("org.postgresql.util.PSQLException: The connection attempt failed.\nCaused by: java.net.SocketTimeoutException: connect timed out\n\tat org.postgresql.core.PGStream.<init>(PGStream.java:81)")]
    [InlineData("java.sql.SQLTransientConnectionException: pg - Connection is not available, request timed out after 30000ms.\n\tat com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:1)\nCaused by: org.postgresql.util.PSQLException: FATAL: sorry, too many clients already")]
    [InlineData("redis.clients.jedis.exceptions.JedisConnectionException: java.net.SocketTimeoutException: Read timed out")]
    [InlineData("java.net.SocketException: Connection reset\n\tat java.net.SocketInputStream.read(SocketInputStream.java:210)\n\tat org.apache.http.impl.io.SessionInputBufferImpl.read(SessionInputBufferImpl.java:1)")]
    [InlineData("INFO com.zaxxer.hikari.HikariDataSource - HikariPool-1 - Start completed.")]
    [InlineData("feign.RetryableException: Read timed out executing GET http://orders/api")]
    public void Other_databases_and_protocols_give_nothing(string text) => Assert.Empty(Read.Lines(text).Sightings);
}
