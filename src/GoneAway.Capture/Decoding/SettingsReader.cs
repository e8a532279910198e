using System.Text;
using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Capture.Decoding;

/// <summary>Picks the server variables that decide over connections out of statements and their answers.</summary>
internal sealed class SettingsReader
{
    private static readonly string[] Watched =
    [
        "wait_timeout", "interactive_timeout", "net_read_timeout", "net_write_timeout", "connect_timeout",
        "max_allowed_packet", "idle_transaction_timeout", "idle_write_transaction_timeout", "idle_readonly_transaction_timeout",
        "max_execution_time", "max_statement_time",
    ];

    private Dictionary<string, SettingSeen>? settings;
    private List<string>? selected;
    private bool reading;

    public IReadOnlyDictionary<string, SettingSeen> Settings => settings ?? Empty;

    private static readonly Dictionary<string, SettingSeen> Empty = [];

    /// <summary>Whether rows of the present answer may hold settings.</summary>
    public bool IsReading => reading;

    /// <summary>Looks at a statement: SET takes effect at once, SHOW and SELECT @@ have their rows read.</summary>
    public void OnStatement(ReadOnlySpan<byte> sql, in Moment at)
    {
        reading = false;
        if (sql.Length < 8)
            return;
        int first = sql[0] | 0x20;
        if (first != 's' || !MentionsLimit(sql))
            return;
        string text = Encoding.ASCII.GetString(sql).ToLowerInvariant();
        if (text.StartsWith("set ", StringComparison.Ordinal))
            TakeSet(text, at);
        else if (text.StartsWith("show ", StringComparison.Ordinal) && !text.StartsWith("show global", StringComparison.Ordinal))
            (reading, selected) = (true, null);
        else if (text.StartsWith("select", StringComparison.Ordinal) && text.Contains("@@", StringComparison.Ordinal))
            (reading, selected) = (true, NamesIn(text));
    }

    /// <summary>A text row of an answer that is being read.</summary>
    public void OnRow(ReadOnlySpan<byte> row, in Moment at)
    {
        var reader = new PayloadReader(row);
        if (selected is null)
        {
            if (reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> name) && reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> value))
                Keep(Encoding.ASCII.GetString(name).ToLowerInvariant(), value, at);
            return;
        }
        foreach (string name in selected)
        {
            if (!reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> value))
                return;
            if (name.Length > 0)
                Keep(name, value, at);
        }
    }

    public void OnAnswerEnd() => reading = false;

    private static bool MentionsLimit(ReadOnlySpan<byte> sql) =>
        sql.IndexOf("timeout"u8) >= 0 || sql.IndexOf("max_"u8) >= 0 || sql.IndexOf("TIMEOUT"u8) >= 0;

    private void TakeSet(string text, in Moment at)
    {
        foreach (string part in text[4..].Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=');
            if (equals <= 0 || part.StartsWith("global ", StringComparison.Ordinal) || part.StartsWith("@@global", StringComparison.Ordinal) || part.StartsWith("persist", StringComparison.Ordinal))
                continue;
            string name = LastWord(part[..equals].TrimEnd(':', ' '));
            string value = part[(equals + 1)..].Trim(' ', '\'', '"', ';');
            if (value.Length is > 0 and < 20 && value.All(static c => char.IsAsciiDigit(c) || c == '.'))
                Keep(name, Encoding.ASCII.GetBytes(value), at);
        }
    }

    private static string LastWord(string text)
    {
        int cut = text.LastIndexOfAny([' ', '.', '@']);
        return text[(cut + 1)..];
    }

    /// <summary>The variables of SELECT @@a, @@session.b ... in order; an empty name for other expressions.</summary>
    private static List<string> NamesIn(string select)
    {
        var names = new List<string>();
        foreach (string part in select[6..].Split(',', StringSplitOptions.TrimEntries))
        {
            string word = part.Split([' ', ';'], 2)[0];
            bool session = word.StartsWith("@@", StringComparison.Ordinal) && !word.StartsWith("@@global", StringComparison.Ordinal);
            names.Add(session ? LastWord(word) : "");
        }
        return names;
    }

    private void Keep(string name, ReadOnlySpan<byte> value, in Moment at)
    {
        if (Array.IndexOf(Watched, name) >= 0)
            (settings ??= [])[name] = new SettingSeen(WireText.Show(value, 40), at);
    }
}
