using System.Globalization;
using System.Net;
using System.Text;
using GoneAway.Evidence.Server.Live;

namespace GoneAway.Evidence.Collecting;

/// <summary>What a server tells of itself, as its own client would print it (mysql -B, or \G for what is long).</summary>
/// <param name="connection">To the server.</param>
/// <param name="collection">Where it goes.</param>
/// <param name="folder">In it: <c>server</c>, or with the server's name when there are several.</param>
/// <param name="name">The server as the manifest names it.</param>
public sealed class ServerEvidence(MySqlConnection connection, Collection collection, string folder, string name)
{
    private static readonly Encoding Utf8 = new UTF8Encoding(false);

    private readonly Dictionary<string, string> variables = [];

    /// <summary>A variable's value; null when it is not known.</summary>
    public string? Variable(string variable) => variables.GetValueOrDefault(variable);

    /// <summary>The server's files are on this host.</summary>
    public bool IsLocal => connection.Remote is null || IPAddress.IsLoopback(connection.Remote.Address);

    /// <summary>Asks everything; counters twice with so much time between.</summary>
    public async Task TakeAsync(TimeSpan watch, TimeProvider time, CancellationToken cancel)
    {
        QueryAnswer all = await RowsAsync("variables.txt", "SHOW GLOBAL VARIABLES");
        foreach (string?[] row in all.Rows)
            if (row is [{ } key, { } value, ..])
                variables[key] = value;
        await RowsAsync("status-1.txt", "SHOW GLOBAL STATUS");
        await RowsAsync("processlist.txt", "SHOW FULL PROCESSLIST", masked: "Info");
        await VerticalAsync("innodb-status.txt", "SHOW ENGINE INNODB STATUS", masked: true);
        await ReplicaAsync();
        bool schema = Variable("performance_schema") == "ON";
        if (!schema)
            collection.Miss($"{folder}: host cache, session attributes, errors given", "performance_schema is OFF");
        else
        {
            await RowsAsync("host_cache.txt", "SELECT * FROM performance_schema.host_cache LIMIT 2000", optional: true);
            await RowsAsync("session_connect_attrs.txt", "SELECT * FROM performance_schema.session_connect_attrs LIMIT 50000", optional: true);
        }
        if (schema && !connection.IsMariaDb)
        {
            await RowsAsync("errors_given.txt", "SELECT * FROM performance_schema.events_errors_summary_global_by_error WHERE SUM_ERROR_RAISED > 0", optional: true);
            await RowsAsync("variables_by_thread.txt", """
                SELECT t.PROCESSLIST_ID, t.PROCESSLIST_USER, t.PROCESSLIST_HOST, v.VARIABLE_NAME, v.VARIABLE_VALUE
                FROM performance_schema.variables_by_thread v JOIN performance_schema.threads t USING (THREAD_ID) JOIN performance_schema.global_variables g USING (VARIABLE_NAME)
                WHERE v.VARIABLE_VALUE <> g.VARIABLE_VALUE AND v.VARIABLE_NAME LIKE '%time%' LIMIT 5000
                """.ReplaceLineEndings(" "), optional: true);
            await ErrorLogAsync();
        }
        if (watch > TimeSpan.Zero)
        {
            await Task.Delay(watch, time, cancel);
            await RowsAsync("status-2.txt", "SHOW GLOBAL STATUS");
        }
    }

    private async Task ReplicaAsync()
    {
        foreach (string sql in connection.IsMariaDb ? ["SHOW ALL REPLICAS STATUS", "SHOW ALL SLAVES STATUS"] : (string[])["SHOW REPLICA STATUS", "SHOW SLAVE STATUS"])
        {
            QueryAnswer answer = await connection.QueryAsync(sql);
            if (answer.Error?.Code == 1064)
                continue;
            if (answer.Error is { } error)
                Refused(sql, error);
            else if (answer.Rows.Count > 0)
                Add("replica-status.txt", sql, Vertical(answer, masked: false), null);
            return;
        }
    }

    /// <summary>The server's log from its table (MySQL 8.0.22), in the log's own form: the file may be out of reach.</summary>
    private async Task ErrorLogAsync()
    {
        if ((await connection.QueryAsync("SET time_zone = '+00:00'")).Error is not null)
            return;
        const string Sql = "SELECT LOGGED, THREAD_ID, PRIO, ERROR_CODE, SUBSYSTEM, DATA FROM performance_schema.error_log ORDER BY LOGGED DESC LIMIT 20000";
        QueryAnswer answer = await connection.QueryAsync(Sql);
        if (answer.Error is { } error)
        {
            Refused("performance_schema.error_log", error);
            return;
        }
        var log = new StringBuilder();
        foreach (string?[] row in answer.Rows.Reverse())
            log.Append(CultureInfo.InvariantCulture, $"{row[0]?.Replace(' ', 'T')}Z {row[1]} [{row[2]}] [{row[3]}] [{row[4]}] {row[5]?.ReplaceLineEndings("\n")}\n");
        if (answer.Rows.Count > 0)
            Add("error.log", "performance_schema.error_log", log.ToString(), null);
    }

    private async Task<QueryAnswer> RowsAsync(string file, string sql, string? masked = null, bool optional = false)
    {
        QueryAnswer answer = await connection.QueryAsync(sql);
        if (answer.Error is { } error)
        {
            Refused(sql, error);
            return answer;
        }
        if (optional && answer.Rows.Count == 0)
            return answer;
        int literal = masked is null ? -1 : answer.IndexOf(masked);
        var text = new StringBuilder();
        text.AppendJoin('\t', answer.Columns).Append('\n');
        foreach (string?[] row in answer.Rows)
            text.AppendJoin('\t', row.Select((value, i) => value is null ? "NULL" : Escaped(i == literal ? Literals.Masked(value) : value))).Append('\n');
        Add(file, sql, text.ToString(), null);
        return answer;
    }

    private async Task VerticalAsync(string file, string sql, bool masked)
    {
        QueryAnswer answer = await connection.QueryAsync(sql);
        if (answer.Error is { } error)
            Refused(sql, error);
        else if (answer.Rows.Count > 0)
            Add(file, sql, Vertical(answer, masked), null);
    }

    private static string Vertical(QueryAnswer answer, bool masked)
    {
        var text = new StringBuilder();
        int width = answer.Columns.Max(static c => c.Length);
        for (int i = 0; i < answer.Rows.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"*************************** {i + 1}. row ***************************\n");
            for (int c = 0; c < answer.Columns.Count; c++)
                text.Append(CultureInfo.InvariantCulture, $"{answer.Columns[c].PadLeft(width)}: {(masked ? string.Join('\n', (answer.Rows[i][c] ?? "NULL").Split('\n').Select(Literals.Masked)) : answer.Rows[i][c] ?? "NULL")}\n");
        }
        return text.ToString();
    }

    /// <summary>As mysql -B does, so that a row stays a line.</summary>
    private static string Escaped(string value) => value.IndexOfAny(['\t', '\n', '\\', '\0']) < 0 ? value
        : value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);

    private void Add(string file, string sql, string text, string? note) => collection.Add($"{folder}/{file}", $"{sql} on {name}", text, Utf8, note);

    private void Refused(string what, ServerError error) => collection.Miss($"{folder}: {what}", $"error {error.Code}: {error.Message}");
}
