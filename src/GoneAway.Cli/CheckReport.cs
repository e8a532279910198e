using GoneAway.Evidence.Server.Live;
using GoneAway.Model;
using GoneAway.Reports;
using GoneAway.Reports.Json;
using GoneAway.Reports.Terminal;

namespace GoneAway.Cli;

/// <summary>Tells what <see cref="Check"/> found, to a person or a program.</summary>
internal sealed class CheckReport(Check check)
{
    public void Write(JsonReport json)
    {
        json.Begin();
        foreach (CheckedServer server in check.Servers)
            json.Input(Summary(server));
        foreach (InputSummary input in check.Inputs)
            json.Input(input);
        foreach (Hazard hazard in All())
            json.Hazard(hazard);
        json.End(new Totals());
    }

    public void Write(TextWriter text, TerminalReport report)
    {
        foreach (CheckedServer server in check.Servers)
        {
            text.WriteLine(Plain.Of(Headline(server)));
            if (server.Budget is { } budget)
                text.WriteLine("  idle budget: " + Plain.Of(budget.Line()));
            foreach (Hazard hazard in server.Hazards)
                report.Hazard(hazard);
            foreach (string what in server.State?.NotSeen ?? [])
                text.WriteLine("  not seen: " + Plain.Of(what));
            text.WriteLine();
        }
        foreach (Hazard hazard in check.PathHazards)
            report.Hazard(hazard);
        foreach (InputSummary input in check.Inputs)
            report.Input(input);
        foreach (string note in check.Notes)
            text.WriteLine("note  " + Plain.Of(note));
        report.End(new Totals());
        int hazards = All().Count();
        int reached = check.Servers.Count(static s => s.Failure is null);
        text.WriteLine(hazards > 0 ? $"{hazards} {(hazards == 1 ? "hazard" : "hazards")} on {reached} {(reached == 1 ? "server" : "servers")}" : reached > 0 ? "No hazard found." : "No server could be asked.");
        text.Flush();
    }

    private IEnumerable<Hazard> All() => check.Servers.SelectMany(static s => s.Hazards).Concat(check.PathHazards).Distinct();

    private static InputSummary Summary(CheckedServer server)
    {
        if (server.State is not { } state)
            return new InputSummary(server.Address.ToString(), "unreadable", 0, 0, server.Failure);
        IEnumerable<string> notes = [$"{Product(state)}; {server.How}", "idle budget: " + server.Budget?.Line(), .. state.NotSeen.Select(static what => "not seen: " + what)];
        return new InputSummary(state.Name, "server", state.Facts.Count + state.Sightings.Count, state.NotSeen.Count, string.Join("; ", notes));
    }

    private static string Headline(CheckedServer server)
    {
        if (server.State is not { } state)
            return $"{server.Address}  could not be asked: {server.Failure}";
        string line = $"{state.Name}  {Product(state)}";
        if (Value(state, FactKind.Status, "Uptime") is { } uptime && double.TryParse(uptime, out double seconds))
            line += $", up {Spans.Show(TimeSpan.FromSeconds(seconds))}";
        if (Value(state, FactKind.Status, "Threads_connected") is { } threads && Value(state, FactKind.Variable, "max_connections") is { } limit)
            line += $", {threads} of {limit} connections";
        return $"{line}, {server.How}";
    }

    private static string Product(ServerState state) => state.Version.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) || !state.IsMariaDb ? (state.IsMariaDb ? state.Version : "MySQL " + state.Version) : "MariaDB " + state.Version;

    private static string? Value(ServerState state, FactKind kind, string name) => state.Facts.LastOrDefault(f => f.Kind == kind && f.Name == name && f.Scope is null)?.Value;
}
