namespace GoneAway.Evidence.Server;

/// <summary>A row as text; <see cref="Line"/> counts from 0 in the passage.</summary>
internal readonly record struct TableRow(string[] Cells, int Line);

/// <summary>A result set as somebody pasted it, whatever its shape.</summary>
internal sealed class Table
{
    private readonly Dictionary<string, int> index = new(StringComparer.Ordinal);

    /// <param name="columns">None where the heading was cut off.</param>
    public Table(IEnumerable<string> columns, List<TableRow> rows)
    {
        Columns = [.. columns.Select(static one => one.Trim().Trim('`', '"', '*').Trim())];
        Rows = rows;
        for (int i = 0; i < Columns.Length; i++)
            index.TryAdd(Plain(Columns[i]), i);
    }

    public string[] Columns { get; }
    public List<TableRow> Rows { get; }
    public int FirstLine => Rows.Count > 0 ? Rows[0].Line : 0;

    public bool Has(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (!index.ContainsKey(name))
                return false;
        return true;
    }

    /// <summary>The cell of the first of these columns that there is; null when it is missing or NULL.</summary>
    public string? Cell(TableRow row, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (index.TryGetValue(name, out int at) && at < row.Cells.Length)
                return row.Cells[at] is "NULL" or "null" or "\\N" ? null : row.Cells[at];
        return null;
    }

    /// <summary>Lower case, without the prefix that performance_schema.threads gives.</summary>
    public static string Plain(string column)
    {
        string plain = column.Trim().ToLowerInvariant().Replace(' ', '_');
        return plain.StartsWith("processlist_", StringComparison.Ordinal) ? plain["processlist_".Length..] : plain;
    }

    /// <summary>The heading of a column that has the server's time; the argument as <see cref="Plain"/> gives it.</summary>
    public static bool IsTime(string plain) => plain is "now()" or "now(6)" or "now(3)" or "current_timestamp" or "current_timestamp()" or "sysdate()" or "utc_timestamp()" or "utc_timestamp" or "localtime()" or "localtimestamp()";

    /// <summary>What its columns say it is.</summary>
    public TableKind Kind =>
        Has("variable_name", "value") || Has("parametername", "parametervalue") || Has("variable_name", "variable_value") ? TableKind.Settings
        : Has("variable_name", "variable_source") ? TableKind.Sources
        : Has("attr_name", "attr_value") ? TableKind.Attributes
        : Has("command") && (Has("id") || Has("conn_id")) && (Has("user") || Has("time")) ? TableKind.Sessions
        : Has("slave_io_running") || Has("replica_io_running") || Has("slave_io_state") || Has("replica_io_state") ? TableKind.Replica
        : Has("ip", "sum_connect_errors") || Has("ip", "count_host_blocked_errors") ? TableKind.HostCache
        : Has("error_number", "sum_error_raised") ? TableKind.Errors
        : Has("trx_id", "trx_mysql_thread_id") ? TableKind.Transactions
        : Has("event_definition", "event_name") ? TableKind.Events
        : Columns.Length > 0 && Columns.Any(static one => one.StartsWith("@@", StringComparison.Ordinal) || Plain(one) == "version()" || IsTime(Plain(one))) ? TableKind.Selected
        : TableKind.Other;
}

/// <summary>The result sets that say something of lost connections.</summary>
internal enum TableKind : byte
{
    Other,
    Settings,
    Sources,
    Attributes,
    Sessions,
    Replica,
    HostCache,
    Errors,
    Selected,
    Transactions,
    Events,
}
