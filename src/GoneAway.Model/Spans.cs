namespace GoneAway.Model;

/// <summary>Writes spans of time as people say them.</summary>
public static class Spans
{
    /// <summary>"0.4 ms", "2.0 s", "5 min", "8 h": two digits where they tell something.</summary>
    public static string Show(TimeSpan span)
    {
        double seconds = span.TotalSeconds;
        return Math.Abs(seconds) switch
        {
            < 0.001 => $"{seconds * 1_000_000:0} µs",
            < 0.1 => $"{seconds * 1000:0.0} ms",
            < 10 => $"{seconds:0.00} s",
            < 120 => $"{seconds:0.0} s",
            < 7200 => $"{seconds:0} s ({seconds / 60:0.#} min)",
            _ => $"{seconds:0} s ({seconds / 3600:0.#} h)",
        };
    }
}
