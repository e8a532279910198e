using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>Time-outs of the server so short that ordinary pauses exceed them.</summary>
internal sealed class ShortServerTimeouts : HazardRule
{
    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        // With a pool's own limit known, the comparison with it says more.
        if (IdleBudget.Of(known).Pool is null && known.Variable("wait_timeout") is { Number: > 0 and < 300 } wait)
            yield return new Hazard("wait-timeout", $"the server closes a connection that is idle for {wait.Value} s; few pools replace theirs so soon", wait.Source, PoolAdvice.Shorter(known, TimeSpan.FromSeconds(wait.Number!.Value)));
        if (known.Variable("interactive_timeout") is { Number: { } interactive } source && known.Number("wait_timeout") is { } plain && interactive > 0 && interactive < plain / 10)
            yield return new Hazard("wait-timeout", $"interactive_timeout ({interactive:0} s) is far below wait_timeout ({plain:0} s): clients that log in as interactive (the mysql shell, some drivers by option) lose their connections sooner than others",
                source.Source, "set both to the same value, if that is not wanted");
        if (known.Variable("connect_timeout") is { Number: > 0 and < 5 } connect)
            yield return new Hazard("handshake-timeout", $"connect_timeout = {connect.Value} s: a client that is slow for a moment (garbage collection, TLS, a busy host) is cut during its login", connect.Source, "SET GLOBAL connect_timeout = 10");
        if (known.Variable("net_read_timeout") is { Number: > 0 and < 10 } read)
            yield return new Hazard("slow-writer", $"net_read_timeout = {read.Value} s: a pause of that length while a client sends a large statement or a file costs the connection", read.Source, "SET GLOBAL net_read_timeout = 30");
        foreach (string name in (string[])["idle_transaction_timeout", "idle_write_transaction_timeout", "idle_readonly_transaction_timeout"])
            if (known.Variable(name) is { Number: > 0 } limit)
                yield return new Hazard("idle-transaction-timeout", $"{name} = {limit.Value} s: a session that pauses so long inside a transaction is closed, without a word to the client", limit.Source, "wanted as a rule; let applications commit before they wait for anything else");
    }
}
