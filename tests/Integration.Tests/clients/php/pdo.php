<?php
// PHP's PDO: emulated and server-side prepared statements, several results, transactions.
require __DIR__ . '/transcript.php';

function connect(array $options = [], string $user = USER, string $password = PASSWORD, ?string $schema = SCHEMA): PDO
{
    $options += [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_NUM];
    if (VARIANT === 'compressed')
        $options[PDO::MYSQL_ATTR_COMPRESS] = true;
    if (VARIANT === 'tls')
        $options += [PDO::MYSQL_ATTR_SSL_CIPHER => 'DEFAULT', PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => false];
    return new PDO('mysql:host=' . HOST . ';port=' . PORT . ';charset=utf8mb4' . ($schema ? ";dbname=$schema" : ''), $user, $password, $options);
}

function rows(PDO $link, string $text, array $arguments = []): array
{
    $statement = $link->prepare($text);
    $statement->execute($arguments);
    return $statement->fetchAll();
}

section('connect', function () {
    $link = connect(schema: null);
    foreach (['', '_2'] as $end) {
        $link->exec('DROP DATABASE IF EXISTS ' . SCHEMA . $end);
        $link->exec('CREATE DATABASE ' . SCHEMA . $end . ' CHARACTER SET utf8mb4');
    }
    say('server', $link->getAttribute(PDO::ATTR_SERVER_VERSION), $link->getAttribute(PDO::ATTR_CONNECTION_STATUS));
    if (VARIANT === 'tls')
        say('tls', rows($link, "SHOW SESSION STATUS LIKE 'Ssl_cipher'")[0][1] !== '');
});
$link = connect();
section('values', function () use ($link) {
    say('exec', $link->exec("CREATE TABLE kinds (id INT AUTO_INCREMENT PRIMARY KEY, t TINYINT UNIQUE, b BIGINT UNSIGNED, f FLOAT, d DOUBLE, n DECIMAL(20,6), day DATE, moment DATETIME(6), clock TIME(3), y YEAR, bits BIT(10), choice ENUM('a','b'), c CHAR(5), raw VARBINARY(300), lump LONGBLOB, words TEXT)"));
    foreach ([true, false] as $emulated) {
        $link->setAttribute(PDO::ATTR_EMULATE_PREPARES, $emulated);
        $how = $emulated ? 'emulated' : 'server';
        $insert = $link->prepare('INSERT INTO kinds (t,b,f,d,n,day,moment,clock,y,choice,c,raw,lump,words) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)');
        $values = [$emulated ? 1 : 2, '18446744073709551615', 1.5, 2.25, '-99999999999999.999999', '1000-01-01', '9999-12-31 23:59:59.999999', '-99:00:00.005', 2155, 'b', 'ab', all_bytes(), str_repeat(all_bytes(), 5), '🚀 ü'];
        foreach ($values as $i => $value)
            $insert->bindValue($i + 1, $value, is_int($value) ? PDO::PARAM_INT : ($i === 12 ? PDO::PARAM_LOB : PDO::PARAM_STR));
        $insert->execute();
        say("inserted $how", $insert->rowCount(), $link->lastInsertId());
        say("kinds $how", rows($link, 'SELECT * FROM kinds ORDER BY id'));
        $echo = $link->prepare('SELECT :a, :b');
        foreach ([[1, 'a'], [null, true], ['🚀', 2.5], [PHP_INT_MIN, all_bytes()]] as [$a, $b]) {
            $echo->bindValue('a', $a, is_null($a) ? PDO::PARAM_NULL : (is_int($a) ? PDO::PARAM_INT : PDO::PARAM_STR));
            $echo->bindValue('b', $b, is_bool($b) ? PDO::PARAM_BOOL : PDO::PARAM_STR);
            $echo->execute();
            say("echo $how", $echo->fetchAll());
        }
        $open = array_map(fn($i) => $link->prepare("SELECT $i + ?"), range(0, 30));
        $sum = 0;
        for ($round = 0; $round < 3; $round++)
            foreach (array_reverse($open) as $one) {
                $one->execute([$round]);
                $sum += $one->fetchColumn();
                $one->closeCursor();
            }
        say("open $how", $sum);
        $meta = $link->query('SELECT * FROM kinds');
        for ($i = 0; $i < $meta->columnCount(); $i++)
            say('column', $meta->getColumnMeta($i));
        $meta->closeCursor();
        fails("duplicate $how", fn() => $link->prepare('INSERT INTO kinds (id) VALUES (?)')->execute([1]));
        fails("syntax $how", fn() => $link->prepare('SELECT ? FROM')->execute([1]));
        fails("table $how", fn() => rows($link, 'SELECT * FROM nowhere WHERE a = ?', [1]));
        fails("too long $how", fn() => rows($link, 'INSERT INTO kinds (c) VALUES (?)', ['too long']));
        rows($link, 'INSERT IGNORE INTO kinds (c) VALUES (?)', ['too long']);
        say("warnings $how", rows($link, 'SHOW WARNINGS'));
    }
    say('unbuffered', (function () {
        $one = connect([PDO::MYSQL_ATTR_USE_BUFFERED_QUERY => false]);
        $statement = $one->query('SELECT id FROM kinds ORDER BY id');
        $first = $statement->fetch();
        fails('out of step', fn() => $one->query('SELECT 1'));
        $statement->closeCursor();
        return [$first, $one->query('SELECT 2')->fetchAll()];
    })());
    fails('denied', fn() => connect([], USER, 'wrong'));
    fails('no schema', fn() => connect(schema: 'c_nowhere_at_all'));
});
section('transactions', function () use ($link) {
    $other = connect();
    $link->exec('CREATE TABLE money (id INT PRIMARY KEY, amount INT) ENGINE=InnoDB');
    $link->beginTransaction();
    $link->exec('INSERT INTO money VALUES (1, 1)');
    say('in', $link->inTransaction(), rows($other, 'SELECT * FROM money'));
    fails('nested', fn() => $link->beginTransaction());
    $link->rollBack();
    $link->beginTransaction();
    $link->exec('INSERT INTO money VALUES (2, 2)');
    $link->exec('SAVEPOINT a');
    $link->exec('INSERT INTO money VALUES (3, 3)');
    $link->exec('ROLLBACK TO a');
    $link->commit();
    say('out', $link->inTransaction(), rows($other, 'SELECT * FROM money'));
    fails('no transaction', fn() => $link->commit());
    $link->beginTransaction();
    $link->exec('CREATE TABLE implicit (id INT)');
    say('implicit commit', $link->inTransaction());
    $link->setAttribute(PDO::ATTR_AUTOCOMMIT, 0);
    $link->exec('DELETE FROM money');
    say('autocommit off', $link->inTransaction(), rows($other, 'SELECT COUNT(*) FROM money'));
    $link->setAttribute(PDO::ATTR_AUTOCOMMIT, 1);
    say('autocommit on', rows($other, 'SELECT COUNT(*) FROM money'));
});
section('several', function () use ($link) {
    $link->setAttribute(PDO::ATTR_EMULATE_PREPARES, true);
    $all = function ($statement) {
        do
            say('  result', $statement->columnCount() ? $statement->fetchAll() : $statement->rowCount());
        while ($statement->nextRowset());
    };
    $link->exec('CREATE TABLE steps (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(10))');
    $all($link->query("SELECT 1; INSERT INTO steps (word) VALUES ('a'),('b'); SELECT * FROM steps; SET @x = 5; SELECT @x"));
    $link->exec('CREATE PROCEDURE two (IN a INT, OUT b INT) BEGIN SELECT a; SELECT id, word FROM steps; SET b = a * 2; END');
    foreach ([1, 0] as $emulated) {
        $link->setAttribute(PDO::ATTR_EMULATE_PREPARES, $emulated);
        $call = $link->prepare('CALL two(?, @b)');
        $call->execute([21]);
        $all($call);
        $call->closeCursor();
        say('out', rows($link, 'SELECT @b'));
    }
    $link->setAttribute(PDO::ATTR_EMULATE_PREPARES, 1);
    fails('broken', fn() => $all($link->query('SELECT 1; SELECT * FROM nowhere; SELECT 2')));
    fails('single only', fn() => connect([PDO::MYSQL_ATTR_MULTI_STATEMENTS => false])->query('SELECT 1; SELECT 2'));
});
section('large', function () use ($link) {
    $link->exec('CREATE TABLE lumps (id INT AUTO_INCREMENT PRIMARY KEY, lump LONGBLOB)');
    foreach (VARIANT === 'plain' ? [1 << 20, (1 << 24) - 8, 20000000] : [17000000] as $size)
        foreach ([0, 1] as $emulated) {
            $link->setAttribute(PDO::ATTR_EMULATE_PREPARES, $emulated);
            rows($link, 'INSERT INTO lumps (lump) VALUES (?)', [substr(str_repeat($emulated ? 'abcdefgh' : all_bytes(), intdiv($size, 8)), 0, $size)]);
            say("$size", rows($link, 'SELECT LENGTH(lump), SHA2(lump, 256), lump FROM lumps WHERE id = ?', [$link->lastInsertId()]));
        }
    $link->exec('CREATE TABLE digits (d INT)');
    $link->exec('INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)');
    $text = "SELECT a.d*10000 + b.d*1000 + c.d*100 + e.d*10 + f.d AS n, CONCAT('row ', a.d, b.d, c.d, e.d, f.d), NULL FROM digits a, digits b, digits c, digits e, digits f ORDER BY n LIMIT " . ROWS;
    foreach ([0, 1] as $emulated) {
        $link->setAttribute(PDO::ATTR_EMULATE_PREPARES, $emulated);
        say('many', sha1(json_encode(rows($link, $text))));
    }
});
section('state', function () {
    $link = connect([PDO::MYSQL_ATTR_INIT_COMMAND => "SET @hello = 'world'", PDO::MYSQL_ATTR_LOCAL_INFILE => true, PDO::ATTR_EMULATE_PREPARES => false]);
    $link->exec("SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '-03:30'");
    $link->exec('CREATE TEMPORARY TABLE passing (id INT)');
    $link->exec('USE ' . SCHEMA . '_2');
    $link->exec('SET NAMES latin1');
    say('set', rows($link, 'SELECT @hello, @@sql_mode, @@time_zone, DATABASE(), @@character_set_client, FROM_UNIXTIME(0)'));
    fails('local', fn() => $link->exec("LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE " . SCHEMA . '.digits'));
    say('and then', rows($link, 'SELECT COUNT(*) FROM ' . SCHEMA . '.passing'));
    $killer = connect();
    fails('kill', fn() => $killer->exec('KILL ' . rows($link, 'SELECT CONNECTION_ID()')[0][0]));
    $dead = false;
    for ($i = 0; $i < 1000 && !$dead; $i++)
        try { rows($link, 'SELECT 1'); usleep(5000); } catch (PDOException) { $dead = true; }
    say('dead', $dead);
    $persistent = connect([PDO::ATTR_PERSISTENT => true]);
    say('persistent', rows($persistent, 'SELECT 1'));
});
finish();
