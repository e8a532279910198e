using System.Globalization;
using GoneAway.Evidence.Server;

namespace GoneAway.Evidence.Options;

/// <summary>What a server makes of an option's text.</summary>
/// <param name="Value">Sizes in bytes, switches as ON and OFF.</param>
/// <param name="Refusal">Why the server refuses to start with it; null when it does not.</param>
/// <param name="Adjusted">True when the server takes the nearest value that it allows.</param>
internal readonly record struct OptionValue(string Value, string? Refusal = null, bool Adjusted = false)
{
    private const long Year = 31_536_000;

    private static readonly Dictionary<string, (long Least, long Most, long Step)> Limits = new(StringComparer.Ordinal)
    {
        ["wait_timeout"] = (1, Year, 1), ["interactive_timeout"] = (1, Year, 1), ["connect_timeout"] = (2, Year, 1), ["net_read_timeout"] = (1, Year, 1), ["net_write_timeout"] = (1, Year, 1),
        ["max_allowed_packet"] = (1024, 1 << 30, 1024), ["net_buffer_length"] = (1024, 1 << 20, 1024), ["max_connections"] = (1, 100_000, 1),
    };

    // Non-numeric options whose 0 and 1 are no switch.
    private static readonly string[] Texts = ["log_bin", "log_error", "bind_address", "datadir", "basedir", "socket", "user", "tmpdir", "general_log_file", "slow_query_log_file", "log_output", "sql_mode", "default_time_zone", "init_connect", "tls_version", "read_only"];

    /// <param name="mariaDb">MySQL refuses an empty number, MariaDB takes it for 0.</param>
    public static OptionValue Of(OptionName option, string? text, bool mariaDb)
    {
        if (option.IsNegated)
            return new OptionValue(text == "0" ? "ON" : "OFF");
        if (!ServerNames.IsNumeric(option.Name))
            return new OptionValue(Switch(option.Name, text));
        if (string.IsNullOrEmpty(text))
            return Missing(option.Name, text, mariaDb);
        return Number(option.Name, text);
    }

    private static OptionValue Missing(string name, string? text, bool mariaDb)
    {
        // Some take a number or none: log_warnings.
        if (!Limits.TryGetValue(name, out (long Least, long Most, long Step) limit))
            return new OptionValue(text ?? "ON");
        if (text is null)
            return new OptionValue("", Refusal: $"option '--{name}' requires an argument");
        return mariaDb ? new OptionValue(limit.Least.ToString(CultureInfo.InvariantCulture), Adjusted: true) : new OptionValue("", Refusal: $"Empty value for '{name}' specified");
    }

    /// <summary>A template's mark, to be filled in before any server reads the file.</summary>
    public static bool IsPlaceholder(string? text) => text is not null && (text.Contains("{{", StringComparison.Ordinal) || text.Contains("${", StringComparison.Ordinal) || text.Contains("<%", StringComparison.Ordinal) || text is ['<', .., '>'] || text is ['$', ..]);

    private static string Switch(string name, string? text) => text switch
    {
        null => "ON",
        _ when text.Equals("on", StringComparison.OrdinalIgnoreCase) || text.Equals("true", StringComparison.OrdinalIgnoreCase) => "ON",
        _ when text.Equals("off", StringComparison.OrdinalIgnoreCase) || text.Equals("false", StringComparison.OrdinalIgnoreCase) => "OFF",
        "1" when !Texts.Contains(name) => "ON",
        "0" when !Texts.Contains(name) => "OFF",
        _ => text,
    };

    /// <summary>A number with at most one letter that counts behind it: what follows the letter is not looked at (eval_num_suffix).</summary>
    private static OptionValue Number(string name, string text)
    {
        if (!TrySize(text, out decimal number, out char wrong))
        {
            bool switches = text.Length > 1 && (text.Equals("on", StringComparison.OrdinalIgnoreCase) || text.Equals("off", StringComparison.OrdinalIgnoreCase) || text.Equals("true", StringComparison.OrdinalIgnoreCase) || text.Equals("false", StringComparison.OrdinalIgnoreCase) || text.Equals("auto", StringComparison.OrdinalIgnoreCase));
            // Enumerations have words for their numbers, and some numbers have fractions.
            if (switches || wrong == '.' && !Limits.ContainsKey(name) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
                return new OptionValue(text);
            return new OptionValue(text, Refusal: $"Unknown suffix '{wrong}' used for variable '{name}' (value '{text}')");
        }
        if (!Limits.TryGetValue(name, out (long Least, long Most, long Step) limit))
            return new OptionValue(number.ToString(CultureInfo.InvariantCulture));
        decimal taken = Math.Clamp(number, limit.Least, limit.Most);
        taken -= taken % limit.Step;
        return new OptionValue(taken.ToString(CultureInfo.InvariantCulture), Adjusted: taken != number);
    }

    /// <summary>Digits and a suffix of K, M, G, T, P or E.</summary>
    public static bool TrySize(ReadOnlySpan<char> text, out decimal number, out char wrong)
    {
        wrong = '\0';
        int sign = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0, end = sign;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        number = 0;
        if (end == sign || end > 25 || !decimal.TryParse(text[..end], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
        {
            wrong = text.Length > 0 ? text[Math.Min(end, text.Length - 1)] : ' ';
            return false;
        }
        int power = end == text.Length ? 0 : char.ToUpperInvariant(text[end]) switch { 'K' => 1, 'M' => 2, 'G' => 3, 'T' => 4, 'P' => 5, 'E' => 6, _ => -1 };
        if (power < 0)
        {
            wrong = text[end];
            return false;
        }
        decimal most = decimal.MaxValue / 1024;
        for (int i = 0; i < power && number < most; i++)
            number *= 1024;
        return true;
    }

    /// <summary>What somebody meant with <c>16*1024*1024</c>, as the server takes it: <c>16M</c>. Null when it is no product.</summary>
    public static string? Product(string text)
    {
        decimal product = 1;
        string[] factors = text.Split('*', StringSplitOptions.TrimEntries);
        if (factors.Length is < 2 or > 6)
            return null;
        foreach (string factor in factors)
        {
            if (!TrySize(factor, out decimal number, out _) || number <= 0 || number > long.MaxValue)
                return null;
            product *= number;
            if (product > long.MaxValue)
                return null;
        }
        return product % (1 << 30) == 0 ? $"{product / (1 << 30):0}G" : product % (1 << 20) == 0 ? $"{product / (1 << 20):0}M" : product.ToString("0", CultureInfo.InvariantCulture);
    }
}
