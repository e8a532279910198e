using System.Globalization;
using GoneAway.Model;

namespace GoneAway.Evidence.Server.Live;

/// <summary>The sessions of a process list, put together from the tables that tell of them.</summary>
internal sealed class SessionList(string place)
{
    private const int MostKept = 5000;

    private readonly Dictionary<string, Row> rows = [];

    private sealed class Row
    {
        public required string?[] Columns { get; init; }
        public string? Source { get; init; }
        public Stamp? Stamp { get; init; }
        public string? Program { get; set; }
        public int? Pid { get; set; }
        public bool InTransaction { get; set; }
    }

    /// <summary>Sessions that count as connected, the tool's own included.</summary>
    public int Seen { get; private set; }

    /// <summary>A row of ID, USER, HOST, DB, COMMAND, TIME, STATE, INFO.</summary>
    /// <param name="columns">Null is NULL.</param>
    /// <param name="own">The tool's own session; 0 for none.</param>
    /// <param name="source">Where the row stands; null for the running server's list.</param>
    /// <param name="taken">When the list was taken, if that is known.</param>
    public void Add(string?[] columns, uint own, string? source = null, Stamp? taken = null)
    {
        if (columns.Length < 8 || columns[0] is not { } id || columns[4] == "Daemon" || columns[1] is "system user" or "event_scheduler")
            return;
        Seen++;
        if (rows.Count < MostKept && id != own.ToString(CultureInfo.InvariantCulture))
            rows.TryAdd(id, new Row { Columns = columns, Source = source, Stamp = taken });
    }

    public void Attribute(string? id, string? name, string? value)
    {
        if (id is null || value is null || !rows.TryGetValue(id, out Row? row))
            return;
        if (name == "_pid")
            row.Pid = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : null;
        else if (name == "program_name" || row.Program is null)
            row.Program = value;
    }

    public void InTransaction(string? id)
    {
        if (id is not null && rows.TryGetValue(id, out Row? row))
            row.InTransaction = true;
    }

    public IReadOnlyList<Sighting> Sightings() => [.. rows.Values.Select(Of)];

    private Sighting Of(Row row)
    {
        string?[] columns = row.Columns;
        TimeSpan? spent = long.TryParse(columns[5], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds < int.MaxValue ? TimeSpan.FromSeconds(seconds) : null;
        bool sleeps = columns[4] == "Sleep";
        string host = columns[2] ?? "";
        int colon = host.LastIndexOf(':');
        bool hasPort = colon > 0 && int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return new Sighting
        {
            Sign = Sign.SessionSeen,
            Origin = Origin.Server,
            Source = row.Source ?? $"{place}:processlist",
            Stamp = row.Stamp,
            Text = Clean(columns[7] ?? columns[4] ?? ""),
            ThreadId = uint.TryParse(columns[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint id) ? id : null,
            User = columns[1],
            ClientHost = hasPort ? host[..colon] : host.Length > 0 ? host : null,
            ClientPort = hasPort ? int.Parse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture) : null,
            Schema = columns[3],
            Idle = sleeps ? spent : null,
            Elapsed = sleeps ? null : spent,
            State = row.InTransaction && sleeps ? "in transaction" : columns[6] is { Length: > 0 } state ? state : columns[4],
            Subject = row.Program,
            Pid = row.Pid,
        };
    }

    private static string Clean(string text) => string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c));
}
