using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Server;

/// <summary>What each kind of result set tells, the same as a running server's answer does.</summary>
internal static class TableFacts
{
    /// <summary>Errors that tell of connections refused, cut or garbled.</summary>
    private static readonly HashSet<string> TellingErrors = new(StringComparer.Ordinal)
    {
        "1040", "1129", "1130", "1152", "1153", "1156", "1157", "1158", "1159", "1160", "1161", "1184", "1203", "1226", "4031",
    };

    private static readonly string[] Commands = ["Sleep", "Query", "Daemon", "Connect", "Binlog Dump", "Binlog Dump GTID", "Killed", "Execute", "Prepare", "Quit", "Ping", "Field List", "Init DB", "Statistics", "Reset Connection", "Busy"];
    private static readonly string[] ListColumns = ["Id", "User", "Host", "db", "Command", "Time", "State", "Info"];

    /// <summary>False when the table says nothing of a server's state.</summary>
    public static bool TryTell(Table table, StateFindings state)
    {
        switch (table.Kind)
        {
            case TableKind.Settings: Settings(table, state); return true;
            case TableKind.Sources: return true;
            case TableKind.Attributes: Attributes(table, state); return true;
            case TableKind.Sessions: Sessions(table, state); return true;
            case TableKind.Replica: Replica(table, state); return true;
            case TableKind.HostCache: HostCache(table, state); return true;
            case TableKind.Errors: Errors(table, state); return true;
            case TableKind.Selected: Selected(table, state); return true;
            case TableKind.Transactions: Transactions(table, state); return true;
            case TableKind.Events: Events(table, state); return true;
            default: return TryByContent(table, state);
        }
    }

    private static void Settings(Table table, StateFindings state)
    {
        if (table.Rows.Any(row => table.Cell(row, "variable_name") is { } name && ServerNames.IsCounter(name, out _) && !ServerNames.IsVariable(name)))
            state.CounterTables++;
        foreach (TableRow row in table.Rows)
        {
            // The last two names are those of a cloud's parameter group.
            if (table.Cell(row, "variable_name", "parametername") is not { } name)
                continue;
            // A value that is a formula of the machine's size.
            if (table.Cell(row, "parametervalue") is ['{', ..] || table.Has("parametername") && (table.Cell(row, "parametervalue") is not { Length: > 0 } || !ServerNames.IsKnown(name)))
                continue;
            string? session = table.Cell(row, "id", "conn_id", "thread_id");
            string? scope = session is null ? null : $"session {session}" + (table.Cell(row, "user") is { } user ? $" {user}@{table.Cell(row, "host")}" : "");
            state.Setting(name, table.Cell(row, "value", "variable_value", "parametervalue") ?? "", row.Line, scope);
        }
    }

    private static void Sessions(Table table, StateFindings state)
    {
        foreach (TableRow row in table.Rows)
        {
            string? user = table.Cell(row, "user"), host = table.Cell(row, "host"), id = table.Cell(row, "id", "conn_id");
            // sys.processlist has both in one column.
            if (host is null && user is not null && user.LastIndexOf('@') is > 0 and var at)
                (user, host) = (user[..at], user[(at + 1)..]);
            if (id is null || table.Cell(row, "command") is not { } command)
                continue;
            state.Sessions.Add([id, user, host, table.Cell(row, "db"), command, table.Cell(row, "time"), table.Cell(row, "state"), table.Cell(row, "info", "current_statement")], 0, state.At(row.Line), state.Now);
            state.Sessions.Attribute(id, "_pid", table.Cell(row, "pid"));
            state.Sessions.Attribute(id, "program_name", table.Cell(row, "program_name"));
            if (table.Cell(row, "trx_state") is "ACTIVE")
                state.Sessions.InTransaction(id);
        }
    }

    private static void Attributes(Table table, StateFindings state)
    {
        foreach (TableRow row in table.Rows)
            state.Sessions.Attribute(table.Cell(row, "id"), table.Cell(row, "attr_name"), table.Cell(row, "attr_value"));
    }

    private static void Transactions(Table table, StateFindings state)
    {
        foreach (TableRow row in table.Rows)
            state.Sessions.InTransaction(table.Cell(row, "trx_mysql_thread_id"));
    }

