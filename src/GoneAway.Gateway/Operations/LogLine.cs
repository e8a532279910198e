using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GoneAway.Gateway.Operations;

/// <summary>One event as one line, for people or as JSON. Control characters never reach a terminal.</summary>
internal static class LogLine
{
    private const int LongestText = 4096;

    public static void Plain(DateTimeOffset when, GatewayEvent what, IBufferWriter<byte> line)
    {
        var text = new StringBuilder(256);
        text.Append(when.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)).Append(' ')
            .Append(Word(what.Level)).Append(' ').Append(EventLog.Word(what.Kind)).Append(' ').Append(what.Name).Append(": ");
        Escaped(text, what.Text, quoted: false);
        foreach ((string name, object value) in Fields(what))
        {
            text.Append(' ').Append(name).Append('=');
            string shown = Convert.ToString(value, CultureInfo.InvariantCulture)!;
            bool quoted = shown.Length == 0 || shown.AsSpan().ContainsAny(' ', '"', '=');
            if (quoted)
                text.Append('"');
            Escaped(text, shown, quoted);
            if (quoted)
                text.Append('"');
        }
        text.Append('\n');
        Encoding.UTF8.GetBytes(text.ToString(), line);
    }

    public static void Json(DateTimeOffset when, GatewayEvent what, IBufferWriter<byte> line)
    {
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("time", when.UtcDateTime);
            json.WriteString("level", Word(what.Level).TrimEnd());
            json.WriteString("kind", EventLog.Word(what.Kind));
            json.WriteString("name", what.Name);
            json.WriteString("text", Cut(what.Text));
            foreach ((string name, object value) in Fields(what))
            {
                if (value is string text)
                    json.WriteString(name, Cut(text));
                else if (value is double number)
                    json.WriteNumber(name, number);
                else
                    json.WriteNumber(name, (uint)value);
            }
            json.WriteEndObject();
        }
        line.Write("\n"u8);
    }

    /// <summary>What is known of it besides its text: strings, <c>uint</c> and <c>double</c>.</summary>
    public static IEnumerable<(string Name, object Value)> Fields(GatewayEvent what)
    {
        if (what.IncidentId is not null)
            yield return ("incident_id", what.IncidentId);
        if (what.Grade is not null)
            yield return ("grade", what.Grade);
        if (what.Count > 1)
            yield return ("connections", (double)what.Count);
        if (what.HappenedAt is { } happened)
            yield return ("happened_at", happened.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (what.Client is not null)
            yield return ("client", what.Client);
        if (what.User is not null)
            yield return ("user", what.User);
        if (what.Backend is not null)
            yield return ("backend", what.Backend);
        if (what.Session != 0)
            yield return ("session", what.Session);
        if (what.ServerThread != 0)
            yield return ("server_thread", what.ServerThread);
        if (what.Statement is { } mark)
            yield return ("statement", mark.ToString());
        if (what.StatementText is not null)
            yield return ("statement_text", what.StatementText);
        if (what.After is { } after)
            yield return ("after_seconds", Math.Round(after.TotalSeconds, 3));
    }

    public static string Word(EventLevel level) => level switch
    {
        EventLevel.Error => "ERROR",
        EventLevel.Warning => "WARN ",
        _ => "INFO ",
    };

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..LongestText] + "...";

    private static void Escaped(StringBuilder text, string value, bool quoted)
    {
        foreach (char one in value.AsSpan(0, Math.Min(value.Length, LongestText)))
        {
            bool hidden = char.IsControl(one) || char.GetUnicodeCategory(one) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
            if (hidden)
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)one:x4}");
            else if (quoted && one is '"' or '\\')
                text.Append('\\').Append(one);
            else
                text.Append(one);
        }
        if (value.Length > LongestText)
            text.Append("...");
    }
}
