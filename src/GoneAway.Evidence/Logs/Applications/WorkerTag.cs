using System.Globalization;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Reads which process and worker a log line is tagged with.</summary>
internal static class WorkerTag
{
    private static readonly string[] Pids = ["[pid: ", "PID=", "PID:", "pid=", "pid:", "pid ", "PID ", "\"pid\":", "process_id=", "(mydumper:", "(myloader:"];
    private static readonly string[] Workers = ["ForkPoolWorker-", "PoolWorker-", "Worker-", "Thread-", "ThreadPoolExecutor-", "GreenThread-", "MainProcess", "tid="];

    public static int? Pid(ReadOnlySpan<char> line)
    {
        if (line.Length > 512)
            line = line[..512];
        foreach (string one in Pids)
            if (line.IndexOf(one, StringComparison.Ordinal) is var at and >= 0 && Number(line[(at + one.Length)..].TrimStart(' '), out _) is { } pid)
                return pid;
        // Spring Boot: ERROR 4711 --- [nio-8080-exec-3], ERROR 4711 --- [app] [nio-8080-exec-3]
        if (line.IndexOf(" --- [", StringComparison.Ordinal) is var dashes and > 0 && line[..dashes].LastIndexOf(' ') is var blank and > 0 && Number(line[(blank + 1)..dashes], out int of) is { } spring && blank + 1 + of == dashes)
            return spring;
        // Ruby's logger: E, [2026-11-20T10:00:00.123456 #1234] ERROR -- :
        if (line.IndexOf(" #", StringComparison.Ordinal) is var hash and >= 0 && hash < 64 && Number(line[(hash + 2)..], out int digits) is { } ruby && line.Length > hash + 2 + digits && line[hash + 2 + digits] == ']')
            return ruby;
        // uwsgi[123]: and gunicorn's [2026-11-20 10:00:00 +0000] [123] [INFO]
        for (int i = 0; i < line.Length && i < 160; i++)
            if (line[i] == '[' && Number(line[(i + 1)..], out int length) is { } tagged && line.Length > i + 2 + length && line[i + 1 + length] == ']'
                && (line[i + 2 + length] == ':' && i > 0 && char.IsAsciiLetterOrDigit(line[i - 1]) && !line[..i].EndsWith("SQLSTATE", StringComparison.Ordinal) || line[i + 2 + length] == ' ' && line.Length > i + 3 + length && line[i + 3 + length] == '[' && i > 1 && line[i - 2] == ']'))
                return tagged;
        return null;
    }

    public static string? Worker(ReadOnlySpan<char> line)
    {
        if (line.Length > 512)
            line = line[..512];
        if (Thread(line) is { Length: > 0 } thread)
            return thread.ToString();
        // mydumper: 2024-09-03 05:28:24 [ERROR] - Thread 3: Could not read data
        if (line.IndexOf("] - Thread ", StringComparison.Ordinal) is var dumper and > 0 && Number(line[(dumper + 11)..], out int digits) is not null)
            return line.Slice(dumper + 4, 7 + digits).ToString();
        foreach (string one in Workers)
        {
            int at = line.IndexOf(one, StringComparison.Ordinal);
            if (at < 0)
                continue;
            int end = at + one.Length;
            while (end < line.Length && end < at + 64 && (char.IsAsciiLetterOrDigit(line[end]) || line[end] is '-' or '_'))
                end++;
            if (end > at + one.Length || one[^1] is not ('-' or '='))
                return line[at..end].ToString();
        }
        return null;
    }

    /// <summary>A thread of a pool of Java in brackets: <c>[nio-8080-exec-3]</c>, <c>[http-nio-8080-exec-1]</c>, <c>[pool-2-thread-1]</c>; a goroutine.</summary>
    private static ReadOnlySpan<char> Thread(ReadOnlySpan<char> line)
    {
        foreach (string mark in (ReadOnlySpan<string>)["-exec-", "-thread-", "Thread-", "-worker-", "scheduling-", "task-", "-dispatcher-", " --- [", "HikariPool-"])
        {
            int at = line.IndexOf(mark, StringComparison.Ordinal);
            int open = at < 0 ? -1 : mark[^1] == '[' ? at + mark.Length - 1 : line[..at].LastIndexOf('[');
            int close = open < 0 ? -1 : line[open..].IndexOf(']');
            if (close is > 1 and < 80 && line.Slice(open + 1, close - 1).Trim() is var name && name.IndexOfAny('[', '=', ',') < 0 && (mark[^1] == '[' || open + close > at))
                return name;
        }
        if (!line.StartsWith("goroutine ", StringComparison.Ordinal) || line.IndexOf(" [", StringComparison.Ordinal) is not (> 10 and < 32 and var end))
            return default;
        return line[..end];
    }

    private static int? Number(ReadOnlySpan<char> text, out int length)
    {
        length = text.IndexOfAnyExceptInRange('0', '9');
        if (length < 0)
            length = text.Length;
        return length is > 0 and < 9 ? int.Parse(text[..length], CultureInfo.InvariantCulture) : null;
    }
}
