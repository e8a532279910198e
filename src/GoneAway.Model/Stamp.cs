namespace GoneAway.Model;

/// <summary>A time as a source writes it: often without a zone, sometimes without a year.</summary>
/// <param name="Clock">What stands there; year 1 when it has none.</param>
/// <param name="Offset">From UTC, when the source says it.</param>
public readonly record struct Stamp(DateTime Clock, TimeSpan? Offset)
{
    public bool HasYear => Clock.Year > 1;

    /// <summary>The moment, given what the source leaves out.</summary>
    /// <param name="zone">Offset from UTC to assume where none is written.</param>
    /// <param name="year">Year to assume where none is written.</param>
    public Instant Resolve(TimeSpan zone, int year)
    {
        DateTime clock = HasYear ? Clock : WithYear(year);
        return new Instant((clock.Ticks - DateTime.UnixEpoch.Ticks - (Offset ?? zone).Ticks) * TimeSpan.NanosecondsPerTick);
    }

    public static Stamp Of(Instant at) => new(at.ToUtc(), TimeSpan.Zero);

    private DateTime WithYear(int year)
    {
        int day = Math.Min(Clock.Day, DateTime.DaysInMonth(year, Clock.Month));
        return new DateTime(year, Clock.Month, day).Add(Clock.TimeOfDay);
    }
}
