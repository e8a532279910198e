using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Process servers and job runners: workers forked, workers killed, jobs that ran.</summary>
internal static class ProcessMessages
{
    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        new("Task {subject}[{}] succeeded in {elapsed}s", Sign.JobRan, StackTag.Celery) { Trigger = "] succeeded in " },
        new("Task {subject}[{}] received", Sign.JobRan, StackTag.Celery) { Trigger = "] received" },
        new("Worker exited prematurely: signal {signal}", Sign.WorkerKilled, StackTag.Celery) { Trigger = "Worker exited prematurely" },
        new("Worker exited prematurely: exitcode {status}", Sign.WorkerKilled, StackTag.Celery) { Trigger = "Worker exited prematurely" },
        new("Hard time limit ({elapsed}s) exceeded", Sign.WorkerKilled, StackTag.Celery) { Trigger = "Hard time limit (" },
        new("Soft time limit ({elapsed}s) exceeded", Sign.ClientCancelled, StackTag.Celery) { Trigger = "Soft time limit (" },
        new("TimeLimitExceeded({elapsed}", Sign.WorkerKilled, StackTag.Celery),
        new("concurrency: {n} (prefork)", Sign.WorkersForked, StackTag.Celery) { Trigger = "(prefork)" },

        new("WORKER TIMEOUT (pid:{pid})", Sign.WorkerKilled, StackTag.Gunicorn) { Trigger = "WORKER TIMEOUT" },
        new("Worker (pid:{pid}) was sent {state}!", Sign.WorkerKilled, StackTag.Gunicorn) { Trigger = "Worker (pid:" },
        new("Worker with pid {pid} was terminated due to signal {signal}", Sign.WorkerKilled, StackTag.Gunicorn),
        new("Booting worker with pid: {pid}", Sign.WorkersForked, StackTag.Gunicorn) { Near = "preload_app: True" },

        // With lazy-apps the workers come first and load the application themselves.
        new("spawned uWSGI worker {n} (pid: {pid},", Sign.WorkersForked, StackTag.Uwsgi) { Trigger = "spawned uWSGI worker", Near = "WSGI app 0 (mountpoint" },
        new("HARAKIRI ON WORKER {n} (pid: {pid}", Sign.WorkerKilled, StackTag.Uwsgi) { Trigger = "HARAKIRI ON WORKER" },
        new("DAMN ! worker {n} (pid: {pid}) died, killed by signal {signal}", Sign.WorkerKilled, StackTag.Uwsgi) { Trigger = "DAMN ! worker" },

        new("* Preloading application", Sign.WorkersForked, StackTag.Puma),
        new("Terminating timed out worker: {pid}", Sign.WorkerKilled, StackTag.Puma) { Trigger = "Terminating timed out worker" },
        new("Terminating timed out worker ({state}): {pid}", Sign.WorkerKilled, StackTag.Puma) { Trigger = "Terminating timed out worker" },
        new("worker={n} PID:{pid} timeout ({elapsed}s > {n}s), killing", Sign.WorkerKilled, StackTag.Unicorn) { Trigger = "s), killing" },
        new("reaped #<Process::Status: pid {pid} SIG{state} (signal {signal})>", Sign.WorkerKilled, StackTag.Unicorn) { Trigger = "reaped #<Process::Status" },
        new("SpawningKit/SmartSpawner", Sign.WorkersForked, StackTag.Passenger),
        new("*** Forked {pid} at ", Sign.WorkersForked, StackTag.Resque) { Trigger = "*** Forked " },
        new("Child process received unhandled signal", Sign.WorkerKilled, StackTag.Resque),
    ];
}
