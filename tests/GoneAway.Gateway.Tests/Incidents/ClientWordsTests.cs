using GoneAway.Causes;
using GoneAway.Gateway.Incidents;
using GoneAway.Model;

namespace GoneAway.Gateway.Tests.Incidents;

/// <summary>An error that says "outcome unknown" holds no word that makes anything run the statement again.</summary>
public sealed class ClientWordsTests
{
    // What client libraries and frameworks look for in an error's text, without regard to case here.
    private static readonly string[] Triggers =
    [
        // Laravel: DetectsLostConnections, DetectsConcurrencyErrors (and its ports to other languages).
        "server has gone away", "no connection to the server", "lost connection", "is dead or not enabled", "error while sending", "decryption failed or bad record mac",
        "server closed the connection unexpectedly", "ssl connection has been closed unexpectedly", "error writing data to the connection", "resource deadlock avoided", "transaction() on null",
        "child connection forced to terminate due to client_idle_limit", "query_wait_timeout", "reset by peer", "physical connection is not usable", "tcp provider: error code",
        "packets out of order", "adaptive server connection failed", "communication link failure", "connection is no longer usable", "login timeout expired", "connection refused",
        "running with the --read-only option", "connection is broken", "try again", "please retry", "temporary failure in name resolution", "broken pipe", "connection timed out", "no route to host",
        "disconnected by the server because of inactivity", "no such file or directory", "operation timed out", "handshake timed out", "name or service not known", "eof detected",
        "could not connect to server", "deadlock", "try restarting transaction", "lock wait timeout", "database is locked",
        // activerecord-mysql-reconnect, Rails' adapters and their many small patches.
        "gone away", "server shutdown in progress", "closed mysql connection", "can't connect", "query execution was interrupted", "access denied for user", "unknown mysql server host",
        "mysql client is not connected", "closed stream", "unexpected_packet", "connection was killed", "invalid connection", "bad connection", "connection lost",
        // SQLAlchemy, MySQL Connector/Python, aiomysql, Django's and Celery's helpers.
        "already closed", "connection not available", "connection to mysql is not available", "connection is not available", "disconnected", "connection already closed", "not connected",
        // Connector/J, Hibernate, HikariCP and Spring's classifiers by words.
        "communications link failure", "connection is closed", "connection has been closed", "no operations allowed after connection closed", "server connection failure", "socket",
        // node: mysql2, knex, sequelize, typeorm.
        "econnreset", "econnrefused", "etimedout", "epipe", "protocol_connection_lost", "closed state", "server closed the connection", "the server closed", "closed the connection",
        // Go's database/sql and the retry helpers around it.
        "unexpected eof", "i/o timeout", "use of closed network connection", "driver: bad", "timed out", "connection reset", "reconnect", "retry",
    ];

    // peewee's ReconnectMixin and others look for the digits anywhere.
    private static readonly string[] Numbers = ["2002", "2003", "2006", "2013", "2014", "2027", "2045", "2048", "2055", "4031", "1205", "1213", "1927", "1053", "1040"];

    public static TheoryData<string> EveryCause => [.. Catalogue.All.Select(static c => c.Name), "unknown"];

    [Theory]
    [MemberData(nameof(EveryCause))]
    public void An_error_of_unknown_outcome_says_nothing_that_is_retried_on(string cause)
    {
        foreach (Grade grade in Enum.GetValues<Grade>())
            foreach (bool inTransaction in (bool[])[false, true])
            {
                string words = ClientWords.Cause(new Verdict(cause == "unknown" ? null : cause, grade, "never shown"), new IncidentIds().Next());
                string text = ClientWords.OutcomeUnknown(inTransaction, words);
                Assert.DoesNotContain(Triggers, t => text.Contains(t, StringComparison.OrdinalIgnoreCase));
                Assert.DoesNotContain(Numbers, n => text.Contains(n, StringComparison.Ordinal));
                Assert.Contains(cause == "unknown" ? "not known yet" : cause, text, StringComparison.Ordinal);
            }
    }

    [Fact]
    public void No_incident_has_an_id_that_reads_as_an_error_number()
    {
        var ids = new IncidentIds();
        for (int i = 0; i < 50_000; i++)
        {
            string id = ids.Next();
            Assert.DoesNotContain(Numbers, n => id.Contains(n, StringComparison.Ordinal));
            Assert.DoesNotContain(Triggers, t => id.Contains(t, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void Two_gateways_give_different_ids()
    {
        string[] first = [.. Enumerable.Range(0, 20).Select(static _ => new IncidentIds().Next())];
        Assert.True(first.Distinct().Count() >= 19, string.Join(" ", first));
    }
}
