namespace GoneAway.Gateway.Incidents;

/// <summary>Lets so many through in a second, of all loops together.</summary>
internal sealed class FloodGate(int most)
{
    private long second;
    private int passed;

    public bool Opens()
    {
        long now = Environment.TickCount64 / 1000;
        if (Interlocked.Exchange(ref second, now) != now)
            Volatile.Write(ref passed, 0);
        return Interlocked.Increment(ref passed) <= most;
    }
}
