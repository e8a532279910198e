using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>DBI with DBD::mysql or DBD::MariaDB; what the C library says is in <see cref="ClientErrors"/>.</summary>
internal static class PerlMessages
{
    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        new("is owned by thread {worker} not current thread", Sign.UsedConcurrently) { Trigger = "not current thread" },
    ];
}
