using GoneAway.Evidence.Server.Live;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Server;

/// <summary>What has been asked: it decides whom values hold for.</summary>
internal enum Asked : byte
{
    Unknown,
    Global,
    /// <summary>SHOW VARIABLES, SELECT @@x: the values of the session that asks.</summary>
    Plain,
    /// <summary>SHOW SESSION VARIABLES, SELECT @@session.x.</summary>
    Session,
}

/// <summary>Gathers what a passage of server state holds, with the statements and times between its tables.</summary>
internal sealed class StateFindings(Passage passage)
{
    /// <summary>How a session's own value is marked when a global one is known beside it.</summary>
    private const string Asker = "session of the client that asked";

    private static readonly HashSet<string> OfSessions = new(StringComparer.Ordinal)
    {
        "wait_timeout", "interactive_timeout", "net_read_timeout", "net_write_timeout", "max_allowed_packet", "max_execution_time", "max_statement_time", "lock_wait_timeout",
        "innodb_lock_wait_timeout", "idle_transaction_timeout", "idle_readonly_transaction_timeout", "idle_write_transaction_timeout", "idle_readwrite_transaction_timeout", "sql_mode", "autocommit", "time_zone", "net_retry_count",
    };

    // Counters that SHOW STATUS without GLOBAL gives for the asking session alone.
    private static readonly string[] PerSession = ["Com_", "Bytes_", "Handler_", "Select_", "Sort_", "Created_tmp_", "Questions", "Last_query_", "Slow_queries", "Max_execution_time_", "Ssl_", "Opened_t", "Busy_time", "Cpu_time", "Rows_", "Empty_queries", "Max_statement_time_exceeded", "Feature_"];

    private readonly List<Fact> plain = [];
    private readonly List<Fact> global = [];
    private readonly List<Sighting> sightings = [];
    private bool interactive;

    public SessionList Sessions { get; } = new(passage.Path);
    public Asked Asked { get; private set; }
    /// <summary>The statement names STATUS, or VARIABLES; null when it says neither.</summary>
    public bool? AskedForCounters { get; private set; }
    public bool AskedForReplica { get; private set; }
    /// <summary>mysqladmin -r: from the second table on they are differences.</summary>
    public bool IsRelative { get; private set; }
    public int CounterTables { get; set; }
    /// <summary>Something of a server, though nothing of it is worth a fact.</summary>
    public bool IsKnown { get; set; }
    public Stamp? Now { get; set; } = passage.Taken;

    public string At(int line) => passage.At(line);

    /// <summary>Takes a statement or a command as the one that the next tables answer.</summary>
    public void Ask(string line)
    {
        interactive |= Pasted.IsInteractive(line);
        string text = line.ToLowerInvariant();
        // A statement may go over several lines; only its first one says what it is.
        if (text.TrimStart().StartsWith("->", StringComparison.Ordinal))
            return;
        bool admin = text.Contains("mysqladmin", StringComparison.Ordinal) || text.Contains("mariadb-admin", StringComparison.Ordinal);
        bool shows = text.Contains("show ", StringComparison.Ordinal);
        Asked = text.Contains("global", StringComparison.Ordinal) || admin ? Asked.Global
            : text.Contains("session", StringComparison.Ordinal) && !text.Contains("session_connect", StringComparison.Ordinal) || shows && text.Contains(" local ", StringComparison.Ordinal) ? Asked.Session
            : shows || text.Contains("@@", StringComparison.Ordinal) ? Asked.Plain : Asked.Unknown;
        bool counters = text.Contains("status", StringComparison.Ordinal) || admin && text.Contains("ext", StringComparison.Ordinal), variables = text.Contains("variables", StringComparison.Ordinal);
        AskedForCounters = counters == variables ? null : counters;
        AskedForReplica = text.Contains("slave", StringComparison.Ordinal) || text.Contains("replica", StringComparison.Ordinal);
        IsRelative = admin && (text.Contains(" -r", StringComparison.Ordinal) || text.Contains("--relative", StringComparison.Ordinal));
        CounterTables = 0;
    }

