using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>
/// How far a connection came, by the functions in a stack trace: PyMySQL, aiomysql and Connector/Python say "during query" of a greeting and
/// a login, too.
/// </summary>
internal static class FrameStage
{
    private static readonly (string Function, Sign Sign)[] Functions =
    [
        ("in _get_server_information", Sign.LostBeforeGreeting), ("in _do_handshake", Sign.LostBeforeGreeting),
        ("in _request_authentication", Sign.LostDuringLogin), ("in _do_auth", Sign.LostDuringLogin), ("in _auth_switch_request", Sign.LostDuringLogin),
    ];

    public static Sign? Of(ReadOnlySpan<char> text)
    {
        if (text.Length > 2048 || text.IndexOf("in _", StringComparison.Ordinal) < 0)
            return null;
        foreach ((string function, Sign sign) in Functions)
            if (text.Contains(function, StringComparison.Ordinal))
                return sign;
        return null;
    }

    public static Sighting Apply(Sign? stage, Sighting sighting) => (stage, sighting.Sign) switch
    {
        ({ } at, Sign.LostDuringQuery) => sighting with { Sign = at },
        // The server accepted the connection, and no greeting came in time.
        (Sign.LostBeforeGreeting, Sign.ClientReadTimedOut) => sighting with { Sign = Sign.LostBeforeGreeting, State = "timed out" },
        (Sign.LostDuringLogin, Sign.ClientReadTimedOut) => sighting with { Sign = Sign.LostDuringLogin, State = "timed out" },
        (Sign.LostDuringLogin, Sign.PacketsOutOfOrder) => sighting with { State = sighting.State ?? "login" },
        _ => sighting,
    };
}
