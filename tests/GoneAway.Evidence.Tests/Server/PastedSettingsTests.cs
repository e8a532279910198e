using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Server;

/// <summary>SHOW VARIABLES and SHOW STATUS in the shapes in which people paste them.</summary>
public sealed class PastedSettingsTests
{
    [Theory]
    [InlineData("""
        +---------------+-------+
        | Variable_name | Value |
        +---------------+-------+
        | wait_timeout  | 600   |
        +---------------+-------+
        1 row in set (0.00 sec)
        """)]
    [InlineData("mysql> show global variables like 'wait_timeout';\n+---------------+-------+\n| Variable_name | Value |\n+---------------+-------+\n| wait_timeout  | 600   |\n+---------------+-------+\n1 row in set (0,00 sec)")]
    [InlineData("MariaDB [(none)]> SHOW GLOBAL VARIABLES LIKE 'wait%'\\G\n*************************** 1. row ***************************\nVariable_name: wait_timeout\n        Value: 600\n1 row in set (0.001 sec)")]
    [InlineData("Variable_name\tValue\nwait_timeout\t600")]
    [InlineData("interactive_timeout\t28800\nwait_timeout\t600")]
    [InlineData("| Variable_name | Value |\n| wait_timeout | 600 |")]
    [InlineData("| Variable_name | Value |\n|---|---|\n| wait_timeout | 600 |")]
    [InlineData("> | Variable_name | Value |\n> |:---|---:|\n> | `wait_timeout` | `600` |")]
    [InlineData("| interactive_timeout | 28800 |\n| wait_timeout        | 600 |")]
    [InlineData("wait_timeout = 600")]
    [InlineData("wait_timeout=600\nnet_read_timeout=30")]
    [InlineData("wait_timeout: 600")]
    [InlineData("wait_timeout 600\ninteractive_timeout 28800")]
    [InlineData("wait_timeout                                       600\ninteractive_timeout                                28800")]
    [InlineData("- wait_timeout: 600\n- max_allowed_packet: 67108864")]
    [InlineData("@@wait_timeout\n600")]
    [InlineData("@@GLOBAL.wait_timeout\n600")]
    [InlineData("mysql> select @@global.wait_timeout;\n+-----------------------+\n| @@global.wait_timeout |\n+-----------------------+\n|                   600 |\n+-----------------------+")]
    [InlineData("mysql> select @@global.wait_timeout\\G\n*************************** 1. row ***************************\n@@global.wait_timeout: 600")]
    [InlineData("@@global.wait_timeout = 600")]
    [InlineData("""{"wait_timeout": "600", "max_allowed_packet": "67108864"}""")]
    [InlineData("""{"variables": {"wait_timeout": 600, "interactive_timeout": 28800}}""")]
    [InlineData("""[{"Variable_name": "wait_timeout", "Value": "600"}, {"Variable_name": "net_read_timeout", "Value": "30"}]""")]
    [InlineData("[\n    {\n        \"VARIABLE_NAME\": \"wait_timeout\",\n        \"VARIABLE_VALUE\": \"600\"\n    }\n]")]
    [InlineData("{\"Variable_name\":\"wait_timeout\",\"Value\":\"600\"}\n{\"Variable_name\":\"version\",\"Value\":\"8.0.36\"}")]
    [InlineData("Variable_name,Value\nwait_timeout,600")]
    [InlineData("""{"Parameters": [{"ParameterName": "wait_timeout", "ParameterValue": "600", "Source": "user", "ApplyType": "dynamic"}, {"ParameterName": "max_connections", "ParameterValue": "{DBInstanceClassMemory/12582880}"}, {"ParameterName": "net_read_timeout", "Description": "x"}]}""")]
    [InlineData("""{"settings": {"databaseFlags": [{"name": "wait_timeout", "value": "600"}, {"name": "slow_query_log", "value": "on"}]}}""")]
    [InlineData("""[{"name": "wait_timeout", "value": "600", "source": "user-override"}]""")]
    [InlineData("\"Variable_name\",\"Value\"\n\"wait_timeout\",\"600\"")]
    [InlineData("\"Variable_name\";\"Value\"\n\"wait_timeout\";\"600\"")]
    [InlineData("\u001b[1m+---------------+-------+\u001b[0m\n| Variable_name | Value |\n+---------------+-------+\n| wait_timeout  | 600   |\n+---------------+-------+")]
    [InlineData("\u250c───────────────┬───────┐\n│ Variable_name │ Value │\n├───────────────┼───────┤\n│ wait_timeout  │ 600   │\n└───────────────┴───────┘")]
    [InlineData("    +---------------+-------+\n    | Variable_name | Value |\n    +---------------+-------+\n    | wait_timeout  | 600   |\n    +---------------+-------+")]
    [InlineData("+---------------+-------+\r\n| Variable_name | Value |\r\n+---------------+-------+\r\n| wait_timeout  | 600   |\r\n+---------------+-------+\r\n")]
    [InlineData("+----------------+---------------+\n| VARIABLE_NAME  | VARIABLE_VALUE |\n+----------------+---------------+\n| WAIT_TIMEOUT   | 600           |\n+----------------+---------------+")]
    [InlineData("We see this since Monday. The settings:\n```\nwait_timeout | 600\nmax_allowed_packet | 16777216\n```\nWhat can it be?")]
    [InlineData("$ mysqladmin -uroot -p variables | grep timeout\nEnter password: \n| interactive_timeout                               | 28800 |\n| wait_timeout                                      | 600 |")]
    public void A_variable_is_read_in_every_shape(string text)
    {
        Findings found = Read.File(text);
        Fact fact = Assert.Single(found.Facts, static f => f is { Kind: FactKind.Variable, Name: "wait_timeout" });
        Assert.Equal("600", fact.Value);
        Assert.Null(fact.Scope);
        Assert.Equal("server state", Read.Summary(text).Kind);
    }

