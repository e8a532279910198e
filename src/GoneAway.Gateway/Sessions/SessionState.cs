using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;

namespace GoneAway.Gateway.Sessions;

/// <summary>
/// What a session has set on its server and what can be set again on another: schema, system variables, options of the connection.
/// Immutable. Text is kept byte for byte (Latin-1), as the server's session tracking tells it.
/// </summary>
internal sealed record SessionState
{
    /// <summary>As after a login, with nothing set.</summary>
    public static SessionState Fresh { get; } = new();

    private static readonly System.Buffers.SearchValues<char> NumberCharacters = System.Buffers.SearchValues.Create("0123456789.-");

    /// <summary>
    /// On these it depends what a statement's text means; a server looks at them when it prepares it. To set them does nothing to an open
    /// transaction. MySQL "Server SQL Modes", "Prepared Statements"; MariaDB "OLD_MODE".
    /// </summary>
    private static readonly FrozenSet<string> Shaping = FrozenSet.ToFrozenSet(
    [
        "sql_mode", "old_mode", "character_set_client", "character_set_connection", "collation_connection", "time_zone", "lc_time_names", "default_week_format",
        "div_precision_increment", "group_concat_max_len", "sql_auto_is_null",
    ]);

    /// <summary>
    /// Names of one and the same thing: what is set by one has its other name's value too. The old and the new name; a collation and its
    /// character set, of which servers tell only the one that was named.
    /// </summary>
    private static readonly FrozenDictionary<string, string> OtherName = new (string, string)[]
    {
        ("tx_isolation", "transaction_isolation"), ("tx_read_only", "transaction_read_only"), ("pseudo_slave_mode", "pseudo_replica_mode"),
        ("character_set_connection", "collation_connection"), ("character_set_database", "collation_database"), ("character_set_server", "collation_server"),
    }.SelectMany(static pair => (KeyValuePair<string, string>[])[new(pair.Item1, pair.Item2), new(pair.Item2, pair.Item1)]).ToFrozenDictionary();

    /// <summary>Empty for none.</summary>
    public string Schema { get; init; } = "";

    /// <summary>System variables that were set in the session, by name in lower case.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>COM_SET_OPTION: several statements in one; null for what the login said.</summary>
    public bool? MultiStatements { get; init; }

    /// <summary>As the session has set it; null where it has not.</summary>
    public bool? Autocommit => Variables.TryGetValue("autocommit", out string? value) ? value is "ON" or "on" or "1" : null;

    public bool Equals(SessionState? other) =>
        ReferenceEquals(this, other) || other is not null && Schema == other.Schema && MultiStatements == other.MultiStatements
        && (ReferenceEquals(Variables, other.Variables) || Variables.Count == other.Variables.Count && Variables.SequenceEqual(other.Variables));

    public override int GetHashCode() => HashCode.Combine(Schema, Variables.Count, MultiStatements);

    public SessionState With(string variable, string value) =>
        Variables.TryGetValue(variable, out string? old) && old == value ? this
        : this with { Variables = (OtherName.TryGetValue(variable, out string? other) ? Variables.Remove(other) : Variables).SetItem(variable, value) };

    /// <summary>What of it the meaning of a statement's text depends on.</summary>
    public SessionState Meaning() => new() { Schema = Schema, Variables = Variables.RemoveRange(Variables.Keys.Where(static name => !Shaping.Contains(name))) };

    /// <summary>The statement that makes the other state's variables into these; null when they are the same.</summary>
    /// <param name="other">What is set there.</param>
    /// <param name="collation">
    /// Number of the login's, from which the character set's variables began; 0: they began as the server's own. Their DEFAULT is never
    /// the login's.
    /// </param>
    public string? SetFrom(SessionState other, int collation = 0)
    {
        if (ReferenceEquals(Variables, other.Variables))
            return null;
        StringBuilder? text = null;
        foreach ((string name, string value) in Variables)
            if (!other.Variables.TryGetValue(name, out string? there) || there != value)
                Append(ref text, name, value.Length == 0 && name == "character_set_results" ? "NULL" : Literal(value));
        foreach ((string name, _) in other.Variables)
            if (!Variables.ContainsKey(name) && !(OtherName.TryGetValue(name, out string? same) && Variables.ContainsKey(same)))
                Append(ref text, name, collation > 0 && IsOfLogin(name) ? collation.ToString(System.Globalization.CultureInfo.InvariantCulture) : "DEFAULT");
        return text?.ToString();
    }

    private static bool IsOfLogin(string name) => name is "character_set_client" or "character_set_connection" or "character_set_results" or "collation_connection";

    private static void Append(ref StringBuilder? text, string name, string value)
    {
        text = text is null ? new StringBuilder("SET ") : text.Append(',');
        text.Append("@@SESSION.`").Append(name).Append("`=").Append(value);
    }

    /// <summary>Numbers bare, since a variable of type integer takes no string; all else quoted, without escapes that a mode could change.</summary>
    private static string Literal(string value)
    {
        if (value.Length > 0 && value.Length < 30 && value.AsSpan().IndexOfAnyExcept(NumberCharacters) < 0 && char.IsAsciiDigit(value[^1]) && value.AsSpan(1).IndexOf('-') < 0 && value.Count(static c => c == '.') <= 1)
            return value;
        if (value.All(static c => char.IsAsciiLetterOrDigit(c) || " _-+:,./%".Contains(c)))
            return $"'{value}'";
        return "x'" + Convert.ToHexString(Encoding.Latin1.GetBytes(value)) + "'";
    }
}
