using System.Diagnostics;
using System.Text;
using System.Text.Json;
using GoneAway.Causes;
using GoneAway.TestKit;

namespace GoneAway.Cli.Tests;

/// <summary>Command lines as a user types them.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("goneaway-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static (int Status, string Output, string Error) Run(params string[] arguments) => RunWith([], arguments);

    private static (int Status, string Output, string Error) RunWith(byte[] input, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        int status = Program.Run(arguments, new Terminal { Input = new MemoryStream(input), Output = output, Error = error });
        return (status, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    private string Written(string name, byte[] content)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static string Sample(string name) => Repository.At("samples", name, "capture.pcap");

    [Fact]
    public void A_verdict_is_told_with_its_proof()
    {
        (int status, string output, _) = Run("explain", Sample("killed"));
        Assert.Equal(0, status);
        Assert.StartsWith("PROVEN  killed, closed by the server", output);
        Assert.Contains("capture.pcap#", output);
        Assert.DoesNotContain("\e", output);
    }

    [Fact]
    public void Standard_input_is_read_as_it_comes()
    {
        (int status, string output, _) = RunWith(File.ReadAllBytes(Sample("killed")), "explain", "-");
        Assert.Equal(0, status);
        Assert.Contains("killed", output);
    }

    [Theory]
    [InlineData("possible", 1)]
    [InlineData("proven", 0)]
    public void Fail_on_sets_the_exit_status(string grade, int expected) => Assert.Equal(expected, Run("explain", Sample("slow-reader"), "--fail-on", grade).Status);

    [Fact]
    public void A_clean_capture_says_so()
    {
        (int status, string output, _) = Run("explain", Repository.At("tests", "captures", "zeek_mysql.pcap"));
        Assert.Equal(0, status);
        Assert.StartsWith("No connection was lost.", output);
    }

    [Theory]
    [InlineData("empty.pcap", "", "empty: 0 bytes")]
    [InlineData("notes.pcap", "a text file named .pcap", "no capture")]
    [InlineData("noise.bin", "\u0001\u0002\u0003\u0004", "no capture, no text: begins with 01020304")]
    public void What_is_no_capture_is_named_with_the_reason(string name, string content, string reason)
    {
        string path = Written(name, Encoding.UTF8.GetBytes(content));
        (int status, string output, string error) = Run("explain", path);
        Assert.Equal(3, status);
        Assert.Contains(path, output);
        Assert.Contains(reason, output);
        Assert.Contains("nothing readable", error);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        (int status, string output, _) = Run("explain", Path.Combine(folder, "none.pcap"));
        Assert.Equal(3, status);
        Assert.Contains("no such file", output);
    }

    [Fact]
    public void A_cut_capture_is_used_and_the_place_is_told()
    {
        byte[] whole = File.ReadAllBytes(Sample("killed"));
        (int status, string output, _) = Run("explain", Written("cut.pcap", whole[..^20]));
        Assert.Equal(0, status);
        Assert.Contains("cut inside packet", output);
        Assert.Contains("offset", output);
        Assert.Contains("killed", output);
    }

    [Fact]
    public void A_capture_of_other_protocols_holds_no_MySQL()
    {
        (int status, string output, _) = Run("explain", Written("other.pcap", PcapBytes.Write(new Conversation("10.0.0.5:51234", "10.0.0.9:80").Connect().Raw(Model.Side.Client, "GET / HTTP/1.1\r\n\r\n"u8).Raw(Model.Side.Server, "HTTP/1.1 200 OK\r\n\r\n"u8).Fin(Model.Side.Server))));
        Assert.Equal(0, status);
        Assert.Contains("No MySQL connection", output);
    }

    [Fact]
    public void Nothing_from_the_wire_reaches_a_terminal_as_a_control_character()
    {
        byte[] capture = PcapBytes.Write(new Conversation().Open(user: "a\e[31mb\u202e").Query("SELECT '\e]0;x\a\u009b'").Error(1153, "08S01", "\e[2J bad", 1).Fin(Model.Side.Server));
        (_, string output, _) = Run("explain", Written("evil.pcap", capture), "--verbose");
        Assert.Contains("packet-too-large", output);
        Assert.All(output.Where(static c => c != '\n'), static c => Assert.False(char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format, $"U+{(int)c:x4}"));
    }

    [Theory]
    [InlineData("explain")]
    [InlineData("explain", "x", "--format", "yaml")]
    [InlineData("check", "--watch", "x")]
    [InlineData("nonsense")]
    [InlineData("causes", "no-such-cause")]
    public void Wrong_usage_is_status_2(params string[] arguments) => Assert.Equal(2, Run(arguments).Status);

    [Theory]
    [InlineData("explain")]
    [InlineData("causes")]
    [InlineData("lab")]
    [InlineData("inspect")]
    [InlineData("collect")]
    public void Each_command_has_help_with_examples(string command)
    {
        (int status, string output, _) = Run(command, "--help");
        Assert.Equal(0, status);
        Assert.Contains("goneaway " + command, output);
    }

    [Fact]
    public void The_pages_in_docs_are_those_of_the_program()
    {
        string docs = Repository.At("docs", "causes");
        Assert.Equal(CausePages.Index(), File.ReadAllText(Path.Combine(docs, "README.md")));
        foreach (Cause cause in Catalogue.All)
            Assert.Equal(CausePages.PageOf(cause), File.ReadAllText(Path.Combine(docs, cause.Name + ".md")));
        Assert.Equal(Catalogue.All.Count + 1, Directory.GetFiles(docs).Length);
    }

    [Fact]
    public void The_JSON_report_keeps_to_its_contract()
    {
        (int status, string output, _) = Run("explain", Repository.At("samples"), "--format", "json");
        Assert.Equal(0, status);
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal("goneaway.report/1", report.RootElement.GetProperty("schema").GetString());
        string path = Written("report.json", Encoding.UTF8.GetBytes(output));
        const string Check = "import json,sys,jsonschema; jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))";
        using Process python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Check, Repository.At("docs", "report.schema.json"), path]) { RedirectStandardError = true })!;
        string complaint = python.StandardError.ReadToEnd();
        python.WaitForExit();
        Assert.True(python.ExitCode == 0, complaint);
    }
}
