using GoneAway.Model;

namespace GoneAway.Reports.Terminal;

/// <summary>
/// The report for a person: verdict first, then proof, the last moments, the fix, what is ruled out.
/// The first incident of a cause is told in full, further ones are counted.
/// </summary>
public sealed class TerminalReport(TextWriter output, bool colour, int width = 100, bool verbose = false) : IReportWriter
{
    private const int MostEvidence = 2;
    private const int MostNamed = 4;

    private readonly Style style = new(colour);
    private readonly Dictionary<string, Group> groups = [];
    private readonly List<InputSummary> inputs = [];
    private bool directionsTold;

    public void Begin() { }

    public void Input(InputSummary input) => inputs.Add(input);

    public void Hazard(Hazard hazard)
    {
        output.WriteLine($"{style.Yellow("hazard")}  {style.Bold(hazard.Cause)}  {Plain.Of(hazard.Text)}  ({Plain.Of(hazard.Source)})");
        Wrapped("fix", hazard.Fix);
    }

    public void Incident(Incident incident)
    {
        string key = $"{incident.Verdict.Cause ?? "unknown"}/{incident.Verdict.Grade}/{incident.Source}";
        if (!groups.TryGetValue(key, out Group? group))
            groups[key] = group = new Group(incident);
        group.Add(incident);
        if (group.Count == 1 || verbose)
            Full(incident);
    }

    public void End(Totals totals)
    {
        foreach (Group group in groups.Values.Where(static g => g.Count > 1))
            output.WriteLine($"{style.Bold(group.Cause)} ({group.Grade}) {group.Count} times in {Plain.Of(group.Source)}, "
                + (group.First is { } first && group.Last is { } last ? $"{first.ToUtc():yyyy-MM-dd HH:mm:ss} to {last.ToUtc():yyyy-MM-dd HH:mm:ss}, " : "") + $"{group.Clients} client {(group.Clients == 1 ? "address" : "addresses")}"
                + (verbose ? "" : "; the first is told above, --verbose tells all"));
        if (groups.Values.Any(static g => g.Count > 1))
            output.WriteLine();
        foreach (InputSummary input in inputs.Where(static i => i.Note is not null))
            output.WriteLine($"{style.Yellow("note")}  {Plain.Of(input.Path)}: {Plain.Of(input.Note!)}");
        string counts = $"{totals.Connections} MySQL {(totals.Connections == 1 ? "connection" : "connections")}, {totals.Packets} packets: {totals.CleanCloses} closed cleanly, {totals.StillOpen} still open"
            + (totals.RefusedLogins > 0 ? $", {totals.RefusedLogins} logins refused (wrong password or schema: not a lost connection)" : "")
            + (totals.Probes > 0 ? $", {totals.Probes} probes (connect and close, as health checks do)" : "");
        if (totals is { Lost: > 0, Packets: 0 })
            output.WriteLine(style.Red(totals.Lost == 1 ? "1 lost connection is told of." : $"{totals.Lost} lost connections are told of."));
        else if (totals.Lost > 0)
            output.WriteLine($"{style.Red($"{totals.Lost} lost")} of {counts}");
        else if (totals.Connections > 0)
            output.WriteLine($"{style.Green("No connection was lost.")} {counts}");
        else if (totals.Packets > 0)
            output.WriteLine($"No MySQL connection in {totals.Packets} packets.");
        else if (inputs.Exists(static i => i.Kind is not ("unreadable" or "unrecognised")))
            output.WriteLine("No source tells of a lost connection. Read: " + Plain.Of(string.Join("; ", inputs.Where(static i => i.Kind is not ("unreadable" or "unrecognised")).Take(8).Select(static i => $"{i.Path} ({i.Kind})"))));
        output.Flush();
    }

