using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>max_allowed_packet so small that ordinary statements exceed it, or smaller on one side.</summary>
internal sealed class SmallPackets : HazardRule
{
    private const double Small = 8 << 20;

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        if (known.Variable("max_allowed_packet") is not { Number: > 0 and var limit } variable)
            yield break;
        if (limit < Small)
            yield return new Hazard("packet-too-large", $"max_allowed_packet is {Show(limit)}: a larger statement or value (a blob, a multi-row INSERT, a dump's line) costs the connection", variable.Source, "SET GLOBAL max_allowed_packet = 64 * 1024 * 1024, and in my.cnf; sessions take it up when they connect anew");
        if (known.Of(FactKind.Application, ApplicationSetting.MaxAllowedPacket).FirstOrDefault(f => f.Number > limit) is { } client)
            yield return new Hazard("packet-too-large", $"the client sends packets of up to {Show(client.Number!.Value)}, the server takes {Show(limit)}", client.Source, "the same value on both sides");
    }

    private static string Show(double bytes) => bytes >= 1 << 20 ? $"{bytes / (1 << 20):0.#} MB" : $"{bytes / 1024:0.#} kB";
}
