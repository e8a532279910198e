// Go's driver through database/sql: text (interpolated) and binary protocol, several results, transactions, contexts, pools.
package main

import (
	"context"
	"crypto/sha1"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
)

var (
	schema   = os.Getenv("CLIENT_SCHEMA")
	variant  = os.Getenv("CLIENT_VARIANT")
	failed   = false
	number   = regexp.MustCompile(`(thread id: |handler \()\d+`)
	allBytes = func() (all []byte) {
		for i := 0; i < 256; i++ {
			all = append(all, byte(i))
		}
		return
	}()
	quiet = log{}
)

type log struct{}

func (log) Print(...interface{}) {}

func shown(value interface{}) string {
	switch v := value.(type) {
	case nil:
		return "nil"
	case []byte:
		if len(v) > 300 {
			return fmt.Sprintf("bytes(%d %x)", len(v), sha1.Sum(v))
		}
		return fmt.Sprintf("bytes(%q)", v)
	case string:
		if len(v) > 1000 {
			return fmt.Sprintf("string(%d %x)", len(v), sha1.Sum([]byte(v)))
		}
		return fmt.Sprintf("%q", v)
	case time.Time:
		return "time(" + v.Format(time.RFC3339Nano) + ")"
	case error:
		var own *mysql.MySQLError
		if errors.As(v, &own) {
			return number.ReplaceAllString(fmt.Sprintf("MySQLError %d %s", own.Number, own.Message), "${1}#")
		}
		return fmt.Sprintf("%T %v", v, v)
	case [][]interface{}:
		var all []string
		for _, row := range v {
			all = append(all, shown(row))
		}
		return "[" + strings.Join(all, ", ") + "]"
	case []interface{}:
		var all []string
		for _, one := range v {
			all = append(all, shown(one))
		}
		return "[" + strings.Join(all, ", ") + "]"
	}
	return fmt.Sprintf("%T(%v)", value, value)
}

