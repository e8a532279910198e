using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Logs.Applications;

/// <summary>What people post: prose, code, a setting or two, and the error.</summary>
public sealed class PostTests
{
    [Fact]
    public void An_error_below_the_code_that_got_it_is_read()
    {
        Findings findings = Read.File("""
            InternalError with aiomysql 0.2.0, a couple of times a day; every request opens its own connection:

            async def connect_to_db():
                return await aiomysql.connect(host="10.0.0.9", user=user, password=password, db=database, port=3306, autocommit=True)

            site-packages/aiomysql/connection.py, line 540, in _connect
                await self._request_authentication()
            site-packages/aiomysql/connection.py, line 844, in _request_authentication
                auth_packet = await self._read_packet()
            pymysql.err.InternalError: Packet sequence number wrong - got 1 expected 2
            """);
        Assert.Equal(Sign.PacketsOutOfOrder, Assert.Single(findings.Sightings).Sign);
    }

    [Fact]
    public void Code_that_handles_an_error_is_no_error() => Assert.Empty(Read.File("""
        engine = create_engine("mysql://app@db/shop", pool_recycle=3600)  # against "MySQL server has gone away"

        def run(query):
            try:
                return engine.execute(query)
            except OperationalError as error:
                if "MySQL server has gone away" in str(error):
                    engine.dispose()
                raise
        """).Sightings);

    [Theory]
    [InlineData("ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)", Sign.LocalSocketFailed)]
    [InlineData("ERROR 2059 (HY000): Authentication plugin 'caching_sha2_password' cannot be loaded: /usr/lib/mysql/plugin/caching_sha2_password.so: cannot open shared object file: No such file or directory", Sign.AuthPluginUnusable)]
    [InlineData("django.db.utils.OperationalError: (2002, \"Can't connect to local MySQL server through socket '/var/lib/mysql/mysql.sock' (111)\")", Sign.LocalSocketFailed)]
    public void A_path_of_the_server_in_an_error_is_no_command(string line, Sign sign)
    {
        Assert.Equal(sign, Assert.Single(Read.File(line).Sightings).Sign);
        Assert.Equal(sign, Assert.Single(Read.File($"Inside the container the mysql command works. From my host:\n\n{line}\n").Sightings).Sign);
    }

    [Theory]
    [InlineData("    if ($e->getMessage() == 'MySQL server has gone away') {")]
    [InlineData("if 'MySQL server has gone away' in str(error):")]
    [InlineData("elif error.args[0] == 2006 and 'gone away' in error.args[1]:  # MySQL server has gone away")]
    [InlineData("throw new RuntimeException(\"MySQL server has gone away\");")]
    [InlineData("raise errorclass(2013, 'Lost connection to MySQL server during query')")]
    [InlineData("pool_recycle = 280  # against 'MySQL server has gone away'")]
    public void Code_alone_is_no_error(string line) => Assert.Empty(Read.Lines(line).Sightings);

    [Fact]
    public void Prose_about_time_outs_is_no_errno()
    {
        Sighting sighting = Read.One("On several servers there was 'MySQL server has gone away' on a fairly regular basis. It took me a while to find a way of reproducing it, and in my experience it means that you waited too long between queries, so that your connection timed out.");
        Assert.Equal((Sign.GoneAway, (int?)null), (sighting.Sign, sighting.Errno));
    }

    [Fact]
    public void A_statement_with_words_of_an_error_is_no_errno()
    {
        Sighting sighting = Read.One("SQLSTATE[HY000]: General error: 2006 MySQL server has gone away (SQL: insert into `jobs` (`queue`, `payload`, `exception`, `attempts`, `created_at`, `updated_at`) values (default, {\"displayName\":\"App\\Jobs\\Send\",\"job\":\"Illuminate\\Queue\\CallQueuedHandler@call\"}, Connection refused by smtp))");
        Assert.Null(sighting.Errno);
    }

    [Theory]
    [InlineData("pymysql.err.InternalError: Packet sequence number wrong", Sign.PacketsOutOfOrder)]
    [InlineData("Build failed with: Mysql has gone away.", Sign.GoneAway)]
    [InlineData("1159 - Got timeout reading communication packets", Sign.ServerSaid)]
    [InlineData("#2006 - MySQL server has gone away", Sign.GoneAway)]
    [InlineData("Error Code: 2013. Lost connection to MySQL server during query", Sign.LostDuringQuery)]
    [InlineData("SQL Error (2013): Lost connection to MySQL server during query", Sign.LostDuringQuery)]
    [InlineData("[Err] 2006 - MySQL server has gone away", Sign.GoneAway)]
    [InlineData("if I wait for long enough I get OperationalError: (2006, 'MySQL server has gone away')", Sign.GoneAway)]
    [InlineData("when idle for a night it says (2013, 'Lost connection to MySQL server during query')", Sign.LostDuringQuery)]
    [InlineData("2013 - Lost connection to MySQL server at 'reading initial communication packet', system error: 0", Sign.LostBeforeGreeting)]
    public void Errors_as_people_and_their_tools_quote_them(string line, Sign sign) => Assert.Equal(sign, Read.One(line).Sign);
}
