using System.Globalization;
using System.Security.Cryptography;

namespace GoneAway.Gateway.Incidents;

/// <summary>
/// Ids of incidents, <c>ikqzw-42</c>: letters of this process, so that those of gateways side by side differ, and a count. They stand in
/// errors, so none of them holds a number that a client library looks for.
/// </summary>
internal sealed class IncidentIds
{
    private const string Letters = "bcdfghjkmpqrstvwxz";
    private readonly string prefix = "i" + RandomNumberGenerator.GetString(Letters, 4) + "-";
    private long last;

    public string Next()
    {
        while (true)
        {
            string number = Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture);
            if (!ClientWords.HoldsErrorNumber(number))
                return prefix + number;
        }
    }
}
