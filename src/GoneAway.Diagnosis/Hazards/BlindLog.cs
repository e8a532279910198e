using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>The error log is set so that it will never tell why a connection was aborted.</summary>
internal sealed class BlindLog : HazardRule
{
    private const string Cause = "blind-log";

    public override IEnumerable<Hazard> Judge(KnownFacts known)
    {
        if (known.Variable("log_error_verbosity") is { Number: < 3 } verbosity && !known.IsMariaDb)
            yield return new Hazard(Cause, $"log_error_verbosity = {verbosity.Value}: aborted connections are notes, which are left out; when connections are lost the log will say nothing, and prove nothing", verbosity.Source,
                known.Version is { Major: >= 8 } ? "SET PERSIST log_error_verbosity = 3" : "SET GLOBAL log_error_verbosity = 3, and in my.cnf");
        if (known.Variable("log_warnings") is { Number: < 2 } warnings && known.Variable("log_error_verbosity") is null)
            yield return new Hazard(Cause, $"log_warnings = {warnings.Value}: aborted connections are not logged; when connections are lost the log will say nothing, and prove nothing", warnings.Source, "SET GLOBAL log_warnings = 2, and in my.cnf");
        if (known.Variable("log_error_suppression_list") is { } list && list.Value.Contains("010914", StringComparison.Ordinal))
            yield return new Hazard(Cause, "log_error_suppression_list holds MY-010914: aborted connections are left out of the log", list.Source, "take MY-010914 off the list");
        if (known.Variable("log_error_services") is { Value: "" } services)
            yield return new Hazard(Cause, "log_error_services is empty: nothing at all is logged", services.Source, "SET PERSIST log_error_services = 'log_filter_internal; log_sink_internal'");
    }
}
