using System.Text;

namespace GoneAway.Cli.Tests;

/// <summary>What the author of the long-running worker's trouble had pasted, word for word, and each line of it used.</summary>
public sealed class LongWorkerDocumentTests : IDisposable
{
    private const string Log = """
        [2019-01-02 15:20:00,000: ERROR/ForkPoolWorker-1] Task kkwork.tasks.compute[5a1c] raised unexpected: OperationalError(2006, 'MySQL server has gone away')
          File "/home/app/local/lib/python2.7/site-packages/MySQLdb/cursors.py", line 205, in execute
            self.errorhandler(self, exc, value)
          File "/home/app/local/lib/python2.7/site-packages/MySQLdb/connections.py", line 36, in defaulterrorhandler
            raise errorclass, errorvalue
        OperationalError: (2006, 'MySQL server has gone away')

        """;

    private readonly string folder = Directory.CreateTempSubdirectory("goneaway-worker-").FullName;

    public LongWorkerDocumentTests()
    {
        Write("celery.log", Log);
        Write("timeouts.txt", Pasted("show global variables like '%timeout'", ("connect_timeout", "10"), ("interactive_timeout", "28800"), ("net_read_timeout", "30"), ("net_write_timeout", "60"), ("wait_timeout", "28800")));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static string Pasted(string command, params (string Name, string Value)[] rows)
    {
        const string Line = "+---------------+-------+\n";
        return $"mysql> {command};\n{Line}| Variable_name | Value |\n{Line}{string.Concat(rows.Select(static row => $"| {row.Name} | {row.Value} |\n"))}{Line}";
    }

    /// <summary>The report in one line, as words are wrapped anywhere.</summary>
    private string Explained()
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        Program.Run(["explain", folder, "--verbose"], new Terminal { Input = Stream.Null, Output = output, Error = error });
        return string.Join(' ', Encoding.UTF8.GetString(output.ToArray()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void What_would_prove_it_is_asked_for_and_all_of_it_is_shown()
    {
        string report = Explained();
        Assert.StartsWith("UNKNOWN", report, StringComparison.Ordinal);
        Assert.Contains(" next ", report, StringComparison.Ordinal);
        Assert.Contains(" then tcpdump -i any -s 0 -w lost.pcap port 3306", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restart_is_ruled_out_by_an_Uptime_of_days()
    {
        Assert.DoesNotContain("server-restart: Uptime", Explained(), StringComparison.Ordinal);
        Write("uptime.txt", Pasted("show global status like 'uptime'", ("Uptime", "428464")));
        Assert.Contains("server-restart: Uptime is 428464 s (5 days)", Explained(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, true)]
    [InlineData(200, false)]
    public void A_restart_is_ruled_out_by_an_Uptime_that_reaches_back_behind_the_loss(int uptime, bool excluded)
    {
        Write("status.txt", $"NOW()\n2019-01-02 15:25:00\nVariable_name\tValue\nCom_kill\t1\nUptime\t{uptime}\n");
        Assert.Equal(excluded, Explained().Contains($"server-restart: Uptime is {uptime} s, longer than the 300 s", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("2", false)]
    public void A_KILL_is_ruled_out_by_a_Com_kill_that_did_not_move(string later, bool excluded)
    {
        Write("com_kill-1.txt", Pasted("show global status like 'com_kill'", ("Com_kill", "1")));
        Write("com_kill-2.txt", Pasted("show global status like 'com_kill'", ("Com_kill", later)));
        Assert.Equal(excluded, Explained().Contains("killed: Com_kill did not move between two readings (1 and 1)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("15:10:00", true)]
    [InlineData("15:22:00", false)]
    public void Two_readings_after_the_loss_say_nothing_of_a_KILL_before(string first, bool excluded)
    {
        Write("status-1.txt", $"NOW()\n2019-01-02 {first}\nVariable_name\tValue\nCom_kill\t1\nUptime\t5000\n");
        Write("status-2.txt", "NOW()\n2019-01-02 15:25:00\nVariable_name\tValue\nCom_kill\t1\nUptime\t6000\n");
        Assert.Equal(excluded, Explained().Contains("killed: Com_kill did not move", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("1", false)]
    public void A_KILL_is_ruled_out_by_Com_kill_only_where_there_was_none(string count, bool excluded)
    {
        Write("com_kill.txt", Pasted("show global status like 'com_kill'", ("Com_kill", count)));
        Assert.Equal(excluded, Explained().Contains("killed: Com_kill is 0", StringComparison.Ordinal));
    }

    [Fact]
    public void Each_value_is_told_with_its_line_and_what_the_server_runs_with()
    {
        Write("etc/mysql/my.cnf", "[mysqld]\nwait_timeout = 86400\ninteractive_timeout = 28800\n!includedir /etc/mysql/conf.d/\n");
        string report = Explained();
        Assert.Contains("sets wait_timeout = 86400 in line 2 (the running server has 28800, by", report, StringComparison.Ordinal);
        Assert.Contains("interactive_timeout = 28800 in line 3 (so has the running server)", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("wait_timeout = 86400\n[mysqld]\nport = 3306\n", "stands before any group: the server refuses to start")]
    [InlineData("[mysqld]\nport = 3306\nmax_allowed_packet = 1024*1024*16\n", "option files know no arithmetic")]
    [InlineData("[mysqld]\nwait_timeout = 86400\n!includedir /etc/mysql/conf.d/\n", "does not count: wait_timeout = 28800 is read after it")]
    [InlineData("[mysqld]\nport = 3306\nnet_read_timeout = 300\n", "net_read_timeout is 30 in the running server")]
    public void The_traps_of_the_configuration_are_told(string file, string told)
    {
        Write("etc/mysql/my.cnf", file);
        Write("etc/mysql/conf.d/server.cnf", "[mysqld]\nwait_timeout = 28800\n");
        Assert.Contains(told, Explained(), StringComparison.Ordinal);
    }
}
