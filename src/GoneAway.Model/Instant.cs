namespace GoneAway.Model;

/// <summary>A point in time, in nanoseconds since 1970-01-01T00:00:00Z, as captures record it.</summary>
public readonly record struct Instant(long UnixNanoseconds) : IComparable<Instant>
{
    /// <summary>The time between two instants; negative when <paramref name="right"/> is the later one.</summary>
    public static TimeSpan operator -(Instant left, Instant right) =>
        new((left.UnixNanoseconds - right.UnixNanoseconds) / TimeSpan.NanosecondsPerTick);

    public static Instant operator +(Instant left, TimeSpan right) =>
        new(left.UnixNanoseconds + right.Ticks * TimeSpan.NanosecondsPerTick);

    public static bool operator <(Instant left, Instant right) => left.UnixNanoseconds < right.UnixNanoseconds;
    public static bool operator >(Instant left, Instant right) => left.UnixNanoseconds > right.UnixNanoseconds;
    public static bool operator <=(Instant left, Instant right) => left.UnixNanoseconds <= right.UnixNanoseconds;
    public static bool operator >=(Instant left, Instant right) => left.UnixNanoseconds >= right.UnixNanoseconds;

    public int CompareTo(Instant other) => UnixNanoseconds.CompareTo(other.UnixNanoseconds);

    /// <summary>The same moment with a resolution of 100 ns; far-off values are clamped to what the calendar holds.</summary>
    public DateTime ToUtc()
    {
        long ticks = UnixNanoseconds / TimeSpan.NanosecondsPerTick;
        return DateTime.UnixEpoch.AddTicks(Math.Clamp(ticks, DateTime.MinValue.Ticks - DateTime.UnixEpoch.Ticks,
            DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks));
    }

    /// <summary>RFC 3339 with microseconds, e.g. <c>2026-11-20T10:00:00.123456Z</c>.</summary>
    public override string ToString() => ToUtc().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");
}
