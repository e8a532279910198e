using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.SystemLine;

namespace GoneAway.Evidence.Logs;

/// <summary>What a provider notes of its database: Amazon RDS and Aurora events, Cloud SQL operations, Azure's activity log, as text, JSON or YAML.</summary>
internal sealed class CloudEvents : LineReader
{
    private static readonly (string Words, Sign Sign, string State)[] Notes =
    [
        ("Multi-AZ instance failover started", Sign.RoleChanged, "failover"), ("Multi-AZ failover to standby complete", Sign.RoleChanged, "failover"), ("Multi-AZ instance failover completed", Sign.RoleChanged, "failover"),
        ("cross AZ failover to DB instance", Sign.RoleChanged, "failover"), ("same AZ failover to DB instance", Sign.RoleChanged, "failover"), ("ompleted failover to DB instance", Sign.RoleChanged, "failover"), ("ailover to new DB instance", Sign.RoleChanged, "failover"),
        ("flexibleServers/failover/action", Sign.RoleChanged, "failover"), ("Recovered from partial failover", Sign.RoleChanged, "failover"),
        ("DB instance restarted", Sign.UnitStopping, "restarted"), ("DB instance shutdown", Sign.UnitStopping, "stopped"), ("DB instance stopped", Sign.UnitStopping, "stopped"), ("Recovery of the DB instance has started", Sign.UnitDied, "recovery"),
        ("pplying off-line patches to DB instance", Sign.UnitStopping, "maintenance"), ("pplying offline patches to DB instance", Sign.UnitStopping, "maintenance"), ("flexibleServers/restart/action", Sign.UnitStopping, "restarted"), ("DBforMySQL/servers/restart/action", Sign.UnitStopping, "restarted"),
        ("has reached the storage-full threshold", Sign.DiskFull, "storage full"), ("Allocated storage has been exhausted", Sign.DiskFull, "storage full"), ("llocated storage for the DB instance has been consumed", Sign.DiskFull, "storage full"),
    ];

    private static readonly (string Word, Sign Sign)[] Operations = [("FAILOVER", Sign.RoleChanged), ("AUTO_FAILOVER", Sign.RoleChanged), ("SWITCHOVER", Sign.RoleChanged), ("PROMOTE_REPLICA", Sign.RoleChanged), ("RESTART", Sign.UnitStopping), ("MAINTENANCE", Sign.UnitStopping), ("SELF_SERVICE_MAINTENANCE", Sign.UnitStopping)];

    public override string Kind => "cloud events";

    public override IReadOnlyList<string> Triggers { get; } = [.. Notes.Select(static note => note.Words), "operationType", " FAILOVER ", " RESTART ", " MAINTENANCE "];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        foreach ((string words, Sign sign, string state) in Notes)
            if (Has(text, words))
            {
                findings.Add(Of(line, sign) with { State = state, Subject = Source(line), Stamp = Time(line) });
                return true;
            }
        return Operation(line, findings);
    }

    /// <summary>Cloud SQL: "operationType: FAILOVER", or a row of <c>gcloud sql operations list</c>: number, kind, start, end, error, DONE.</summary>
    private static bool Operation(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text, kind = After(text, "operationType").TrimStart("\"': \t").TrimEnd("\"', \r");
        if (kind.IsEmpty)
        {
            ReadOnlySpan<char> row = text.Trim("| "), number = Word(row);
            // 8-4-4-4-12
            if (number.Length != 36 || number.Count('-') != 4 || OwnStamp(text) is null)
                return false;
            kind = Word(row[36..].TrimStart("| "));
        }
        foreach ((string word, Sign sign) in Operations)
            if (kind.Equals(word, StringComparison.Ordinal))
            {
                findings.Add(Of(line, sign) with { State = word.ToLowerInvariant(), Subject = Source(line), Stamp = Time(line) });
                return true;
            }
        return false;
    }

    /// <summary>The instance, from a neighbour: "SourceIdentifier": "shop-db", "targetId: shop-db".</summary>
    private static string? Source(LogLine line)
    {
        for (int offset = 0; offset <= 8; offset++)
            foreach (int way in (ReadOnlySpan<int>)[-offset, offset])
                foreach (string key in (ReadOnlySpan<string>)["SourceIdentifier", "targetId", "DBInstanceIdentifier"])
                    if (After(line.Line(way), key).TrimStart("\"': \t") is { Length: > 0 } value)
                    {
                        int end = value.IndexOfAny('"', ',', ' ');
                        return Name(end < 0 ? value : value[..end]);
                    }
        return null;
    }

    /// <summary>The line's own time, or the one that its record has under "Date" or "startTime".</summary>
    private static Stamp? Time(LogLine line)
    {
        if (OwnStamp(line.Text) is { } own)
            return own;
        for (int offset = 1; offset <= 10; offset++)
            foreach (int way in (ReadOnlySpan<int>)[offset, -offset])
            {
                ReadOnlySpan<char> near = line.Line(way);
                if ((Has(near, "\"Date\"") || Has(near, "startTime") || Has(near, "eventTimestamp") || Has(near, "Date:")) && Stamps.TryFind(near, out Stamp stamp))
                    return stamp;
            }
        return null;
    }
}
