using System.Text;
using System.Xml;
using System.Xml.Linq;
using GoneAway.TestKit;

namespace GoneAway.Cli.Tests;

/// <summary>The report for a browser: whole, well-formed, and nothing of the evidence is taken for markup.</summary>
public sealed class HtmlReportTests : IDisposable
{
    private static readonly XNamespace Html = "http://www.w3.org/1999/xhtml", Svg = "http://www.w3.org/2000/svg";

    private readonly string folder = Directory.CreateTempSubdirectory("goneaway-html-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static XDocument Report(string path)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        int status = Program.Run(["explain", path, "--format", "html"], new Terminal { Input = Stream.Null, Output = output, Error = error });
        Assert.Equal(0, status);
        string text = Encoding.UTF8.GetString(output.ToArray());
        Assert.All(text.Where(static c => c != '\n'), static c => Assert.False(char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format, $"U+{(int)c:x4}"));
        using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    private static XElement Incident(XDocument report, string cause) => report.Descendants(Html + "article").First(a => (string?)a.Attribute("data-cause") == cause);

    /// <summary>No script, no handler, nothing from elsewhere: links lead to places within the file.</summary>
    private static void NeedsNothing(XDocument report)
    {
        string[] allowed = ["html", "head", "meta", "title", "style", "body", "header", "section", "article", "h1", "h2", "h3", "p", "span", "b", "a", "cite", "ul", "li", "pre", "details", "summary",
            "table", "thead", "tbody", "tr", "th", "td", "figure", "svg", "rect", "line", "path", "circle", "text"];
        foreach (XElement element in report.Descendants())
        {
            Assert.Contains(element.Name.LocalName, allowed);
            foreach (XAttribute attribute in element.Attributes())
            {
                Assert.False(attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase), attribute.ToString());
                Assert.NotEqual("src", attribute.Name.LocalName);
                if (attribute.Name.LocalName == "href")
                    Assert.StartsWith("#", attribute.Value, StringComparison.Ordinal);
            }
        }
        Assert.DoesNotContain("url(", report.Descendants(Html + "style").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_captured_loss_is_told_and_its_last_moments_are_drawn()
    {
        XDocument report = Report(Repository.At("samples", "wait-timeout"));
        XElement incident = Incident(report, "wait-timeout");
        Assert.Equal("proven", (string?)incident.Attribute("data-grade"));
        Assert.Equal("captured", (string?)incident.Element(Html + "figure")!.Attribute("class"));
        string[] drawn = [.. incident.Descendants(Svg + "text").Select(static t => t.Nodes().OfType<XText>().First().Value)];
        Assert.Contains("SYN", drawn);
        Assert.Contains("COM_QUERY SHOW VARIABLES LIKE 'wait_timeout'", drawn);
        Assert.Contains("RST: the server's side closes", drawn);
        // The server's log tells whole seconds: how long after the end it was written is not known, and not shown.
        Assert.Contains("08:14:08", drawn);
        Assert.DoesNotContain("… 8.9 ms …", drawn);
        Assert.Contains(incident.Elements(Html + "h3"), static h => h.Value == "Proof");
        Assert.Contains(incident.Elements(Html + "h3"), static h => h.Value == "Fix");
        Assert.Contains(incident.Elements(Html + "details"), static d => d.Value.StartsWith("Ruled out: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_capture_what_the_logs_say_is_drawn_by_the_clock()
    {
        XElement figure = Report(Repository.At("samples", "wait-timeout.logs")).Descendants(Html + "figure").First();
        Assert.Equal("told", (string?)figure.Attribute("class"));
        Assert.Contains("No capture: what other sources wrote, by the clock (UTC).", figure.Value, StringComparison.Ordinal);
        Assert.Contains("08:14:10", figure.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Behind_a_proxy_each_direction_is_shown()
    {
        XElement directions = Report(Repository.At("samples", "proxy-idle-timeout.logs")).Descendants(Html + "details").First(static d => (string?)d.Attribute("class") == "directions");
        Assert.NotNull(directions.Attribute("open"));
        string[] names = [.. directions.Descendants(Html + "tr").Select(static r => r.Elements().First().Value)];
        foreach (string direction in (string[])["time-outs", "health checks", "limits", "reloads", "retries and keep-alive", "max_allowed_packet"])
            Assert.Contains(names, name => name.StartsWith(direction, StringComparison.Ordinal));
        Assert.Equal(9, names.Length);
        Assert.Contains(directions.Descendants(Html + "pre"), static p => p.Value.Length > 0);
    }

    [Fact]
    public void Every_sample_gives_a_whole_file_that_needs_nothing_else()
    {
        XDocument report = Report(Repository.At("samples"));
        NeedsNothing(report);
        string[] ids = [.. report.Descendants().Select(static e => (string?)e.Attribute("id")).OfType<string>()];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(report.Descendants(Html + "a"), a => Assert.Contains(((string)a.Attribute("href")!)[1..], ids));
    }

    [Fact]
    public void Markup_in_evidence_stays_text()
    {
        const string Evil = "</text></svg><script>alert(1)</script><img src=x onerror='alert(\"2\")'>&amp;]]>";
        // The user's name and the statement of a capture; a log's line; the name of a file.
        byte[] capture = PcapBytes.Write(new Conversation().Open(user: "a\"><b>\e[31m\u202e").Query("SELECT '" + Evil + "'").Error(1153, "08S01", "\e[2J" + Evil, 1).Fin(Model.Side.Server));
        File.WriteAllBytes(Path.Combine(folder, "a&<i>b\".pcap"), capture);
        File.WriteAllText(Path.Combine(folder, "app&<i>.log"), $"2026-11-21 08:14:10 worker ERROR: OperationalError(2006, 'MySQL server has gone away') {Evil}\n");
        XDocument report = Report(folder);
        NeedsNothing(report);
        Assert.Contains("a\"><b>\\u{1b}[31m\\u{202e}", report.Root!.Value, StringComparison.Ordinal);
        Assert.Contains(report.Descendants(Svg + "title"), static t => t.Value.Contains(Evil, StringComparison.Ordinal));
        Assert.Contains("a&<i>b\".pcap", report.Root.Value, StringComparison.Ordinal);
        Assert.Contains("app&<i>.log", report.Root.Value, StringComparison.Ordinal);
    }
}
