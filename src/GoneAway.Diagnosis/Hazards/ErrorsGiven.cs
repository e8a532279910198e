using System.Globalization;
using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>Errors that the server has given to clients, of which no log tells: garbled packets, packets too large, idle closes.</summary>
internal sealed class ErrorsGiven : HazardRule
{
    private static readonly Dictionary<int, (string Cause, string Meaning, string Fix)> Errors = new()
    {
        [1153] = ("packet-too-large", "a statement was larger than max_allowed_packet, and the connection was closed", "raise max_allowed_packet on the server and in that client, or send less at once"),
        [1156] = ("stray-bytes", "packets out of order: something wrote into a connection, or two processes shared one; no log tells of it", "goneaway inspect on the clients' hosts: sockets on descriptors 0-2, one socket in several processes"),
        [1157] = ("corrupted-packets", "a packet could not be uncompressed", "a broken stream; capture it"),
        [1160] = ("client-vanished", "an answer could not be sent", "the client was gone"),
        [1161] = ("slow-reader", "a client did not read its result within net_write_timeout", "read the result at once, or raise net_write_timeout for that session"),
        [1129] = ("host-blocked", "a host was blocked after many failed connects", "TRUNCATE performance_schema.host_cache, and let its health check log in"),
        [4031] = ("wait-timeout", "idle connections were closed", "let pools replace connections before wait_timeout"),
    };

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        foreach (Fact fact in known.OfKind(FactKind.ErrorSummary))
            if (int.TryParse(fact.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int code) && Errors.TryGetValue(code, out (string Cause, string Meaning, string Fix) error) && fact.Number is > 0)
                yield return new Hazard(error.Cause, $"error {code} was given {fact.Value} {(fact.Value == "1" ? "time" : "times")}{(fact.Scope is null ? "" : $", last at {fact.Scope}")}: {error.Meaning}", fact.Source, error.Fix);
    }
}