    [Theory]
    [InlineData("Aborted_clients\t12\nThreads_connected\t5", "Aborted_clients", "12")]
    [InlineData("| aborted_clients | 12 |\n| uptime | 99 |", "Aborted_clients", "12")]
    [InlineData("+-----------------+-------+\n| Variable_name   | Value |\n+-----------------+-------+\n| Aborted_clients | 12    |\n| Com_kill        | 3     |\n+-----------------+-------+", "Com_kill", "3")]
    [InlineData("Uptime: 591820  Threads: 3  Questions: 123  Slow queries: 0  Opens: 17  Flush tables: 1  Open tables: 10  Queries per second avg: 0.0", "Uptime", "591820")]
    [InlineData("Uptime: 591820  Threads: 3  Questions: 123  Slow queries: 0  Opens: 17  Open tables: 10  Queries per second avg: 0.0", "Threads_connected", "3")]
    [InlineData("mysqladmin  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)\nServer version\t\t8.0.36\nProtocol version\t10\nUptime:\t\t\t6 days 20 hours 39 min 18 sec", "Uptime", "592758")]
    [InlineData("""{"Aborted_clients": "12", "Uptime": "5"}""", "Aborted_clients", "12")]
    [InlineData("Connection_errors_internal = 0\nConnection_errors_max_connections = 41", "Connection_errors_max_connections", "41")]
    public void A_counter_is_read_with_the_name_that_is_documented(string text, string name, string value)
    {
        Fact fact = Assert.Single(Read.File(text).Facts, f => f.Kind == FactKind.Status && f.Name == name);
        Assert.Equal(value, fact.Value);
    }

    [Fact]
    public void The_place_is_the_line_of_the_setting()
    {
        Findings found = Read.File("Hello,\n\n+---------------+-------+\n| Variable_name | Value |\n+---------------+-------+\n| net_read_timeout | 30 |\n| wait_timeout  | 600   |\n+---------------+-------+\n");
        Assert.Equal("test.txt:7", found.Facts.Single(static f => f.Name == "wait_timeout").Source);
    }

    [Fact]
    public void Empty_values_are_values()
    {
        Findings found = Read.File("Variable_name\tValue\ninit_connect\t\nwait_timeout\t600\ninit_file\t\nnet_read_timeout\t30\n");
        Assert.Equal("", found.Facts.Single(static f => f.Name == "init_connect").Value);
        Assert.Equal("30", found.Facts.Single(static f => f.Name == "net_read_timeout").Value);
        Assert.Equal(4, found.Facts.Count);
    }

    [Fact]
    public void Result_sets_that_follow_without_a_blank_line_are_told_apart()
    {
        Findings found = Read.File("""
            +---------------------+
            | now()               |
            +---------------------+
            | 2026-11-21 07:40:25 |
            +---------------------+
            +-----------------+-------+
            | Variable_name   | Value |
            +-----------------+-------+
            | Aborted_clients | 12    |
            +-----------------+-------+
            +---------------+-------+
            | Variable_name | Value |
            +---------------+-------+
            | wait_timeout  | 600   |
            +---------------+-------+
            """);
        Assert.Equal(["Aborted_clients", "wait_timeout"], found.Facts.Select(static f => f.Name));
        Assert.All(found.Facts, static f => Assert.Equal(new DateTime(2026, 11, 21, 7, 40, 25), f.At!.Value.Clock));
    }

