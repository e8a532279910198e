using System.Globalization;

namespace GoneAway.Evidence.Host;

/// <summary>Limits of processes: <c>ulimit -a</c> of bash, dash and zsh, <c>/proc/PID/limits</c>, <c>prlimit</c>. Facts have systemd's names; the soft limit counts.</summary>
internal sealed class LimitForm : IHostForm
{
    private static readonly (string Letter, string Word, string Name, string Kernel, string Other)[] Known =
    [
        ("-n", "NOFILE", "LimitNOFILE", "Max open files", "open files"),
        ("-u", "NPROC", "LimitNPROC", "Max processes", "max user processes"),
        ("-v", "AS", "LimitAS", "Max address space", "virtual memory"),
        ("-s", "STACK", "LimitSTACK", "Max stack size", "stack size"),
        ("-l", "MEMLOCK", "LimitMEMLOCK", "Max locked memory", "max locked memory"),
        ("-c", "CORE", "LimitCORE", "Max core file size", "core file size"),
    ];

    private static readonly string[] Others =
    [
        "data seg size", "scheduling priority", "file size", "pending signals", "max memory size", "pipe size", "POSIX message queues", "real-time priority", "cpu time", "file locks", "real-time non-blocking time",
        "Max cpu time", "Max file size", "Max data size", "Max resident set", "Max file locks", "Max pending signals", "Max msgqueue size", "Max nice priority", "Max realtime priority", "Max realtime timeout",
        "max number of", "max size", "max nice", "max real-time", "process count", "nofiles(descriptors)", "time(seconds)", "coredump(blocks)", "data(kbytes)", "stack(kbytes)", "memory(kbytes)", "locked memory(kbytes)", "process ", "file(blocks)", "vmemory(kbytes)", "locks ", "rtprio ",
    ];

    private string? scope;

    public bool TryLine(HostLine line, HostFacts facts)
    {
        string[] words = line.Words;
        if (words is ["Limit", "Soft", "Limit", ..] or ["RESOURCE", "DESCRIPTION", ..])
        {
            scope = Processes.KernelTable.PidOf(line.Command)?.ToString(CultureInfo.InvariantCulture);
            return true;
        }
        string text = line.Text.Trim();
        foreach (var limit in Known)
        {
            if (text.StartsWith(limit.Kernel + " ", StringComparison.Ordinal))
                return Keep(line, limit.Name, words, limit.Kernel.Count(' ') + 1, facts);
            if (words[0] == limit.Word && words.Length >= 4)
                return Keep(line, limit.Name, words, Array.FindIndex(words, 1, IsLimit), facts);
            // bash: "open files                      (-n) 1024"; zsh: "-n: file descriptors 1024".
            if (text.StartsWith(limit.Other, StringComparison.Ordinal) && text.Contains(limit.Letter + ")", StringComparison.Ordinal) || text.StartsWith(limit.Letter + ":", StringComparison.Ordinal))
                return Keep(line, limit.Name, words, words.Length - 1, facts);
        }
        // dash: "nofiles              1024".
        if (words is ["nofiles", var files] && IsLimit(files) || words is ["nofiles(descriptors)", var descriptors] && IsLimit(descriptors) && (files = descriptors) is not null)
            return Keep(line, "LimitNOFILE", words, 1, facts);
        if (line.Command is "ulimit -n" or "ulimit -Sn" or "ulimit -Hn" or "ulimit -u" && words.Length == 1 && IsLimit(words[0]))
            return line.Command.Contains('H', StringComparison.Ordinal) || Keep(line, line.Command.EndsWith('n') ? "LimitNOFILE" : "LimitNPROC", words, 0, facts);
        return words.Length >= 2 && (Array.Exists(Others, start => text.StartsWith(start, StringComparison.Ordinal)) || text.Length > 4 && text[0] == '-' && text[2] == ':'
            || words.Length >= 4 && words[0] is "CPU" or "DATA" or "FSIZE" or "LOCKS" or "MSGQUEUE" or "NICE" or "RSS" or "RTPRIO" or "RTTIME" or "SIGPENDING") && Array.Exists(words, IsLimit);
    }

    private bool Keep(HostLine line, string name, string[] words, int at, HostFacts facts)
    {
        if (at < 1 && words.Length > 1 || at >= words.Length || !IsLimit(words[at]))
            return false;
        facts.Add(line, name, words[at] is "-1" ? "unlimited" : words[at], scope);
        return true;
    }

    private static bool IsLimit(string word) => word is "unlimited" or "hard" or "soft" or "-1" || long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
