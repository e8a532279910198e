<?php
// PHP's mysqli on mysqlnd: text and binary protocol, cursors, long data, asynchronous queries, change of user.
require __DIR__ . '/transcript.php';
mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);

function connect(array $changes = []): mysqli
{
    $o = $changes + ['user' => USER, 'password' => PASSWORD, 'schema' => SCHEMA, 'local' => 0, 'charset' => 'utf8mb4', 'flags' => 0];
    $link = mysqli_init();
    $link->options(MYSQLI_OPT_LOCAL_INFILE, $o['local']);
    if (isset($o['native']))
        $link->options(MYSQLI_OPT_INT_AND_FLOAT_NATIVE, 1);
    if (isset($o['init']))
        $link->options(MYSQLI_INIT_COMMAND, $o['init']);
    $flags = $o['flags'] | (VARIANT === 'compressed' ? MYSQLI_CLIENT_COMPRESS : 0);
    if (VARIANT === 'tls') {
        $link->ssl_set(null, null, null, null, null);
        $flags |= MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT;
    }
    $link->real_connect(HOST, $o['user'], $o['password'], $o['schema'], PORT, null, $flags);
    $link->set_charset($o['charset']);
    return $link;
}

function rows(mysqli $link, string $text): array|bool
{
    $result = $link->query($text);
    return $result instanceof mysqli_result ? $result->fetch_all() : $result;
}

function act(mysqli $link, string $text): array
{
    $link->query($text);
    return [$link->affected_rows, $link->insert_id, $link->warning_count, $link->info];
}

function every_result(mysqli $link): array
{
    $found = [];
    do {
        $result = $link->store_result();
        $found[] = $result ? $result->fetch_all() : [$link->affected_rows, $link->insert_id, $link->warning_count];
    } while ($link->more_results() && $link->next_result());
    return $found;
}

function start(): void
{
    $link = connect(['schema' => null]);
    foreach (['', '_2'] as $end) {
        $link->query('DROP DATABASE IF EXISTS ' . SCHEMA . $end);
        $link->query('CREATE DATABASE ' . SCHEMA . $end . ' CHARACTER SET ' . ($end ? 'latin1' : 'utf8mb4'));
    }
    say('server', $link->server_info, $link->server_version, $link->protocol_version, $link->character_set_name());
    if (VARIANT === 'tls')
        say('tls', rows($link, "SHOW SESSION STATUS LIKE 'Ssl_cipher'")[0][1] !== '');
    $link->close();
}

const TABLE = "(id INT AUTO_INCREMENT PRIMARY KEY, t TINYINT UNIQUE, s SMALLINT UNSIGNED, m MEDIUMINT, b BIGINT UNSIGNED, f FLOAT, d DOUBLE, n DECIMAL(20,6),
  day DATE, moment DATETIME(6), clock TIME(3), y YEAR, bits BIT(10), choice ENUM('a','b'), j JSON, c CHAR(5), v VARCHAR(20), raw VARBINARY(300), lump BLOB, words TEXT)";

