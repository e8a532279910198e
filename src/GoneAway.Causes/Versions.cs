using GoneAway.Model;

namespace GoneAway.Causes;

/// <summary>What a server does depends on its version.</summary>
internal static class Versions
{
    /// <summary>MySQL from 8.0.24 on says 4031 before it closes an idle connection. Null when the version is not known.</summary>
    public static bool? AnnouncesIdleClose(Identity identity)
    {
        if (identity.IsMariaDb)
            return false;
        if (identity.ServerVersion is not { } text)
            return null;
        int end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            end++;
        return Version.TryParse(text[..end].Trim('.'), out Version? version) ? version >= new Version(8, 0, 24) : null;
    }
}
