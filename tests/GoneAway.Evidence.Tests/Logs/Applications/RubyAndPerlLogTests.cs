using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

public sealed class RubyAndPerlLogTests
{
    [Theory]
    [InlineData("Mysql2::Error::ConnectionError: MySQL server has gone away", Sign.GoneAway, 2006)]
    [InlineData("Mysql2::Error: Lost connection to MySQL server during query: SELECT 1", Sign.LostDuringQuery, 2013)]
    [InlineData("ActiveRecord::StatementInvalid (Mysql2::Error::ConnectionError: MySQL server has gone away):", Sign.GoneAway, 2006)]
    [InlineData("Mysql2::Error::ConnectionError: Can't connect to MySQL server on 'db' (113)", Sign.ConnectUnreachable, 2003)]
    [InlineData("Mysql2::Error: This connection is still waiting for a result, try again once you have the result", Sign.CommandsOutOfSync, null)]
    [InlineData("Mysql2::Error: MySQL client is not connected", Sign.HandleAlreadyClosed, null)]
    [InlineData("Sequel::DatabaseDisconnectError: Mysql2::Error: closed MySQL connection", Sign.HandleAlreadyClosed, null)]
    [InlineData("Mysql2::Error::TimeoutError: Timeout waiting for a response from the last query. (waited 30 seconds)", Sign.ClientReadTimedOut, null)]
    [InlineData("Mysql2::Error: Timeout waiting for a response from the last query. (waited 30 seconds): SELECT 1", Sign.ClientReadTimedOut, null)]
    public void Mysql2(string line, Sign sign, int? code)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, code), (sighting.Sign, sighting.Code));
        Assert.Contains("ruby-mysql2", sighting.Stack);
        Assert.Equal(sign == Sign.ClientReadTimedOut ? 30.0 : null, sighting.Elapsed?.TotalSeconds);
    }

    [Fact]
    public void Mysql2_names_the_thread_that_has_the_connection()
    {
        Sighting sighting = Read.One("Mysql2::Error: This connection is in use by: #<Thread:0x00007f8b3c0a5b78 run>");
        Assert.Equal((Sign.UsedConcurrently, "#<Thread:0x00007f8b3c0a5b78 run>"), (sighting.Sign, sighting.Worker));
    }

    [Theory]
    [InlineData("ActiveRecord::ConnectionFailed: Trilogy::EOFError: trilogy_query_recv: TRILOGY_CLOSED_CONNECTION", Sign.UnexpectedEof, null)]
    [InlineData("Trilogy::Error: trilogy_query_recv: TRILOGY_CLOSED_CONNECTION", Sign.UnexpectedEof, null)]
    [InlineData("Trilogy::EOFError: trilogy_auth_recv: TRILOGY_CLOSED_CONNECTION", Sign.LostDuringLogin, null)]
    [InlineData("Trilogy::BaseConnectionError: trilogy_connect - unable to connect to db:3306: TRILOGY_CLOSED_CONNECTION", Sign.LostBeforeGreeting, null)]
    [InlineData("Trilogy::BaseConnectionError: trilogy_connect - unable to connect to db:3306: TRILOGY_DNS_ERROR", Sign.UnknownHost, null)]
    [InlineData("Trilogy::SyscallError::ECONNRESET: Connection reset by peer - trilogy_query_recv", Sign.ConnectionReset, 104)]
    [InlineData("Trilogy::SyscallError::ECONNRESET: Connection reset by peer - trilogy_auth_recv", Sign.LostDuringLogin, 104)]
    [InlineData("Trilogy::SyscallError::EPIPE: Broken pipe - trilogy_query_send", Sign.BrokenPipe, 32)]
    [InlineData("Trilogy::SSLError: trilogy_query_recv: SSL Error: unexpected eof while reading", Sign.UnexpectedEof, null)]
    [InlineData("(irb):2:in `query': trilogy_query_recv: SSL Error: (null) (Trilogy::SSLError)", Sign.UnexpectedEof, null)]
    [InlineData("Trilogy::SSLError: trilogy_auth_recv: SSL Error: certificate verify failed", Sign.TlsFailed, null)]
    [InlineData("Trilogy::TimeoutError: trilogy_query_recv", Sign.ClientReadTimedOut, null)]
    [InlineData("Trilogy::TimeoutError: trilogy_connect - unable to connect to db:3306", Sign.ConnectTimedOut, null)]
    [InlineData("Trilogy::SyscallError::ECONNREFUSED: Connection refused - trilogy_connect - unable to connect to db:3306", Sign.ConnectRefused, 111)]
    [InlineData("Trilogy::ConnectionClosed: Attempted to use closed connection", Sign.HandleAlreadyClosed, null)]
    [InlineData("Trilogy::QueryError: trilogy_query_recv: TRILOGY_INVALID_SEQUENCE_ID", Sign.PacketsOutOfOrder, null)]
    [InlineData("Trilogy::Error: trilogy_query_recv: TRILOGY_MAX_PACKET_EXCEEDED", Sign.PacketTooLargeInClient, null)]
    public void Trilogy(string line, Sign sign, int? errno)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, errno), (sighting.Sign, sighting.Errno));
        Assert.Contains("trilogy", sighting.Stack);
        if (line.Contains("db:3306", StringComparison.Ordinal))
            Assert.Equal(("db", 3306), (sighting.ServerHost, sighting.ServerPort));
    }

    [Theory]
    [InlineData("Trilogy::ProtocolError: 1040: Too many connections (trilogy_connect - unable to connect to db:3306)", 1040)]
    [InlineData("Trilogy::ProtocolError: 4031: The client was disconnected by the server because of inactivity. See wait_timeout and interactive_timeout for configuring this behavior. (trilogy_query_recv)", 4031)]
    [InlineData("Mysql2::Error: Query execution was interrupted: SELECT 1", 1317)]
    [InlineData("ActiveRecord::StatementTimeout: Mysql2::Error: Query execution was interrupted, maximum statement execution time exceeded", 3024)]
    public void What_the_server_said(string line, int code)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.ServerSaid, (int?)code), (sighting.Sign, sighting.Code));
    }

    [Theory]
    [InlineData("ActiveRecord::ConnectionTimeoutError: could not obtain a connection from the pool within 5.000 seconds (waited 5.001 seconds); all pooled connections were in use", 5.0, "rails")]
    [InlineData("ActiveRecord::ConnectionTimeoutError: could not obtain a database connection within 5.000 seconds (waited 5.001 seconds)", 5.0, "rails")]
    [InlineData("Sequel::PoolTimeout: timeout: 5.0, elapsed: 5.007", 5.007, "sequel")]
    public void An_exhausted_pool_is_no_loss(string line, double seconds, string stack)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((Sign.PoolExhausted, seconds), (sighting.Sign, sighting.Elapsed?.TotalSeconds));
        Assert.Contains(stack, sighting.Stack);
    }

    [Theory]
    [InlineData("E, [2026-11-20T10:00:00.123456 #1234] ERROR -- : Mysql2::Error::ConnectionError: MySQL server has gone away", 1234, null)]
    [InlineData("2026-11-20T10:00:00.123Z pid=1234 tid=gq8 class=HardJob jid=abc WARN: ActiveRecord::StatementInvalid: Mysql2::Error: MySQL server has gone away", 1234, "tid=gq8")]
    public void Loggers_tell_process_thread_and_time(string line, int pid, string? worker)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal(((int?)pid, worker), (sighting.Pid, sighting.Worker));
        Assert.Equal(new DateTime(2026, 11, 20, 10, 0, 0), sighting.Stamp?.Clock.AddMilliseconds(-123).AddTicks(-sighting.Stamp.Value.Clock.Ticks % 10_000));
    }

    [Fact]
    public void A_backtrace_names_the_framework()
    {
        Sighting sighting = Read.One("""
            /usr/lib/ruby/gems/2.7.0/gems/mysql2-0.5.3/lib/mysql2/client.rb:131:in `_query': Lost connection to MySQL server during query (Mysql2::Error::ConnectionError)
            	from /usr/lib/ruby/gems/2.7.0/gems/mysql2-0.5.3/lib/mysql2/client.rb:131:in `block in query'
            	from /usr/lib/ruby/gems/2.7.0/gems/activerecord-6.0.3/lib/active_record/connection_adapters/abstract_mysql_adapter.rb:201:in `block (2 levels) in execute'
            	from /usr/lib/ruby/gems/2.7.0/gems/sidekiq-6.1.0/lib/sidekiq/processor.rb:196:in `execute_job'
            """);
        Assert.Equal(Sign.LostDuringQuery, sighting.Sign);
        Assert.Equal(["rails", "ruby-mysql2", "sidekiq"], sighting.Stack.Order());
    }

    [Fact]
    public void Rails_prints_its_places_after_a_blank_line()
    {
        Sighting sighting = Read.One("""
            F, [2026-11-20T10:00:00.000000 #77] FATAL -- : 
            ActiveRecord::StatementInvalid (Mysql2::Error: MySQL server has gone away: SHOW FULL FIELDS FROM `users`):
              
            app/models/user.rb:12:in `find_it'
            app/controllers/users_controller.rb:5:in `show'
            """);
        Assert.Equal((Sign.GoneAway, (int?)77), (sighting.Sign, sighting.Pid));
    }

    [Fact]
    public void The_old_driver_is_known()
    {
        Sighting sighting = Read.One("""
            Mysql::Error: Commands out of sync; you can't run this command now
              from sequel_core/adapters/mysql.rb:118:in `query'
              from sequel_core/connection_pool.rb:62:in `hold'
            """);
        Assert.Equal(Sign.CommandsOutOfSync, sighting.Sign);
        Assert.Contains("sequel", sighting.Stack);
    }

    [Theory]
    [InlineData("DBD::mysql::st execute failed: MySQL server has gone away at /opt/x.pl line 12.", Sign.GoneAway, null)]
    [InlineData("DBD::mysql::db do failed: Lost connection to MySQL server during query [for Statement \"UPDATE t SET a = 1\"] at x.pl line 9.", Sign.LostDuringQuery, null)]
    [InlineData("DBD::mysql::st fetchrow_array failed: Lost connection to MySQL server during query at x.pl line 9.", Sign.LostDuringQuery, null)]
    [InlineData("DBI connect('database=shop;host=db.example.com','u',...) failed: Can't connect to MySQL server on 'db.example.com' (110) at /opt/x.pl line 3.", Sign.ConnectTimedOut, 110)]
    [InlineData("DBI connect('host=127.0.0.1;port=33289;mysql_connect_timeout=2','u',...) failed: Lost connection to server at 'reading authorization packet', system error: 104 at -e line 1.", Sign.LostDuringLogin, 104)]
    [InlineData("DBD::MariaDB::st execute failed: Server has gone away at x.pl line 4.", Sign.GoneAway, null)]
    [InlineData("DBD::mysql::st execute failed: Commands out of sync; you can't run this command now at x.pl line 4.", Sign.CommandsOutOfSync, null)]
    public void Perl(string line, Sign sign, int? errno)
    {
        Sighting sighting = Read.One(line);
        Assert.Equal((sign, errno), (sighting.Sign, sighting.Errno));
        Assert.Contains("perl", sighting.Stack);
    }

    [Fact]
    public void DBI_names_the_thread_that_has_the_handle()
    {
        Sighting sighting = Read.One("DBD::mysql::st execute failed: handle 2 is owned by thread 55d0c8 not current thread 55d0c9 (handles can't be shared between threads and your driver may need a CLONE method added) at x.pl line 5.");
        Assert.Equal((Sign.UsedConcurrently, "55d0c8"), (sighting.Sign, sighting.Worker));
    }

    [Theory]
    [InlineData("DBD::mysql::st execute failed: called with 1 bind variables when 2 are needed at x.pl line 4.")]
    [InlineData("DBD::Pg::st execute failed: server closed the connection unexpectedly at x.pl line 4.")]
    [InlineData("Errno::ECONNRESET: Connection reset by peer")]
    [InlineData("PG::ConnectionBad: connection is closed")]
    [InlineData("Redis::TimeoutError: Connection timed out")]
    public void Other_errors_give_nothing(string line) => Assert.Empty(Read.Lines(line).Sightings);
}