    private static void Replica(Table table, StateFindings state)
    {
        state.Add(new Fact(FactKind.Replica, "rows", table.Rows.Count.ToString(CultureInfo.InvariantCulture), state.Now, state.At(table.FirstLine)));
        foreach (TableRow row in table.Rows)
        {
            string? channel = table.Cell(row, "channel_name", "connection_name") is { Length: > 0 } named ? named : null;
            for (int i = 0; i < table.Columns.Length && i < row.Cells.Length; i++)
                // NULL is a value here: the lag of a replica that does not run.
                if (row.Cells[i].Length is > 0 and < 4000)
                    state.Add(new Fact(FactKind.Replica, table.Columns[i], Shown.Of(row.Cells[i]), state.Now, state.At(row.Line)) { Scope = channel });
        }
    }

    private static void HostCache(Table table, StateFindings state)
    {
        for (int i = 0; i < table.Columns.Length; i++)
        {
            string column = table.Columns[i].ToUpperInvariant();
            if (!column.StartsWith("COUNT_", StringComparison.Ordinal) && column is not ("SUM_CONNECT_ERRORS" or "HOST" or "HOST_VALIDATED"))
                continue;
            foreach (TableRow row in table.Rows)
                if (table.Cell(row, "ip") is { Length: > 0 } address && i < row.Cells.Length && row.Cells[i] is not ("0" or "" or "NULL"))
                    state.Add(new Fact(FactKind.HostCache, column, row.Cells[i], state.Now, state.At(row.Line)) { Scope = address });
        }
    }

    private static void Errors(Table table, StateFindings state)
    {
        foreach (TableRow row in table.Rows)
            if (table.Cell(row, "error_number") is { } number && TellingErrors.Contains(number) && table.Cell(row, "sum_error_raised") is { } raised and not "0")
                state.Add(new Fact(FactKind.ErrorSummary, number, raised, state.Now, state.At(row.Line)) { Scope = table.Cell(row, "last_seen") });
    }

    private static void Events(Table table, StateFindings state)
    {
        foreach (TableRow row in table.Rows)
            if (table.Cell(row, "event_definition", "body") is { } body && body.Contains("KILL ", StringComparison.OrdinalIgnoreCase))
                state.Add(new Fact(FactKind.KillingEvent, $"{table.Cell(row, "event_schema", "db")}.{table.Cell(row, "event_name", "name")}", table.Cell(row, "status") ?? "", state.Now, state.At(row.Line)));
    }

    /// <summary>SELECT @@a, @@b, NOW(), VERSION(): the heading has the names.</summary>
    private static void Selected(Table table, StateFindings state)
    {
        if (table.Rows.Count == 0)
            return;
        TableRow row = table.Rows[0];
        for (int pass = 0; pass < 2; pass++)
            for (int i = 0; i < table.Columns.Length && i < row.Cells.Length; i++)
            {
                string column = table.Columns[i], plain = Table.Plain(column), value = row.Cells[i];
                // The time first: it holds for its neighbours.
                if (pass == 0 ? !Table.IsTime(plain) : Table.IsTime(plain))
                    continue;
                if (pass == 0 && Stamps.TryFind(value, out Stamp stamp))
                    state.Now = plain.StartsWith("utc", StringComparison.Ordinal) ? stamp with { Offset = TimeSpan.Zero } : stamp;
                else if (pass == 1 && plain is "version()")
                    state.Setting("version", value, row.Line);
                else if (pass == 1 && column.StartsWith("@@", StringComparison.Ordinal))
                    state.Setting(column, value is "NULL" ? "" : value, row.Line);
            }
    }

    /// <summary>A heading that is missing, or that somebody made up.</summary>
    private static bool TryByContent(Table table, StateFindings state)
    {
        int known = 0, telling = 0, sessions = 0, wide = 0;
        foreach (TableRow row in table.Rows)
        {
            if (row.Cells.Length < 2)
                continue;
            wide++;
            string name = PairLines.Bare(BoxTables.Bare(row.Cells[0]));
            if (ServerNames.IsKnown(name))
                known++;
            if (ServerNames.IsTelling(name))
                telling++;
            if (row.Cells.Length >= 7 && row.Cells[0].Length > 0 && row.Cells[0].AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && Commands.Contains(row.Cells[4]))
                sessions++;
        }
        if (sessions > 0 && sessions * 2 > wide)
        {
            Sessions(new Table(ListColumns, table.Rows), state);
            return true;
        }
        if (telling == 0 || known * 3 < wide * 2)
            return false;
        string[] columns = ["variable_name", "value"];
        Settings(new Table(columns, [.. table.Rows.Where(static row => row.Cells.Length >= 2).Select(static row => row with { Cells = [BoxTables.Bare(row.Cells[0]), BoxTables.Bare(row.Cells[1])] })]), state);
        return true;
    }
}
