using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

/// <summary>What belongs to one error, and what the lines around it tell.</summary>
public sealed class TracebackTests
{
    private const string Chained = """
        Traceback (most recent call last):
          File "/venv/lib/python3.9/site-packages/sqlalchemy/engine/base.py", line 1276, in _execute_context
            self.dialect.do_execute(
          File "/venv/lib/python3.9/site-packages/MySQLdb/cursors.py", line 206, in execute
            res = self._query(query)
        MySQLdb._exceptions.OperationalError: (2006, 'MySQL server has gone away')

        The above exception was the direct cause of the following exception:

        Traceback (most recent call last):
          File "/venv/lib/python3.9/site-packages/django/db/utils.py", line 90, in __exit__
            raise dj_exc_value.with_traceback(traceback) from exc_value
        django.db.utils.OperationalError: (2006, 'MySQL server has gone away')
        """;

    public static TheoryData<string> Heads =>
    [
        "",
        "> ",
        "    ",
        "web_1  | ",
        "Nov 20 10:00:05 web1 app[77]: ",
        "2026-11-20T10:00:05.123456789Z stderr F ",
        "2026-11-20 10:00:05.776 77 ERROR nova.api.openstack ",
        "[Fri Nov 20 10:00:05.123456 2026] [wsgi:error] [pid 77:tid 1400] [remote 10.0.0.1:52322] ",
    ];

    [Theory]
    [MemberData(nameof(Heads))]
    public void A_chain_is_one_error_whatever_stands_before_its_lines(string head)
    {
        Sighting sighting = Read.One(string.Join('\n', Chained.Split('\n').Select(line => head + line)));
        Assert.Equal((Sign.GoneAway, (int?)2006), (sighting.Sign, sighting.Code));
        Assert.Equal(["django", "mysqlclient", "sqlalchemy"], sighting.Stack.Where(static tag => tag != "nova").Order());
        if (head.Contains("77", StringComparison.Ordinal) && !head.Contains("nova", StringComparison.Ordinal))
            Assert.Equal(77, sighting.Pid);
        if (head.Contains("10:00:05", StringComparison.Ordinal))
            Assert.Equal(new TimeSpan(10, 0, 5), TimeSpan.FromSeconds(Math.Floor(sighting.Stamp!.Value.Clock.TimeOfDay.TotalSeconds)));
    }

    [Fact]
    public void Dockers_file_wraps_each_line()
    {
        Sighting sighting = Read.One(string.Join('\n', Chained.Split('\n').Select(static line => $$"""{"log":"{{line.Replace("\"", "\\\"", StringComparison.Ordinal)}}\n","stream":"stderr","time":"2025-07-22T12:40:18.863629884Z"}""")));
        Assert.Equal((Sign.GoneAway, (int?)2006), (sighting.Sign, sighting.Code));
        Assert.Equal((new TimeSpan(12, 40, 18), TimeSpan.Zero), (TimeSpan.FromSeconds(Math.Floor(sighting.Stamp!.Value.Clock.TimeOfDay.TotalSeconds)), sighting.Stamp!.Value.Offset));
    }

    [Fact]
    public void A_record_in_JSON_has_its_time_at_its_end()
    {
        Sighting sighting = Read.One("{\"message\":\"SQLSTATE[HY000]: General error: 2006 MySQL server has gone away (SQL: select * from `sessions` where `id` = 1 and `payload` = 2 limit 1)\",\"context\":{},\"level\":400,\"level_name\":\"ERROR\",\"channel\":\"production\",\"datetime\":\"2026-11-20T10:00:00.123456+01:00\",\"extra\":{}}");
        Assert.Equal((new DateTime(2026, 11, 20, 10, 0, 0), TimeSpan.FromHours(1)), (sighting.Stamp!.Value.Clock.AddTicks(-1234560), sighting.Stamp.Value.Offset));
    }

    [Fact]
    public void Program_text_in_a_traceback_is_no_error()
    {
        Sighting sighting = Read.One("""
            Traceback (most recent call last):
              File "/usr/lib/python3/dist-packages/pymysql/connections.py", line 805, in _read_bytes
                raise err.OperationalError(
                    CR.CR_SERVER_LOST, "Lost connection to MySQL server during query"
                )
            pymysql.err.OperationalError: (2013, 'Lost connection to MySQL server during query ([Errno 104] Connection reset by peer)')
            """);
        Assert.Equal((Sign.LostDuringQuery, (int?)104, "test.log:6"), (sighting.Sign, sighting.Errno, sighting.Source));
    }

