using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.ProxyLine;

namespace GoneAway.Evidence.Logs;

/// <summary>Amazon RDS Proxy's log with enhanced logging: why it closed a client's or a database connection.</summary>
internal sealed class RdsProxyLog : LineReader
{
    private const string Stack = "rds-proxy";

    public override string Kind => "RDS Proxy log";

    public override IReadOnlyList<string> Triggers { get; } = ["[clientConnection=", "[dbConnection=", "[proxyEndpoint="];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        bool idle = text.Contains("idle", StringComparison.OrdinalIgnoreCase) && (text.Contains("timeout", StringComparison.OrdinalIgnoreCase) || text.Contains("timed out", StringComparison.OrdinalIgnoreCase));
        bool closed = text.Contains("closed", StringComparison.OrdinalIgnoreCase) || text.Contains("closing", StringComparison.OrdinalIgnoreCase);
        bool database = text.Contains("[dbConnection=", StringComparison.Ordinal) && !text.Contains("[clientConnection=", StringComparison.Ordinal);
        Sign? sign = text.Contains("imed-out waiting to acquire database connection", StringComparison.Ordinal) || text.Contains("imed out waiting to acquire database connection", StringComparison.Ordinal) ? Sign.ProxyQueueTimedOut
            : text.Contains("database connection", StringComparison.OrdinalIgnoreCase) && text.Contains("failed", StringComparison.Ordinal) ? Sign.ProxyConnectFailed
            : !closed || text.Contains("pinned", StringComparison.Ordinal) ? null
            // Its own pool of database connections shrinks quietly; that ends no client's session.
            : database ? idle ? null : Sign.ProxyBackendLost
            : idle ? Sign.ProxyIdleClosed
            : text.Contains("disconnect", StringComparison.OrdinalIgnoreCase) || text.Contains("by the client", StringComparison.Ordinal) ? Sign.ProxyClientLost
            : Sign.ProxySessionEnded;
        // Lines of its own that tell of no end are still its own.
        if (sign is not { } known)
            return text.Contains("[proxyEndpoint=", StringComparison.Ordinal);
        ReadOnlySpan<char> reason = Between(text, "Reason: ", "");
        findings.Add((Of(line, known, Stack) with { State = reason.IsEmpty ? null : "rds: " + Shown.Of(reason.TrimEnd('.')) }).WithClient(Between(text, " from ", ".") is { Length: < 60 } from ? from : default));
        return true;
    }
}
