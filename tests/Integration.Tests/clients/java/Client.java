// MariaDB's Java connector: text and server-side prepared statements, batches, transactions, several results, cancel.
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.sql.*;
import java.util.*;
import java.util.regex.Pattern;

public class Client {
    static final Map<String, String> e = System.getenv();
    static final String schema = e.get("CLIENT_SCHEMA"), variant = e.getOrDefault("CLIENT_VARIANT", "plain");
    static final boolean mariadb = "mariadb".equals(e.get("CLIENT_FLAVOUR"));
    static boolean failed;

    interface Step { Object run() throws Exception; }

    static Connection connect(String schema, String more) throws SQLException {
        String way = variant.equals("tls") ? "&useSsl=true&trustServerCertificate=true" : variant.equals("compressed") ? "&useCompression=true" : "";
        return DriverManager.getConnection("jdbc:mariadb://" + e.get("CLIENT_HOST") + ":" + e.get("CLIENT_PORT") + "/" + schema
            + "?user=" + e.get("CLIENT_USER") + "&password=" + e.get("CLIENT_PASSWORD") + "&allowPublicKeyRetrieval=true" + way + more);
    }

    static String shown(Object value) {
        if (value instanceof byte[] bytes) return bytes.length > 300 ? "bytes(" + bytes.length + " " + Arrays.hashCode(bytes) + ")" : HexFormat.of().formatHex(bytes);
        if (value instanceof int[] list) return Arrays.toString(list);
        if (value instanceof String text && text.length() > 1000) return "text(" + text.length() + " " + text.hashCode() + ")";
        return String.valueOf(value);
    }

    static void say(String step, Object... values) {
        StringBuilder line = new StringBuilder(step + ":");
        for (Object one : values) line.append(' ').append(shown(one));
        System.out.println(line);
    }

    static void fails(String step, Step action) {
        try {
            say(step, "no error", action.run());
        } catch (SQLException fault) {
            String text = Pattern.compile("\\((conn|port)=\\d+\\)|thread id: \\d+").matcher(String.valueOf(fault.getMessage())).replaceAll("#");
            say(step, fault.getClass().getSimpleName(), fault.getErrorCode(), fault.getSQLState(), text.lines().findFirst().orElse(""));
        } catch (Exception fault) {
            say(step, fault);
        }
    }

    static void section(String name, Step action) {
        System.out.println("== " + name);
        try {
            action.run();
        } catch (Exception fault) {
            failed = true;
            say(name + " failed", fault, fault.getStackTrace()[0]);
        }
    }

    static String rows(ResultSet set) throws SQLException {
        StringBuilder all = new StringBuilder();
        int columns = set.getMetaData().getColumnCount();
        while (set.next()) {
            all.append('[');
            for (int i = 1; i <= columns; i++) all.append(i > 1 ? ", " : "").append(shown(set.getObject(i)));
            all.append(']');
        }
        set.close();
        return all.toString();
    }

    static String rows(Connection link, String text) throws SQLException {
        try (Statement statement = link.createStatement()) {
            return rows(statement.executeQuery(text));
        }
    }

    static int run(Connection link, String text) throws SQLException {
        try (Statement statement = link.createStatement()) {
            return statement.executeUpdate(text);
        }
    }

    public static void main(String[] arguments) throws Exception {
        section("connect", () -> {
            Connection link = connect("", "");
            run(link, "DROP DATABASE IF EXISTS " + schema);
            run(link, "CREATE DATABASE " + schema + " CHARACTER SET utf8mb4");
            say("server", link.getMetaData().getDatabaseProductVersion(), link.getMetaData().getDatabaseProductName());
            if (variant.equals("tls")) say("tls", !rows(link, "SHOW SESSION STATUS LIKE 'Ssl_cipher'").contains(", ]"));
            link.close();
            return null;
        });
        // Its server-side prepared statements and MySQL 9 do not understand each other, with or without a gateway.
        for (String way : mariadb ? List.of("", "&useServerPrepStmts=true&useBulkStmts=true") : List.of("")) {
            Connection link = connect(schema, way);
            section("values" + way, () -> values(link));
            section("transactions" + way, () -> transactions(link));
            section("state" + way, () -> state(link));
            section("close" + way, () -> { link.close(); say("closed", link.isClosed()); return null; });
        }
        section("several", Client::several);
        section("killed", Client::killed);
        System.out.println("== end" + (failed ? " with failures" : ""));
        System.exit(failed ? 1 : 0);
    }

