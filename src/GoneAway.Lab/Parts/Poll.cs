using System.Diagnostics;

namespace GoneAway.Lab.Parts;

/// <summary>Waits for something to become true, never longer than a deadline.</summary>
public static class Poll
{
    public static bool Until(Func<bool> condition, TimeSpan deadline)
    {
        long started = Stopwatch.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > deadline)
                return false;
            pause.Wait(10);
        }
        return true;
    }
}
