using GoneAway.Model;

namespace GoneAway.Reports.Html;

/// <summary>
/// One file for a browser, that needs nothing else: every verdict with its proof, the fix, what is ruled out, what to collect, where else it could lie,
/// and the timeline drawn.
/// It has no script and its policy forbids any; it is well-formed XML. Incidents are written as they come; the overview is known only at the end
/// and is shown at the top by its style.
/// </summary>
/// <param name="most">How many incidents of one cause, grade and source are told in full; of the others one line each.</param>
public sealed class HtmlReport(TextWriter output, int most = 100) : IReportWriter
{
    private const string Style = """
        body { display: flex; flex-direction: column; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; color: #1f2933; background: #fff; }
        header { order: -2; } #overview { order: -1; }
        h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.2rem; margin: 0; } h3 { font-size: 1rem; margin: 1rem 0 .2rem; }
        article { border: 1px solid #d5dbe1; border-left-width: 6px; border-radius: 4px; padding: 1rem; margin: 1rem 0; overflow-wrap: anywhere; }
        .proven { border-left-color: #c62828; } .likely { border-left-color: #ef6c00; } .possible { border-left-color: #f9a825; } .unknown { border-left-color: #8a94a0; }
        .grade { text-transform: uppercase; font-size: .8em; letter-spacing: .05em; } .summary { font-size: 1.05rem; margin: .3rem 0; }
        .who, cite, .why { color: #5f6b78; font-style: normal; font-size: .9em; }
        ul, dl { margin: .2rem 0; padding-left: 1.2rem; } dt { font-weight: bold; } dd { margin: 0 0 .3rem 1rem; }
        pre { background: #f3f5f7; padding: .6rem; white-space: pre-wrap; margin: .3rem 0; }
        figure { margin: 1rem 0; overflow-x: auto; } svg { max-width: 100%; height: auto; }
        table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #e4e8ec; }
        """;

    private readonly List<InputSummary> inputs = [];
    private readonly Dictionary<string, Group> groups = [];
    private bool directionsTold;

    public void Begin() => output.Write($"""
        <!DOCTYPE html>
        <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
        <meta name="viewport" content="width=device-width"/>
        <title>GoneAway: lost connections</title>
        <style>
        {Style}
        </style>
        </head>
        <body>
        <header><h1>Lost connections to MySQL</h1></header>

        """);

    public void Input(InputSummary input) => inputs.Add(input);

    public void Incident(Incident incident)
    {
        string key = $"{incident.Verdict.Cause}/{incident.Verdict.Grade}/{incident.Source}";
        if (!groups.TryGetValue(key, out Group? group))
            groups[key] = group = new Group(incident);
        group.Count++;
        if (group.Count <= most)
            Full(incident);
        else
            output.WriteLine($"<p class=\"who\">{Grade(incident)} {Markup.Of(Cause(incident))}: {Markup.Of(Who.Of(incident))}</p>");
    }

    public void Hazard(Hazard hazard) => output.WriteLine(
        $"<article class=\"hazard possible\"><h2><span class=\"grade\">hazard</span> {Markup.Of(hazard.Cause)}</h2><p class=\"summary\">{Markup.Of(hazard.Text)} <cite>{Markup.Of(hazard.Source)}</cite></p><p>{Markup.Of(hazard.Fix)}</p></article>");

    public void End(Totals totals)
    {
        output.WriteLine("<section id=\"overview\">");
        output.WriteLine($"<p>{Counts(totals)}</p>");
        if (groups.Count > 0)
        {
            output.WriteLine("<table><thead><tr><th>Verdict</th><th>Times</th><th>Seen in</th></tr></thead><tbody>");
            foreach (Group group in groups.Values)
                output.WriteLine($"<tr><td><a href=\"#{Markup.Of(group.First.Id)}\">{Grade(group.First)} {Markup.Of(Cause(group.First))}</a></td><td>{group.Count}</td><td>{Markup.Of(group.First.Source)}</td></tr>");
            output.WriteLine("</tbody></table>");
        }
        output.WriteLine("</section>");
        output.WriteLine("<section id=\"inputs\"><h2>What was read</h2><table><tbody>");
        foreach (InputSummary input in inputs)
            output.WriteLine($"<tr><td>{Markup.Of(input.Path)}</td><td>{Markup.Of(input.Kind)}</td><td>{input.Records} read{(input.Skipped > 0 ? $", {input.Skipped} skipped" : "")}</td><td>{Markup.Of(input.Note ?? "")}</td></tr>");
        // A table needs a row.
        if (inputs.Count == 0)
            output.WriteLine("<tr><td>nothing</td></tr>");
        output.WriteLine("</tbody></table></section>\n</body>\n</html>");
        output.Flush();
    }

