using System.Buffers;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace GoneAway.Gateway.Operations;

/// <summary>Counts events, and writes them as lines from one task of its own: who notes an event never waits. A flood of one kind is counted and its number is logged.</summary>
public sealed class EventLog : IGatewayEvents, IAsyncDisposable
{
    private const int Waiting = 8192, MostNames = 256;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1), LastLines = TimeSpan.FromSeconds(3);

    private readonly Channel<(DateTimeOffset, GatewayEvent)> queue = Channel.CreateBounded<(DateTimeOffset, GatewayEvent)>(Waiting);
    private readonly ConcurrentDictionary<(EventKind Kind, string Name), Tally> tallies = new();
    private readonly Stream log;
    private readonly bool json;
    private readonly int rate;
    private readonly TimeProvider time;
    private readonly ITimer window;
    private readonly Task writing;
    private long dropped;

    /// <param name="log">Gets whole lines.</param>
    /// <param name="rate">Lines of one kind and name in a second.</param>
    public EventLog(Stream log, bool json, int rate, TimeProvider time)
    {
        (this.log, this.json, this.rate, this.time) = (log, json, rate, time);
        window = time.CreateTimer(static state => ((EventLog)state!).EndWindow(), this, Window, Window);
        writing = WriteAsync();
    }

    /// <summary>Also gets what is logged; never waits. Null: nobody.</summary>
    public Action<DateTimeOffset, GatewayEvent>? Also { get; set; }

    /// <summary>How many of its events <see cref="Also"/> has lost. Null: there is none.</summary>
    public Func<long>? NotSent { get; set; }

    /// <summary>Events that have no line.</summary>
    public long NotLogged => Volatile.Read(ref dropped);

    public void Note(GatewayEvent happened)
    {
        Tally tally = Of(happened.Kind, happened.Name);
        Interlocked.Increment(ref tally.Count);
        if (Interlocked.Increment(ref tally.InWindow) > rate || !Write(happened))
        {
            Interlocked.Increment(ref tally.Missed);
            Interlocked.Increment(ref dropped);
        }
    }

    // Others hear of it also while the log takes nothing.
    private bool Write(GatewayEvent happened)
    {
        DateTimeOffset now = time.GetUtcNow();
        Also?.Invoke(now, happened);
        return queue.Writer.TryWrite((now, happened));
    }

    /// <summary>How often each was noted, those of one kind together.</summary>
    public IEnumerable<((EventKind Kind, string Name) Key, long Count)> Counts()
    {
        foreach (KeyValuePair<(EventKind Kind, string Name), Tally> one in tallies.OrderBy(static one => one.Key))
            yield return (one.Key, Volatile.Read(ref one.Value.Count));
    }

    /// <summary>Writes what waits, and ends; where the log takes nothing, in a few seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        await window.DisposeAsync();
        EndWindow();
        queue.Writer.TryComplete();
        await Task.WhenAny(writing, Task.Delay(LastLines));
    }

    public static string Word(EventKind kind) => kind switch
    {
        EventKind.Incident => "incident",
        EventKind.Decision => "decision",
        EventKind.Backend => "backend",
        _ => "operation",
    };

    /// <summary>Names are a closed set; should one not be, memory stays bounded.</summary>
    private Tally Of(EventKind kind, string name) =>
        tallies.TryGetValue((kind, name), out Tally? known) ? known
        : tallies.GetOrAdd((kind, tallies.Count < MostNames ? name : "other"), static _ => new Tally());

    private void EndWindow()
    {
        foreach (((EventKind kind, string name), Tally tally) in tallies)
        {
            Interlocked.Exchange(ref tally.InWindow, 0);
            long missed = Interlocked.Exchange(ref tally.Missed, 0);
            if (missed == 0)
                continue;
            var summary = new GatewayEvent { Kind = kind, Level = EventLevel.Warning, Name = name, Text = $"{missed} more of these in the last second are counted and not logged" };
            if (!Write(summary))
                Interlocked.Add(ref tally.Missed, missed);
        }
    }

    private async Task WriteAsync()
    {
        await Task.Yield();
        var line = new ArrayBufferWriter<byte>(1024);
        while (await queue.Reader.WaitToReadAsync())
        {
            while (queue.Reader.TryRead(out (DateTimeOffset When, GatewayEvent What) next))
            {
                line.ResetWrittenCount();
                if (json)
                    LogLine.Json(next.When, next.What, line);
                else
                    LogLine.Plain(next.When, next.What, line);
                try
                {
                    await log.WriteAsync(line.WrittenMemory);
                }
                catch (Exception failed) when (failed is IOException or ObjectDisposedException)
                {
                    Interlocked.Increment(ref dropped);
                }
            }
            try
            {
                await log.FlushAsync();
            }
            catch (Exception failed) when (failed is IOException or ObjectDisposedException)
            {
                // Standard error may be closed; the gateway goes on.
            }
        }
    }

    private sealed class Tally
    {
        public long Count;
        public int InWindow;
        public long Missed;
    }
}
