using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>
/// One message of a driver, framework or program, and the sign that it is. Its holes fill the sighting: <c>{host}</c> (with a port, when one
/// is in it) and <c>{port}</c> the server, <c>{client}</c> the client's host, <c>{user}</c>, <c>{code}</c>, <c>{errno}</c>, <c>{id}</c> the
/// connection id, <c>{address}</c> the server and <c>{from}</c> the client up to a blank or a quotation mark, <c>{pid}</c>, <c>{size}</c>,
/// <c>{expected}</c>, <c>{received}</c>, <c>{ms}</c> the idle time in milliseconds, <c>{seconds}</c> and <c>{elapsed}</c> (with a fraction) the
/// time taken in seconds, <c>{waited}</c> and <c>{sent}</c> in milliseconds, <c>{subject}</c>, <c>{state}</c>, <c>{worker}</c>.
/// </summary>
/// <param name="text">A <see cref="Template"/>.</param>
/// <param name="stack">Tags of <see cref="StackTag"/> that the message itself proves, separated by spaces.</param>
/// <param name="code">MySQL's error number, where the message has one of its own.</param>
public sealed class ApplicationMessage(string text, Sign sign, string? stack = null, int? code = null)
{
    public Template Template { get; } = new(text);
    public Sign Sign { get; } = sign;
    public string[] Stack { get; } = stack?.Split(' ') ?? [];
    public int? Code { get; } = code;
    public int? Errno { get; init; }
    /// <summary>What the message is about, where no hole tells.</summary>
    public string? Subject { get; init; }

    /// <summary>Piece of the text by which its lines are found; its longest one unless a commoner, shorter one is named.</summary>
    public string Trigger { get; init; } = Longest(text);

    /// <summary>Other words that must stand in the line.</summary>
    public string? With { get; init; }

    /// <summary>Words that must stand in one of the lines around.</summary>
    public string? Near { get; init; }

    /// <summary>Nothing follows that makes another sentence of it: "invalid connection" is one, "invalid connection string" is none.</summary>
    public bool Ends { get; init; }

    /// <summary>
    /// Says nothing of MySQL itself (connection reset by peer, broken pipe): counts only where the lines around name a MySQL driver, and only
    /// when the same traceback has nothing better.
    /// </summary>
    public bool Weak { get; init; }

    /// <summary>
    /// Said of other databases as well (a pool without free connections): does not count where the lines around name one of those and not MySQL.
    /// </summary>
    public bool Shared { get; init; }

    /// <summary>
    /// How much it tells (<see cref="Telling"/>). Of those of one stack trace that have a rank only the highest is a sighting; it takes from
    /// the others what they know more. Messages without one stand for themselves.
    /// </summary>
    public int? Rank { get; init; }

    /// <summary>Logged after another one in a record of its own, about the same connection: "connection.go:158: driver: bad connection".</summary>
    public bool Follows { get; init; }


    /// <summary>Reads from the text what holes cannot express.</summary>
    internal Detail? Detail { get; init; }

    /// <summary>True when the line holds the message and the other words that must stand there.</summary>
    internal bool TryMatch(ReadOnlySpan<char> line, out Template.Matched matched) =>
        Template.TryMatch(line, out matched) && (With is null || line.Contains(With, StringComparison.Ordinal)) && (!Ends || IsEnd(line[matched.End..]));

    private static bool IsEnd(ReadOnlySpan<char> rest) =>
        rest.IsEmpty || !char.IsLetterOrDigit(rest[0]) && rest[0] is not ('_' or '-' or '/') && (rest.Length < 2 || rest[0] != ' ' || !char.IsLetterOrDigit(rest[1]));

    private static string Longest(string text)
    {
        string best = "";
        foreach (string piece in text.Split('{', '}').Where(static (_, i) => i % 2 == 0))
            if (piece.Trim().Length > best.Length)
                best = piece.Trim();
        return best;
    }
}

/// <summary>Adds to a sighting what a message tells; <paramref name="text"/> begins with the message.</summary>
internal delegate Sighting Detail(ReadOnlySpan<char> text, Sighting sighting);
