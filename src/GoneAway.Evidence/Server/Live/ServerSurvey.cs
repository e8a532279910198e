using System.Globalization;
using GoneAway.Model;

namespace GoneAway.Evidence.Server.Live;

/// <summary>
/// Asks a running server all that bears on its connections. Reads only; each question that the account may not ask is noted and left out.
/// </summary>
/// <param name="connection">To the server.</param>
/// <param name="name">The server as reports name it.</param>
/// <param name="place">What sources begin with: <c>server</c>, or the server's name when there are several.</param>
/// <param name="time">Dates the readings.</param>
public sealed class ServerSurvey(MySqlConnection connection, string name, string place, TimeProvider time)
{
    /// <summary>Errors that tell of connections refused, cut or garbled.</summary>
    private const string TellingErrors = "1040,1129,1130,1152,1153,1156,1157,1158,1159,1160,1161,1184,1203,1226,4031";

    private readonly List<Fact> facts = [];
    private readonly List<string> notSeen = [];
    private readonly SessionList sessions = new(place);

    /// <summary>Asks everything; the counters twice, with so much time between.</summary>
    public async Task<ServerState> TakeAsync(TimeSpan watch, CancellationToken cancel = default)
    {
        await PairsAsync("SHOW GLOBAL VARIABLES", FactKind.Variable);
        await PairsAsync("SHOW GLOBAL STATUS", FactKind.Status);
        Measured("connect_seconds", connection.ConnectTime);
        Measured("greeting_seconds", connection.GreetingTime);
        bool schema = Variable("performance_schema") == "ON";
        await SessionValuesAsync(schema);
        await SessionsAsync(schema);
        await ReplicaAsync();
        await HostCacheAsync(schema);
        await ErrorSummaryAsync(schema);
        await EventsAsync();
        if (watch > TimeSpan.Zero)
        {
            await Task.Delay(watch, time, cancel);
            await PairsAsync("SHOW GLOBAL STATUS", FactKind.Status);
        }
        return new ServerState
        {
            Name = name,
            Version = connection.Version,
            IsMariaDb = connection.IsMariaDb,
            Facts = facts,
            Sightings = sessions.Sightings(),
            NotSeen = notSeen,
        };
    }

    private Stamp Now => new(time.GetUtcNow().UtcDateTime, TimeSpan.Zero);

    private string? Variable(string variable) => facts.FirstOrDefault(f => f.Kind == FactKind.Variable && f.Name == variable)?.Value;

