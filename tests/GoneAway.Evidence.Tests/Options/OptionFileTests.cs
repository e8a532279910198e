using FsCheck;
using FsCheck.Fluent;
using GoneAway.Evidence.Options;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Options;

/// <summary>One my.cnf, line by line as the server reads it.</summary>
public sealed class OptionFileTests
{
    private static OptionSettings Of(params (string Path, string Text)[] files) => Against([], files);

    private static OptionSettings Against(IReadOnlyList<Fact> known, params (string Path, string Text)[] files)
    {
        var read = new List<OptionFile>();
        foreach ((string path, string text) in files)
            read.AddRange(Read.Passage(new OptionFilePassage(), text, path)?.OptionFiles ?? []);
        return OptionFileSet.Resolve(read, known);
    }

    [Theory]
    [InlineData("wait_timeout = 600", "wait_timeout", "600")]
    [InlineData("wait-timeout=600", "wait_timeout", "600")]
    [InlineData("  wait_timeout\t=\t600  # ten minutes", "wait_timeout", "600")]
    [InlineData("wait_timeout='600'", "wait_timeout", "600")]
    [InlineData("wait_timeout = \"600\" # ten", "wait_timeout", "600")]
    [InlineData("loose-wait_timeout=600", "wait_timeout", "600")]
    [InlineData("loose_wait_timeout=600", "wait_timeout", "600")]
    [InlineData("max_allowed_packet=64M", "max_allowed_packet", "67108864")]
    [InlineData("max_allowed_packet=64m", "max_allowed_packet", "67108864")]
    [InlineData("max_allowed_packet=64MB", "max_allowed_packet", "67108864")]
    [InlineData("max_allowed_packet = 1G", "max_allowed_packet", "1073741824")]
    [InlineData("max-allowed-packet = 512K", "max_allowed_packet", "524288")]
    [InlineData("skip-name-resolve", "skip_name_resolve", "ON")]
    [InlineData("skip_name_resolve=1", "skip_name_resolve", "ON")]
    [InlineData("skip-name-resolve = OFF", "skip_name_resolve", "OFF")]
    [InlineData("skip-event-scheduler", "event_scheduler", "OFF")]
    [InlineData("skip-performance-schema=0", "performance_schema", "ON")]
    [InlineData("disable-performance-schema", "performance_schema", "OFF")]
    [InlineData("enable-performance-schema", "performance_schema", "ON")]
    [InlineData("loose-skip-performance-schema", "performance_schema", "OFF")]
    [InlineData("performance_schema", "performance_schema", "ON")]
    [InlineData("performance_schema = true", "performance_schema", "ON")]
    [InlineData("skip-host-cache", "host_cache_size", "0")]
    [InlineData("log_error = /var/log/mysql/error.log", "log_error", "/var/log/mysql/error.log")]
    [InlineData(@"init_connect = ""SET NAMES \""utf8\"" # not a comment""", "init_connect", "SET NAMES \"utf8\" # not a comment")]
    [InlineData(@"tmpdir = C:\\temp\new", "tmpdir", "C:\\temp ew")]
    public void A_setting_is_what_the_server_makes_of_it(string line, string name, string value)
    {
        OptionSetting? setting = Of(("etc/my.cnf", $"# comment\n[mysqld]\n{line}\n")).Server(name);
        Assert.Equal((value, "etc/my.cnf:3"), (setting?.Value, setting?.Source));
    }

    [Fact]
    public void Settings_become_facts_of_the_server()
    {
        Fact fact = Assert.Single(Of(("my.cnf", "[mysqld]\nwait_timeout=60")).Facts);
        Assert.Equal((FactKind.Option, "wait_timeout", "60", "mysqld", "my.cnf:2"), (fact.Kind, fact.Name, fact.Value, fact.Scope, fact.Source));
    }

    [Fact]
    public void The_last_line_wins_and_those_before_it_are_told()
    {
        OptionSettings options = Of(("my.cnf", "[mysqld]\nwait_timeout=28800\n[client]\nport=3307\n[server]\nwait-timeout=300\n[mysqld]\nloose-wait_timeout=60"));
        OptionSetting setting = options.Server("wait_timeout")!;
        Assert.Equal(("60", "my.cnf:8"), (setting.Value, setting.Source));
        Assert.Equal([("28800", "my.cnf:2"), ("300", "my.cnf:6")], setting.Lost);
        Hazard hazard = Assert.Single(options.Hazards);
        Assert.Contains("my.cnf:6", hazard.Text, StringComparison.Ordinal);
        Assert.Equal("my.cnf:8", hazard.Source);
    }

    [Fact]
    public void Groups_of_other_programs_keep_their_own_values()
    {
        OptionSettings options = Of(("my.cnf", "[mysqld]\nmax_allowed_packet=16M\n[mysqldump]\nquick\nmax_allowed_packet=1G\n[mysqld_safe]\nnice=0"));
        Assert.Equal("16777216", options.Server("max_allowed_packet")!.Value);
        Assert.Equal("1073741824", options.Settings.Single(static s => s is { Group: "mysqldump", Name: "max_allowed_packet" }).Value);
        Assert.Empty(options.Hazards);
    }

    [Theory]
    [InlineData("8.0.36", "60")]
    [InlineData("8.4.1", "50")]
    [InlineData("10.11.6-MariaDB", "40")]
    [InlineData("5.5.5-10.6.12-MariaDB-log", "30")]
    [InlineData(null, "40")]
    public void A_group_of_one_version_counts_for_that_version_alone(string? version, string value)
    {
        IReadOnlyList<Fact> known = version is null ? [] : [new Fact(FactKind.Variable, "version", version, null, "x")];
        OptionSettings options = Against(known, ("my.cnf", "[mysqld]\nwait_timeout=50\n[mysqld-8.0]\nwait_timeout=60\n[mariadb]\nwait_timeout=40\n[mariadb-10.6]\nwait_timeout=30\n"));
        Assert.Equal(value, options.Server("wait_timeout")!.Value);
        Assert.Equal(version is null ? 2 : 0, options.Notes.Count);
    }

    [Theory]
    [InlineData("max_allowed_packet = 16*1024*1024", "arithmetic", "max_allowed_packet = 16M", "packet-too-large")]
    [InlineData("max_allowed_packet = 1024 * 1024 * 1024", "arithmetic", "max_allowed_packet = 1G", "packet-too-large")]
    [InlineData("max_allowed_packet = 64 M", "Unknown suffix ' '", "64M", "packet-too-large")]
    [InlineData("wait_timeout = 8h", "Unknown suffix 'h'", "", "wait-timeout")]
    [InlineData("wait_timout = 600", "no option of the server", "wait_timeout", "wait-timeout")]
    [InlineData("Wait_Timeout = 600", "by MariaDB; MySQL refuses", "wait_timeout", "wait-timeout")]
    [InlineData("wait_timeout", "requires an argument", "", "wait-timeout")]
    [InlineData("wait_timeout =", "Empty value", "", "wait-timeout")]
    [InlineData("max_allowed_packet = 1.5G", "Unknown suffix '.'", "64M", "packet-too-large")]
    [InlineData("wait_timeout = 1.5", "Unknown suffix '.'", "", "wait-timeout")]
    [InlineData("wait_timeout = 0x10", "Unknown suffix 'x'", "", "wait-timeout")]
    [InlineData("max_conect_errors = 600", "no option of the server", "max_connect", "host-blocked")]
    [InlineData("wait_timeo = 600", "taken for wait_timeout", "wait_timeout", "wait-timeout")]
    [InlineData("wait_timeout = 99999999999", "takes 31536000", "", "wait-timeout")]
    [InlineData("max_allowed_packet = 2G", "takes 1073741824", "", "packet-too-large")]
    [InlineData("max_allowed_packet = 1000000", "takes 999424", "", "packet-too-large")]
    [InlineData("[client]\nwait_timeout = 600", "the server does not read", "[mysqld]", "wait-timeout")]
    [InlineData("[mysql]\nmax_allowed_packet = 64M", "limit of the client programs", "[mysqld]", "packet-too-large")]
    [InlineData("[mysqld\nwait_timeout = 600", "no closing bracket", "[mysqld]", "not-listening")]
    [InlineData("!includes /etc/x", "no directive", "!include", "not-listening")]
    public void A_mistake_is_told_with_its_line(string line, string text, string fix, string cause)
    {
        Hazard hazard = Assert.Single(Of(("my.cnf", $"[mysqld]\nport = 3306\nsocket = /run/s\ndatadir = /data\nuser = mysql\nbasedir = /usr\nkey_buffer_size = 8M\n{line}\n")).Hazards);
        Assert.Contains(text, hazard.Text, StringComparison.Ordinal);
        Assert.Contains(fix, hazard.Fix, StringComparison.Ordinal);
        Assert.Equal(cause, hazard.Cause);
        Assert.Equal(line.StartsWith("[client]", StringComparison.Ordinal) || line.StartsWith("[mysql]", StringComparison.Ordinal) ? "my.cnf:9" : "my.cnf:8", hazard.Source);
    }

    [Theory]
    [InlineData("loose-wait_timout = 600")]
    [InlineData("validate_password.policy = LOW")]
    [InlineData("some_plugin_setting = 1")]
    [InlineData("innodb_flush_method = O_DIRECT")]
    [InlineData("long_query_time = 0.5")]
    [InlineData("log_bin = 1")]
    [InlineData("sql_mode = \"\"")]
    public void What_is_no_mistake_is_not_told_as_one(string line) => Assert.Empty(Of(("my.cnf", $"[mysqld]\nport=3306\n{line}\n")).Hazards);

    [Theory]
    [InlineData("{{ mysql_wait_timeout }}")]
    [InlineData("${WAIT_TIMEOUT}")]
    [InlineData("<%= @wait %>")]
    public void A_templates_mark_is_neither_a_value_nor_a_mistake(string value)
    {
        OptionSettings options = Of(("my.cnf.j2", $"[mysqld]\nport=3306\nwait_timeout={value}\n"));
        Assert.Null(options.Server("wait_timeout"));
        Assert.Empty(options.Hazards);
    }

    [Fact]
    public void An_option_file_inside_of_a_ConfigMap_is_read_without_its_keys()
    {
        OptionSettings options = Of(("mysql.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  my.cnf: |\n" + "    [mysqld]\n    wait_timeout=60\n    max_allowed_packet=64M\n    port=3306\n    bind-address=0.0.0.0\n    skip-name-resolve\n    max_connections=100\n    back_log=10\n    socket=/s\n    user=mysql\n    datadir=/d\n    tmpdir=/t\n    server-id=1\n    log-bin=b\n    sync_binlog=1\n    expire_logs_days=3\n    innodb_buffer_pool_size=1G\n"));
        Assert.Equal(("60", "mysql.yaml:6"), (options.Server("wait_timeout")!.Value, options.Server("wait_timeout")!.Source));
        Assert.Empty(options.Hazards);
    }

    // As MariaDB 10.11 and MySQL 9.7 were seen to do with --verbose --help and --validate-config.
    [Theory]
    [InlineData("wait_timeo = 600", "10.11.19-MariaDB", "600", 1)]
    [InlineData("wait_timeo = 600", "5.7.44-log", "600", 1)]
    [InlineData("wait_timeo = 600", "8.0.36", null, 1)]
    [InlineData("loose-wait_timeo = 600", "9.7.0", null, 0)]
    [InlineData("Wait_Timeout = 600", "10.11.19-MariaDB", "600", 0)]
    [InlineData("Wait_Timeout = 600", "9.7.0", null, 1)]
    [InlineData("wait_timeout =", "10.11.19-MariaDB", "1", 1)]
    [InlineData("wait_timeout =", "9.7.0", null, 1)]
    public void Versions_differ_in_what_they_take(string line, string version, string? value, int hazards)
    {
        OptionSettings options = Against([new Fact(FactKind.Variable, "version", version, null, "x")], ("my.cnf", $"[mysqld]\nport=3306\n{line}\n"));
        Assert.Equal(value, options.Server("wait_timeout")?.Value);
        Assert.Equal(hazards, options.Hazards.Count);
    }

    [Fact]
    public void A_refused_value_is_not_in_effect() => Assert.Null(Of(("my.cnf", "[mysqld]\nmax_allowed_packet = 16*1024*1024")).Server("max_allowed_packet"));

    [Fact]
    public void Settings_before_any_group_are_told_once_and_do_not_count()
    {
        OptionSettings options = Of(("my.cnf", "wait_timeout = 600\nmax_allowed_packet=64M\n[mysqld]\nport=3306\n"));
        Assert.Null(options.Server("wait_timeout"));
        Hazard hazard = Assert.Single(options.Hazards);
        Assert.Equal("my.cnf:1", hazard.Source);
        Assert.Contains("without preceding group", hazard.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[client]\npassword = hunter2\n[mysqld]\nport=3306")]
    [InlineData("[mysqld]\nwsrep_sst_auth = sst:hunter2\nport=3306")]
    [InlineData("[mysqld]\nmaster-password = hunter2\nport=3306")]
    [InlineData("[mysqldump]\npasswd = hunter2\nuser=x")]
    public void Passwords_are_in_no_fact_and_no_hazard(string text)
    {
        OptionSettings options = Of(("my.cnf", text));
        Assert.DoesNotContain(options.Settings, static s => s.Value.Contains("hunter2", StringComparison.Ordinal));
        Assert.DoesNotContain(options.Hazards, static h => (h.Text + h.Fix).Contains("hunter2", StringComparison.Ordinal));
        Assert.NotEmpty(options.Settings);
    }

    [Fact]
    public void A_difference_to_the_running_server_is_told()
    {
        Fact[] known = [new(FactKind.Variable, "wait_timeout", "28800", null, "vars.txt:9"), new(FactKind.Variable, "max_allowed_packet", "67108864", null, "vars.txt:3"), new(FactKind.Variable, "skip_name_resolve", "ON", null, "vars.txt:4")];
        Hazard hazard = Assert.Single(Against(known, ("my.cnf", "[mysqld]\nwait_timeout = 60\nmax_allowed_packet=64M\nskip-name-resolve\n")).Hazards);
        Assert.Equal(("wait-timeout", "my.cnf:2"), (hazard.Cause, hazard.Source));
        Assert.Contains("28800", hazard.Text, StringComparison.Ordinal);
        Assert.Contains("vars.txt:9", hazard.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void For_each_value_its_line_and_the_running_server_are_told()
    {
        Fact[] known = [new(FactKind.Variable, "wait_timeout", "86400", null, "vars.txt:9"), new(FactKind.Variable, "max_allowed_packet", "16777216", null, "vars.txt:3")];
        OptionSettings options = Against(known, ("my.cnf", "[mysqld]\nwait_timeout = 28800\nmax_allowed_packet = 16M\nnet_read_timeout = 40\ndatadir = /d\n"));
        Assert.Equal([("my.cnf", "sets wait_timeout = 28800 in line 2 (the running server has 86400, by vars.txt:9), max_allowed_packet = 16777216 in line 3 (so has the running server), net_read_timeout = 40 in line 4")], options.Origins);
        Assert.Contains("which the next start takes", Assert.Single(options.Hazards).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_an_included_file_is_told_with_that_file() =>
        Assert.Equal([("etc/mysql/conf.d/b.cnf", "sets wait_timeout = 60 in line 2")], Of(("etc/mysql/my.cnf", "[mysqld]\nwait_timeout=86400\n!includedir /etc/mysql/conf.d/\n"), ("etc/mysql/conf.d/b.cnf", "[mysqld]\nwait_timeout=60\n")).Origins);

    [Theory]
    [InlineData("""{"Version": 1, "mysql_server": {"wait_timeout": {"Value": "600", "Metadata": {"Timestamp": 1700000000000000, "User": "root", "Host": "localhost"}}, "mysql_server_static_options": {"back_log": {"Value": "200", "Metadata": {"Timestamp": 1700000000000000, "User": "root", "Host": "localhost"}}}}}""")]
    [InlineData("""{"Version": 2, "mysql_dynamic_parse_early_variables": {}, "mysql_static_variables": {"back_log": {"Value": "200", "Metadata": {"Timestamp": 1, "User": "root", "Host": "localhost"}}}, "mysql_dynamic_variables": {"wait_timeout": {"Value": "600", "Metadata": {"Timestamp": 1, "User": "root", "Host": "localhost"}}}}""")]
    public void What_SET_PERSIST_kept_wins_over_all_files(string json)
    {
        OptionSettings options = Of(("var/lib/mysql/mysqld-auto.cnf", json), ("etc/my.cnf", "[mysqld]\nwait_timeout=60"));
        OptionSetting setting = options.Server("wait_timeout")!;
        Assert.Equal(("600", "var/lib/mysql/mysqld-auto.cnf:1"), (setting.Value, setting.Source));
        Assert.Equal([("60", "etc/my.cnf:2")], setting.Lost);
        Assert.Equal("200", options.Server("back_log")!.Value);
        Assert.Equal("my.cnf", Read.Summary(json).Kind);
    }

    [Theory]
    [InlineData("[mysqld]\nport=3306\nwait_timeout=60")]
    [InlineData("!includedir /etc/mysql/conf.d/\n!includedir /etc/mysql/mariadb.conf.d/")]
    [InlineData("[client]\nport = 3306\nsocket = /run/mysqld/mysqld.sock\n")]
    [InlineData("max_allowed_packet=64M\nwait_timeout=60")]
    [InlineData("max-allowed-packet = 67108864")]
    [InlineData("Our settings are\n\n```ini\n[mysqld]\n\nwait_timeout=60\n```\nand that is all.")]
    [InlineData("[mysqld]\r\nport=3306\r\nwait_timeout=60\r\n")]
    public void An_option_file_is_recognised_by_its_content(string text)
    {
        Assert.Equal("my.cnf", Read.Summary(text).Kind);
        Assert.Single(Read.File(text).OptionFiles);
        Assert.Empty(Read.File(text).Facts);
    }

    [Theory]
    [InlineData("[database]\nhost=db\nport=3306")]
    [InlineData("[server]\nhttp_port = 3000\ndomain = x\n[security]\nadmin_user=a")]
    [InlineData("[mysql]\nconnection = mysql://x@y/z\nmax_retries = 3\nretry_interval = 10")]
    [InlineData("[uwsgi]\nprocesses=4")]
    [InlineData("wait_timeout=600\nnet_read_timeout=30")]
    [InlineData("port = 3306\nuser = app\nsocket = /run/x")]
    [InlineData("[client] something said hello\nand then it went away\nfor good")]
    [InlineData("{\"Version\": 1, \"servers\": {}}")]
    [InlineData("[mysqld]\nHello all,\nmy server does not start any more.\nWhat can I do?\nThe log says nothing.\nport=3306")]
    public void What_is_no_option_file_is_not_taken_for_one(string text) => Assert.Empty(Read.File(text).OptionFiles);

    [Fact]
    public void A_pasted_fragment_counts_for_the_server() => Assert.Equal("67108864", Of(("question.txt", "max_allowed_packet=64M\nwait_timeout=60")).Server("max_allowed_packet")!.Value);

    [Fact]
    public void A_file_without_any_group_is_a_mistake()
    {
        OptionSettings options = Of(("conf.d/mine.cnf", "max_allowed_packet=64M\nwait_timeout=60"));
        Assert.Empty(options.Settings);
        Assert.Equal("conf.d/mine.cnf:1", Assert.Single(options.Hazards).Source);
    }

    [Fact]
    public void No_text_makes_it_throw() => Prop.ForAll<string, string>(static (a, b) =>
    {
        var found = new Findings();
        new OptionFilePassage().TryRead(new Passage("x.cnf", 1, $"[mysqld]\n{a}={b}\n{b}\n[{a}\n!{b}\n!include {a}\n!includedir {b}\nmax_allowed_packet={b}\nskip-{a}".Split('\n')), found);
        return OptionFileSet.Resolve(found.OptionFiles, []).Settings.Count < 20;
    }).QuickCheckThrowOnFailure();
}
