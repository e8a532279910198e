using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>uWSGI, gunicorn, Celery, Puma and Unicorn: how many workers, forked before or after the application is loaded, killed after how long.</summary>
internal static class ProcessServers
{
    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        foreach (Block block in text.Blocks)
        {
            if (block.Key == "uwsgi" || block.Parent is null && block.Find("lazy-apps", "lazy_apps", "single-interpreter", "harakiri") is not null)
                Uwsgi(block.Settings, facts);
            if (block.Parent is null)
                Gunicorn(block, text, facts);
            Celery(block, facts);
        }
        Ruby(text, facts);
    }

    /// <summary>Options of uWSGI, wherever they stand; a word alone is a switch that is on.</summary>
    public static void Uwsgi(IReadOnlyList<Setting> settings, ApplicationFacts facts)
    {
        Setting? workers = Last("processes", "workers", "p", "cheaper"), lazy = Last("lazyapps", "lazy");
        facts.Number(Workers, Last("processes", "workers", "p"), StackTag.Uwsgi);
        facts.Number(Threads, Last("threads"), StackTag.Uwsgi);
        facts.Span(WorkerTimeout, Last("harakiri"), StackTag.Uwsgi);
        if (lazy?.Value.IsOn == true)
            facts.Switch(LoadedBeforeFork, false, lazy.Line, StackTag.Uwsgi);
        else if (workers?.Value.Number is > 1 && (lazy is null || lazy.Value.IsOff))
            // Loads in the master, then forks: the default.
            facts.Switch(LoadedBeforeFork, true, lazy?.Line ?? workers.Line, StackTag.Uwsgi);

        Setting? Last(params string[] names) => settings.LastOrDefault(one => names.Contains(KeyRule.Plain(one.Key), StringComparer.Ordinal));
    }

    private static void Gunicorn(Block root, ApplicationText text, ApplicationFacts facts)
    {
        Setting? preload = root.Find("preload_app"), workers = root.Find("workers"), kind = root.Find("worker_class");
        if (preload is null && kind is null && !(workers is not null && (root.Find("bind") is not null || text.Has("gunicorn"))))
            return;
        facts.Switch(LoadedBeforeFork, preload, StackTag.Gunicorn);
        facts.Number(Workers, workers, StackTag.Gunicorn);
        facts.Number(Threads, root.Find("threads"), StackTag.Gunicorn);
        facts.Span(WorkerTimeout, root.Find("timeout"), StackTag.Gunicorn);
    }

    private static void Celery(Block block, ApplicationFacts facts)
    {
        foreach (Setting setting in block.Settings)
        {
            string key = KeyRule.Plain(setting.Key[(setting.Key.LastIndexOf('.') + 1)..]);
            switch (key)
            {
                case "workerpool" or "celeryworkerpool" or "celerydpool":
                    Pool(setting.Value.Text, setting.Line, facts);
                    break;
                case "workerconcurrency" or "celeryworkerconcurrency" or "celerydconcurrency":
                    facts.Number(Workers, setting, StackTag.Celery);
                    break;
                case "tasktimelimit" or "celerytasktimelimit" or "celerydtasktimelimit":
                    facts.Span(WorkerTimeout, setting, StackTag.Celery);
                    break;
            }
        }
    }

    /// <summary>Celery's pool: prefork loads the application in the parent, the others do not fork at all.</summary>
    public static void Pool(string name, int line, ApplicationFacts facts)
    {
        if (name is "prefork" or "processes")
            facts.Switch(LoadedBeforeFork, true, line, StackTag.Celery);
        else if (name is "threads" or "gevent" or "eventlet" or "solo")
            facts.Switch(LoadedBeforeFork, false, line, StackTag.Celery);
    }

    /// <summary>puma.rb and unicorn.rb: words, not assignments.</summary>
    private static void Ruby(ApplicationText text, ApplicationFacts facts)
    {
        bool puma = text.Has("preload_app!", "on_worker_boot", "puma"), unicorn = text.Has("worker_processes");
        if (!puma && !unicorn)
            return;
        string scope = unicorn ? StackTag.Unicorn : StackTag.Puma;
        for (int i = 0; i < text.Passage.Lines.Count; i++)
        {
            ReadOnlySpan<char> line = text.Passage.Lines[i].AsSpan().Trim();
            if (line is "preload_app!" or "preload_app true")
                facts.Switch(LoadedBeforeFork, true, i, scope);
            else if (line is "preload_app false" or "preload_app! false")
                facts.Switch(LoadedBeforeFork, false, i, scope);
            else if ((line.StartsWith("workers ", StringComparison.Ordinal) || line.StartsWith("worker_processes ", StringComparison.Ordinal)) && LastNumber(line) is { } workers)
                facts.Add(Workers, workers, i, scope);
            else if (line.StartsWith("threads ", StringComparison.Ordinal) && LastNumber(line) is { } threads)
                facts.Add(Threads, threads, i, scope);
        }
    }

    /// <summary>"workers ENV.fetch('WEB_CONCURRENCY') { 2 }": the default.</summary>
    private static string? LastNumber(ReadOnlySpan<char> line)
    {
        int end = line.LastIndexOfAnyInRange('0', '9');
        if (end < 0)
            return null;
        int start = end;
        while (start > 0 && char.IsAsciiDigit(line[start - 1]))
            start--;
        return end - start < 6 ? line[start..(end + 1)].ToString() : null;
    }
}
