"""PyMySQL or mysqlclient, through what both have: dbapi.py pymysql|MySQLdb."""
import datetime
import decimal
import importlib
import os
import socket
import sys
import threading

from transcript import HOST, MARIADB, OTHER, PASSWORD, PORT, ROWS, SCHEMA, USER, VARIANT, error_text, fails, finish, say, section

driver = importlib.import_module(sys.argv[1])
PURE = sys.argv[1] == "pymysql"
ALL_BYTES = bytes(range(256))
BIG = 64 * 1024 * 1024


def connect(**changes):
    options = dict(host=HOST, port=PORT, user=USER, password=PASSWORD, charset="utf8mb4", database=SCHEMA)
    if VARIANT == "tls":
        options["ssl"] = {"check_hostname": False, "verify_mode": "none"} if PURE else {"cipher": "ALL"}
    if PURE:
        options["max_allowed_packet"] = BIG
    else:
        options["compress"] = VARIANT == "compressed"
    options.update(changes)
    options = {name: value for name, value in options.items() if value is not None}
    return driver.connect(**options)


def rows(connection, text, arguments=None):
    with connection.cursor() as cursor:
        cursor.execute(text, arguments)
        return cursor.fetchall()


def do(connection, text, arguments=None):
    """Affected rows, insert id and the number of warnings."""
    with connection.cursor() as cursor:
        affected = cursor.execute(text, arguments)
        count = connection.warning_count() if hasattr(connection, "warning_count") else getattr(cursor, "warning_count", None)
        return affected, cursor.lastrowid, count


def prepare_schema():
    connection = connect(database=None)
    do(connection, f"DROP DATABASE IF EXISTS {SCHEMA}")
    do(connection, f"DROP DATABASE IF EXISTS {SCHEMA}_2")
    do(connection, f"CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4")
    do(connection, f"CREATE DATABASE {SCHEMA}_2 CHARACTER SET latin1")
    say("server", connection.get_server_info())
    say("protocol", connection.get_proto_info())
    say("charset", connection.character_set_name())
    if VARIANT == "tls":
        say("tls", bool(rows(connection, "SHOW SESSION STATUS LIKE 'Ssl_cipher'")[0][1]))
    connection.close()