function values(mysqli $link): void
{
    say('scalars', rows($link, "SELECT 1, -1, 18446744073709551615, 1.10, 1e300, NULL, '', '🚀 häß', _latin1 'x', DATE '2024-02-29', TIMESTAMP '2024-02-29 23:59:59.123456', TIME '-838:59:59'"));
    say('native', rows(connect(['native' => 1]), 'SELECT 1, -9223372036854775808, 18446744073709551615, 1.5, 1e3, CAST(1.5 AS FLOAT)'));
    $link->query('CREATE TABLE kinds ' . TABLE);
    $bytes = all_bytes();
    say('insert', act($link, "INSERT INTO kinds (t,s,m,b,f,d,n,day,moment,clock,y,bits,choice,j,c,v,raw,lump,words) VALUES (-128,65535,-8388608,18446744073709551615,1.5,2.25,-99999999999999.999999,
      '1000-01-01','9999-12-31 23:59:59.999999','-99:00:00.005',2155,b'1010101010','b','{\"a\": [1, null]}','ab','ü','" . $link->real_escape_string($bytes) . "','" . $link->real_escape_string($bytes . $bytes) . "','🚀')"));
    say('nulls', act($link, 'INSERT INTO kinds () VALUES ()'), act($link, 'INSERT INTO kinds (s) VALUES (1),(2),(3)'));
    say('update', act($link, 'UPDATE kinds SET s = 5'), act($link, 'UPDATE kinds SET s = 5'), act($link, 'DELETE FROM kinds WHERE id = 5'), act($link, 'REPLACE INTO kinds (id, t) VALUES (2, 9)'));
    $result = $link->query('SELECT * FROM kinds ORDER BY id');
    say('kinds', $result->fetch_all());
    foreach ($result->fetch_fields() as $field)
        say('field', $field);
    say('last', rows($link, 'SELECT LAST_INSERT_ID(), FOUND_ROWS(), ROW_COUNT()'));
}

function prepared(mysqli $link): void
{
    $select = $link->prepare('SELECT * FROM kinds WHERE id = ?');
    say('prepared', $select->param_count, $select->field_count);
    for ($id = 1; $id < 4; $id++) {
        $select->bind_param('i', $id);
        $select->execute();
        say('row', $select->get_result()->fetch_all());
    }
    $echo = $link->prepare('SELECT ?, ?, ?');
    foreach ([['iid', 1, -2, 0.5], ['sss', 'a', null, '🚀'], ['dis', 1.25, PHP_INT_MAX, all_bytes()], ['sbi', 'x', null, null]] as $set) {
        $echo->bind_param(...$set);
        $echo->execute();
        say('types ' . $set[0], $echo->get_result()->fetch_all());
    }
    $insert = $link->prepare('INSERT INTO kinds (s, v, lump) VALUES (?, ?, ?)');
    $open = [];
    for ($i = 0; $i < 40; $i++) {
        $open[$i] = $link->prepare("SELECT $i + ?");
        $insert->execute([$i, "row $i", str_repeat(chr($i), $i)]);
    }
    say('inserted', $insert->affected_rows, $insert->insert_id, $link->warning_count);
    foreach (array_reverse($open, true) as $i => $statement) {
        $statement->execute([1000]);
        $got[] = $statement->get_result()->fetch_row()[0];
        if ($i % 2)
            $statement->close();
    }
    say('forty open', $got);
    say('still open', ($open[0]->execute([5]) ? $open[0]->get_result()->fetch_row() : null));
    $long = $link->prepare('INSERT INTO kinds (s, words, lump) VALUES (?, ?, ?)');
    $number = 77;
    $none = null;
    $long->bind_param('ibb', $number, $none, $none);
    for ($i = 0; $i < 20; $i++) {
        $long->send_long_data(2, str_repeat(all_bytes(), 12));
        $long->send_long_data(1, str_repeat('ä', 100));
    }
    $long->execute();
    say('long data', $long->affected_rows, rows($link, 'SELECT LENGTH(words), LENGTH(lump), SHA2(lump, 256) FROM kinds WHERE s = 77'));
    $long->reset();
    $long->execute();
    say('after reset', rows($link, 'SELECT LENGTH(words), LENGTH(lump) FROM kinds WHERE s = 77'));
    $cursor = $link->prepare('SELECT id, v FROM kinds WHERE id > ? ORDER BY id');
    $cursor->attr_set(MYSQLI_STMT_ATTR_CURSOR_TYPE, MYSQLI_CURSOR_TYPE_READ_ONLY);
    $second = $link->prepare('SELECT id FROM kinds ORDER BY id DESC');
    $second->attr_set(MYSQLI_STMT_ATTR_CURSOR_TYPE, MYSQLI_CURSOR_TYPE_READ_ONLY);
    $cursor->execute([2]);
    $second->execute();
    $cursor->bind_result($id, $v);
    $second->bind_result($other);
    $got = [];
    for ($i = 0; $cursor->fetch(); $i++)
        $got[] = [$id, $v, $second->fetch() ? $other : null, $i % 10 ? null : rows($link, "SELECT 'between', $i")];
    say('two cursors', $got);
    $cursor->reset();
    $cursor->close();
    $unbuffered = $link->prepare('SELECT id FROM kinds ORDER BY id');
    $unbuffered->execute();
    $unbuffered->bind_result($id);
    for ($sum = 0; $unbuffered->fetch(); $sum += $id);
    say('unbuffered', $sum);
    fails('wrong count', fn() => $echo->execute([1]));
    fails('syntax', fn() => $link->prepare('SELECT ? FROM'));
    fails('table', fn() => $link->prepare('SELECT * FROM nowhere WHERE a = ?'));
    fails('cannot prepare', fn() => $link->prepare("PREPARE p FROM 'SELECT 1'"));
    $duplicate = $link->prepare('INSERT INTO kinds (id) VALUES (?)');
    fails('duplicate', fn() => $duplicate->execute([1]));
    say('state', $duplicate->errno, $duplicate->sqlstate, $duplicate->error);
}

function altered(mysqli $link): void
{
    $link->query('CREATE TABLE shape (a INT)');
    $link->query('INSERT INTO shape VALUES (1)');
    $statement = $link->prepare('SELECT * FROM shape');
    $statement->execute();
    say('before', $statement->get_result()->fetch_all());
    $link->query("ALTER TABLE shape ADD COLUMN b VARCHAR(5) DEFAULT 'new'");
    fails('after', function () use ($statement) { $statement->execute(); return $statement->get_result()->fetch_all(); });
    $link->query('DROP TABLE shape');
    fails('dropped', fn() => $statement->execute());
    $link->query('CREATE TABLE shape (z INT)');
    fails('made anew', function () use ($statement) { $statement->execute(); return $statement->get_result()->fetch_all(); });
}

function errors(mysqli $link): void
{
    foreach (['SELEC 1', 'SELECT * FROM nowhere', 'INSERT INTO kinds (id) VALUES (1)', "INSERT INTO kinds (c) VALUES ('too long')", "SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = 'häß'", 'USE mysql', ''] as $text)
        fails($text, fn() => $link->query($text));
    say('lists', $link->error_list, $link->errno, $link->sqlstate);
    say('warned', act($link, "INSERT IGNORE INTO kinds (id, c) VALUES (1, 'abcdefgh')"));
    $warning = $link->get_warnings();
    do
        say('warning', $warning->errno, $warning->sqlstate, $warning->message);
    while ($warning->next());
    say('show', rows($link, 'SHOW WARNINGS'), rows($link, 'SELECT @@warning_count, @@error_count'));
    fails('denied', fn() => connect(['password' => 'wrong']));
    fails('empty password', fn() => connect(['password' => '']));
    fails('no schema', fn() => connect(['schema' => 'c_nowhere_at_all']));
}

function transactions(mysqli $link): void
{
    $link->query('CREATE TABLE money (id INT PRIMARY KEY, amount INT) ENGINE=InnoDB');
    $other = connect();
    $link->begin_transaction(MYSQLI_TRANS_START_WITH_CONSISTENT_SNAPSHOT, 'named');
    act($link, 'INSERT INTO money VALUES (1, 1)');
    say('unseen', rows($other, 'SELECT COUNT(*) FROM money'));
    $link->savepoint('a');
    act($link, 'INSERT INTO money VALUES (2, 2)');
    $link->query('ROLLBACK TO a');
    $link->release_savepoint('a');
    $link->commit();
    say('seen', rows($other, 'SELECT * FROM money'));
    $link->autocommit(false);
    act($link, 'INSERT INTO money VALUES (3, 3)');
    $link->rollback();
    act($link, 'INSERT INTO money VALUES (4, 4)');
    $link->commit(MYSQLI_TRANS_COR_AND_CHAIN);
    act($link, 'INSERT INTO money VALUES (5, 5)');
    $link->rollback(MYSQLI_TRANS_COR_AND_NO_CHAIN);
    $link->autocommit(true);
    say('in the end', rows($other, 'SELECT * FROM money'), rows($link, 'SELECT @@autocommit'));
    $link->begin_transaction(MYSQLI_TRANS_START_READ_ONLY);
    fails('read only', fn() => act($link, 'DELETE FROM money'));
    $link->rollback();
    $link->query('BEGIN');
    act($link, 'DELETE FROM money');
    $link->close();
    say('closed within', rows($other, 'SELECT COUNT(*) FROM money'));
}

function large(mysqli $link): void
{
    $link->query('CREATE TABLE lumps (id INT AUTO_INCREMENT PRIMARY KEY, lump LONGBLOB)');
    $insert = $link->prepare('INSERT INTO lumps (lump) VALUES (?)');
    foreach (VARIANT === 'plain' ? [1 << 20, (1 << 24) - 20, (1 << 24) - 1, 20000000] : [17000000] as $size) {
        $lump = substr(str_repeat(all_bytes(), intdiv($size, 256) + 1), 0, $size);
        $insert->execute([$lump]);
        say("sent $size", $insert->affected_rows, rows($link, "SELECT LENGTH(lump), SHA2(lump, 256) FROM lumps WHERE id = $insert->insert_id"));
        $select = $link->prepare('SELECT lump FROM lumps WHERE id = ?');
        $select->execute([$insert->insert_id]);
        say("back $size", $select->get_result()->fetch_all(), rows($link, "SELECT lump FROM lumps WHERE id = $insert->insert_id"));
    }
    say('next', rows($link, 'SELECT 1'));
}

function many(mysqli $link): void
{
    $link->query('CREATE TABLE digits (d INT)');
    $link->query('INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)');
    $text = "SELECT a.d*10000 + b.d*1000 + c.d*100 + e.d*10 + f.d AS n, CONCAT('row ', a.d, b.d, c.d, e.d, f.d), NULL FROM digits a, digits b, digits c, digits e, digits f ORDER BY n LIMIT " . ROWS;
    $found = rows($link, $text);
    say('stored', count($found), sha1(json_encode($found)));
    $result = $link->query($text, MYSQLI_USE_RESULT);
    say('streamed', $result->fetch_row(), $result->fetch_row());
    $result->free();
    $statement = $link->prepare($text);
    $statement->execute();
    say('binary', sha1(json_encode($statement->get_result()->fetch_all())));
}

function several(mysqli $link): void
{
    $link->query('CREATE TABLE steps (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(10))');
    $link->multi_query("SELECT 1; INSERT INTO steps (word) VALUES ('a'),('b'); SELECT * FROM steps; SET @x = 5; SELECT @x");
    say('multi', every_result($link));
    $link->multi_query('SELECT 1; SELECT * FROM nowhere; SELECT 2');
    fails('broken', fn() => every_result($link));
    $link->query("CREATE PROCEDURE two (IN a INT, OUT b INT, INOUT c VARCHAR(20)) BEGIN SELECT a, c; SELECT id, word FROM steps; SET b = a * 2; SET c = CONCAT(c, '!'); END");
    $link->query("SET @c = 'hey'");
    $link->multi_query('CALL two(4, @b, @c); SELECT @b, @c');
    say('call', every_result($link));
    $call = $link->prepare('CALL two(?, ?, ?)');
    $a = 21; $b = 0; $c = 'hi';
    $call->bind_param('iis', $a, $b, $c);
    $call->execute();
    do {
        $result = $call->get_result();
        say('  result', $result ? $result->fetch_all() : $call->affected_rows);
    } while ($call->more_results() && $call->next_result());
    $call->close();
    $link->query("CREATE PROCEDURE failing () BEGIN SELECT 'before'; INSERT INTO steps (id) VALUES (1); END");
    $link->multi_query('CALL failing()');
    fails('failing', fn() => every_result($link));
    fails('single only', fn() => $link->query('SELECT 1; SELECT 2'));
    $links = [connect(), connect()];
    foreach ($links as $i => $one)
        $one->query("SELECT $i, 'asynchronous'", MYSQLI_ASYNC);
    foreach ($links as $one)
        say('reaped', $one->reap_async_query()->fetch_all());
}

function killed(mysqli $link): void
{
    $victim = connect();
    // Its own: one that another client has left may still be in the list.
    $mark = 'SELECT SLEEP(30) /* of ' . getmypid() . ' */';
    $victim->query("$mark FROM digits", MYSQLI_ASYNC);
    while (!rows($link, "SELECT 1 FROM information_schema.processlist WHERE info LIKE '$mark%'"))
        usleep(5000);
    say('kill', act($link, 'KILL QUERY ' . $victim->thread_id));
    fails('killed', fn() => $victim->reap_async_query()->fetch_all());
    say('lives', rows($victim, 'SELECT 1'));
    // MySQL 9 has no COM_PROCESS_KILL any more.
    MARIADB ? $link->kill($victim->thread_id) : $link->query('KILL ' . $victim->thread_id);
    $dead = false;
    for ($i = 0; $i < 1000 && !$dead; $i++)
        try { rows($victim, 'SELECT 1'); usleep(5000); } catch (mysqli_sql_exception) { $dead = true; }
    say('dead', $dead);
}

function state(mysqli $link): void
{
    $link->query("SET @n = 42, @w = 'häß', @d = 1.50");
    $link->query('CREATE TEMPORARY TABLE passing (id INT)');
    $link->query("SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '-03:30', sql_select_limit = 3");
    say('set', rows($link, 'SELECT @n, @w, @d, @@sql_mode, @@time_zone, FROM_UNIXTIME(0)'), rows($link, 'SELECT d FROM digits ORDER BY d'));
    $link->select_db(SCHEMA . '_2');
    say('schema', rows($link, 'SELECT DATABASE()'));
    $link->select_db(SCHEMA);
    foreach (['latin1', 'utf8', 'utf8mb4'] as $names) {
        $link->set_charset($names);
        say($names, rows($link, "SELECT @@character_set_client, @@collation_connection, 'x'"), $link->get_charset());
    }
    say('ping', $link->query('DO 1'), strlen($link->stat()) > 20);
    $statement = $link->prepare('SELECT @n, ?');
    $link->change_user('other', 'other-Secret_2', SCHEMA);
    say('changed', rows($link, 'SELECT CURRENT_USER(), DATABASE(), @n, @@time_zone = @@global.time_zone, @@character_set_client'));
    fails('temporary', fn() => rows($link, 'SELECT * FROM passing'));
    fails('statement of before', fn() => $statement->execute([1]));
    fails('wrong password', fn() => $link->change_user('other', 'wrong', SCHEMA));
    $local = connect(['local' => 1]);
    fails('local', fn() => $local->query("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE digits"));
    say('and then', rows($local, 'SELECT 1'));
    say('init', rows(connect(['init' => 'SET @hello = 3']), 'SELECT @hello'), act(connect(['flags' => MYSQLI_CLIENT_FOUND_ROWS]), 'UPDATE digits SET d = d'));
    $persistent = new mysqli('p:' . HOST, USER, PASSWORD, SCHEMA, PORT);
    $persistent->query('SET @kept = 1');
    $persistent->close();
    $persistent = new mysqli('p:' . HOST, USER, PASSWORD, SCHEMA, PORT);
    say('persistent', rows($persistent, 'SELECT @kept'));
}

section('connect', 'start');
$link = connect();
foreach (['values', 'errors', 'prepared', 'altered', 'large', 'many', 'several', 'killed', 'transactions'] as $step)
    section($step, $step, $step === 'transactions' ? connect() : $link);
section('state', 'state', connect());
finish();