    private void Measured(string measure, TimeSpan span) =>
        facts.Add(new Fact(FactKind.Status, measure, span.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture), Now, $"{place}:{measure}"));

    private async Task PairsAsync(string sql, FactKind kind)
    {
        QueryAnswer answer = await AskAsync(sql, kind == FactKind.Variable ? "global variables" : "counters", null);
        Stamp now = Now;
        foreach (string?[] row in answer.Rows)
            if (row is [{ } key, { } value, ..])
                facts.Add(new Fact(kind, kind == FactKind.Variable ? key.ToLowerInvariant() : key, value, now, $"{place}:{key.ToLowerInvariant()}"));
    }

    private async Task SessionValuesAsync(bool schema)
    {
        const string What = "values that sessions have set for themselves";
        if (connection.IsMariaDb)
        {
            NotSeen(What, "no MariaDB shows those of other sessions");
            return;
        }
        if (!schema)
        {
            NotSeen(What, "performance_schema is OFF");
            return;
        }
        QueryAnswer answer = await AskAsync("""
            SELECT v.VARIABLE_NAME, v.VARIABLE_VALUE, t.PROCESSLIST_ID, t.PROCESSLIST_USER, t.PROCESSLIST_HOST, t.CONNECTION_TYPE
            FROM performance_schema.variables_by_thread v
            JOIN performance_schema.threads t ON t.THREAD_ID = v.THREAD_ID
            JOIN performance_schema.global_variables g ON g.VARIABLE_NAME = v.VARIABLE_NAME
            WHERE v.VARIABLE_NAME IN ('wait_timeout', 'net_read_timeout', 'net_write_timeout', 'max_allowed_packet', 'max_execution_time', 'lock_wait_timeout', 'innodb_lock_wait_timeout')
              AND v.VARIABLE_VALUE <> g.VARIABLE_VALUE AND t.PROCESSLIST_ID <> CONNECTION_ID()
            LIMIT 5000
            """, What, "SELECT on performance_schema.variables_by_thread, threads and global_variables");
        foreach (string?[] row in answer.Rows)
            facts.Add(new Fact(FactKind.Variable, row[0]!.ToLowerInvariant(), row[1] ?? "", Now, $"{place}:variables_by_thread")
            {
                Scope = $"session {row[2]} {row[3]}@{row[4]}",
            });
    }

    private async Task SessionsAsync(bool schema)
    {
        // The newer table takes no lock that the server's sessions need.
        string columns = "ID, USER, HOST, DB, COMMAND, TIME, STATE, LEFT(INFO, 300)";
        QueryAnswer answer = new([], [], new ServerError(0, ""));
        if (schema && !connection.IsMariaDb && !connection.Version.StartsWith("5.", StringComparison.Ordinal))
            answer = await connection.QueryAsync($"SELECT {columns} FROM performance_schema.processlist LIMIT 20000");
        if (!answer.IsOk || answer.Rows.Count == 0)
            answer = await AskAsync($"SELECT {columns} FROM information_schema.PROCESSLIST LIMIT 20000", "sessions", "PROCESS");
        foreach (string?[] row in answer.Rows)
            sessions.Add(row, connection.ThreadId);
        double connected = facts.LastOrDefault(static f => f is { Kind: FactKind.Status, Name: "Threads_connected" })?.Number ?? 0;
        if (answer.IsOk && sessions.Seen < connected - 1)
        {
            // Some may have left between the two questions: they are not missing.
            QueryAnswer again = await connection.QueryAsync("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
            if (again.Rows.Count > 0 && double.TryParse(again.Rows[0][1], NumberStyles.None, CultureInfo.InvariantCulture, out double now))
                connected = Math.Min(connected, now);
        }
        if (answer.IsOk && sessions.Seen < connected && connected - sessions.Seen > Math.Max(1, connected / 10))
            NotSeen($"{connected - sessions.Seen:0} of {connected:0} sessions", "needs PROCESS");
        await AttributesAsync(schema);
        await OpenTransactionsAsync();
    }

    private async Task AttributesAsync(bool schema)
    {
        if (!schema)
        {
            NotSeen("names of the client programs", "performance_schema is OFF");
            return;
        }
        QueryAnswer answer = await AskAsync("SELECT PROCESSLIST_ID, ATTR_NAME, ATTR_VALUE FROM performance_schema.session_connect_attrs WHERE ATTR_NAME IN ('program_name', '_pid', '_client_name') LIMIT 50000",
            "names of the client programs", "SELECT on performance_schema.session_connect_attrs");
        foreach (string?[] row in answer.Rows)
            sessions.Attribute(row[0], row[1], row[2]);
    }

    private async Task OpenTransactionsAsync()
    {
        QueryAnswer answer = await AskAsync("SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id > 0 LIMIT 5000", "open transactions", "PROCESS");
        foreach (string?[] row in answer.Rows)
            sessions.InTransaction(row[0]);
    }

    private async Task ReplicaAsync()
    {
        // MariaDB has one row for each source; MySQL one for each channel.
        string[] statements = connection.IsMariaDb ? ["SHOW ALL REPLICAS STATUS", "SHOW ALL SLAVES STATUS"] : ["SHOW REPLICA STATUS", "SHOW SLAVE STATUS"];
        QueryAnswer answer = await connection.QueryAsync(statements[0]);
        if (answer.Error?.Code == 1064)
            answer = await connection.QueryAsync(statements[1]);
        if (!answer.IsOk)
            NotSeen("replication", answer.Error!.Code == 1227 ? "needs " + (connection.IsMariaDb ? "SLAVE MONITOR, or REPLICATION CLIENT before 10.5" : "REPLICATION CLIENT") : answer.Error.Message);
        else
            facts.Add(new Fact(FactKind.Replica, "rows", answer.Rows.Count.ToString(CultureInfo.InvariantCulture), Now, $"{place}:replica_status"));
        int channel = Math.Max(answer.IndexOf("Channel_Name"), answer.IndexOf("Connection_name"));
        foreach (string?[] row in answer.Rows)
            for (int i = 0; i < row.Length; i++)
                // NULL is a value here: the lag of a replica that does not run.
                if (row[i] is not "")
                    facts.Add(new Fact(FactKind.Replica, answer.Columns[i], row[i] ?? "NULL", Now, $"{place}:{answer.Columns[i]}") { Scope = channel < 0 || row[channel] is null or "" ? null : row[channel] });
    }

    private async Task HostCacheAsync(bool schema)
    {
        if (Variable("skip_name_resolve") == "ON" || Variable("host_cache_size") == "0")
            return;
        if (!schema && connection.IsMariaDb)
        {
            NotSeen("the host cache", "performance_schema is OFF");
            return;
        }
        QueryAnswer answer = await AskAsync("SELECT * FROM performance_schema.host_cache LIMIT 2000", "the host cache", "SELECT on performance_schema.host_cache");
        int ip = answer.IndexOf("IP");
        for (int i = 0; ip >= 0 && i < answer.Columns.Count; i++)
            foreach (string?[] row in answer.Rows)
                if (row[ip] is { } address && row[i] is { } value and not ("0" or "") && (answer.Columns[i].StartsWith("COUNT_", StringComparison.OrdinalIgnoreCase)
                    || answer.Columns[i].ToUpperInvariant() is "SUM_CONNECT_ERRORS" or "HOST" or "HOST_VALIDATED"))
                    facts.Add(new Fact(FactKind.HostCache, answer.Columns[i].ToUpperInvariant(), value, Now, $"{place}:host_cache") { Scope = address });
    }

    private async Task ErrorSummaryAsync(bool schema)
    {
        if (connection.IsMariaDb || connection.Version.StartsWith("5.", StringComparison.Ordinal) || !schema)
            return;
        QueryAnswer answer = await AskAsync($"SELECT ERROR_NUMBER, SUM_ERROR_RAISED, LAST_SEEN FROM performance_schema.events_errors_summary_global_by_error WHERE ERROR_NUMBER IN ({TellingErrors}) AND SUM_ERROR_RAISED > 0",
            "which errors it gave to clients", "SELECT on performance_schema.events_errors_summary_global_by_error");
        foreach (string?[] row in answer.Rows)
            facts.Add(new Fact(FactKind.ErrorSummary, row[0] ?? "", row[1] ?? "0", Now, $"{place}:events_errors_summary_global_by_error") { Scope = row[2] });
    }

    private async Task EventsAsync()
    {
        QueryAnswer answer = await AskAsync("SELECT CONCAT(EVENT_SCHEMA, '.', EVENT_NAME), STATUS FROM information_schema.EVENTS WHERE EVENT_DEFINITION LIKE '%KILL %' LIMIT 100", "stored events", "EVENT");
        foreach (string?[] row in answer.Rows)
            facts.Add(new Fact(FactKind.KillingEvent, row[0] ?? "", row[1] ?? "", Now, $"{place}:events"));
        if (answer.Rows.Count > 0)
            return;
        // Without the privilege the table is empty, as if there were none.
        QueryAnswer grants = await connection.QueryAsync("SHOW GRANTS");
        if (grants.IsOk && !grants.Rows.Any(static row => row[0] is { } grant && grant.Contains(" ON *.*", StringComparison.Ordinal)
            && (grant.Contains("ALL PRIVILEGES", StringComparison.Ordinal) || grant.Contains(" EVENT", StringComparison.Ordinal))))
            NotSeen("stored events that run KILL", "needs EVENT on *.*");
    }

    /// <summary>Asks; a refusal becomes a note and an answer without rows.</summary>
    private async Task<QueryAnswer> AskAsync(string sql, string what, string? privilege)
    {
        QueryAnswer answer = await connection.QueryAsync(sql);
        if (answer.Error is not { } error)
            return answer;
        // 1044, 1142, 1143, 1227, 1370: access denied in its forms.
        bool denied = error.Code is 1044 or 1142 or 1143 or 1227 or 1370;
        NotSeen(what, denied && privilege is not null ? "needs " + privilege : $"error {error.Code}: {error.Message}");
        return answer;
    }

    private void NotSeen(string what, string why) => notSeen.Add($"{what} ({why})");
}