def values(connection):
    say("ints", rows(connection, "SELECT 1, -1, 0, 9223372036854775807, -9223372036854775808, 18446744073709551615, CAST(7 AS UNSIGNED)"))
    say("decimals", rows(connection, "SELECT 1.10, CAST('12345678901234567890.123456789' AS DECIMAL(65,9)), 1e0, 1.5e300, CAST(0.1 AS DECIMAL(3,1))"))
    say("null", rows(connection, "SELECT NULL, '', 'NULL'"))
    say("text", rows(connection, "SELECT 'häß', '🚀 日本', _latin1 'x', %s", ("\u0000\u0001'\"\\ 🐬",)))
    say("dates", rows(connection, "SELECT DATE '2024-02-29', TIMESTAMP '2024-02-29 23:59:59.123456', TIME '-838:59:59', CAST('2000-01-01 00:00:00' AS DATETIME), YEAR(DATE '1999-12-31')"))
    do(connection, "CREATE TABLE kinds (id INT AUTO_INCREMENT PRIMARY KEY, t TINYINT, s SMALLINT UNSIGNED, m MEDIUMINT, b BIGINT UNSIGNED, f FLOAT, d DOUBLE, n DECIMAL(20,6), "
       "day DATE, moment DATETIME(6), clock TIME(3), y YEAR, bits BIT(10), choice ENUM('a','b'), some SET('x','y','z'), j JSON, c CHAR(5), v VARCHAR(20) CHARACTER SET latin1, "
       "raw VARBINARY(300), lump BLOB, words TEXT, UNIQUE KEY (t))")
    say("insert", do(connection, "INSERT INTO kinds (t,s,m,b,f,d,n,day,moment,clock,y,bits,choice,some,j,c,v,raw,lump,words) VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,b'1010101010',%s,%s,%s,%s,%s,%s,%s,%s)",
       (-128, 65535, -8388608, 2**64 - 1, 1.5, 2.25, decimal.Decimal("-99999999999999.999999"), datetime.date(1000, 1, 1), datetime.datetime(9999, 12, 31, 23, 59, 59, 999999),
        datetime.timedelta(hours=-100, milliseconds=-5), 2155, "b", "x,z", '{"a": [1, null]}', "ab", "ümlaut", ALL_BYTES, ALL_BYTES * 3, "🚀")))
    say("nulls", do(connection, "INSERT INTO kinds () VALUES ()"))
    say("kinds", rows(connection, "SELECT * FROM kinds ORDER BY id"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kinds WHERE id = 1")
        say("columns", [tuple(column) for column in cursor.description])
        cursor.execute("SELECT id FROM kinds WHERE id = -1")
        say("empty", cursor.fetchall(), cursor.rowcount)
    say("update", do(connection, "UPDATE kinds SET s = 1 WHERE id = 1"), do(connection, "UPDATE kinds SET s = 1 WHERE id = 1"))
    say("many", *[do(connection, "INSERT INTO kinds (s) VALUES (1),(2),(3)")])
    with connection.cursor() as cursor:
        say("executemany", cursor.executemany("INSERT INTO kinds (s) VALUES (%s)", [(number,) for number in range(500)]), cursor.lastrowid)
    say("last insert id", rows(connection, "SELECT LAST_INSERT_ID(), ROW_COUNT()"))
    say("found", rows(connection, "SELECT COUNT(*), SUM(s) FROM kinds"))


def errors(connection):
    for text in ("SELEC 1", "SELECT * FROM nowhere", "INSERT INTO kinds (id) VALUES (1)", "INSERT INTO kinds (c) VALUES ('too long')", "SELECT 1 FROM kinds WHERE", "USE c_nowhere_at_all",
                 "USE mysql", "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'ours, häß', MYSQL_ERRNO = 5000", "SELECT (SELECT 1 UNION SELECT 2)", "KILL 999999999", "DROP TABLE none_such", ""):
        fails(text, do, connection, text)
    say("after errors", rows(connection, "SELECT 1"))
    say("with a warning", do(connection, "INSERT IGNORE INTO kinds (id, c) VALUES (1, 'abcdefgh')"))
    say("warnings", rows(connection, "SHOW WARNINGS"))
    say("division", do(connection, "SELECT 1/0, CAST('x1' AS SIGNED)"))
    say("warnings", rows(connection, "SHOW WARNINGS"), rows(connection, "SHOW COUNT(*) WARNINGS"))
    fails("an error", do, connection, "SELECT * FROM nowhere_2")
    say("errors", rows(connection, "SHOW ERRORS"))
    say("note", do(connection, "DROP TABLE IF EXISTS none_such"), rows(connection, "SHOW WARNINGS"))
    fails("access denied", connect, password="wrong")
    fails("no such account", connect, user="nobody_at_all", password="x")
    fails("no such schema", connect, database="c_nowhere_at_all")
    fails("no right to schema", connect, database="mysql")


def transactions(connection):
    do(connection, "CREATE TABLE money (id INT PRIMARY KEY, amount INT) ENGINE=InnoDB")
    other = connect()
    say("autocommit", connection.get_autocommit(), rows(connection, "SELECT @@autocommit"))
    do(connection, "INSERT INTO money VALUES (1, 10)")
    say("unseen", rows(other, "SELECT COUNT(*) FROM money"))
    connection.rollback()
    say("rolled back", rows(connection, "SELECT COUNT(*) FROM money"))
    do(connection, "INSERT INTO money VALUES (1, 10)")
    connection.commit()
    other.commit()
    say("committed", rows(other, "SELECT * FROM money"))
    do(connection, "SAVEPOINT a")
    do(connection, "UPDATE money SET amount = 11")
    do(connection, "ROLLBACK TO SAVEPOINT a")
    fails("no savepoint", do, connection, "ROLLBACK TO SAVEPOINT b")
    connection.commit()
    say("savepoint", rows(connection, "SELECT * FROM money"))
    connection.autocommit(True)
    do(connection, "UPDATE money SET amount = 12")
    other.commit()
    say("autocommit on", rows(other, "SELECT * FROM money"))
    for level in ("READ COMMITTED", "REPEATABLE READ"):
        other.rollback()
        do(other, f"SET SESSION TRANSACTION ISOLATION LEVEL {level}")
        do(other, "START TRANSACTION")
        rows(other, "SELECT * FROM money")
        do(connection, "UPDATE money SET amount = amount + 1")
        say(level, rows(other, "SELECT * FROM money"), rows(other, "SELECT @@transaction_isolation" if not MARIADB else "SELECT @@tx_isolation"))
        other.commit()
    do(other, "SET TRANSACTION READ ONLY")
    do(other, "START TRANSACTION READ ONLY")
    fails("read only", do, other, "DELETE FROM money")
    other.rollback()
    do(connection, "BEGIN")
    do(connection, "UPDATE money SET amount = 0")
    if VARIANT == "plain":
        do(other, "SET innodb_lock_wait_timeout = 1")
        fails("lock wait", do, other, "UPDATE money SET amount = 1")
    connection.rollback()
    other.rollback()
    do(other, "LOCK TABLES money READ")
    fails("locked", do, other, "INSERT INTO money VALUES (9, 9)")
    do(other, "UNLOCK TABLES")
    say("lock function", rows(other, "SELECT GET_LOCK('clients lock', 0), IS_FREE_LOCK('clients lock')"), rows(connection, "SELECT GET_LOCK('clients lock', 0)"), rows(other, "SELECT RELEASE_LOCK('clients lock')"))
    other.close()


def large(connection):
    say("max_allowed_packet", rows(connection, "SELECT @@max_allowed_packet"))
    do(connection, "CREATE TABLE lumps (id INT PRIMARY KEY, lump LONGBLOB)")
    for number, size in enumerate(((1 << 24) - 1, 20_000_000) if VARIANT == "plain" and PURE else (1 << 20, (1 << 24) - 5, (1 << 24) - 1, 20_000_000) if VARIANT == "plain" else (17_000_000,)):
        lump = (ALL_BYTES * (size // 256 + 1))[:size] if PURE else b"0123456789abcdef" * (size // 16) + b"z" * (size % 16)
        say(f"sent {size}", do(connection, "INSERT INTO lumps VALUES (%s, %s)", (number, lump)))
        say(f"kept {size}", rows(connection, "SELECT LENGTH(lump), SHA2(lump, 256) FROM lumps WHERE id = %s", (number,)))
        say(f"back {size}", rows(connection, "SELECT lump, 'end' FROM lumps WHERE id = %s", (number,)))
    for length in ((1 << 24) - 10, (1 << 24) - 2, 1 << 24, (1 << 24) + 1)[PURE and 2:] if VARIANT == "plain" else (1 << 24,):
        say(f"row of {length}", rows(connection, f"SELECT REPEAT('a', {length})"))
    connection.commit()


def many(connection):
    do(connection, "CREATE TABLE digits (d INT)")
    do(connection, "INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)")
    text = "SELECT a.d*10000 + b.d*1000 + c.d*100 + e.d*10 + f.d AS n, CONCAT('row ', a.d, b.d, c.d, e.d, f.d), NULL FROM digits a, digits b, digits c, digits e, digits f ORDER BY n LIMIT %d" % ROWS
    found = rows(connection, text)
    say("stored", len(found), found[:2], found[-1], sum(row[0] for row in found))
    streamed = importlib.import_module(sys.argv[1] + ".cursors").SSCursor
    with connection.cursor(streamed) as cursor:
        cursor.execute(text)
        say("first", cursor.fetchone(), cursor.fetchmany(2))
        say("streamed", sum(1 for _ in cursor))
    with connection.cursor(streamed) as cursor:
        cursor.execute(text)
        say("left early", cursor.fetchone())
    say("next", rows(connection, "SELECT 'after a result that was left'"))


def several(connection):
    if PURE:
        from pymysql.constants import CLIENT
        flags = CLIENT.MULTI_STATEMENTS
    else:
        from MySQLdb.constants import CLIENT
        flags = CLIENT.MULTI_STATEMENTS
    multi = connect(client_flag=flags)

    def results(text, arguments=None, call=False):
        with multi.cursor() as cursor:
            cursor.callproc(text, arguments) if call else cursor.execute(text, arguments)
            while True:
                say("  result", cursor.rowcount, cursor.lastrowid, cursor.fetchall() if cursor.description else "no rows")
                try:
                    if not cursor.nextset():
                        return
                except Exception as fault:
                    say("  then", error_text(fault))
                    return
    do(multi, "CREATE TABLE steps (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(10))")
    results("SELECT 1; SELECT 2, 3; INSERT INTO steps (word) VALUES ('a'),('b'); SELECT COUNT(*) FROM steps; UPDATE steps SET word = 'c'")
    results("SELECT 1; SELECT * FROM nowhere; SELECT 3")
    results("SET @x = 1; SELECT @x; USE %s_2; SELECT DATABASE(); USE %s" % (SCHEMA, SCHEMA))
    results("BEGIN; INSERT INTO steps (word) VALUES ('gone'); ROLLBACK; SELECT COUNT(*) FROM steps")
    do(multi, "CREATE PROCEDURE two (IN a INT, OUT b INT, INOUT c VARCHAR(20)) BEGIN SELECT a, c; SELECT id, word FROM steps ORDER BY id; SET b = a * 2; SET c = CONCAT(c, '!'); END")
    results("two", (21, 0, "hey"), True)
    say("out", rows(multi, "SELECT @_two_1, @_two_2"))
    results("CALL two(1, @b, @c); SELECT @b, @c IS NULL")
    do(multi, "CREATE PROCEDURE failing () BEGIN SELECT 'before'; INSERT INTO steps (id) VALUES (1); SELECT 'never'; END")
    results("CALL failing()")
    do(multi, "CREATE FUNCTION plus (a INT) RETURNS INT DETERMINISTIC RETURN a + 1")
    say("function", rows(multi, "SELECT plus(41)"))
    fails("not allowed without the flag", do, connection, "SELECT 1; SELECT 2")
    multi.close()


def prepared(connection):
    """SQL's own PREPARE: these drivers have no binary protocol."""
    do(connection, "PREPARE p FROM 'SELECT ?, ? + 1'")
    do(connection, "SET @a = 'x', @b = 41")
    for number in range(20):
        do(connection, "SET @b = %s", (number,))
        found = rows(connection, "EXECUTE p USING @a, @b")
    say("executed", found)
    fails("arguments", do, connection, "EXECUTE p USING @a")
    do(connection, "DEALLOCATE PREPARE p")
    fails("deallocated", do, connection, "EXECUTE p USING @a, @b")


def state(connection):
    do(connection, "SET @number = 42, @word = 'häß', @nothing = NULL")
    say("user variables", rows(connection, "SELECT @number, @word, @nothing, @unset"))
    do(connection, "CREATE TEMPORARY TABLE passing (id INT)")
    do(connection, "INSERT INTO passing VALUES (1), (2)")
    say("temporary", rows(connection, "SELECT COUNT(*) FROM passing"))
    do(connection, "SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '+05:00', group_concat_max_len = 77, lc_time_names = 'de_DE'")
    say("variables", rows(connection, "SELECT @@sql_mode, @@time_zone, @@group_concat_max_len, @@lc_time_names, FROM_UNIXTIME(0), MONTHNAME(DATE '2024-03-01')"))
    do(connection, "SET SESSION sql_mode = DEFAULT")
    connection.select_db(SCHEMA + "_2")
    say("schema", rows(connection, "SELECT DATABASE(), @@character_set_database"))
    do(connection, f"USE {SCHEMA}")
    say("schema", rows(connection, "SELECT DATABASE()"))
    fails("schema", connection.select_db, "c_nowhere_at_all")
    say("schema", rows(connection, "SELECT DATABASE()"))
    for names in ("latin1", "utf8mb3", "utf8mb4 COLLATE utf8mb4_bin", "utf8mb4"):
        do(connection, "SET NAMES " + names)
        say("names " + names, rows(connection, "SELECT @@character_set_client, @@character_set_results, @@collation_connection, HEX('x'), LENGTH(@word)"))
    connection.ping()
    say("ping", rows(connection, "SELECT @number, COUNT(*) FROM passing"))
    if hasattr(connection, "stat"):
        say("statistics", bool(connection.stat()))
    say("user", rows(connection, "SELECT CURRENT_USER(), SUBSTRING_INDEX(USER(), '@', 1)"))
    if hasattr(connection, "change_user"):
        connection.change_user(OTHER[0], OTHER[1], SCHEMA)
        say("changed user", rows(connection, "SELECT CURRENT_USER(), DATABASE(), @number, @@time_zone = @@global.time_zone"))
        fails("temporary after change", do, connection, "SELECT * FROM passing")
        fails("change to a wrong password", connection.change_user, OTHER[0], "wrong", SCHEMA)


def until_dead(connection):
    """A connection is not dead at once when KILL has been answered, and how it shows depends on what the client was doing."""
    for _ in range(1000):
        try:
            rows(connection, "SELECT 1")
        except driver.OperationalError:
            return True
        threading.Event().wait(0.005)
    return False


def killed(connection):
    killer = connect()
    # Its own: one that another client has left may still be in the list.
    mark = f"SELECT SLEEP(30) /* of {os.getpid()} */"
    for way in ("handshake", "function"):
        victim = connect()
        number = victim.thread_id() if way == "handshake" else rows(victim, "SELECT CONNECTION_ID()")[0][0]
        thread = threading.Thread(target=fails, args=(f"killed by {way}", lambda one=victim: rows(one, mark + " FROM digits")))
        thread.start()
        while not rows(killer, f"SELECT 1 FROM information_schema.processlist WHERE info LIKE '{mark}%%'"):
            threading.Event().wait(0.01)
        answer = do(killer, f"KILL QUERY {number}")
        thread.join()
        say("kill", answer)
        say("lives on", rows(victim, "SELECT 'alive'"))
        number = victim.thread_id()
        say("kill connection", do(killer, f"KILL {number}"))
        say("dead", until_dead(victim))
        fails("killed twice", do, killer, "KILL 4294967295")
    killer.close()


def refused(connection):
    with_local = connect(local_infile=True)
    fails("local", do, with_local, "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE digits")
    say("and then", rows(with_local, "SELECT 1"))
    with_local.close()
    fails("not asked for", do, connection, "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE digits")


section("connect", prepare_schema)
connection = connect()
connection.autocommit(False)
for step in (values, errors, transactions, large, many, several, prepared, killed, refused, state):
    section(step.__name__, step, connection)
    if step is not state:
        connection.rollback()
section("ways to connect", lambda: (
    say("autocommit", rows(connect(autocommit=True), "SELECT @@autocommit")),
    say("init", rows(connect(init_command="SET @hello = 'world'"), "SELECT @hello")),
    say("no schema", rows(connect(database=None), "SELECT DATABASE()")),
    say("latin1", rows(connect(charset="latin1"), "SELECT @@character_set_client, 'ä'")),
    say("sql_mode", rows(connect(sql_mode="ANSI"), "SELECT @@sql_mode")),
    say("found rows", do(connect(client_flag=2), "UPDATE digits SET d = d"))))
section("close", connection.close)
fails("after close", rows, connection, "SELECT 1")
finish()
