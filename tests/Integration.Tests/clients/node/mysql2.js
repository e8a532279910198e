// mysql2: text and binary protocol, pipelined commands, streams, session tracking, change of user, pools.
'use strict';
const mysql = require('mysql2/promise');
const { options, schema, variant, mariadb, rows, allBytes, say, fails, section, finish, pause, many, table, columns } = require('./transcript.js');

const settings = { ...options, database: schema, charset: 'utf8mb4', supportBigNumbers: true, bigNumberStrings: true, dateStrings: false, timezone: 'Z' };
if (variant === 'tls') settings.ssl = { rejectUnauthorized: false };
if (variant === 'compressed') settings.compress = true;
const connect = async changes => {
  const link = await mysql.createConnection({ ...settings, ...changes });
  link.connection.on('error', () => {});
  return link;
};
const query = async (link, text, values) => (await link.query(text, values))[0];
const execute = async (link, text, values) => (await link.execute(text, values))[0];

(async () => {
  await section('connect', async () => {
    const link = await connect({ database: undefined });
    for (const end of ['', '_2']) {
      await link.query(`DROP DATABASE IF EXISTS ${schema}${end}`);
      await link.query(`CREATE DATABASE ${schema}${end} CHARACTER SET ${end ? 'latin1' : 'utf8mb4'}`);
    }
    say('server', link.connection._handshakePacket.serverVersion, link.connection._handshakePacket.protocolVersion);
    if (variant === 'tls') say('tls', (await query(link, "SHOW SESSION STATUS LIKE 'Ssl_cipher'"))[0].Value !== '');
    await link.end();
  });
  const link = await connect();
  await section('values', async () => {
    say('scalars', await link.query({ sql: "SELECT 1, -1, 18446744073709551615, 1.10, 1e300, NULL, '', '🚀 häß', _latin1 'x', DATE '2024-02-29', TIMESTAMP '2024-02-29 23:59:59.123456', TIME '-838:59:59'", rowsAsArray: true }).then(r => r[0]));
    await query(link, `CREATE TABLE kinds ${table}`);
    const values = [-128, '18446744073709551615', 1.5, 2.25, '-99999999999999.999999', '1000-01-01', '9999-12-31 23:59:59.999999', '-99:00:00.005', 2155, 'b', '{"a":[1,null]}', 'ab', allBytes, Buffer.concat([allBytes, allBytes]), '🚀 ü'];
    const holes = values.map(() => '?').join(',');
    say('text insert', await query(link, `INSERT INTO kinds (${columns}) VALUES (${holes})`, values));
    values[0] = 5;
    say('binary insert', await execute(link, `INSERT INTO kinds (${columns}) VALUES (${holes})`, values));
    say('nulls', await query(link, 'INSERT INTO kinds () VALUES ()'), await query(link, 'INSERT INTO kinds (c) VALUES (1),(2)'));
    say('update', await query(link, "UPDATE kinds SET c = 'x'"), await query(link, "UPDATE kinds SET c = 'x'"), await query(link, 'DELETE FROM kinds WHERE id = 5'));
    say('text', await query(link, 'SELECT * FROM kinds ORDER BY id'));
    const [binary, fields] = await link.execute('SELECT * FROM kinds ORDER BY id');
    say('binary', binary);
    for (const f of fields) say('field', f.name, f.columnType, f.characterSet, f.flags, f.decimals, f.columnLength, f.table, f.orgTable, f.schema);
  });
  await section('prepared', async () => {
    const echo = await link.prepare('SELECT ?, ? AS b');
    for (const pair of [[1, 'a'], ['x', null], ['🚀', 2.5], [new Date(0), allBytes], [true, { a: 1 }]]) say('echo', (await echo.execute(pair))[0]);
    const open = [];
    for (let i = 0; i < 40; i++) open.push(await link.prepare(`SELECT ${i} + ? AS s`));
    let sum = 0;
    for (let round = 0; round < 3; round++) for (const one of open.slice().reverse()) sum += Number((await one.execute([round]))[0][0].s);
    say('open', sum);
    for (const one of open.slice(0, 20)) await one.close();
    say('still', (await open[30].execute([1]))[0]);
    say('pipelined', await Promise.all(Array.from({ length: 50 }, (_, i) => execute(link, 'SELECT ? AS i', [i]).then(r => r[0].i))), await Promise.all(Array.from({ length: 50 }, (_, i) => query(link, `SELECT ${i} AS i`).then(r => r[0].i))));
    await fails('syntax', () => link.execute('SELECT ? FROM', [1]));
    await fails('duplicate', () => link.execute('INSERT INTO kinds (id) VALUES (?)', [1]));
    await fails('table', () => link.execute('SELECT * FROM nowhere WHERE a = ?', [1]));
    const mixed = await Promise.allSettled([query(link, 'SELECT 1 AS a'), query(link, 'SELEC'), query(link, 'SELECT 2 AS a'), execute(link, 'SELECT ? AS a', [3]), execute(link, 'SELEC ?', [4]), execute(link, 'SELECT ? AS a', [5])]);
    say('mixed', mixed.map(one => one.status === 'fulfilled' ? one.value : one.reason.code));
  });
  await section('errors', async () => {
    for (const text of ['SELEC 1', 'SELECT * FROM nowhere', 'INSERT INTO kinds (id) VALUES (1)', "INSERT INTO kinds (c) VALUES ('too long')", "SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = 'häß'", 'USE mysql', 'SELECT 1; SELECT 2']) await fails(text, () => link.query(text));
    say('warned', await query(link, "INSERT IGNORE INTO kinds (id, c) VALUES (1, 'abcdefgh')"), await query(link, 'SHOW WARNINGS'));
    await fails('denied', () => connect({ password: 'wrong' }));
    await fails('no schema', () => connect({ database: 'c_nowhere_at_all' }));
  });
  await section('transactions', async () => {
    const other = await connect();
    await query(link, 'CREATE TABLE money (id INT PRIMARY KEY, amount INT) ENGINE=InnoDB');
    await link.beginTransaction();
    say('in', await query(link, 'INSERT INTO money VALUES (1, 1)'), await query(other, 'SELECT * FROM money'));
    await link.rollback();
    await link.beginTransaction();
    await query(link, 'INSERT INTO money VALUES (2, 2)');
    await query(link, 'SAVEPOINT a');
    await query(link, 'INSERT INTO money VALUES (3, 3)');
    await query(link, 'ROLLBACK TO a');
    await link.commit();
    say('out', await query(other, 'SELECT * FROM money'));
    await query(link, 'SET autocommit = 0');
    say('off', await query(link, 'DELETE FROM money'), await query(other, 'SELECT COUNT(*) AS c FROM money'));
    say('on', await query(link, 'SET autocommit = 1'), await query(other, 'SELECT COUNT(*) AS c FROM money'));
    await query(other, 'START TRANSACTION READ ONLY');
    await fails('read only', () => query(other, 'DELETE FROM money'));
    await other.rollback();
    await other.end();
  });
  await section('large', async () => {
    await query(link, 'CREATE TABLE lumps (id INT AUTO_INCREMENT PRIMARY KEY, lump LONGBLOB)');
    for (const size of variant === 'plain' ? [1 << 20, (1 << 24) - 1, 20000000] : [17000000]) {
      const lump = Buffer.alloc(size, allBytes);
      const { insertId } = await execute(link, 'INSERT INTO lumps (lump) VALUES (?)', [lump]);
      say(`${size}`, insertId, await query(link, 'SELECT LENGTH(lump) AS l, SHA2(lump, 256) AS s, lump FROM lumps WHERE id = ?', [insertId]), await execute(link, 'SELECT lump FROM lumps WHERE id = ?', [insertId]));
    }
    await query(link, 'CREATE TABLE digits (d INT)');
    await query(link, 'INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)');
    say('many', JSON.stringify(await query(link, many(rows))), JSON.stringify(await execute(link, many(rows))));
    const stream = link.connection.query(many(rows)).stream({ highWaterMark: 5 });
    let count = 0;
    for await (const row of stream) count += row.n % 3;
    say('streamed', count);
  });
  await section('several', async () => {
    const multi = await connect({ multipleStatements: true });
    await query(multi, 'CREATE TABLE steps (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(10))');
    say('multi', await query(multi, "SELECT 1; INSERT INTO steps (word) VALUES ('a'),('b'); SELECT * FROM steps; SET @x = 5; SELECT @x"));
    await fails('broken', () => query(multi, 'SELECT 1; SELECT * FROM nowhere; SELECT 2'));
    await query(multi, "CREATE PROCEDURE two (IN a INT, OUT b INT) BEGIN SELECT a; SELECT id, word FROM steps; SET b = a * 2; END");
    say('call', await query(multi, 'CALL two(4, @b); SELECT @b'), await execute(multi, 'CALL two(?, @b)', [21]), await query(multi, 'SELECT @b'));
    await multi.end();
  });
  await section('killed', async () => {
    const victim = await connect();
    // Its own: one that another client has left may still be in the list.
    const mark = `SELECT SLEEP(30) AS s /* of ${process.pid} */`;
    const long = fails('killed', () => query(victim, `${mark} FROM digits`));
    while (!(await query(link, `SELECT 1 FROM information_schema.processlist WHERE info LIKE '${mark}%'`)).length) await pause();
    const answer = await query(link, `KILL QUERY ${victim.threadId}`);
    await long;
    say('kill', answer, await query(victim, 'SELECT 1'));
    await query(link, `KILL ${victim.threadId}`);
    // What the driver says depends on which of its events comes first.
    const dead = await (async () => { for (let i = 0; i < 1000; i++) { await query(victim, 'DO 1'); await pause(); } })().catch(() => true);
    say('dead', dead);
  });
  await section('state', async () => {
    say('variables', await query(link, "SET @n = 42, @w = 'häß'"), await query(link, "SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '-03:30'"), await query(link, `USE ${schema}_2`), await query(link, 'SET NAMES latin1'), await query(link, 'CREATE TEMPORARY TABLE passing (id INT)'));
    say('seen', await query(link, 'SELECT @n, @w, @@sql_mode, @@time_zone, DATABASE(), @@character_set_client, FROM_UNIXTIME(0)'));
    await link.ping();
    await link.changeUser({ user: 'other', password: 'other-Secret_2', database: schema });
    say('changed', await query(link, 'SELECT CURRENT_USER(), DATABASE(), @n, @@time_zone = @@global.time_zone AS z, @@character_set_client'));
    await fails('temporary', () => query(link, `SELECT * FROM ${schema}_2.passing`));
    if (link.reset) {
      await query(link, 'SET @n = 1');
      await fails('reset', () => link.reset());
      say('after reset', await query(link, 'SELECT @n, DATABASE()'));
    }
    await fails('local', () => link.query({ sql: 'LOAD DATA LOCAL INFILE "x" INTO TABLE digits', infileStreamFactory: () => require('stream').Readable.from(['1\n']) }));
    say('and then', await query(link, 'SELECT 1'));
    await fails('wrong password', () => link.changeUser({ user: 'other', password: 'wrong' }));
    const pool = mysql.createPool({ ...settings, connectionLimit: 3 });
    say('pool', (await Promise.all(Array.from({ length: 20 }, (_, i) => pool.query('SELECT ? AS i', [i])))).map(r => r[0][0].i));
    await pool.end();
  });
  finish();
})();
