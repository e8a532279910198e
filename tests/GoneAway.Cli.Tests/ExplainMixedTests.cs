using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using GoneAway.TestKit;

namespace GoneAway.Cli.Tests;

/// <summary>Evidence of several kinds together, and evidence that means harm.</summary>
public sealed class ExplainMixedTests : IDisposable
{
    internal const string Loss = "2026-11-20 10:00:00 OperationalError: (2006, 'MySQL server has gone away')\n";

    private readonly string folder = Directory.CreateTempSubdirectory("goneaway-mixed-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    internal static (int Status, string Output) Explain(params string[] paths)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        int status = Program.Run(["explain", .. paths], new Terminal { Input = Stream.Null, Output = output, Error = error });
        return (status, Encoding.UTF8.GetString(output.ToArray()) + error);
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    [Fact]
    public void A_servers_log_and_its_settings_turn_an_unknown_loss_into_a_cause()
    {
        string application = Write("app.log", "2026-11-20 10:00:00,120 ERROR MySQLdb.OperationalError: (2006, 'MySQL server has gone away')\n");
        Assert.StartsWith("UNKNOWN", Explain(application).Output);
        Write("mysqld.log", "2026-11-20T09:50:00.001234Z 42 [Note] [MY-010914] [Server] Aborted connection 42 to db: 'shop' user: 'app' host: '10.0.0.5' (The client was disconnected by the server because of inactivity.).\n");
        (_, string output) = Explain(folder);
        Assert.Contains("wait-timeout", output.Split('\n')[0]);
        Assert.Contains("mysqld.log:1", output);
    }

    [Fact]
    public void A_log_of_another_day_is_left_out_and_said_to_be()
    {
        Write("app.log", "2026-11-20 10:00:00,120 ERROR MySQLdb.OperationalError: (2006, 'MySQL server has gone away')\n");
        Write("mysqld.log", "2026-10-01T09:50:00.001234Z 0 [System] [MY-013172] [Server] Received SHUTDOWN from user root. Shutting down mysqld (Version: 8.0.36).\n");
        string output = Explain(folder).Output;
        Assert.StartsWith("UNKNOWN", output);
        Assert.Contains("mysqld.log: left out: all of it is more than a day away", output.ReplaceLineEndings(" "));
    }

    [Fact]
    public void An_archive_is_read_like_the_folder_it_was()
    {
        string archive = Path.Combine(folder, "ticket.tar.gz");
        using (var gzip = new GZipStream(File.Create(archive), CompressionMode.Compress))
            TarFile.CreateFromDirectory(Repository.At("samples", "wait-timeout.logs"), gzip, includeBaseDirectory: false);
        Assert.Contains("wait-timeout", Explain(archive).Output.Split('\n')[0]);
    }

    [Fact]
    public void Links_inside_a_folder_are_not_followed()
    {
        string outside = Directory.CreateTempSubdirectory("goneaway-outside-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(outside, "secret.log"), Loss);
            Write("case/empty.txt", "");
            File.CreateSymbolicLink(Path.Combine(folder, "case", "file.log"), Path.Combine(outside, "secret.log"));
            Directory.CreateSymbolicLink(Path.Combine(folder, "case", "folder"), outside);
            Assert.DoesNotContain("gone away", Explain(Path.Combine(folder, "case")).Output);
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void Terminal_escapes_of_a_log_never_reach_the_terminal()
    {
        string output = Explain(Write("app.log", "2026-11-20 10:00:00 \e]0;owned\a\e[2J OperationalError: (2006, 'MySQL server has gone away \e[31m')\n")).Output;
        Assert.Contains("2006", output);
        Assert.DoesNotContain('\e', output);
        Assert.DoesNotContain('\a', output);
    }

    [Fact]
    public void A_damaged_archive_is_told_with_its_name_and_the_rest_is_read()
    {
        Write("case/app.log", Loss);
        File.WriteAllBytes(Path.Combine(folder, "case", "old.log.gz"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff]);
        string output = Explain(Path.Combine(folder, "case")).Output;
        Assert.Contains("old.log.gz: damaged", output);
        Assert.Contains("2006", output);
    }

    [Fact]
    public void Where_no_source_tells_of_a_loss_what_was_read_is_named()
    {
        (int status, string output) = Explain(Write("mysqld.log", "2026-11-20T09:50:00.001234Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.0.36'  socket: '/run/mysqld/mysqld.sock'  port: 3306  MySQL.\n"));
        Assert.Equal(0, status);
        Assert.Contains("No source tells of a lost connection.", output);
        Assert.Contains("mysqld.log", output);
    }
}
