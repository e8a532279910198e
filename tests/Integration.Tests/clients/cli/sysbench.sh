#!/usr/bin/env bash
# sysbench's mixed load in four threads, with and without prepared statements: it must run without an error. Its numbers differ by nature.
s=$CLIENT_SCHEMA failed=0
base=(sysbench oltp_read_write --db-driver=mysql "--mysql-host=$CLIENT_HOST" "--mysql-port=$CLIENT_PORT" "--mysql-user=$CLIENT_USER" "--mysql-password=$CLIENT_PASSWORD" "--mysql-db=$s" --tables=2 --table-size=2000 --threads=4 --events=150 --time=0 --report-interval=0)
MYSQL_PWD=$CLIENT_PASSWORD mariadb --no-defaults -h"$CLIENT_HOST" -P"$CLIENT_PORT" -u"$CLIENT_USER" --skip-ssl -e "DROP DATABASE IF EXISTS $s; CREATE DATABASE $s" || failed=1
"${base[@]}" prepare | grep -o 'Creating a secondary index' | wc -l    # threads may share a line
for mode in auto disable; do
  for distribution in uniform; do
    out=$("${base[@]}" --db-ps-mode=$mode --rand-type=$distribution run 2>&1) || { failed=1; echo "$mode failed: $(echo "$out" | grep -i -m3 'fatal\|error')"; }
    echo "$mode $distribution: transactions $(echo "$out" | sed -n 's/^ *transactions: *\([0-9]*\) .*/\1/p'), reconnects $(echo "$out" | sed -n 's/^ *reconnects: *\([0-9]*\) .*/\1/p')"
  done
done
"${base[@]}" cleanup | grep -o Dropping | wc -l
echo "== end"
exit $failed
