using GoneAway.Evidence.Logs.Applications;
using static GoneAway.Model.ApplicationSetting;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>How process servers are started: unit files, Dockerfiles, Procfiles, supervisor's programs, shell scripts.</summary>
internal static class CommandLines
{
    public static void Read(ApplicationText text, ApplicationFacts facts)
    {
        for (int i = 0; i < text.Passage.Lines.Count; i++)
        {
            string line = text.Passage.Lines[i];
            if (line.Length > 4096 || line.AsSpan().TrimStart() is ['#', ..])
                continue;
            if (!line.Contains("gunicorn", StringComparison.Ordinal) && !line.Contains("celery", StringComparison.Ordinal) && !line.Contains("uwsgi", StringComparison.Ordinal))
                continue;
            // A command goes on after a backslash; CMD ["gunicorn", "--preload"] is one, too.
            int first = i;
            while (line.EndsWith('\\') && i + 1 < text.Passage.Lines.Count && line.Length < 8192)
                line = line[..^1] + " " + text.Passage.Lines[++i].Trim();
            string[] words = line.Split([' ', '\t', '"', '\'', ',', '[', ']', '='], StringSplitOptions.RemoveEmptyEntries);
            Command(words, first, facts);
        }
    }

    private static void Command(string[] words, int line, ApplicationFacts facts)
    {
        int program = Array.FindIndex(words, static one => Name(one) is "gunicorn" or "celery" or "uwsgi");
        if (program < 0)
            return;
        string[] options = words[(program + 1)..];
        switch (Name(words[program]))
        {
            case "gunicorn" when options.Length > 0 && Array.Exists(options, static one => one.Contains(':') || one.EndsWith(".wsgi", StringComparison.Ordinal)):
                bool preload = options.Contains("--preload", StringComparer.Ordinal);
                // A configuration file may say otherwise.
                if (preload || !options.Contains("-c", StringComparer.Ordinal) && !options.Contains("--config", StringComparer.Ordinal))
                    facts.Switch(LoadedBeforeFork, preload, line, StackTag.Gunicorn);
                Number(Workers, options, line, StackTag.Gunicorn, facts, "-w", "--workers");
                Number(Threads, options, line, StackTag.Gunicorn, facts, "--threads");
                Number(WorkerTimeout, options, line, StackTag.Gunicorn, facts, "-t", "--timeout");
                break;
            case "celery" when options.Contains("worker", StringComparer.Ordinal):
                ProcessServers.Pool(After(options, "-P", "--pool") ?? "prefork", line, facts);
                Number(Workers, options, line, StackTag.Celery, facts, "-c", "--concurrency");
                Number(WorkerTimeout, options, line, StackTag.Celery, facts, "--time-limit");
                break;
            case "uwsgi" when Array.Exists(options, static one => one.StartsWith('-')):
                ProcessServers.Uwsgi(Options(options, line), facts);
                break;
        }
    }

    private static string Name(string word) => word[(word.LastIndexOf('/') + 1)..];

    private static List<Setting> Options(string[] words, int line)
    {
        var settings = new List<Setting>();
        var block = new Block("uwsgi", "", null, line);
        for (int i = 0; i < words.Length; i++)
            if (words[i].StartsWith('-'))
                settings.Add(new Setting(words[i].TrimStart('-'), Expression.OfText(i + 1 < words.Length && !words[i + 1].StartsWith('-') ? words[i + 1] : "true"), line, block));
        return settings;
    }

    private static string? After(string[] words, params ReadOnlySpan<string> options)
    {
        for (int i = 0; i + 1 < words.Length; i++)
            foreach (string option in options)
                if (words[i] == option)
                    return words[i + 1];
        return null;
    }

    private static void Number(string name, string[] words, int line, string scope, ApplicationFacts facts, params ReadOnlySpan<string> options)
    {
        if (After(words, options) is { } value && Expression.NumberOf(value) is >= 0 and < 1e7)
            facts.Add(name, value, line, scope);
    }
}