    /// <summary>A variable or a counter, whichever the name is.</summary>
    public void Setting(string written, string value, int line, string? scope = null)
    {
        Asked asked = Asked;
        if (written.StartsWith("@@", StringComparison.Ordinal))
            asked = written.StartsWith("@@global.", StringComparison.OrdinalIgnoreCase) ? Asked.Global
                : written.StartsWith("@@session.", StringComparison.OrdinalIgnoreCase) || written.StartsWith("@@local.", StringComparison.OrdinalIgnoreCase) ? Asked.Session : Asked.Plain;
        string name = PairLines.Bare(written);
        if (name.Length is 0 or > 128 || value.Length > 8000)
            return;
        bool isVariable = ServerNames.IsVariable(name), isCounter = ServerNames.IsCounter(name, out string documented);
        if (isVariable && isCounter)
            isVariable = !(AskedForCounters ?? char.IsAsciiLetterUpper(name[0]));
        else if (!isVariable && !isCounter)
            isVariable = !(AskedForCounters ?? char.IsAsciiLetterUpper(name[0]));
        if (isVariable)
            Variable(name.ToLowerInvariant(), value, line, scope, asked);
        else if (!(IsRelative && CounterTables > 1) && !(asked is Asked.Plain or Asked.Session && IsPerSession(documented)))
            global.Add(new Fact(FactKind.Status, documented, value, Now, At(line)));
    }

    private void Variable(string name, string value, int line, string? scope, Asked asked)
    {
        bool own = OfSessions.Contains(name) && scope is null;
        if (own && asked == Asked.Session)
            scope = interactive ? Asker : "session";
        var fact = new Fact(FactKind.Variable, name, value, Now, At(line)) { Scope = scope };
        if (own && asked == Asked.Plain)
            plain.Add(fact);
        else
            global.Add(fact);
    }

    public void Add(Fact fact) => global.Add(fact);

    public void Add(Sighting sighting) => sightings.Add(sighting);

    private static bool IsPerSession(string counter)
    {
        foreach (string one in PerSession)
            if (counter.StartsWith(one, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <summary>Hands all on. False when there is nothing.</summary>
    public bool TryComplete(Findings findings)
    {
        IReadOnlyList<Sighting> sessions = Sessions.Sightings();
        if (plain.Count + global.Count + sightings.Count + sessions.Count == 0 && !IsKnown)
            return false;
        Stamp? now = Now;
        // A time that was asked for last holds for what came before it as well.
        Fact Dated(Fact fact) => fact.At is null && now is not null && CounterReadings <= 1 ? fact with { At = now } : fact;
        var known = new HashSet<string>(global.Where(static f => f.Kind == FactKind.Variable && f.Scope is null).Select(static f => f.Name), StringComparer.Ordinal);
        foreach (Fact fact in plain)
            findings.Add(Dated(known.Contains(fact.Name) || interactive && fact.Name == "wait_timeout" ? fact with { Scope = Asker } : fact));
        if (interactive && plain.Exists(f => f.Name == "wait_timeout" && !known.Contains(f.Name)))
            findings.Note("wait_timeout was asked for without GLOBAL in an interactive client: there it is the client's interactive_timeout");
        HashSet<string>? counters = IsOfOneSession() ? [] : null;
        foreach (Fact fact in global)
            if (counters is null || fact.Kind != FactKind.Status || !IsPerSession(fact.Name))
                findings.Add(Dated(fact));
        foreach (Sighting sighting in sightings)
            findings.Add(sighting);
        foreach (Sighting session in sessions)
            findings.Add(session);
        return true;
    }

    private int CounterReadings => global.Count(static f => f is { Kind: FactKind.Status, Name: "Uptime" });

    /// <summary>Fewer questions than connections: SHOW STATUS without GLOBAL, whose statement was not pasted.</summary>
    private bool IsOfOneSession()
    {
        double? questions = global.Find(static f => f is { Kind: FactKind.Status, Name: "Questions" })?.Number, connections = global.Find(static f => f is { Kind: FactKind.Status, Name: "Connections" })?.Number;
        return questions < connections && connections > 50;
    }
}
