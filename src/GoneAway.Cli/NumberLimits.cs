using System.CommandLine;
using System.Globalization;

namespace GoneAway.Cli;

/// <summary>Says what numbers an option takes, and refuses all others before they are used.</summary>
internal static class NumberLimits
{
    /// <summary>The option with its limits, both included; <paramref name="what"/> names them in the complaint: <c>a number of seconds, up to a day</c>.</summary>
    public static Option<double> Within(this Option<double> option, double least, double most, string what)
    {
        option.Validators.Add(result =>
        {
            // What is no number at all throws when its value is asked for here.
            foreach (System.CommandLine.Parsing.Token token in result.Tokens)
                if (!double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !(value >= least && value <= most))
                    result.AddError($"{option.Name} is {what}");
        });
        return option;
    }
}