func say(step string, values ...interface{}) {
	var all []string
	for _, value := range values {
		all = append(all, shown(value))
	}
	fmt.Println(step+":", strings.Join(all, ", "))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func section(name string, action func()) {
	fmt.Println("==", name)
	defer func() {
		if fault := recover(); fault != nil {
			failed = true
			fmt.Println(name, "failed:", shown(fault))
		}
	}()
	action()
}

func config(change func(*mysql.Config)) *mysql.Config {
	c := mysql.NewConfig()
	c.Net, c.Addr = "tcp", os.Getenv("CLIENT_HOST")+":"+os.Getenv("CLIENT_PORT")
	c.User, c.Passwd, c.DBName = os.Getenv("CLIENT_USER"), os.Getenv("CLIENT_PASSWORD"), schema
	c.Params = map[string]string{"charset": "utf8mb4"}
	c.MaxAllowedPacket = 64 << 20
	if variant == "tls" {
		c.TLSConfig = "skip-verify"
	}
	if change != nil {
		change(c)
	}
	return c
}

func open(change func(*mysql.Config)) *sql.DB {
	db, err := sql.Open("mysql", config(change).FormatDSN())
	must(err)
	return db
}

type runner interface {
	QueryContext(context.Context, string, ...interface{}) (*sql.Rows, error)
	ExecContext(context.Context, string, ...interface{}) (sql.Result, error)
}

var always = context.Background()

func take(rows *sql.Rows) (all [][]interface{}) {
	columns, err := rows.Columns()
	must(err)
	for rows.Next() {
		row, places := make([]interface{}, len(columns)), make([]interface{}, len(columns))
		for i := range row {
			places[i] = &row[i]
		}
		must(rows.Scan(places...))
		for i, one := range row {
			if raw, is := one.([]byte); is {
				row[i] = append([]byte{}, raw...)
			}
		}
		all = append(all, row)
	}
	return
}

func try(on runner, text string, arguments ...interface{}) interface{} {
	rows, err := on.QueryContext(always, text, arguments...)
	if err != nil {
		return err
	}
	defer rows.Close()
	all := take(rows)
	if err = rows.Err(); err != nil {
		return []interface{}{all, err}
	}
	return all
}

func query(on runner, text string, arguments ...interface{}) [][]interface{} {
	switch found := try(on, text, arguments...).(type) {
	case [][]interface{}:
		return found
	default:
		panic(found)
	}
}

func act(on runner, text string, arguments ...interface{}) interface{} {
	result, err := on.ExecContext(always, text, arguments...)
	if err != nil {
		return err
	}
	affected, _ := result.RowsAffected()
	id, _ := result.LastInsertId()
	return []interface{}{affected, id}
}

func pinned(db *sql.DB) *sql.Conn {
	conn, err := db.Conn(always)
	must(err)
	return conn
}

func main() {
	must(mysql.SetLogger(quiet))
	rows := 10000
	if variant == "plain" {
		rows = 100000
	}
	section("connect", func() {
		db := open(func(c *mysql.Config) { c.DBName = "" })
		for _, end := range []string{"", "_2"} {
			act(db, "DROP DATABASE IF EXISTS "+schema+end)
			act(db, "CREATE DATABASE "+schema+end+" CHARACTER SET utf8mb4")
		}
		say("server", query(db, "SELECT VERSION()"))
		if variant == "tls" {
			say("tls", len(query(db, "SHOW SESSION STATUS LIKE 'Ssl_cipher'")[0][1].([]byte)) > 0)
		}
	})
	db := open(nil)
	section("values", func() {
		say("create", act(db, "CREATE TABLE kinds (id INT AUTO_INCREMENT PRIMARY KEY, t TINYINT UNIQUE, b BIGINT UNSIGNED, f FLOAT, d DOUBLE, n DECIMAL(20,6), day DATE, moment DATETIME(6), clock TIME(3), y YEAR, bits BIT(10), choice ENUM('a','b'), c CHAR(5), raw VARBINARY(300), lump LONGBLOB, words TEXT)"))
		for i, one := range []*sql.DB{db, open(func(c *mysql.Config) { c.InterpolateParams = true }), open(func(c *mysql.Config) { c.ParseTime = true })} {
			say("insert", act(one, "INSERT INTO kinds (t,b,f,d,n,day,moment,clock,y,choice,c,raw,lump,words) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", i, uint64(1<<64-1), 1.5, 2.25, "-99999999999999.999999",
				"1000-01-01", time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), "-99:00:00.005", 2155, "b", "ab", allBytes, append(allBytes, allBytes...), "🚀 ü"))
			say("text", query(one, "SELECT * FROM kinds"))
			say("binary", query(one, "SELECT * FROM kinds WHERE id > ?", 0))
			say("echo", query(one, "SELECT ?, ?, ?", nil, int64(-1), "🚀 '\\"), query(one, "SELECT ?, ?", 1.5, true))
		}
		say("more", act(db, "INSERT INTO kinds () VALUES ()"), act(db, "INSERT INTO kinds (c) VALUES ('x'),('y')"), act(db, "UPDATE kinds SET c = 'z' WHERE id > 1"), act(db, "UPDATE kinds SET c = 'z' WHERE id > 1"))
		say("found rows", act(open(func(c *mysql.Config) { c.ClientFoundRows = true }), "UPDATE kinds SET c = 'z' WHERE id > 1"))
		found, err := db.Query("SELECT * FROM kinds")
		must(err)
		kinds, _ := found.ColumnTypes()
		for _, kind := range kinds {
			precision, scale, decimal := kind.DecimalSize()
			nullable, known := kind.Nullable()
			say("column", kind.Name(), kind.DatabaseTypeName(), kind.ScanType().String(), precision, scale, decimal, nullable, known)
		}
		found.Close()
	})
	section("prepared", func() {
		conn := pinned(db)
		var all []*sql.Stmt
		for i := 0; i < 40; i++ {
			one, err := conn.PrepareContext(always, fmt.Sprintf("SELECT %d + ?", i))
			must(err)
			all = append(all, one)
		}
		sum := 0
		for round := 0; round < 3; round++ {
			for i := len(all) - 1; i >= 0; i-- {
				var got int
				must(all[i].QueryRow(round).Scan(&got))
				sum += got
			}
		}
		say("open", sum)
		conn.Close()
		insert, err := db.Prepare("INSERT INTO kinds (c, lump) VALUES (?, ?)")
		must(err)
		var group sync.WaitGroup
		for i := 0; i < 20; i++ {
			group.Add(1)
			go func(i int) {
				defer group.Done()
				_, err := insert.Exec(fmt.Sprint("r", i), allBytes[:i])
				must(err)
			}(i)
		}
		group.Wait()
		say("concurrent", query(db, "SELECT COUNT(*), SUM(LENGTH(lump)) FROM kinds WHERE c LIKE 'r%'"))
		say("errors", try(db, "SELECT ? FROM", 1), try(db, "SELECT * FROM nowhere WHERE a = ?", 1), act(db, "INSERT INTO kinds (id) VALUES (?)", 1), act(db, "INSERT INTO kinds (c) VALUES (?)", "too long"))
	})
	section("errors", func() {
		for _, text := range []string{"SELEC 1", "SELECT * FROM nowhere", "INSERT INTO kinds (id) VALUES (1)", "SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = 'häß'", "USE mysql", "SELECT 1; SELECT 2", ""} {
			say(text, try(db, text))
		}
		conn := pinned(db)
		say("warned", act(conn, "INSERT IGNORE INTO kinds (id, c) VALUES (1, 'abcdefgh')"), try(conn, "SHOW WARNINGS"))
		conn.Close()
		say("denied", open(func(c *mysql.Config) { c.Passwd = "wrong" }).Ping())
		say("no schema", open(func(c *mysql.Config) { c.DBName = "c_nowhere_at_all" }).Ping())
	})
	section("transactions", func() {
		say("create", act(db, "CREATE TABLE money (id INT PRIMARY KEY, amount INT) ENGINE=InnoDB"))
		tx, err := db.Begin()
		must(err)
		say("in", act(tx, "INSERT INTO money VALUES (1, 1)"), query(db, "SELECT * FROM money"))
		must(tx.Rollback())
		tx, err = db.BeginTx(always, &sql.TxOptions{Isolation: sql.LevelSerializable})
		must(err)
		say("in", act(tx, "INSERT INTO money VALUES (2, 2)"), act(tx, "SAVEPOINT a"), act(tx, "INSERT INTO money VALUES (3, 3)"), act(tx, "ROLLBACK TO a"))
		must(tx.Commit())
		say("out", query(db, "SELECT * FROM money"), tx.Commit())
		tx, err = db.BeginTx(always, &sql.TxOptions{ReadOnly: true})
		must(err)
		say("read only", act(tx, "DELETE FROM money"))
		must(tx.Rollback())
	})
	section("large", func() {
		say("create", act(db, "CREATE TABLE lumps (id INT AUTO_INCREMENT PRIMARY KEY, lump LONGBLOB)"))
		sizes := []int{17000000}
		if variant == "plain" {
			sizes = []int{1 << 20, 1<<24 - 1, 20000000}
		}
		for _, size := range sizes {
			lump := make([]byte, size)
			for i := range lump {
				lump[i] = byte(i)
			}
			say("sent", act(db, "INSERT INTO lumps (lump) VALUES (?)", lump))
			say("back", query(db, "SELECT LENGTH(lump), SHA2(lump, 256), lump FROM lumps ORDER BY id DESC LIMIT 1"))
		}
		say("create", act(db, "CREATE TABLE digits (d INT)"), act(db, "INSERT INTO digits VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)"))
		text := "SELECT a.d*10000 + b.d*1000 + c.d*100 + e.d*10 + f.d AS n, CONCAT('row ', a.d, b.d, c.d, e.d, f.d), NULL FROM digits a, digits b, digits c, digits e, digits f ORDER BY n LIMIT "
		say("text", []byte(shown(query(db, text+fmt.Sprint(rows)))))
		say("binary", []byte(shown(query(db, text+"?", rows))))
		say("too large", act(open(func(c *mysql.Config) { c.MaxAllowedPacket = 1 << 20 }), "INSERT INTO lumps (lump) VALUES ('"+strings.Repeat("x", 2<<20)+"')"))
	})
	section("several", func() {
		multi := pinned(open(func(c *mysql.Config) { c.MultiStatements = true }))
		act(multi, "CREATE TABLE steps (id INT AUTO_INCREMENT PRIMARY KEY, word VARCHAR(10))")
		act(multi, "CREATE PROCEDURE two (IN a INT, OUT b INT) BEGIN SELECT a; SELECT id, word FROM steps; SET b = a * 2; END")
		say("exec", act(multi, "INSERT INTO steps (word) VALUES ('a'); INSERT INTO steps (word) VALUES ('b'),('c')"))
		for _, text := range []string{"SELECT 1; SELECT * FROM steps; SET @x = 5; SELECT @x", "CALL two(21, @b); SELECT @b"} {
			found, err := multi.QueryContext(always, text)
			must(err)
			for more := true; more; more = found.NextResultSet() {
				say("  result", take(found))
			}
			say("  end", found.Err())
			found.Close()
		}
		say("binary call", try(multi, "CALL two(?, @b)", 4), query(multi, "SELECT @b"))
	})
	section("killed", func() {
		victim := pinned(db)
		id := query(victim, "SELECT CONNECTION_ID()")[0][0]
		done := make(chan interface{})
		// Its own: one that another client has left may still be in the list.
		mark := fmt.Sprintf("SELECT SLEEP(30) /* of %d */", os.Getpid())
		go func() { done <- try(victim, mark+" FROM digits") }()
		for len(query(db, "SELECT 1 FROM information_schema.processlist WHERE info LIKE '"+mark+"%'")) == 0 {
			time.Sleep(5 * time.Millisecond)
		}
		answer := act(db, "KILL QUERY "+string(id.([]byte)))
		say("killed", <-done, answer, query(victim, "SELECT 1"))
		short, cancel := context.WithTimeout(always, 50*time.Millisecond)
		defer cancel()
		_, err := victim.ExecContext(short, "SELECT SLEEP(30)")
		say("given up", err)
		say("after", victim.PingContext(always))
		victim.Close()
		say("pool", query(db, "SELECT 1"))
	})
	section("state", func() {
		conn := pinned(open(func(c *mysql.Config) { c.Params["sql_mode"] = "'ANSI_QUOTES'"; c.Params["time_zone"] = "'-03:30'" }))
		act(conn, "SET @n = 42, @w = 'häß'")
		act(conn, "CREATE TEMPORARY TABLE passing (id INT)")
		act(conn, "USE "+schema+"_2")
		say("set", query(conn, "SELECT @n, @w, @@sql_mode, @@time_zone, FROM_UNIXTIME(0), DATABASE(), @@character_set_client, @@max_allowed_packet"))
		mysql.RegisterReaderHandler("one", nil)
		say("local", act(open(func(c *mysql.Config) { c.AllowAllFiles = true }), "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE digits"))
		say("ping", conn.PingContext(always), query(conn, "SELECT @n"), query(conn, "SELECT COUNT(*) FROM "+schema+".passing"))
		say("collation", query(open(func(c *mysql.Config) { c.Collation = "latin1_german1_ci"; delete(c.Params, "charset") }), "SELECT @@collation_connection, @@character_set_client"))
		var all []string
		var lock sync.Mutex
		var group sync.WaitGroup
		for i := 0; i < 50; i++ {
			group.Add(1)
			go func(i int) {
				defer group.Done()
				one := shown(query(db, "SELECT ?", i))
				lock.Lock()
				all = append(all, one)
				lock.Unlock()
			}(i)
		}
		group.Wait()
		sort.Strings(all)
		say("many at once", strings.Join(all, " "))
	})
	end := ""
	if failed {
		end = " with failures"
	}
	fmt.Println("== end" + end)
	if failed {
		os.Exit(1)
	}
}
