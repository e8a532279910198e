#!/usr/bin/env bash
# The command line client: cli.sh PROGRAM. Batches, --force, tables, several statements in one packet, status.
program=$1
common=(--no-defaults --protocol=tcp "--host=$CLIENT_HOST" "--port=$CLIENT_PORT" "--user=$CLIENT_USER" --max-allowed-packet=64M --default-character-set=utf8mb4)
export MYSQL_PWD=$CLIENT_PASSWORD
case $program in
  mariadb) [ "$CLIENT_VARIANT" = tls ] && common+=(--ssl --skip-ssl-verify-server-cert) || common+=(--skip-ssl) ;;
  *) common+=(--commands); [ "$CLIENT_VARIANT" = tls ] && common+=(--ssl-mode=REQUIRED) || common+=(--ssl-mode=DISABLED --get-server-public-key) ;;
esac
[ "$CLIENT_VARIANT" = compressed ] && common+=(--compress)
failed=0
run() { echo "== $1"; "$program" "${common[@]}" "${@:2}" 2>&1 | sed -E "/\[Warning\]/d; s/\(([0-9]+ min )?[0-9]+\.[0-9]+ sec\)/(time)/; s/thread id: [0-9]+/thread id: #/"; return "${PIPESTATUS[0]}"; }
must() { run "$@" || { echo "$1 failed: status $?"; failed=1; }; }
fails() { run "$@" && echo "no error"; }
s=$CLIENT_SCHEMA

must schema -e "DROP DATABASE IF EXISTS $s; DROP DATABASE IF EXISTS ${s}_2; CREATE DATABASE $s CHARACTER SET utf8mb4; CREATE DATABASE ${s}_2"
[ "$CLIENT_VARIANT" = tls ] && must tls -NBe "SHOW SESSION STATUS LIKE 'Ssl_cipher'" | sed 's/\t.\+/ is not empty/'
must values "$s" --column-type-info -t -vvv -e "SELECT 1, -1, 18446744073709551615, 1.10, NULL, '', '🚀 häß', DATE '2024-02-29', TIMESTAMP '2024-02-29 23:59:59.123456', TIME '-838:59:59', x'00ff'"
must tables "$s" -vvv <<'SQL'
CREATE TABLE kinds (id INT AUTO_INCREMENT PRIMARY KEY, n DECIMAL(20,6), moment DATETIME(6), words TEXT, raw VARBINARY(300));
INSERT INTO kinds (n, moment, words, raw) VALUES (1.5, '2024-02-29 01:02:03.456789', 'ä', x'0001FEFF'), (NULL, NULL, NULL, NULL);
UPDATE kinds SET words = 'b';
SELECT *, HEX(raw) FROM kinds\G
SELECT LAST_INSERT_ID(), ROW_COUNT();
INSERT IGNORE INTO kinds (id, words) VALUES (1, 'again');
SHOW WARNINGS;
SELECT 1/0;
SHOW WARNINGS;
DELETE FROM kinds WHERE id = 2;
SQL
must warnings "$s" --show-warnings -vvv -e "SELECT 1/0; INSERT IGNORE INTO kinds (id) VALUES (1)"
fails errors "$s" --force -vvv <<'SQL'
SELEC 1;
SELECT * FROM nowhere;
INSERT INTO kinds (id) VALUES (1);
use c_nowhere_at_all
use mysql
SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = 'ours, häß';
LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE kinds;
SELECT 'still here';
SQL
fails first-error "$s" -e "SELECT 1; SELECT * FROM nowhere; SELECT 'never'"
fails local "$s" --local-infile=1 -e "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE kinds"
fails schema-missing c_nowhere_at_all -e "SELECT 1"
MYSQL_PWD=wrong fails denied "$s" -e "SELECT 1"
must procedures "$s" -t <<'SQL'
DELIMITER //
CREATE PROCEDURE two (IN a INT, OUT b INT) BEGIN SELECT a; SELECT id FROM kinds; SET b = a * 2; END //
SELECT 1; SELECT 2 AS two; SET @x = 5; SELECT @x //
DELIMITER ;
CALL two(21, @b);
SELECT @b;
SQL
must transactions "$s" -t <<'SQL'
CREATE TABLE money (id INT PRIMARY KEY) ENGINE=InnoDB;
BEGIN; INSERT INTO money VALUES (1); SAVEPOINT a; INSERT INTO money VALUES (2); ROLLBACK TO a; COMMIT;
SET autocommit = 0; INSERT INTO money VALUES (3); ROLLBACK; SET autocommit = 1;
SELECT * FROM money;
SQL
must state "$s" -t <<SQL
SET @n = 42; CREATE TEMPORARY TABLE passing (id INT); SET SESSION sql_mode = 'ANSI_QUOTES', time_zone = '+05:00';
use ${s}_2
SELECT DATABASE(), @n, @@sql_mode, @@time_zone;
charset latin1
SELECT @@character_set_client;
SELECT COUNT(*) FROM $s.passing;
PREPARE p FROM 'SELECT ? + 1'; SET @a = 41; EXECUTE p USING @a; DEALLOCATE PREPARE p;
SQL
must many "$s" -NB -e "CREATE TABLE digits (d INT); INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)"
for way in "" --quick; do
  echo "== rows $way"; "$program" "${common[@]}" "$s" -NB $way -e "SELECT a.d*10000 + b.d*1000 + c.d*100 + e.d*10 + f.d AS n, 'text' FROM digits a, digits b, digits c, digits e, digits f ORDER BY n" 2>&1 | sha1sum
done
{ printf "CREATE TABLE lumps (lump LONGBLOB); INSERT INTO lumps VALUES ('"; head -c 17000000 /dev/zero | tr '\0' x; printf "');"; } | must "large there" "$s"
must "large kept" "$s" -e "SELECT LENGTH(lump), SHA2(lump, 256) FROM lumps"
echo "== large back"; "$program" "${common[@]}" "$s" -NB -e "SELECT lump FROM lumps" 2>&1 | sha1sum
must status "$s" -e 'status' | grep -E 'Current (user|db)|Current database|Server version|Protocol version|characterset'
echo "== end"
exit $failed
