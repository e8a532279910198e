using System.Globalization;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>One operand or operator of an expression; calls and brackets are blocks.</summary>
internal readonly record struct Term(SourceToken Token, Block? Group);

/// <summary>Works out constants: arithmetic, units of time, defaults of environment variables. Everything else has no value.</summary>
internal static class Expression
{
    public static SettingValue Of(List<Term> terms)
    {
        // a or b, a || b, a ?? b: the constant is the fallback.
        int from = terms.FindLastIndex(static one => one.Group is null && one.Token is { Kind: TokenKind.Mark, Text: "||" or "??" } or { Kind: TokenKind.Word, Text: "or" });
        if (from >= 0 && from + 1 < terms.Count)
            return Of(terms[(from + 1)..]) with { IsDefault = true };
        if (terms.Count == 0)
            return new SettingValue("");
        if (terms.TrueForAll(static one => one.Group is null && (one.Token.Kind == TokenKind.Text || one.Token is { Kind: TokenKind.Mark, Text: "+" or "." }) || one.Group is null && one.Token.Kind == TokenKind.Word) && terms.Exists(static one => one.Token.Kind == TokenKind.Text))
            return OfText(string.Concat(terms.Where(static one => one.Token.Kind == TokenKind.Text).Select(static one => one.Token.Text))) with { IsName = terms.Exists(static one => one.Token.Kind == TokenKind.Word) };
        if (terms.Count == 1)
            return OfTerm(terms[0]);
        return Arithmetic(terms);
    }

    /// <summary>A value without quotes, as a line of a configuration has it.</summary>
    public static SettingValue OfText(string text)
    {
        string plain = text.Trim();
        return new SettingValue(plain, NumberOf(plain), SecondsOf(plain));
    }

    public static double? NumberOf(string text) => double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : null;

    /// <summary>"30s", "500ms", "1h30m", "30 minutes", "PT30M".</summary>
    public static double? SecondsOf(string text)
    {
        if (text.Length is < 2 or > 40)
            return null;
        ReadOnlySpan<char> rest = text.StartsWith("PT", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text;
        double total = 0;
        bool any = false;
        while (rest.Length > 0)
        {
            int digits = rest.IndexOfAnyExceptInRange('.', '9');
            if (digits < 1 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
                return null;
            rest = rest[digits..].TrimStart(' ');
            int letters = rest.IndexOfAnyExceptInRange('A', 'z');
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            if (UnitOf(unit.ToString()) is not { } seconds)
                return null;
            (total, any) = (total + number * seconds, true);
            rest = rest[unit.Length..].TrimStart(' ');
        }
        return any ? total : null;
    }

    private static double? UnitOf(string unit) => unit.ToLowerInvariant() switch
    {
        "ns" => 1e-9, "us" or "µs" => 1e-6, "ms" or "millis" or "milliseconds" => 0.001, "s" or "sec" or "second" or "seconds" => 1, "m" or "min" or "minute" or "minutes" => 60,
        "h" or "hour" or "hours" => 3600, "d" or "day" or "days" => 86400, _ => null,
    };

    private static SettingValue OfTerm(Term term) => term.Group is { } group ? OfGroup(group) : term.Token.Kind switch
    {
        TokenKind.Number => OfText(term.Token.Text),
        TokenKind.Text => OfText(term.Token.Text),
        TokenKind.Word => UnitOfTime(term.Token.Text) is { } unit ? new SettingValue(term.Token.Text, null, unit) : new SettingValue(term.Token.Text) { IsName = true },
        _ => new SettingValue(""),
    };

    private static double? UnitOfTime(string word) => word switch
    {
        "time.Nanosecond" => 1e-9, "time.Microsecond" => 1e-6, "time.Millisecond" => 0.001, "time.Second" => 1, "time.Minute" => 60, "time.Hour" => 3600, _ => null,
    };

    /// <summary>Sums of products, left to right; a unit of time makes the whole a span.</summary>
    private static SettingValue Arithmetic(List<Term> terms)
    {
        double total = 0, product = 1;
        int sign = 1, operands = 0;
        bool span = false, divide = false, wanted = true;
        foreach (Term term in terms)
        {
            if (term.Group is null && term.Token is { Kind: TokenKind.Mark } mark)
            {
                if (wanted && mark.Text != "-")
                    return new SettingValue("");
                if (mark.Text is "*" or "/")
                    divide = mark.Text == "/";
                else if (mark.Text is "+" or "-")
                {
                    if (operands > 0)
                        total += sign * product;
                    (product, sign, divide) = (1, mark.Text == "-" ? -1 : 1, false);
                }
                else
                    return new SettingValue("");
                wanted = true;
                continue;
            }
            SettingValue value = OfTerm(term);
            if (!wanted || (value.Seconds ?? value.Number) is not { } number)
                return new SettingValue("");
            span |= value.Seconds is not null;
            product = divide ? product / number : product * number;
            operands++;
            wanted = false;
        }
        double result = total + sign * product;
        if (operands == 0 || wanted || !double.IsFinite(result))
            return new SettingValue("");
        return new SettingValue(result.ToString("0.######", CultureInfo.InvariantCulture), span ? null : result, span ? result : null);
    }

    /// <summary>The value of a call or of brackets.</summary>
    private static SettingValue OfGroup(Block group)
    {
        SettingValue first = group.Argument(0)?.Value ?? new SettingValue(""), second = group.Argument(1)?.Value ?? new SettingValue("");
        switch (group.Callee.ToLowerInvariant())
        {
            // The environment's name first, then the default.
            case "env" or "getenv" or "os.getenv" or "os.environ.get" or "environ.get" or "config" or "env.fetch" or "env.int" or "env.bool" or "env.str" or "decouple.config" or "env.get" or "system.getproperty" or "getint":
                return (group.Find("default")?.Value ?? second) with { IsDefault = true };
            case "duration::from_secs" or "duration.ofseconds" or "timespan.fromseconds" or "timeunit.seconds.toseconds":
                return Scaled(first, 1);
            case "duration::from_millis" or "duration.ofmillis" or "timespan.frommilliseconds":
                return Scaled(first, 0.001);
            case "duration.ofminutes" or "timespan.fromminutes":
                return Scaled(first, 60);
            case "duration.ofhours" or "timespan.fromhours":
                return Scaled(first, 3600);
            case "timeunit.seconds.tomillis":
                return Scaled(first, 1);
            case "timeunit.minutes.tomillis" or "timeunit.minutes.toseconds":
                return Scaled(first, 60);
            case "timeunit.hours.tomillis" or "timeunit.hours.toseconds":
                return Scaled(first, 3600);
            case "timedelta" or "datetime.timedelta":
                return new SettingValue("", null, Delta(group));
            case "" or "int" or "float" or "str" or "bool" or "number" or "string" or "parseint" or "intval" or "time.duration" or "strtobool" or "some" or "integer" or "long.valueof" or "integer.valueof" or "int64" or "(int)":
                return first;
            default:
                return new SettingValue("");
        }
    }

    private static SettingValue Scaled(SettingValue value, double unit) => new("", null, value.Number * unit);

    private static double? Delta(Block group)
    {
        double total = 0;
        foreach (Setting part in group.Settings)
        {
            if (part.Value.Number is not { } number || UnitOf(part.Key) is not { } unit)
                return null;
            total += number * unit;
        }
        return group.Settings.Count > 0 ? total : null;
    }
}
