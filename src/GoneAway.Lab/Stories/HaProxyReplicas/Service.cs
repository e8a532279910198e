using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Stories.HaProxyReplicas;

/// <summary>The workers of the service, and their queues.</summary>
internal sealed class Service : IDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(20), AnswerTime = TimeSpan.FromSeconds(60), Pause = TimeSpan.FromMilliseconds(25);

    private readonly LabRun run;
    private readonly Program[] workers;
    private readonly int[] given;

    public Service(LabRun run, int count)
    {
        this.run = run;
        workers = new Program[count];
        given = new int[count];
        for (int i = 0; i < count; i++)
        {
            Directory.CreateDirectory(QueueOf(i));
            workers[i] = run.Start("/usr/bin/php", StoryFiles.PathOf("worker.php"), $"worker-{i + 1}", QueueOf(i));
        }
        foreach (Program worker in workers)
            worker.WaitForOutput("ready", StartTime);
    }

    public int Count => workers.Length;

    /// <summary>What all workers have said so far.</summary>
    public string Said => string.Concat(workers.Select(static worker => worker.Output));

    /// <summary>A job for one worker.</summary>
    public void Give(int worker, string kind = "job") => File.WriteAllText(Path.Combine(QueueOf(worker), $"{kind}-{worker + 1}-{++given[worker]}"), "");

    /// <summary>Gives jobs to all in turn until what is returned is disposed of.</summary>
    public IDisposable KeepGiving(string kind) => new Flow(this, kind);

    /// <summary>Waits until all queues are empty and all jobs have been answered.</summary>
    public void AwaitIdle()
    {
        if (!Poll.Until(() => Said.Split(": customer ").Length - 1 + Said.Split(" failed: ").Length - 1 >= given.Sum(), AnswerTime))
            throw new LabException($"of {given.Sum()} jobs not all are answered: {Said}");
    }

    /// <summary>Lets them come to their end; what they said is the application's log.</summary>
    public void Finish(TimeSpan time)
    {
        for (int i = 0; i < workers.Length; i++)
            File.WriteAllText(Path.Combine(QueueOf(i), "stop"), "");
        foreach (Program worker in workers)
            run.Finish(worker, (int)time.TotalSeconds);
    }

    public void Dispose()
    {
        foreach (Program worker in workers)
            worker.Dispose();
    }

    private string QueueOf(int worker) => Path.Combine(run.Work, $"queue-{worker + 1}");

    private sealed class Flow : IDisposable
    {
        private readonly ManualResetEventSlim ended = new();
        private readonly Task flow;

        public Flow(Service service, string kind) => flow = Task.Run(() =>
        {
            for (int worker = 0; !ended.Wait(Pause); worker = (worker + 1) % service.Count)
                service.Give(worker, kind);
        });

        public void Dispose()
        {
            ended.Set();
            flow.Wait();
            ended.Dispose();
        }
    }
}
