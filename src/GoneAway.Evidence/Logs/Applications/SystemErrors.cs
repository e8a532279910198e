using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>The operating system's own words: they count only next to a MySQL driver's lines.</summary>
internal static class SystemErrors
{
    public static IReadOnlyList<ApplicationMessage> Messages { get; } =
    [
        new("onnection reset by peer", Sign.ConnectionReset) { Weak = true, Errno = 104 },
        new("ECONNRESET", Sign.ConnectionReset) { Weak = true, Errno = 104 },
        new("roken pipe", Sign.BrokenPipe) { Weak = true, Errno = 32 },
        new("EPIPE", Sign.BrokenPipe) { Weak = true, Errno = 32 },
        new("onnection refused", Sign.ConnectRefused) { Weak = true, Errno = 111 },
        new("ECONNREFUSED", Sign.ConnectRefused) { Weak = true, Errno = 111 },
        new("onnection timed out", Sign.ClientReadTimedOut) { Weak = true, Errno = 110 },
        new("ETIMEDOUT", Sign.ClientReadTimedOut) { Weak = true, Errno = 110 },
        new("o route to host", Sign.ConnectUnreachable) { Weak = true, Errno = 113 },
        new("etwork is unreachable", Sign.ConnectUnreachable) { Weak = true, Errno = 101 },
        new("assign requested address", Sign.NoSourcePort) { Weak = true, Errno = 99 },
    ];
}
