using GoneAway.Evidence.Options;

namespace GoneAway.Evidence.Tests.Options;

/// <summary>Option files that include others: their order, circles, and links that lead elsewhere.</summary>
public sealed class IncludeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("options").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static OptionSettings Of(params (string Path, string Text)[] files) =>
        OptionFileSet.Resolve([.. files.SelectMany(static f => Read.Passage(new OptionFilePassage(), f.Text, f.Path)?.OptionFiles ?? [])], []);

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private OptionSettings OnDisk(string name) => Of((Path.Combine(folder, name), File.ReadAllText(Path.Combine(folder, name))));

    [Theory]
    [InlineData("ticket/etc/mysql/my.cnf", "ticket/etc/mysql/conf.d/a.cnf", "ticket/etc/mysql/conf.d/b.cnf")]
    [InlineData("my.cnf", "conf.d/a.cnf", "conf.d/b.cnf")]
    [InlineData("/etc/my.cnf", "/etc/mysql/conf.d/a.cnf", "/etc/mysql/conf.d/b.cnf")]
    public void Files_of_a_folder_are_read_where_they_are_included_in_the_order_of_their_names(string main, string a, string b)
    {
        OptionSettings options = Of((b, "[mysqld]\nwait_timeout=2\nnet_read_timeout=20"), (main, "[mysqld]\nwait_timeout=0\nnet_write_timeout=9\n!includedir /etc/mysql/conf.d/\nnet_read_timeout=77"), (a, "[mysqld]\nwait_timeout=1\nnet_write_timeout=11"));
        OptionSetting setting = options.Server("wait_timeout")!;
        Assert.Equal(("2", b + ":2"), (setting.Value, setting.Source));
        Assert.Equal(2, setting.Lost.Count);
        Assert.Equal("11", options.Server("net_write_timeout")!.Value);
        // The group of the including file still holds after the directive.
        Assert.Equal("77", options.Server("net_read_timeout")!.Value);
        Assert.Empty(options.Notes);
    }

    [Fact]
    public void The_well_known_files_come_in_the_servers_order()
    {
        OptionSettings options = Of(("home/app/.my.cnf", "[mysqld]\nwait_timeout=3"), ("x/etc/mysql/my.cnf", "[mysqld]\nwait_timeout=2"), ("x/etc/my.cnf", "[mysqld]\nwait_timeout=1"));
        Assert.Equal(["1", "2"], options.Server("wait_timeout")!.Lost.Select(static l => l.Value));
        Assert.Equal("3", options.Server("wait_timeout")!.Value);
    }

    [Fact]
    public void Files_of_two_hosts_do_not_overrule_one_another()
    {
        OptionSettings options = Of(("db1/etc/my.cnf", "[mysqld]\nwait_timeout=1"), ("db2/etc/my.cnf", "[mysqld]\nwait_timeout=2"), ("db2/var/lib/mysql/mysqld-auto.cnf", """{"Version": 1, "mysql_server": {"wait_timeout": {"Value": "3"}}}"""));
        Assert.Equal(["1", "3"], options.Settings.Select(static s => s.Value));
        Assert.Equal([("2", "db2/etc/my.cnf:2")], options.Settings[1].Lost);
    }

    [Theory]
    [InlineData("etc/my.cnf.bak")]
    [InlineData("etc/my.cnf~")]
    [InlineData("etc/my.cnf.rpmsave")]
    public void A_copy_kept_beside_the_file_does_not_count(string copy)
    {
        OptionSettings options = Of((copy, "[mysqld]\nwait_timeout=2"), ("etc/my.cnf", "[mysqld]\nwait_timeout=1"));
        Assert.Equal("1", options.Server("wait_timeout")!.Value);
        Assert.Empty(options.Hazards);
        Assert.Equal(copy, Assert.Single(options.Notes).Path);
    }

    [Fact]
    public void Files_that_include_one_another_are_followed_once_and_told()
    {
        OptionSettings options = Of(("etc/my.cnf", "[mysqld]\nwait_timeout=1\n!include /etc/other.cnf"), ("etc/other.cnf", "[mysqld]\nwait_timeout=2\n!include /etc/my.cnf"));
        Assert.Equal("2", options.Server("wait_timeout")!.Value);
        Assert.Contains("circle", Assert.Single(options.Notes).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_includes_itself_is_told()
    {
        OptionSettings options = Of(("my.cnf", "[mysqld]\nwait_timeout=1\n!include my.cnf"));
        Assert.Contains("circle", Assert.Single(options.Notes).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Includes_that_double_each_time_come_to_an_end()
    {
        var files = new List<(string, string)>();
        for (int i = 0; i < 40; i++)
            files.Add(($"f{i}.cnf", $"[mysqld]\nwait_timeout={i + 1}\n!include f{i + 1}.cnf\n!include f{i + 1}.cnf\n!include f{i + 1}.cnf"));
        OptionSettings options = Of([.. files]);
        Assert.NotNull(options.Server("wait_timeout"));
        Assert.InRange(options.Notes.Count, 1, 50);
    }

    [Fact]
    public void A_file_that_is_missing_is_told() =>
        Assert.Contains("not among the files given", Assert.Single(Of(("my.cnf", "[mysqld]\nwait_timeout=1\n!includedir /etc/mysql/conf.d/")).Notes).Text, StringComparison.Ordinal);

    [Fact]
    public void Beside_a_file_on_the_disk_includes_are_followed()
    {
        Write("conf.d/z.cnf", "[mysqld]\nwait_timeout=60\n");
        Write("conf.d/z.cnf.bak", "[mysqld]\nwait_timeout=61\n");
        Write("my.cnf", $"[mysqld]\nwait_timeout=1\n!includedir {folder}/conf.d/\n");
        OptionSettings options = OnDisk("my.cnf");
        Assert.Equal(("60", $"{folder}/conf.d/z.cnf:2"), (options.Server("wait_timeout")!.Value, options.Server("wait_timeout")!.Source));
        Assert.Empty(options.Notes);
    }

    [Theory]
    [InlineData("!include {0}/secret.cnf")]
    [InlineData("!include ../secret.cnf")]
    [InlineData("!include link.cnf")]
    [InlineData("!includedir {0}")]
    [InlineData("!includedir linked")]
    [InlineData("!include linked/secret.cnf")]
    public void Nothing_outside_of_the_files_own_folder_is_opened(string directive)
    {
        Write("secret.cnf", "[mysqld]\nwait_timeout=666\n");
        string inner = Path.Combine(folder, "ticket");
        Write("ticket/my.cnf", "[mysqld]\nwait_timeout=1\n" + directive.Replace("{0}", folder, StringComparison.Ordinal) + "\n");
        File.CreateSymbolicLink(Path.Combine(inner, "link.cnf"), Path.Combine(folder, "secret.cnf"));
        Directory.CreateSymbolicLink(Path.Combine(inner, "linked"), folder);
        OptionSettings options = OnDisk("ticket/my.cnf");
        Assert.Equal("1", options.Server("wait_timeout")!.Value);
        Assert.Contains("outside", Assert.Single(options.Notes).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_that_lead_round_in_circles_are_no_trouble()
    {
        Write("my.cnf", "[mysqld]\nwait_timeout=1\n!include a.cnf\n!includedir d\n!include /dev/zero\n!include /dev/stdin\n");
        File.CreateSymbolicLink(Path.Combine(folder, "a.cnf"), "b.cnf");
        File.CreateSymbolicLink(Path.Combine(folder, "b.cnf"), "a.cnf");
        Directory.CreateSymbolicLink(Path.Combine(folder, "d"), "d");
        Assert.Equal("1", OnDisk("my.cnf").Server("wait_timeout")!.Value);
    }
}
