using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.SystemLine;

namespace GoneAway.Evidence.Logs;

/// <summary>What tunnels and port forwards say when they cannot reach their target: ssh and its libraries, kubectl, the proxies of Cloud SQL.</summary>
internal sealed class TunnelLog : LineReader
{
    // What stands before the reason. A forward of ssh does not say in this message for which port it was.
    private static readonly string[] Heads =
    [
        ": open failed: ", " open FAILED: ", "Channel open failure: ", "failed to connect to instance: ",
    ];

    private static readonly string[] Reasons = ["onnect failed", "efused", "prohibited", "timed out", "timeout", "no route", "unreachable", "resolution", "not known", "no such host", "lookup ", "ial error"];

    public override string Kind => "tunnel log";

    public override IReadOnlyList<string> Triggers { get; } = [.. Heads, "error forwarding port ", "couldn't connect to \""];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> reason = ReasonOf(line.Text);
        if (reason.IsEmpty)
            return false;
        findings.Add(Of(line, Sign.TunnelFailed) with { State = Name(reason.Length > 160 ? reason[..160] : reason) });
        return true;
    }

    private static ReadOnlySpan<char> ReasonOf(ReadOnlySpan<char> text)
    {
        foreach (string head in Heads)
            if (After(text, head) is { IsEmpty: false } reason && IsReason(reason))
                return reason;
        // kubectl port-forward names the port: another one than MySQL's says nothing of a MySQL connection.
        if (After(text, "error forwarding port ") is { IsEmpty: false } port && Int(port) is 3306 or 3307 or 3308 or 4006 or 6033 or 6446 or 6447)
            return After(port, ": ") is { IsEmpty: false } why ? why : port;
        // The first Cloud SQL proxy: couldn't connect to "project:region:instance": dial tcp ...
        return Between(text, "couldn't connect to \"", "\": ").Count(':') == 2 ? After(text, "\": ") : default;
    }

    private static bool IsReason(ReadOnlySpan<char> text)
    {
        foreach (string reason in Reasons)
            if (Has(text, reason))
                return true;
        return false;
    }
}