    private void Full(Incident incident)
    {
        string grade = incident.Verdict.Grade switch
        {
            Grade.Proven => style.Red("PROVEN"),
            Grade.Likely => style.Yellow("LIKELY"),
            Grade.Possible => style.Yellow("POSSIBLE"),
            _ => style.Dim("UNKNOWN"),
        };
        string closed = incident.ClosedBy == ClosedBy.Unknown ? "" : $", closed by the {incident.ClosedBy.ToString().ToLowerInvariant()}";
        output.WriteLine($"{grade}  {style.Bold(incident.Verdict.Cause ?? "cause not decided")}{closed}");
        Wrapped("", incident.Verdict.Summary);
        output.WriteLine(style.Dim("  " + Plain.Of(Who.Of(incident))));
        foreach (Evidence evidence in incident.Evidence.Take(verbose ? int.MaxValue : MostEvidence))
            Wrapped("proof", $"{evidence.Text}  [{evidence.Source}]");
        foreach (string line in incident.Connection is { } connection ? Drawing.Lines(connection, width - 2) : [])
            output.WriteLine("  " + style.Cyan(Plain.Of(line)));
        foreach (Fix fix in incident.Fix.Take(verbose ? int.MaxValue : 1))
            Wrapped("fix", fix.For == "any" ? fix.Text : $"{fix.For}: {fix.Text}");
        foreach (Alternative other in (verbose ? incident.Alternatives : incident.Alternatives.Where(static a => a.Grade > Grade.Unknown).Take(1)))
            Wrapped("or", $"{other.Cause} ({other.Grade.ToString().ToLowerInvariant()}): {other.Why}");
        for (int i = 0; i < incident.CollectNext.Count; i++)
            Wrapped(i == 0 ? "next" : "then", incident.CollectNext[i] is var step && (i == 0 || verbose) ? $"{step.Command}   (decides {string.Join(", ", step.Decides)})" : step.Command);
        WriteRuledOut(incident);
        WriteDirections(incident);
        output.WriteLine();
    }

    /// <summary>The whole investigation behind a proxy: once, for it is much the same for each loss of a case.</summary>
    private void WriteDirections(Incident incident)
    {
        if (incident.Directions.Count == 0 || directionsTold && !verbose)
            return;
        directionsTold = true;
        output.WriteLine("  " + style.Dim("Where else it could lie, behind a proxy:"));
        foreach (Direction direction in incident.Directions)
            Wrapped(direction.State switch { DirectionState.Cause => "cause", DirectionState.RuledOut => "not", _ => "get" },
                $"{direction.Name}: {direction.Answer}" + (direction.Source is { } source ? $"  [{source}]" : "") + (direction.Command is { } command ? $": {command}" : ""));
    }

    private void WriteRuledOut(Incident incident)
    {
        if (incident.RuledOut.Count == 0)
            return;
        if (verbose)
        {
            foreach (Exclusion excluded in incident.RuledOut)
                Wrapped("not", $"{excluded.Cause}: {excluded.Why}  [{excluded.Source}]");
            return;
        }
        // The usual suspects first: those are what people guess.
        string[] suspects = ["wait-timeout", "packet-too-large", "server-restart", "killed", "server-crash", "network-loss", "slow-reader"];
        string[] named = [.. incident.RuledOut.Select(static x => x.Cause).OrderBy(x => Array.IndexOf(suspects, x) is >= 0 and var rank ? rank : int.MaxValue).Take(MostNamed)];
        int more = incident.RuledOut.Count - named.Length;
        Wrapped("not", string.Join(", ", named) + (more > 0 ? $" and {more} more" : "") + " (--verbose says by what)");
    }

    /// <summary>A label and a text, folded at the width with a hanging indent.</summary>
    private void Wrapped(string label, string text)
    {
        string plain = Plain.Of(text);
        int indent = label.Length == 0 ? 2 : 9;
        string head = label.Length == 0 ? "  " : "  " + style.Bold(label.PadRight(7));
        int room = Math.Max(30, width - indent);
        bool first = true;
        while (plain.Length > 0)
        {
            int cut = plain.Length <= room ? plain.Length : plain.LastIndexOf(' ', room) is > 20 and int space ? space : room;
            output.WriteLine((first ? head : new string(' ', indent)) + plain[..cut]);
            plain = plain[cut..].TrimStart();
            first = false;
        }
    }

    private sealed class Group(Incident first)
    {
        private readonly HashSet<string> clients = [];

        public string Cause { get; } = first.Verdict.Cause ?? "cause not decided";
        public string Grade { get; } = first.Verdict.Grade.ToString().ToLowerInvariant();
        public string Source { get; } = first.Source;
        public Instant? First { get; } = first.At;
        public Instant? Last { get; private set; }
        public int Count { get; private set; }
        public int Clients => clients.Count;

        public void Add(Incident incident)
        {
            Count++;
            Last = incident.At;
            if (clients.Count < 10_000)
                clients.Add(incident.Connection?.Client.Address.ToString() ?? incident.Party.Client ?? "");
        }
    }
}
