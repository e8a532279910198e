#!/bin/bash
# A nightly backup: the position in the binary log, a small schema into a file, the large one into gzip and onto a disk, and a program
# that takes rows as its work allows. Each step waits for a file of its name.
say() { echo "$(date '+%Y-%m-%d %H:%M:%S') backup: $*"; }
step() { say "next: $1"; until [ -e "$1" ]; do sleep 0.05; done; }
login=(-h "$DB_HOST" -P "$DB_PORT" -u app -psecret)

say "server: $(mysql "${login[@]}" -BNe 'SELECT VERSION()')"

step position
if said=$(mysql "${login[@]}" --connect-timeout=2 -BNe 'SELECT @@gtid_binlog_pos' 2>&1); then say "position read"; else say "$said"; fi

step notes
if said=$(mysqldump "${login[@]}" notes 2>&1 >notes.sql); then say "notes dumped"; else say "$said"; fi

step shop
./reader "$DB_HOST" "$DB_PORT" >reader.log 2>&1 &
{ mysqldump "${login[@]}" shop large 2>dump.err || true; } | gzip -1 | python3 disk.py dump.gz
while read -r line; do say "$line"; done <dump.err
say "dump of shop: $(zcat dump.gz | grep -oE "\([0-9]+,'" | wc -l) rows"
wait
while read -r line; do say "$line"; done <reader.log