    static Object values(Connection link) throws Exception {
        run(link, "DROP TABLE IF EXISTS kinds");
        say("create", run(link, "CREATE TABLE kinds (id INT AUTO_INCREMENT PRIMARY KEY, t TINYINT UNIQUE, b BIGINT UNSIGNED, f FLOAT, d DOUBLE, n DECIMAL(20,6), day DATE, moment DATETIME(6), y YEAR, bits BIT(10), c CHAR(5), raw VARBINARY(300), lump LONGBLOB, words TEXT)"));
        byte[] all = new byte[256];
        for (int i = 0; i < 256; i++) all[i] = (byte) i;
        try (PreparedStatement insert = link.prepareStatement("INSERT INTO kinds (t,b,f,d,n,day,moment,y,c,raw,lump,words) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", Statement.RETURN_GENERATED_KEYS)) {
            Object[] row = {-128, new BigDecimal("18446744073709551615"), 1.5f, 2.25, new BigDecimal("-99999999999999.999999"), java.sql.Date.valueOf("1000-01-01"), Timestamp.valueOf("2024-02-29 23:59:59.123456"), 2155, "ab", all};
            for (int i = 0; i < row.length; i++) insert.setObject(i + 1, row[i]);
            insert.setBinaryStream(11, new ByteArrayInputStream(new byte[100_000]));
            insert.setString(12, "häß 🚀");
            say("insert", insert.executeUpdate(), rows(insert.getGeneratedKeys()));
        }
        say("kinds", rows(link, "SELECT * FROM kinds"));
        try (PreparedStatement echo = link.prepareStatement("SELECT ?, ? + 1, * FROM (SELECT 1) x".replace(", *", ""))) {
            for (int i = 0; i < 20; i++) {
                echo.setString(1, i % 3 == 0 ? null : "value " + i);
                echo.setInt(2, i);
                if (i % 5 == 0) say("echo", rows(echo.executeQuery()));
            }
        }
        try (PreparedStatement batch = link.prepareStatement("INSERT INTO kinds (c, d) VALUES (?, ?)")) {
            for (int i = 0; i < 100; i++) {
                batch.setString(1, "c" + i);
                batch.setDouble(2, i / 4.0);
                batch.addBatch();
            }
            say("batch", Arrays.stream(batch.executeBatch()).filter(one -> one == 1 || one == Statement.SUCCESS_NO_INFO).count());
        }
        say("sum", rows(link, "SELECT COUNT(*), SUM(d) FROM kinds"));
        try (PreparedStatement many = link.prepareStatement("SELECT a.id, b.c FROM kinds a, kinds b ORDER BY a.id, b.id")) {
            many.setFetchSize(100);
            ResultSet set = many.executeQuery();
            long sum = 0;
            while (set.next()) sum += set.getInt(1);
            say("streamed", sum);
        }
        try (PreparedStatement large = link.prepareStatement("SELECT LENGTH(?), SHA2(?, 256)")) {
            String text = "x".repeat(variant.equals("plain") ? 20_000_000 : 2_000_000);
            large.setString(1, text);
            large.setString(2, text);
            say("large", rows(large.executeQuery()));
        }
        for (String text : List.of("SELEC 1", "SELECT * FROM nowhere", "INSERT INTO kinds (id) VALUES (1)", "SIGNAL SQLSTATE '45001' SET MESSAGE_TEXT = 'häß'", "USE mysql")) {
            fails(text, () -> run(link, text));
            fails("prepared " + text, () -> { try (PreparedStatement one = link.prepareStatement(text)) { return one.execute(); } });
        }
        ResultSet tables = link.getMetaData().getColumns(schema, null, "kinds", "%");
        StringBuilder names = new StringBuilder();
        while (tables.next()) names.append(tables.getString("COLUMN_NAME")).append(' ').append(tables.getString("TYPE_NAME")).append(' ');
        say("metadata", names);
        return null;
    }

