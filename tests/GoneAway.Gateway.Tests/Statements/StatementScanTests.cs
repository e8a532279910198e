using System.Text;
using GoneAway.Gateway.Statements;
using static GoneAway.Gateway.Statements.StatementTraits;

namespace GoneAway.Gateway.Tests.Statements;

public sealed class StatementScanTests
{
    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("select c from sbtest1 where id=12345")]
    [InlineData("SELECT `id`, `t`.`a b` FROM `db`.`t` WHERE x IN (1, 2) AND name = 'O''Neil' ORDER BY id LIMIT 10")]
    [InlineData("SELECT COUNT(*), MAX(a), COALESCE(b, 'x') FROM t GROUP BY c HAVING COUNT(DISTINCT d) > 1;")]
    [InlineData("(SELECT 1) UNION ALL (SELECT 2) -- done")]
    [InlineData("/* app:web */ SELECT /*+ MAX_EXECUTION_TIME(1000) */ 1 # end")]
    [InlineData("SELECT @a, @@version, @@global.max_connections, @@session.sql_mode")]
    [InlineData("SELECT DATABASE(), USER(), NOW(), -(1), 1.5e10, 0x41, x'41', N'a', _utf8mb4'b'")]
    [InlineData("WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT * FROM c")]
    [InlineData("SELECT SUM(x) OVER (PARTITION BY y) FROM t WHERE a = ANY (SELECT b FROM u) AND MATCH (d) AGAINST ('w')")]
    [InlineData("SHOW TABLES")]
    [InlineData("SHOW VARIABLES LIKE 'max_allowed_packet'")]
    [InlineData("SHOW GRANTS FOR 'a'@'b'")]
    [InlineData("EXPLAIN SELECT * FROM t")]
    [InlineData("EXPLAIN ANALYZE SELECT * FROM t")]
    [InlineData("DESC t")]
    [InlineData("VALUES ROW(1,2), ROW(3,4)")]
    [InlineData("TABLE t LIMIT 5")]
    [InlineData("SELECT 'sleep(5); DELETE', \"FOR UPDATE\" FROM t")]
    [InlineData("SELECT * FROM t WHERE name = 'José'")]
    [InlineData("SELECT REPLACE(a, 'x', 'y'), INSERT(a, 1, 2, 'z'), IF(a, b, c), LEFT(a, 3) FROM t LEFT JOIN u USING (id)")]
    [InlineData("SELECT 1--1")]
    [InlineData("SELECT '\\\\' FROM t")]
    public void These_are_pure_reads(string sql) => Assert.Equal(PureRead, Classify(sql));

    [Theory]
    [InlineData("SELECT 1 INTO OUTFILE '/tmp/x'")]
    [InlineData("SELECT * FROM t FOR UPDATE")]
    [InlineData("SELECT * FROM t FOR/**/SHARE")]
    [InlineData("SELECT * FROM t LOCK IN SHARE MODE")]
    [InlineData("SELECT SLEEP(5)")]
    [InlineData("SELECT `sleep`(5)")]
    [InlineData("SELECT \"sleep\"(5)")]
    [InlineData("SELECT my_function(1)")]
    [InlineData("SELECT db.abs(1)")]
    [InlineData("SELECT db . abs(1)")]
    [InlineData("SELECT count (1)")]
    [InlineData("SELECT NEXTVAL(s)")]
    [InlineData("SELECT NEXT VALUE FOR s")]
    [InlineData("SELECT s.nextval")]
    [InlineData("SELECT DEFAULT(id) FROM t")]
    [InlineData("SELECT BENCHMARK(1, f())")]
    [InlineData("SELECT LAST_INSERT_ID(5)")]
    [InlineData("SELECT 1e5INTO OUTFILE '/tmp/x'")]
    [InlineData("SELECT 1.5INTO OUTFILE '/tmp/x'")]
    [InlineData("SELECT 1.e5INTO OUTFILE '/tmp/x'")]
    [InlineData("SELECT /*!50000 SLEEP(5) */ + 1")]
    [InlineData("SELECT 1 /*M! INTO OUTFILE 'x' */")]
    [InlineData("SELECT 1 /*!99999 ' */ + f() -- ' */")]
    [InlineData("EXPLAIN ANALYZE UPDATE t SET a=1")]
    [InlineData("WITH a AS (SELECT 1) DELETE FROM t")]
    [InlineData("SELECT * FROM t PROCEDURE ANALYSE()")]
    [InlineData("SELECT a.$$x$$ FROM t")]
    [InlineData("INSERT INTO t VALUES (1)")]
    [InlineData("REPLACE(1)")]
    [InlineData("SHOW PROFILES")]
    [InlineData("SELECT * FROM information_schema.INNODB_CMP_RESET")]
    [InlineData("ANALYZE SELECT 1")]
    [InlineData("DO 1")]
    [InlineData("")]
    [InlineData("-- nothing")]
    [InlineData("SET STATEMENT max_statement_time=1 FOR SELECT 1")]
    public void These_are_not(string sql) => Assert.Equal(None, Classify(sql) & PureRead);

    [Theory]
    [InlineData("SELECT 'it\\'s'")]
    [InlineData("SELECT 'a\\', f(), '")]
    [InlineData("SELECT 'open")]
    [InlineData("SELECT \"open")]
    [InlineData("SELECT `open")]
    [InlineData("SELECT 1 /* open")]
    [InlineData("SELECT 1 /*! open")]
    [InlineData("SELECT naïve FROM t")]
    [InlineData("SELECT 1 FOR\u00a0UPDATE")]
    [InlineData("SELECT `é` FROM t")]
    [InlineData("SELECT 'é\\n'")]
    [InlineData("SELECT 1 \0")]
    [InlineData("SELECT /*+ QB_NAME(`*/`) */ 1")]
    [InlineData("{call f()}")]
    [InlineData("IF a THEN SET @b = 1")]
    public void Doubt_is_said(string sql)
    {
        Assert.Equal(Doubtful, Classify(sql) & (Doubtful | PureRead));
        Assert.Equal(None, StatementScan.Classify(Encoding.Latin1.GetBytes(sql)) & PureRead);
    }

    [Fact]
    public void A_second_byte_that_looks_like_a_backslash_is_doubtful() =>
        Assert.Equal(Doubtful, StatementScan.Classify([.. "SELECT '"u8, 0x95, 0x5C, .. "' , f(), '"u8, .. "'"u8]) & (Doubtful | PureRead));

    [Theory]
    [InlineData("BEGIN", Begin | EndsTransaction)]
    [InlineData("begin work", Begin | EndsTransaction)]
    [InlineData("START TRANSACTION READ ONLY", Begin | EndsTransaction)]
    [InlineData("START REPLICA", EndsTransaction)]
    [InlineData("XA START 'x'", Begin | Xa)]
    [InlineData("XA COMMIT 'x'", EndsTransaction | Xa)]
    [InlineData("COMMIT", EndsTransaction)]
    [InlineData("COMMIT AND CHAIN", Begin | EndsTransaction)]
    [InlineData("COMMIT AND NO CHAIN RELEASE", EndsTransaction | Disconnects)]
    [InlineData("ROLLBACK", EndsTransaction)]
    [InlineData("ROLLBACK TO SAVEPOINT a", None)]
    [InlineData("ROLLBACK WORK TO a", None)]
    [InlineData("SAVEPOINT a", None)]
    [InlineData("RELEASE SAVEPOINT a", None)]
    [InlineData("ALTER TABLE t ADD x INT", EndsTransaction)]
    [InlineData("TRUNCATE t", EndsTransaction)]
    [InlineData("CREATE TABLE t (temporary int)", EndsTransaction)]
    [InlineData("CREATE TEMPORARY TABLE t (a int)", TemporaryTable)]
    [InlineData("CREATE OR REPLACE TEMPORARY TABLE t (a int)", TemporaryTable)]
    [InlineData("DROP TEMPORARY TABLE IF EXISTS t", TemporaryTable)]
    [InlineData("DROP PREPARE p", TextPrepare)]
    [InlineData("SET autocommit=0", SetsState | EndsTransaction)]
    [InlineData("SET @@session.`autocommit` = 1", SetsState | EndsTransaction)]
    [InlineData("SET @a = 1", SetsState | UserVariable)]
    [InlineData("SET @'a b' = 1", SetsState | UserVariable)]
    [InlineData("SET sql_mode = ''", SetsState)]
    [InlineData("SET NAMES utf8mb4 COLLATE utf8mb4_bin", SetsState | SetsCharset)]
    [InlineData("SET CHARACTER SET latin1", SetsState | SetsCharset)]
    [InlineData("/*!40101 SET NAMES utf8 */", SetsState | SetsCharset)]
    [InlineData("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", SetsState | OneShotTransaction)]
    [InlineData("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", SetsState)]
    [InlineData("SET @@transaction_isolation = 'READ-COMMITTED'", SetsState | OneShotTransaction)]
    [InlineData("SET @@session.tx_isolation = 'READ-COMMITTED'", SetsState)]
    [InlineData("SET transaction_read_only = 1", SetsState)]
    [InlineData("SET ROLE admin", SetsState | UntrackedState)]
    [InlineData("SET DEFAULT ROLE admin TO app", SetsState | UntrackedState | EndsTransaction)]
    [InlineData("SET NAMES utf8mb4, ROLE admin", SetsState | SetsCharset | UntrackedState | EndsTransaction)]
    [InlineData("SET SESSION wait_timeout=60, DEFAULT ROLE r", SetsState | UntrackedState | EndsTransaction)]
    [InlineData("SET NAMES utf8, PASSWORD='x'", SetsState | SetsCharset | EndsTransaction)]
    [InlineData("SET CHAR SET latin1", SetsState | SetsCharset)]
    [InlineData("INSERT INTO child (a, b) VALUES (1, f())", CallsFunction)]
    [InlineData("INSERT INTO child (a, b) VALUES (1, NOW()), (DEFAULT(a), COALESCE(2, 3))", None)]
    [InlineData("INSERT INTO child (a) SELECT f(b) FROM t", CallsFunction)]
    [InlineData("REPLACE child SET a = f()", CallsFunction)]
    [InlineData("UPDATE t SET a = f(a) WHERE b = 1", CallsFunction)]
    [InlineData("DELETE FROM t WHERE f(a)", CallsFunction)]
    [InlineData("UPDATE t SET a = IF (b MOD (2), 1, LEFT (c, 2))", None)]
    [InlineData("ANALYZE FORMAT=JSON SELECT f()", EndsTransaction | CallsFunction)]
    [InlineData("LOAD DATA INFILE 'x' INTO TABLE t (a, @b) SET c = f(@b)", CallsFunction | ChangesInsertId | UserVariable)]
    [InlineData("SELECT pkg.get('k')", CallsFunction)]
    [InlineData("SELECT app.release(1), db.count(2)", CallsFunction)]
    [InlineData("SELECT PREVIOUS VALUE FOR s", UntrackedState)]
    [InlineData("SELECT s.currval", UntrackedState)]
    [InlineData("SELECT @@last_gtid", ReadsLast | AsksOfLast)]
    [InlineData("SELECT WSREP_LAST_WRITTEN_GTID()", ReadsLast | AsksOfLast)]
    [InlineData("SET SESSION AUTHORIZATION app", SetsState | UntrackedState | EndsTransaction)]
    [InlineData("SET PASSWORD = 'x'", SetsState | EndsTransaction)]
    [InlineData("SELECT NEXTVAL(s)", UntrackedState)]
    [InlineData("INSERT INTO t VALUES (NEXT VALUE FOR s)", UntrackedState)]
    [InlineData("SELECT LASTVAL(s)", UntrackedState)]
    [InlineData("LOCK INSTANCE FOR BACKUP", UntrackedState | EndsTransaction)]
    [InlineData("INSERT INTO t (v) VALUES (1) RETURNING id", ChangesInsertId)]
    [InlineData("SELECT LAST_INSERT_ID(5)", ReadsLast | ChangesInsertId)]
    [InlineData("UPDATE t SET n = LAST_INSERT_ID(n + 1)", ReadsLast | ChangesInsertId)]
    [InlineData("SET session_track_schema = OFF", SetsState | SessionTracking)]
    [InlineData("SET @@SESSION.Session_Track_Gtids = 'OWN_GTID'", SetsState | SessionTracking)]
    [InlineData("USE db", SetsState)]
    [InlineData("LOCK TABLES t READ", TableLock | EndsTransaction)]
    [InlineData("UNLOCK TABLES", TableUnlock | EndsTransaction)]
    [InlineData("UNLOCK TABLES; LOCK TABLES t WRITE", TableUnlock | TableLock | EndsTransaction | Multi)]
    [InlineData("UNLOCK INSTANCE", EndsTransaction)]
    [InlineData("SELECT a, my_function(1)", CallsFunction)]
    [InlineData("SELECT db.abs(1)", CallsFunction)]
    [InlineData("SELECT `f` (1)", CallsFunction)]
    [InlineData("SELECT SLEEP(1), UUID_SHORT(), NVL(a, b) FROM t", None)]
    [InlineData("DROP /*!50708 TEMPORARY */ TABLE t", TemporaryTable | Doubtful)]
    [InlineData("/*!99999 SELECT */ COMMIT", Doubtful)]
    [InlineData("ROLLBACK /*!99999 TO */ a", Doubtful)]
    [InlineData("/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`b`*/ /*!50003 TRIGGER t AFTER INSERT ON u FOR EACH ROW DO 1 */", EndsTransaction)]
    [InlineData("FLUSH TABLES WITH READ LOCK", TableLock | EndsTransaction)]
    [InlineData("FLUSH TABLES t FOR EXPORT", TableLock | EndsTransaction)]
    [InlineData("FLUSH PRIVILEGES", EndsTransaction)]
    [InlineData("BACKUP STAGE START", UntrackedState | EndsTransaction)]
    [InlineData("SELECT GET_LOCK('a', 1)", NamedLock)]
    [InlineData("SELECT `get_lock` ('a', 1)", NamedLock)]
    [InlineData("DO RELEASE_ALL_LOCKS()", NamedLock)]
    [InlineData("SELECT get_lock FROM t", PureRead)]
    [InlineData("PREPARE s FROM 'SELECT 1'", TextPrepare)]
    [InlineData("EXECUTE s USING @a", TextPrepare | UserVariable)]
    [InlineData("DEALLOCATE PREPARE s", TextPrepare)]
    [InlineData("SELECT LAST_INSERT_ID()", ReadsLast)]
    [InlineData("SELECT FOUND_ROWS ( )", ReadsLast | AsksOfLast)]
    [InlineData("SELECT @@identity", ReadsLast)]
    [InlineData("SELECT @@session.`warning_count`", ReadsLast | AsksOfLast)]
    [InlineData("SELECT identity, row_count FROM t", PureRead)]
    [InlineData("SHOW WARNINGS LIMIT 1", ReadsLast | AsksOfLast)]
    [InlineData("SHOW COUNT(*) ERRORS", ReadsLast | AsksOfLast)]
    [InlineData("SHOW COLUMNS FROM warnings", PureRead)]
    [InlineData("GET DIAGNOSTICS @n = NUMBER", ReadsLast | AsksOfLast | UserVariable)]
    [InlineData("INSERT INTO t VALUES (LAST_INSERT_ID())", ReadsLast)]
    [InlineData("SELECT SQL_CALC_FOUND_ROWS * FROM t LIMIT 5", PureRead | CalcFoundRows)]
    [InlineData("SELECT @a := 1", UserVariable)]
    [InlineData("SELECT 1 INTO @a", UserVariable)]
    [InlineData("INSERT INTO t VALUES (@a)", None)]
    [InlineData("LOAD DATA LOCAL INFILE 'x' INTO TABLE t (@a)", LoadLocal | ChangesInsertId | UserVariable)]
    [InlineData("LOAD DATA INFILE 'local' INTO TABLE t", ChangesInsertId)]
    [InlineData("KILL 5", StatementTraits.Kill)]
    [InlineData("CALL p(1)", Call)]
    [InlineData("CALL p(@out)", Call | UserVariable)]
    [InlineData("HANDLER t OPEN", Handler)]
    [InlineData("SELECT 1; SELECT 2", Multi)]
    [InlineData("SET @a = 1; INSERT INTO t VALUES (1); COMMIT;", Multi | SetsState | UserVariable | EndsTransaction)]
    [InlineData("SELECT 1; -- nothing more", PureRead)]
    [InlineData("SET STATEMENT max_statement_time=1 FOR CALL p()", SetsState | Call)]
    [InlineData("UPDATE t SET a = 1 WHERE b = ';'", None)]
    public void Traits(string sql, StatementTraits traits) => Assert.Equal(traits, Classify(sql));

    [Fact]
    public void Any_bytes_are_read_without_an_exception_and_without_allocation()
    {
        var random = new Random(7);
        string[] pieces = ["SELECT ", "'", "\"", "`", "\\", "/*", "/*!", "/*M!", "*/", "--", " ", "\n", "#", "@", "@@", ":=", ";", "(", ")", ".", "1e5", "x", "KILL ", "é"];
        byte[] text = new byte[64];
        for (int round = 0; round < 200_000; round++)
        {
            int length = 0;
            while (length < 40)
            {
                length += Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)], text.AsSpan(length));
                if (random.Next(4) == 0)
                    text[length++] = (byte)random.Next(256);
            }
            length = random.Next(length + 1);
            StatementScan.Classify(text.AsSpan(0, length));
            KillStatement.TryRead(text.AsSpan(0, length), out _);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1000; round++)
            StatementScan.Classify("SELECT c, COUNT(*) FROM sbtest1 WHERE id = 12345 AND d = 'x'"u8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("KILL 5", KillKind.Connection, 5, "5")]
    [InlineData("kill /* that */ connection 0012 ;", KillKind.Connection, 12, "0012")]
    [InlineData("KILL QUERY 18446744073709551606", KillKind.Query, 18446744073709551606, "18446744073709551606")]
    [InlineData("KILL QUERY ID 7", KillKind.QueryId, 7, "7")]
    [InlineData("KILL USER 'a'@'b'", KillKind.User, 0, "")]
    [InlineData("KILL @id", KillKind.Connection, 0, "")]
    [InlineData("KILL QUERY 1+1", KillKind.Query, 0, "")]
    public void A_kill_says_whom(string sql, KillKind kind, ulong id, string number)
    {
        Assert.True(KillStatement.TryRead(Encoding.UTF8.GetBytes(sql), out KillTarget target));
        Assert.Equal((kind, id, number, false), (target.Kind, target.Id, sql.Substring(target.Start, target.Length), target.IsSoft));
    }

    [Fact]
    public void A_soft_kill_is_told() =>
        Assert.True(KillStatement.TryRead("KILL SOFT QUERY 3"u8, out KillTarget target) && target is { IsSoft: true, Kind: KillKind.Query, Id: 3 });

    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("KILL")]
    [InlineData("KILL 1; KILL 2")]
    [InlineData("KILL 1 /* open")]
    public void Others_are_no_kill(string sql) => Assert.False(KillStatement.TryRead(Encoding.UTF8.GetBytes(sql), out _));

    private static StatementTraits Classify(string sql) => StatementScan.Classify(Encoding.UTF8.GetBytes(sql));

    [Theory]
    [InlineData("INSERT INTO t VALUES ('and so on", false, ChangesInsertId)]
    [InlineData("/* of the application */ INSERT INTO t VALUES ('and so on", true, Multi | ChangesInsertId)]
    [InlineData("UPDATE t SET a = 'and so on", false, None)]
    [InlineData("CALL p('and so on", false, Call)]
    [InlineData("BEGIN NOT ATOMIC INSERT INTO t VALUES ('and so on", false, Begin | EndsTransaction | Doubtful)]
    [InlineData("SELECT a FROM t WHERE b IN (1, 2, 'and so on", false, UserVariable | NamedLock)]
    [InlineData("SHOW TABLES LIKE 'and so on", false, Doubtful)]
    [InlineData("CAL", false, Doubtful)]
    [InlineData("/* a comment without an end", false, Doubtful)]
    [InlineData("", false, Doubtful)]
    public void TheBeginningOfAText(string sql, bool several, StatementTraits traits) =>
        Assert.Equal(traits, StatementScan.ClassifyBeginning(Encoding.UTF8.GetBytes(sql), several));
}
