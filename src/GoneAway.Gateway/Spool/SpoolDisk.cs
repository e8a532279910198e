namespace GoneAway.Gateway.Spool;

/// <summary>Runs the spools' reads and writes on the thread pool, few at a time, so that a stuck disk takes few threads.</summary>
internal sealed class SpoolDisk(int mostAtOnce)
{
    private readonly Lock gate = new();
    private readonly Queue<ResultSpool> waiting = new();
    private int running;

    /// <summary>Runs the spool's step, soon.</summary>
    public void Start(ResultSpool spool)
    {
        lock (gate)
        {
            waiting.Enqueue(spool);
            if (running == mostAtOnce)
                return;
            running++;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static disk => disk.Run(), this, preferLocal: false);
    }

    private void Run()
    {
        while (true)
        {
            ResultSpool? next;
            lock (gate)
            {
                if (!waiting.TryDequeue(out next))
                {
                    running--;
                    return;
                }
            }
            next.RunStep();
        }
    }
}
