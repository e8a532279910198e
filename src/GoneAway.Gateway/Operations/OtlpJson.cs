using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace GoneAway.Gateway.Operations;

/// <summary>Bodies of OTLP requests in its JSON encoding: 64-bit integers are strings, enumerations numbers.</summary>
internal sealed class OtlpJson(DateTimeOffset start)
{
    private const int Cumulative = 2;

    private readonly string begin = Nanoseconds(start);

    public static void Logs(List<(DateTimeOffset When, GatewayEvent What)> records, IBufferWriter<byte> body)
    {
        using var json = new Utf8JsonWriter(body);
        Begin(json, "resourceLogs", "scopeLogs", "logRecords");
        foreach ((DateTimeOffset when, GatewayEvent what) in records)
        {
            json.WriteStartObject();
            json.WriteString("timeUnixNano", Nanoseconds(when));
            json.WriteString("observedTimeUnixNano", Nanoseconds(when));
            json.WriteNumber("severityNumber", what.Level switch { EventLevel.Error => 17, EventLevel.Warning => 13, _ => 9 });
            json.WriteString("severityText", LogLine.Word(what.Level).TrimEnd());
            json.WriteString("eventName", $"goneaway.{EventLog.Word(what.Kind)}");
            json.WriteStartObject("body");
            json.WriteString("stringValue", what.Text);
            json.WriteEndObject();
            json.WriteStartArray("attributes");
            Attribute(json, "goneaway.name", what.Name);
            foreach ((string name, object value) in LogLine.Fields(what))
                Attribute(json, "goneaway." + name, value);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        End(json);
    }

    public void Metrics(DateTimeOffset now, IReadOnlyList<Metric> metrics, IBufferWriter<byte> body)
    {
        string when = Nanoseconds(now);
        using var json = new Utf8JsonWriter(body);
        Begin(json, "resourceMetrics", "scopeMetrics", "metrics");
        for (int i = 0; i < metrics.Count;)
        {
            Metric first = metrics[i];
            json.WriteStartObject();
            json.WriteString("name", first.Name);
            json.WriteString("description", first.Help);
            json.WriteStartObject(first.IsCounter ? "sum" : "gauge");
            if (first.IsCounter)
            {
                json.WriteNumber("aggregationTemporality", Cumulative);
                json.WriteBoolean("isMonotonic", true);
            }
            json.WriteStartArray("dataPoints");
            for (; i < metrics.Count && metrics[i].Name == first.Name; i++)
                Point(json, metrics[i], when);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        End(json);
    }

    private void Point(Utf8JsonWriter json, Metric metric, string when)
    {
        json.WriteStartObject();
        json.WriteStartArray("attributes");
        foreach ((string name, string value) in metric.Labels)
            Attribute(json, name, value);
        json.WriteEndArray();
        if (metric.IsCounter)
            json.WriteString("startTimeUnixNano", begin);
        json.WriteString("timeUnixNano", when);
        json.WriteNumber("asDouble", metric.Value);
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string resources, string scopes, string items)
    {
        json.WriteStartObject();
        json.WriteStartArray(resources);
        json.WriteStartObject();
        json.WriteStartObject("resource");
        json.WriteStartArray("attributes");
        Attribute(json, "service.name", "goneaway-gateway");
        Attribute(json, "host.name", Environment.MachineName);
        Attribute(json, "service.instance.id", $"{Environment.MachineName}-{Environment.ProcessId}");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray(scopes);
        json.WriteStartObject();
        json.WriteStartObject("scope");
        json.WriteString("name", "goneaway");
        json.WriteEndObject();
        json.WriteStartArray(items);
    }

    private static void End(Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Attribute(Utf8JsonWriter json, string key, object value)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteStartObject("value");
        if (value is uint whole)
            json.WriteString("intValue", whole.ToString(CultureInfo.InvariantCulture));
        else if (value is double number)
            json.WriteNumber("doubleValue", number);
        else
            json.WriteString("stringValue", (string)value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Nanoseconds(DateTimeOffset when) =>
        ((when - DateTimeOffset.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
}