    [Theory]
    [InlineData("_get_server_information", "Lost connection to MySQL server during query", Sign.LostBeforeGreeting)]
    [InlineData("_get_server_information", "Lost connection to MySQL server during query (timed out)", Sign.LostBeforeGreeting)]
    [InlineData("_request_authentication", "Lost connection to MySQL server during query", Sign.LostDuringLogin)]
    [InlineData("_request_authentication", "Lost connection to MySQL server during query (timed out)", Sign.LostDuringLogin)]
    [InlineData("_read_query_result", "Lost connection to MySQL server during query", Sign.LostDuringQuery)]
    [InlineData("_read_query_result", "Lost connection to MySQL server during query (timed out)", Sign.ClientReadTimedOut)]
    public void Frames_tell_the_stage_that_PyMySql_does_not(string function, string text, Sign sign)
    {
        string trace = $"""
            Traceback (most recent call last):
              File "/usr/lib/python3/dist-packages/pymysql/connections.py", line 900, in {function}
                packet = self._read_packet()
              File "/usr/lib/python3/dist-packages/pymysql/connections.py", line 684, in _read_packet
                packet_header = self._read_bytes(4)
            pymysql.err.OperationalError: (2013, '{text}')
            """;
        Assert.Equal(sign, Read.One(trace).Sign);
        Sighting logged = Read.One($"[2026-11-20 10:00:01,000: ERROR/ForkPoolWorker-3] Task t.x[1] raised unexpected: OperationalError(2013, '{text}')\n" + trace);
        Assert.Equal((sign, "ForkPoolWorker-3"), (logged.Sign, logged.Worker));
    }

    [Fact]
    public void An_answer_to_the_login_that_was_never_seen_is_placed()
    {
        Sighting sighting = Read.One("""
            site-packages/aiomysql/connection.py, line 540, in _connect
                await self._request_authentication()
            site-packages/aiomysql/connection.py, line 844, in _request_authentication
                auth_packet = await self._read_packet()
            site-packages/aiomysql/connection.py, line 629, in _read_packet
                raise InternalError(
            pymysql.err.InternalError: Packet sequence number wrong - got 1 expected 2
            """);
        Assert.Equal((Sign.PacketsOutOfOrder, "login", (int?)2, (int?)1), (sighting.Sign, sighting.State, sighting.SequenceExpected, sighting.SequenceReceived));
        Assert.Contains("aiomysql", sighting.Stack);
    }

    [Fact]
    public void The_stage_of_one_error_is_not_that_of_the_next()
    {
        IReadOnlyList<Sighting> all = Read.Lines("""
            Traceback (most recent call last):
              File "/usr/lib/python3/dist-packages/pymysql/connections.py", line 900, in _request_authentication
                packet = self._read_packet()
            pymysql.err.OperationalError: (2013, 'Lost connection to MySQL server during query')

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "/usr/lib/python3/dist-packages/pymysql/connections.py", line 516, in query
                self._execute_command(COMMAND.COM_QUERY, sql)
            pymysql.err.InterfaceError: (0, '')
            """).Sightings;
        Assert.Equal([Sign.LostDuringLogin, Sign.HandleAlreadyClosed], all.Select(static one => one.Sign));
    }

    [Fact]
    public void What_stands_after_a_blank_line_names_no_stack()
    {
        IReadOnlyList<Sighting> all = Read.Lines("""
            pymysql.err.OperationalError: (2006, "MySQL server has gone away (BrokenPipeError(32, 'Broken pipe'))")

            Meanwhile the Laravel application, with Illuminate\Database on board, worked.

            PDOException: SQLSTATE[HY000]: General error: 2006 MySQL server has gone away
            """).Sightings;
        Assert.Equal(["pymysql"], all[0].Stack);
        Assert.DoesNotContain("pymysql", all[1].Stack);
    }

    [Fact]
    public void Two_records_are_two_errors()
    {
        IReadOnlyList<Sighting> all = Read.Lines("""
            2026-11-20 10:00:00,000 ERROR app.db (2006, 'MySQL server has gone away')
            2026-11-20 10:00:07,000 ERROR app.db (2006, 'MySQL server has gone away')
            {"time":"2026-11-20T10:00:08Z","msg":"Error 2013: Lost connection to MySQL server during query"}
            {"time":"2026-11-20T10:00:09Z","msg":"Error 2013: Lost connection to MySQL server during query"}
            """).Sightings;
        Assert.Equal([0, 7, 8, 9], all.Select(static one => one.Stamp!.Value.Clock.Second));
    }

    [Fact]
    public void The_systems_error_of_a_chain_belongs_to_the_drivers()
    {
        Sighting sighting = Read.One("""
            Traceback (most recent call last):
              File "/x/pymysql/connections.py", line 1004, in _write_bytes
                self._sock.sendall(data)
            BrokenPipeError: [Errno 32] Broken pipe

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "/x/peewee.py", line 3057, in execute_sql
                cursor.execute(sql, params or ())
            peewee.OperationalError: (2006, "MySQL server has gone away")
            """);
        Assert.Equal((Sign.GoneAway, (int?)32), (sighting.Sign, sighting.Errno));
    }
}