    private void Full(Incident incident)
    {
        string closed = incident.ClosedBy == ClosedBy.Unknown ? "" : $", closed by the {incident.ClosedBy.ToString().ToLowerInvariant()}";
        output.WriteLine($"<article class=\"incident {Grade(incident)}\" id=\"{Markup.Of(incident.Id)}\" data-cause=\"{Markup.Of(incident.Verdict.Cause ?? "")}\" data-grade=\"{Grade(incident)}\">");
        output.WriteLine($"<h2><span class=\"grade\">{Grade(incident)}</span> {Markup.Of(Cause(incident))}{closed}</h2>");
        output.WriteLine($"<p class=\"summary\">{Markup.Of(incident.Verdict.Summary)}{(incident.IsLoss ? "" : " The connection went on.")}</p>");
        output.WriteLine($"<p class=\"who\">{Markup.Of(Who.Of(incident))}</p>");
        List("Proof", incident.Evidence, static e => $"<li>{Markup.Of(e.Text)} <cite>{Markup.Of(e.Source)}</cite></li>");
        if (Picture.Of(incident) is { } picture)
            output.Write($"<figure class=\"{(incident.Connection is null ? "told" : "captured")}\">\n{picture}</figure>\n");
        List("Fix", incident.Fix, static f => f.For == "any" ? $"<li>{Markup.Of(f.Text)}</li>" : $"<li><b>{Markup.Of(f.For)}</b>: {Markup.Of(f.Text)}</li>");
        List("Collect next", incident.CollectNext, static s => $"<li><pre>{Markup.Of(s.Command)}</pre><span class=\"why\">decides {Markup.Of(string.Join(", ", s.Decides))}</span></li>");
        List("Not excluded", incident.Alternatives, static a => $"<li><b>{Markup.Of(a.Cause)}</b> ({Name(a.Grade)}): {Markup.Of(a.Why)}</li>");
        if (incident.RuledOut.Count > 0)
        {
            output.WriteLine($"<details><summary>Ruled out: {incident.RuledOut.Count}</summary><table><tbody>");
            foreach (Exclusion excluded in incident.RuledOut)
                output.WriteLine($"<tr><td>{Markup.Of(excluded.Cause)}</td><td>{Markup.Of(excluded.Why)}</td><td><cite>{Markup.Of(excluded.Source)}</cite></td></tr>");
            output.WriteLine("</tbody></table></details>");
        }
        Directions(incident.Directions);
        output.WriteLine("</article>");
    }

    /// <summary>The whole investigation behind a proxy: unfolded once, for it is much the same for each loss of a case.</summary>
    private void Directions(IReadOnlyList<Direction> directions)
    {
        if (directions.Count == 0)
            return;
        output.WriteLine($"<details class=\"directions\"{(directionsTold ? "" : " open=\"open\"")}><summary>Where else it could lie, behind a proxy: {directions.Count} directions</summary><table><tbody>");
        directionsTold = true;
        foreach (Direction direction in directions)
        {
            string state = direction.State switch { DirectionState.Cause => "cause", DirectionState.RuledOut => "ruled out", _ => "to collect" };
            string command = direction.Command is { } line ? $"<pre>{Markup.Of(line)}</pre>" : "";
            output.WriteLine($"<tr><td>{Markup.Of(direction.Name)}</td><td>{state}</td><td>{Markup.Of(direction.Answer)}{command}</td><td><cite>{Markup.Of(direction.Source ?? "")}</cite></td></tr>");
        }
        output.WriteLine("</tbody></table></details>");
    }

    private void List<T>(string title, IReadOnlyList<T> items, Func<T, string> write)
    {
        if (items.Count == 0)
            return;
        output.WriteLine($"<h3>{title}</h3>\n<ul>");
        foreach (T item in items)
            output.WriteLine(write(item));
        output.WriteLine("</ul>");
    }

    private static string Cause(Incident incident) => incident.Verdict.Cause ?? "cause not decided";

    private static string Grade(Incident incident) => Name(incident.Verdict.Grade);

    private static string Name(Grade grade) => grade.ToString().ToLowerInvariant();

    private static string Counts(Totals totals) =>
        totals is { Lost: > 0, Packets: 0 } ? (totals.Lost == 1 ? "1 lost connection is told of." : $"{totals.Lost} lost connections are told of.")
        : totals is { Connections: 0, Lost: 0 } ? "No lost connection."
        : $"{totals.Lost} lost of {totals.Connections} MySQL {(totals.Connections == 1 ? "connection" : "connections")}, {totals.Packets} packets: {totals.CleanCloses} closed cleanly, {totals.StillOpen} still open, {totals.RefusedLogins} logins refused, {totals.Probes} probes.";

    private sealed class Group(Incident first)
    {
        public Incident First { get; } = first;
        public int Count { get; set; }
    }
}
