using System.Diagnostics;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Stories;

/// <summary>An incident's timeline, cut out of the HTML report.</summary>
/// <param name="IsCaptured">A capture's events are drawn; else only what other sources wrote.</param>
public sealed record DrawnIncident(string Cause, string Grade, bool IsCaptured, string Svg);

/// <summary>What <c>goneaway explain</c> says of a folder: for people, and the verdicts of its JSON report.</summary>
public sealed record Explanation
{
    private static string Executable => Path.Combine(AppContext.BaseDirectory, "goneaway");

    /// <summary>The report for people.</summary>
    public required string Text { get; init; }

    /// <summary>Cause and grade of each lost connection; cause null: unknown.</summary>
    public required IReadOnlyList<(string? Cause, string Grade)> Verdicts { get; init; }

    /// <summary>Commands of all lost connections, the most telling first, each once.</summary>
    public required IReadOnlyList<string> CollectNext { get; init; }

    /// <summary>The incidents of the HTML report that are drawn, in its order; each picture a whole SVG file.</summary>
    public IReadOnlyList<DrawnIncident> Pictures { get; init; } = [];

    /// <summary>The timeline of an incident of a cause, proven and captured ones first; null when none is drawn.</summary>
    public string? PictureOf(string cause) => Pictures.Where(p => p.Cause == cause).OrderByDescending(static p => p.Grade == "proven").ThenByDescending(static p => p.IsCaptured).FirstOrDefault()?.Svg;

    public bool IsProven(string cause) => Verdicts.Contains((cause, "proven"));

    public bool IsLikely(string cause) => IsProven(cause) || Verdicts.Contains((cause, "likely"));

    /// <summary>What is worse than "cannot tell": another cause that is called likely or proven, or no loss at all. Null when there is none.</summary>
    public string? Wrong(Story story)
    {
        if (Verdicts.Count == 0)
            return "no lost connection is told of";
        foreach ((string? named, string grade) in Verdicts)
            if (named is not null && named != story.Cause && !story.AlsoCauses.Contains(named) && grade is "likely" or "proven")
                return $"{named} is called {grade}";
        return null;
    }

    /// <summary>Runs the tool on a folder below another, as a user would there.</summary>
    public static Explanation Of(string parent, string folder)
    {
        using JsonDocument report = JsonDocument.Parse(Explain(parent, folder, "--format", "json"));
        var verdicts = new List<(string?, string)>();
        var next = new List<string>();
        foreach (JsonElement incident in report.RootElement.GetProperty("incidents").EnumerateArray())
        {
            if (!incident.GetProperty("isLoss").GetBoolean())
                continue;
            JsonElement verdict = incident.GetProperty("verdict");
            verdicts.Add((verdict.GetProperty("cause").GetString(), verdict.GetProperty("grade").GetString()!));
            foreach (JsonElement step in incident.GetProperty("collectNext").EnumerateArray())
                if (step.GetProperty("command").GetString() is { } command && !next.Contains(command))
                    next.Add(command);
        }
        return new Explanation { Text = Explain(parent, folder), Verdicts = verdicts, CollectNext = next, Pictures = Drawn(Explain(parent, folder, "--format", "html")) };
    }

    private static List<DrawnIncident> Drawn(string html)
    {
        XNamespace page = "http://www.w3.org/1999/xhtml", picture = "http://www.w3.org/2000/svg";
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        var drawn = new List<DrawnIncident>();
        foreach (XElement incident in XDocument.Load(reader, LoadOptions.PreserveWhitespace).Descendants(page + "article"))
            if (incident.Element(page + "figure") is { } figure && figure.Element(picture + "svg") is { } svg)
                drawn.Add(new DrawnIncident((string?)incident.Attribute("data-cause") ?? "", (string?)incident.Attribute("data-grade") ?? "", (string?)figure.Attribute("class") == "captured", svg.ToString(SaveOptions.DisableFormatting) + "\n"));
        return drawn;
    }

    private static string Explain(string parent, string folder, params string[] options)
    {
        var start = new ProcessStartInfo(Executable) { WorkingDirectory = parent, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string word in (string[])["explain", folder, .. options])
            start.ArgumentList.Add(word);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new LabException($"goneaway explain {folder}: {errors.Result}");
    }
}
