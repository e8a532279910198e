using System.Text.Encodings.Web;
using System.Text.Json;
using GoneAway.Model;

namespace GoneAway.Reports.Json;

/// <summary>
/// The JSON report, schema <c>goneaway.report/1</c> (docs/report.schema.json). Incidents are written as they come;
/// inputs are known only once they are read and therefore stand behind them.
/// </summary>
public sealed class JsonReport(Stream output) : IReportWriter, IDisposable
{
    public const string Schema = "goneaway.report/1";

    private readonly Utf8JsonWriter json = new(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.Default });
    private readonly List<InputSummary> inputs = [];
    private readonly List<Hazard> hazards = [];

    public void Dispose() => json.Dispose();

    public void Begin()
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteStartArray("incidents");
    }

    public void Input(InputSummary input) => inputs.Add(input);

    public void Hazard(Hazard hazard) => hazards.Add(hazard);

    public void Incident(Incident incident)
    {
        json.WriteStartObject();
        json.WriteString("id", incident.Id);
        json.WriteString("at", incident.At?.ToString());
        json.WriteStartObject("connection");
        json.WriteString("client", incident.Party.Client);
        json.WriteString("server", incident.Party.Server);
        WriteNumber("threadId", incident.Party.ThreadId);
        json.WriteString("user", incident.Party.User);
        json.WriteString("program", incident.Party.Program);
        WriteNumber("pid", incident.Party.Pid);
        json.WriteEndObject();
        WriteSymptom(incident.Symptom);
        json.WriteString("closedBy", Name(incident.ClosedBy));
        json.WriteStartObject("verdict");
        json.WriteString("cause", incident.Verdict.Cause);
        json.WriteString("grade", Name(incident.Verdict.Grade));
        json.WriteString("summary", incident.Verdict.Summary);
        json.WriteEndObject();
        json.WriteBoolean("isLoss", incident.IsLoss);
        WriteArray("evidence", incident.Evidence, static (j, e) => { j.WriteString("text", e.Text); j.WriteString("source", e.Source); });
        WriteArray("alternatives", incident.Alternatives, static (j, a) => { j.WriteString("cause", a.Cause); j.WriteString("grade", Name(a.Grade)); j.WriteString("why", a.Why); });
        WriteArray("ruledOut", incident.RuledOut, static (j, r) => { j.WriteString("cause", r.Cause); j.WriteString("why", r.Why); j.WriteString("source", r.Source); });
        WriteArray("fix", incident.Fix, static (j, f) => { j.WriteString("for", f.For); j.WriteString("text", f.Text); });
        WriteArray("collectNext", incident.CollectNext, WriteStep);
        WriteArray("directions", incident.Directions, static (j, d) =>
        {
            j.WriteString("name", d.Name);
            j.WriteString("state", d.State switch { DirectionState.Cause => "cause", DirectionState.RuledOut => "ruledOut", _ => "collect" });
            j.WriteString("answer", d.Answer);
            j.WriteString("source", d.Source);
            j.WriteString("command", d.Command);
        });
        json.WriteEndObject();
        if (json.BytesPending > 1 << 16)
            json.Flush();
    }

    public void End(Totals totals)
    {
        json.WriteEndArray();
        WriteArray("inputs", inputs, static (j, i) =>
        {
            j.WriteString("path", i.Path);
            j.WriteString("kind", i.Kind);
            j.WriteNumber("records", i.Records);
            j.WriteNumber("skipped", i.Skipped);
            j.WriteString("note", i.Note);
        });
        WriteArray("hazards", hazards, static (j, h) => { j.WriteString("cause", h.Cause); j.WriteString("text", h.Text); j.WriteString("source", h.Source); j.WriteString("fix", h.Fix); });
        json.WriteStartObject("totals");
        json.WriteNumber("connections", totals.Connections);
        json.WriteNumber("packets", totals.Packets);
        json.WriteNumber("lost", totals.Lost);
        json.WriteNumber("cleanCloses", totals.CleanCloses);
        json.WriteNumber("stillOpen", totals.StillOpen);
        json.WriteNumber("refusedLogins", totals.RefusedLogins);
        json.WriteNumber("probes", totals.Probes);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
        output.Flush();
    }

    private static string Name(ClosedBy by) => by switch
    {
        ClosedBy.Server => "server",
        ClosedBy.Client => "client",
        ClosedBy.Proxy => "proxy",
        ClosedBy.Middlebox => "middlebox",
        _ => "unknown",
    };

    private static string Name(Grade grade) => grade switch
    {
        Grade.Proven => "proven",
        Grade.Likely => "likely",
        Grade.Possible => "possible",
        _ => "unknown",
    };

    private static void WriteStep(Utf8JsonWriter json, NextStep step)
    {
        json.WriteString("command", step.Command);
        json.WriteStartArray("decides");
        foreach (string cause in step.Decides)
            json.WriteStringValue(cause);
        json.WriteEndArray();
    }

    private void WriteSymptom(Symptom? symptom)
    {
        if (symptom is null)
        {
            json.WriteNull("symptom");
            return;
        }
        json.WriteStartObject("symptom");
        json.WriteNumber("code", symptom.Code);
        json.WriteString("text", symptom.Text);
        json.WriteEndObject();
    }

    private void WriteNumber(string name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private void WriteArray<T>(string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