    static Object transactions(Connection link) throws Exception {
        run(link, "CREATE TABLE IF NOT EXISTS money (id INT PRIMARY KEY, amount INT)");
        run(link, "DELETE FROM money");
        Connection other = connect(schema, "");
        link.setAutoCommit(false);
        run(link, "INSERT INTO money VALUES (1, 10)");
        say("unseen", rows(other, "SELECT COUNT(*) FROM money"));
        link.rollback();
        run(link, "INSERT INTO money VALUES (2, 20)");
        Savepoint point = link.setSavepoint("a");
        run(link, "INSERT INTO money VALUES (3, 30)");
        link.rollback(point);
        link.commit();
        say("committed", rows(other, "SELECT * FROM money"));
        link.setAutoCommit(true);
        link.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        say("isolation", link.getTransactionIsolation());
        link.setReadOnly(true);
        link.setReadOnly(false);
        other.close();
        return null;
    }

    static Object state(Connection link) throws Exception {
        run(link, "SET @number = 42");
        run(link, "CREATE TEMPORARY TABLE passing (id INT)");
        say("state", rows(link, "SELECT @number, COUNT(*) FROM passing"));
        link.setCatalog("information_schema");
        say("catalog", link.getCatalog(), rows(link, "SELECT DATABASE()"));
        link.setCatalog(schema);
        say("valid", link.isValid(5));
        fails("temporary elsewhere", () -> { try (Connection one = connect(schema, "")) { return rows(one, "SELECT * FROM passing"); } });
        fails("denied", () -> DriverManager.getConnection("jdbc:mariadb://" + e.get("CLIENT_HOST") + ":" + e.get("CLIENT_PORT") + "/?user=app&password=wrong&allowPublicKeyRetrieval=true"));
        fails("no schema", () -> connect("c_nowhere_at_all", ""));
        return null;
    }

    static Object several() throws Exception {
        Connection link = connect(schema, "&allowMultiQueries=true");
        try (Statement statement = link.createStatement()) {
            fails("results", () -> {
                boolean one = statement.execute("SELECT 1; SELECT 2, 3; UPDATE money SET amount = 5");
                while (true) {
                    say("result", one ? rows(statement.getResultSet()) : statement.getUpdateCount());
                    if (!one && statement.getUpdateCount() == -1) return null;
                    one = statement.getMoreResults();
                }
            });
        }
        fails("fails in the midst", () -> { try (Statement one = link.createStatement()) { return one.execute("SELECT 1; SELECT * FROM nowhere; SELECT 3"); } });
        run(link, "CREATE PROCEDURE two (IN a INT, OUT b INT) BEGIN SELECT a; SET b = a * 2; END");
        try (CallableStatement call = link.prepareCall("{CALL two(?, ?)}")) {
            call.setInt(1, 21);
            call.registerOutParameter(2, Types.INTEGER);
            say("call", call.execute(), call.getInt(2));
        }
        link.close();
        return null;
    }

    static Object killed() throws Exception {
        Connection victim = connect(schema, ""), killer = connect(schema, "");
        Statement slow = victim.createStatement();
        slow.setQueryTimeout(1);
        fails("timeout", () -> { slow.execute("SELECT SLEEP(30) FROM kinds"); return null; });
        slow.setQueryTimeout(0);
        // Its own: one that another client has left may still be in the list.
        String mark = "SELECT SLEEP(30) /* of " + ProcessHandle.current().pid() + " */";
        Thread thread = new Thread(() -> fails("cancelled", () -> { slow.execute(mark + " FROM kinds"); return null; }));
        thread.start();
        while (rows(killer, "SELECT 1 FROM information_schema.processlist WHERE info LIKE '" + mark + "%'").isEmpty()) Thread.onSpinWait();
        slow.cancel();
        thread.join();
        String number = rows(victim, "SELECT CONNECTION_ID()");
        run(killer, "KILL " + number.substring(1, number.length() - 1));
        boolean dead = false;
        for (int i = 0; i < 1000 && !dead; i++) dead = !victim.isValid(5);
        say("dead", dead);
        killer.close();
        return null;
    }
}
