#!/usr/bin/env bash
# A schema with everything in it, dumped in several ways, put back and dumped again: dump.sh DUMP CLIENT. The lines with the time are left out.
dump=$1 program=$2
common=(--no-defaults --protocol=tcp "--host=$CLIENT_HOST" "--port=$CLIENT_PORT" --user=admin --max-allowed-packet=64M)
export MYSQL_PWD=admin-Secret_3
failed=0
case $program in
  mariadb) [ "$CLIENT_VARIANT" = tls ] && common+=(--ssl --skip-ssl-verify-server-cert) || common+=(--skip-ssl) ;;
  *) [ "$CLIENT_VARIANT" = tls ] && common+=(--ssl-mode=REQUIRED) || common+=(--ssl-mode=DISABLED --get-server-public-key) ;;
esac
[ "$CLIENT_VARIANT" = compressed ] && common+=(--compress)
s=$CLIENT_SCHEMA
"$program" "${common[@]}" <<SQL || { echo "schema failed: $?"; failed=1; }
DROP DATABASE IF EXISTS $s; DROP DATABASE IF EXISTS ${s}_2;
CREATE DATABASE $s CHARACTER SET utf8mb4; CREATE DATABASE ${s}_2; USE $s;
CREATE TABLE digits (d INT PRIMARY KEY); INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
CREATE TABLE things (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(40) CHARACTER SET latin1, price DECIMAL(10,3), moment DATETIME(6), raw BLOB, j JSON, g INT AS (price * 2) VIRTUAL);
INSERT INTO things (word, price, moment, raw, j) SELECT CONCAT('wörd ', a.d), a.d + b.d / 10, TIMESTAMP '2024-02-29 01:02:03.456789', CHAR(a.d, b.d, 0, 255, 39, 92), '{"a": [1, null]}' FROM digits a, digits b, digits c ORDER BY a.d, b.d, c.d;
CREATE TABLE large (lump LONGBLOB); INSERT INTO large VALUES (REPEAT('0123456789abcdef', 1100000));
CREATE VIEW seen AS SELECT word, price FROM things WHERE id < 10;
CREATE TRIGGER before_things BEFORE INSERT ON things FOR EACH ROW SET NEW.price = NEW.price;
DELIMITER //
CREATE PROCEDURE two () BEGIN SELECT 1; SELECT 2; END //
CREATE FUNCTION plus (a INT) RETURNS INT DETERMINISTIC RETURN a + 1 //
CREATE EVENT ev ON SCHEDULE EVERY 1 YEAR STARTS '2030-01-01 00:00:00' DO SELECT 1 //
SQL
told() {
  local name=$1 status; shift
  "$dump" "${common[@]}" "$@" >"$work/$name" 2>"$work/$name.err"; status=$?
  grep -v '^-- Dump completed on\|^-- Host:' "$work/$name" >"$work/$name.sql"
  echo "$name: status $status, $(wc -lc <"$work/$name.sql" | tr -s ' ') $(sha1sum <"$work/$name.sql" | cut -c1-40) $(grep -v Warning "$work/$name.err" | head -3)"
  [ $status -eq 0 ] || failed=1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
told plain "$s"
told transaction --single-transaction --quick --routines --triggers --events --hex-blob "$s"
told rows --skip-extended-insert --skip-quick --skip-lock-tables --no-create-info --where 'id < 100' "$s" things
told databases --databases "$s" "${s}_2" --no-data
sed "s/\`$s\`/\`${s}_2\`/g" "$work/transaction" | "$program" "${common[@]}" "${s}_2" || { echo "restore failed: $?"; failed=1; }
told restored --single-transaction --quick --routines --triggers --events --hex-blob "${s}_2"
grep -v '^-- \|^/\*' "$work/transaction.sql" | head -40
echo "== end"
exit $failed