    [Fact]
    public void Two_dumps_of_counters_are_two_readings_each_with_its_time()
    {
        Findings found = Read.File("""
            mysql> select now(); show global status like 'Aborted%';
            +---------------------+
            | now()               |
            +---------------------+
            | 2026-11-21 07:40:00 |
            +---------------------+
            +-----------------+-------+
            | Variable_name   | Value |
            +-----------------+-------+
            | Aborted_clients | 12    |
            +-----------------+-------+
            mysql> select now(); show global status like 'Aborted%';
            +---------------------+
            | now()               |
            +---------------------+
            | 2026-11-21 07:50:00 |
            +---------------------+
            +-----------------+-------+
            | Variable_name   | Value |
            +-----------------+-------+
            | Aborted_clients | 15    |
            +-----------------+-------+
            """);
        Assert.Equal(["12", "15"], found.Facts.Select(static f => f.Value));
        Assert.Equal([40, 50], found.Facts.Select(static f => f.At!.Value.Clock.Minute));
    }

    [Fact]
    public void A_table_of_the_interactive_client_shows_the_clients_own_wait_timeout()
    {
        Findings found = Read.File("mysql> show variables like '%timeout';\n+---------------------+-------+\n| Variable_name       | Value |\n+---------------------+-------+\n| interactive_timeout | 28800 |\n| wait_timeout        | 28800 |\n+---------------------+-------+\n");
        Assert.NotNull(found.Facts.Single(static f => f.Name == "wait_timeout").Scope);
        Assert.Contains("interactive_timeout", Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_of_one_session_are_not_taken_for_the_servers()
    {
        Findings found = Read.File("mysql> show status;\n+-----------------+-------+\n| Variable_name   | Value |\n+-----------------+-------+\n| Aborted_clients | 12    |\n| Com_kill        | 0     |\n| Bytes_received  | 100   |\n| Uptime          | 99    |\n+-----------------+-------+\n");
        Assert.Equal(["Aborted_clients", "Uptime"], found.Facts.Select(static f => f.Name));
    }

    [Fact]
    public void A_session_value_beside_the_global_one_keeps_its_scope()
    {
        Findings found = Read.File("+----------------+-----------------------+---------------------------+\n| @@wait_timeout | @@global.wait_timeout | @@session.net_read_timeout |\n+----------------+-----------------------+---------------------------+\n|            300 |                 28800 |                         30 |\n+----------------+-----------------------+---------------------------+\n");
        Assert.Equal("28800", found.Facts.Single(static f => f is { Name: "wait_timeout", Scope: null }).Value);
        Assert.Equal("300", found.Facts.Single(static f => f is { Name: "wait_timeout", Scope: not null }).Value);
        Assert.Equal("session", found.Facts.Single(static f => f.Name == "net_read_timeout").Scope);
    }

    [Theory]
    [InlineData("| Feature | Supported |\n|---|---|\n| pools | yes |\n| retries | no |")]
    [InlineData("The wait_timeout of our server is what I think of. Could it be too short?")]
    [InlineData("port = 3306\nuser = app\ntimeout = 30")]
    [InlineData("{\"host\": \"db\", \"port\": 3306, \"connect_timeout\": 10, \"autocommit\": true}")]
    [InlineData("id,name,price\n1,apple,3\n2,pear,4")]
    [InlineData("name\tvalue\ncolour\tred")]
    [InlineData("*************************** 1. row ***************************\n  id: 1\nname: apple")]
    [InlineData("max_connections: 100\nport: 5432\nversion: 14.2")]
    [InlineData("2026-11-21  8:22:25 0 [Note] WSREP: Quorum results:\n\tversion    = 6,\n\tcomponent  = PRIMARY,\nView:\n  status: primary\n  protocol_version: 4\n  own_index: 0")]
    [InlineData("2026-11-21 10:00:00 0 [Note] wait_timeout = 1\na\nb\nc\nd\ne\nwait_timeout: 5\nf\ng\nh\ni\nj\nmax_allowed_packet: 7\nk")]
    [InlineData("")]
    [InlineData("| | | |")]
    [InlineData("+---+---+")]
    public void What_is_no_server_state_gives_nothing(string text)
    {
        Findings found = Read.File(text);
        Assert.Empty(found.Facts);
        Assert.Empty(found.Sightings);
    }
}
