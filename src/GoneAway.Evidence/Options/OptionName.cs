using GoneAway.Evidence.Server;

namespace GoneAway.Evidence.Options;

/// <summary>An option's name after its prefixes, spelling and abbreviation are undone.</summary>
/// <param name="Name">In lower case with underscores, as the variable.</param>
/// <param name="IsKnown">Some version of the server has it.</param>
/// <param name="IsLoose">Unknown ones are passed over with a warning.</param>
/// <param name="IsNegated">skip- or disable-.</param>
/// <param name="IsMaximum">maximum-: the limit of what sessions may set, not the value.</param>
/// <param name="IsShortened">Only the beginning of the name was written: MySQL 8 knows no such option.</param>
/// <param name="IsCapital">Written with capitals: MariaDB passes over them, MySQL knows no such option.</param>
internal readonly record struct OptionName(string Name, bool IsKnown, bool IsLoose = false, bool IsNegated = false, bool IsMaximum = false, bool IsShortened = false, bool IsCapital = false)
{
    private static readonly string[] Prefixes = ["skip_", "disable_", "enable_", "maximum_", "loose_"];

    /// <summary>As my_getopt finds it: the name whole or by its beginning, else without one prefix after the other.</summary>
    public static OptionName Of(string written)
    {
        string plain = written.Replace('-', '_'), name = plain.ToLowerInvariant();
        bool capital = name != plain;
        bool loose = false, negated = false, maximum = false;
        for (int depth = 0; depth < 8; depth++)
        {
            if (ServerNames.IsOption(name))
                return new OptionName(name, true, loose, negated, maximum, IsCapital: capital);
            if (name.Length > 3 && Prefixes.All(p => !name.StartsWith(p, StringComparison.Ordinal)) && ServerNames.ByPrefix(name) is { } whole)
                return new OptionName(whole, true, loose, negated, maximum, IsShortened: true, IsCapital: capital);
            if (Array.Find(Prefixes, p => name.StartsWith(p, StringComparison.Ordinal) && name.Length > p.Length) is not { } prefix)
                break;
            name = name[prefix.Length..];
            loose |= prefix == "loose_";
            maximum |= prefix == "maximum_";
            negated = prefix is "skip_" or "disable_" || negated && prefix != "enable_";
        }
        return new OptionName(name, false, loose, negated, maximum);
    }

    /// <summary>The option that was most likely meant by an unknown one; null when none is near, and for those of components, which have a dot.</summary>
    public static string? Near(string unknown)
    {
        string name = unknown.Trim('-', ' ', '"', '\'').ToLowerInvariant().Replace('-', '_').Replace(' ', '_');
        if (name.Length is < 6 or > 64 || name.Contains('.', StringComparison.Ordinal))
            return null;
        if (ServerNames.IsOption(name))
            return name;
        string? best = null;
        int least = name.Length > 9 ? 3 : 2;
        foreach (string option in ServerNames.AllOptions)
            if (Math.Abs(option.Length - name.Length) < least && Distance(option, name, least) is var distance && distance < least)
                (best, least) = (option, distance);
        return best;
    }

    /// <summary>Letters to change, add or leave out; the limit when it is that many or more.</summary>
    private static int Distance(string a, string b, int limit)
    {
        Span<int> row = stackalloc int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            row[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0], least = row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
                least = Math.Min(least, row[j]);
            }
            if (least >= limit)
                return limit;
        }
        return row[b.Length];
    }
}
