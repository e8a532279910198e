#!/usr/bin/env bash
# mydumper and myloader, with several threads: the files of a dump, and those of a dump of what was loaded from it.
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
server=(--host "$CLIENT_HOST" --port "$CLIENT_PORT" --user admin --password admin-Secret_3 --threads 4)
[ "$CLIENT_VARIANT" = compressed ] && server+=(--compress-protocol)
s=$CLIENT_SCHEMA
MYSQL_PWD=admin-Secret_3 mariadb --no-defaults -h"$CLIENT_HOST" -P"$CLIENT_PORT" -uadmin --skip-ssl <<SQL || failed=1
DROP DATABASE IF EXISTS $s; DROP DATABASE IF EXISTS ${s}_2; CREATE DATABASE $s CHARACTER SET utf8mb4; USE $s;
CREATE TABLE digits (d INT PRIMARY KEY); INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
CREATE TABLE things (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(40), price DECIMAL(10,3), raw BLOB);
INSERT INTO things (word, price, raw) SELECT CONCAT('word ', a.d), a.d + b.d / 10, CHAR(a.d, b.d, 0, 255, 39, 92) FROM digits a, digits b, digits c, digits e ORDER BY a.d, b.d, c.d, e.d;
CREATE TABLE more LIKE things; INSERT INTO more SELECT * FROM things;
CREATE VIEW seen AS SELECT word FROM things;
SQL
files() { (cd "$1" && for one in $(ls | grep -v '^metadata$'); do echo "$one $(sha1sum <"$one" | cut -c1-40)"; done); }
mydumper "${server[@]}" --database "$s" --outputdir "$work/one" --trx-consistency-only 2>&1 | sed -E 's/^.*(WARNING|CRITICAL|ERROR)[* :]+[0-9:.]+: /\1 /' || failed=1
files "$work/one"
myloader "${server[@]}" --database "${s}_2" --directory "$work/one" --overwrite-tables 2>&1 | sed -E 's/^.*(WARNING|CRITICAL|ERROR)[* :]+[0-9:.]+: /\1 /' | sort || failed=1
mydumper "${server[@]}" --database "${s}_2" --outputdir "$work/two" 2>&1 | sed -E 's/^.*(WARNING|CRITICAL|ERROR)[* :]+[0-9:.]+: /\1 /' || failed=1
files "$work/two"
[ "$(ls "$work/one" | wc -l)" -gt 5 ] || { echo "dump failed: too few files"; failed=1; }
echo "== end"
exit $failed
