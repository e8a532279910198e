using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.SystemLine;

namespace GoneAway.Evidence.Logs;

/// <summary>What happens to the host as a whole, in its logs: boots, pauses, clock steps, disks, hung and crashed processes.</summary>
internal sealed class KernelHostLog : LineReader
{
    public override string Kind => "kernel log";

    public override IReadOnlyList<string> Triggers { get; } =
    [
        "segfault at ", "general protection", "trap invalid opcode", "trap divide error", "exited on signal ", "stack smashing detected",
        "I/O error", "critical medium error", "critical space allocation error", "ead-only", "EXT4-fs error", "EXT3-fs error", "BTRFS error", "BTRFS critical", "XFS (", "I/O Error Detected", "Aborting journal", "JBD2: ", "I/O timeout",
        "reset controller", "ilesystem has been shut down", ", aborting", "task abort",
        "Linux version ", "-- Boot ", "-- Reboot --", "clocksource ", "Clocksource ", "clock was stepped", "clock wrong by", "Time jumped", "ime jump detected", "time reset ", "Time has been changed",
        "PM: suspend", "PM: resume", "Waking up from system sleep", "System is resuming", "soft lockup", "stalls on CPU", "detected stall", "self-detected stall", "blocked for more than ", "Restarting system", "Kernel panic",
        "going down for", "system boot", "Shutting down.", "reboot: ", "Reached target Shutdown", "Reached target shutdown.target", "The system will reboot", "The system will power off",
    ];

    public override bool TryRead(LogLine line, Findings findings) =>
        Crash(line, findings) || Hung(line, findings) || Clock(line, findings) || Boot(line, findings) || Disk(line, findings);

    /// <summary>"mysqld[1234]: segfault at 0 ip ...", "traps: mysqld[1234] general protection fault ip:...", BSD "pid 1 (mysqld), uid 88: exited on signal 11".</summary>
    private static bool Crash(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (After(text, "exited on signal ") is { Length: > 0 } signal && Between(text, "pid ", " (") is { Length: > 0 } process)
        {
            findings.Add(Of(line, Sign.ProcessSegfault) with { Pid = Int(process), Subject = Name(Between(text, " (", ")")), Code = Int(signal) });
            return true;
        }
        ReadOnlySpan<char> before = Before(text, "segfault at ");
        int code = 11;
        if (before.IsEmpty)
            before = Before(text, "general protection");
        if (before.IsEmpty && (before = Before(text, "trap invalid opcode")).Length > 0)
            code = 4;
        if (before.IsEmpty && (before = Before(text, "trap divide error")).Length > 0)
            code = 8;
        before = before.TrimEnd(": ");
        int open = before.LastIndexOf('[');
        if (open < 1 || !before.EndsWith("]", StringComparison.Ordinal) || Int(before[(open + 1)..]) is not { } pid)
            return false;
        findings.Add(Of(line, Sign.ProcessSegfault) with { Pid = pid, Subject = Name(ProcessName(before[..open])), Code = code });
        return true;
    }

    /// <summary>A thread's name may hold blanks; what stands before it ends in "] " or ": ".</summary>
    private static ReadOnlySpan<char> ProcessName(ReadOnlySpan<char> text)
    {
        int after = Math.Max(text.LastIndexOf(": ", StringComparison.Ordinal), text.LastIndexOf("] ", StringComparison.Ordinal));
        return after < 0 ? LastWord(text) : text[(after + 2)..];
    }

    /// <summary>"INFO: task mysqld:1234 blocked for more than 120 seconds.", "watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [mysqld:1234]".</summary>
    private static bool Hung(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (Between(text, "task ", " blocked for more than ") is { Length: > 2 and < 64 } task && task.LastIndexOf(':') is > 0 and var colon)
        {
            string? name = Name(task[..colon]);
            if (name is null || !IsServer(name) && !IsDiskThread(name))
                return false;
            findings.Add(Of(line, IsServer(name) ? Sign.ServerStalls : Sign.DiskError) with
            {
                Subject = name, Pid = Int(task[(colon + 1)..]), Elapsed = Seconds(After(text, "blocked for more than ")), State = "hung task",
            });
            return true;
        }
        if (Has(text, "soft lockup") || Has(text, "stalls on CPU") || Has(text, "detected stall"))
        {
            // A virtual machine that was paused shows the same: its processors stood.
            findings.Add(Of(line, Sign.HostInterrupted) with { State = "stalled", Elapsed = Seconds(After(text, "stuck for ")) });
            return true;
        }
        return false;
    }

    private static bool Clock(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        string? state = null;
        if ((Has(text, "clocksource") || Has(text, "Clocksource")) && Has(text, "unstable"))
            state = "clock unstable";
        else if (Has(text, "clock was stepped") || Has(text, "clock wrong by") || Has(text, "Time jumped") || Has(text, "ime jump detected") || Has(text, "Time has been changed")
            || After(text, "time reset ") is ['+' or '-', ..])
            state = "clock stepped";
        if (state is null)
            return false;
        ReadOnlySpan<char> by = After(text, " by ");
        by = by.IsEmpty ? After(text, "time reset ") : by;
        findings.Add(Of(line, Sign.HostInterrupted) with { State = state, Elapsed = Seconds(by.TrimStart("+- ")) });
        return true;
    }

    private static readonly (string Words, string State)[] Boots =
    [
        ("Linux version ", "boot"), ("-- Boot ", "boot"), ("-- Reboot --", "boot"), ("system boot", "boot"),
        ("PM: suspend entry", "suspend"), ("PM: suspend exit", "resume"), ("PM: resume", "resume"), ("Waking up from system sleep", "resume"), ("System is resuming", "resume"),
        ("Restarting system", "shutdown"), ("reboot: Power down", "shutdown"), ("Kernel panic", "panic"), ("system is going down for", "shutdown"),
        ("systemd-shutdown[1]: ", "shutdown"), ("systemd[1]: Shutting down.", "shutdown"), ("Reached target Shutdown", "shutdown"), ("Reached target shutdown.target", "shutdown"),
        ("The system will reboot", "shutdown"), ("The system will power off", "shutdown"),
    ];

    private static bool Boot(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        foreach ((string words, string state) in Boots)
            if (Has(text, words))
            {
                // `uname`-like words occur in bug reports; a boot's line stands at the kernel's time 0 or is the kernel's.
                if (words is "Linux version " && !Has(text, "0.000000]") && !Has(text, "kernel: ") && !(Has(text, "gcc") && text.TrimStart() is ['[', ..]))
                    return false;
                if (words is "system boot" && !text.TrimStart().StartsWith("reboot", StringComparison.Ordinal))
                    return false;
                findings.Add(Of(line, Sign.HostInterrupted) with { State = state });
                return true;
            }
        return false;
    }

    private static readonly string[] DiskWords =
    [
        "I/O error", "critical medium error", "critical space allocation error", "emounting filesystem read-only", "Remounting file system read-only", "EXT4-fs error", "EXT3-fs error",
        "BTRFS error", "BTRFS critical", "Aborting journal", "Detected IO errors", "I/O Error Detected", "Corruption detected", "metadata corruption", "Corruption of in-memory data", "forced readonly",
        "ilesystem has been shut down", "xfs_do_force_shutdown",
    ];

    private static bool Disk(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (!IsKernels(text))
            return false;
        // nvme nvme0: I/O 17 QID 3 timeout, aborting | reset controller
        bool nvme = Has(text, "nvme") && Has(text, "timeout, ") || Has(text, "task abort: ");
        bool found = nvme;
        foreach (string words in DiskWords)
            found |= Has(text, words);
        if (!found)
            return false;
        findings.Add(Of(line, Sign.DiskError) with { Subject = Device(text), State = Has(text, "ead-only") || Has(text, "readonly") ? "read-only" : Has(text, "hut down") || Has(text, "shutdown") ? "shut down" : "error" });
        return true;
    }

    /// <summary>Applications say "I/O error", too; a kernel's line has its clock, its name or its subsystem.</summary>
    private static bool IsKernels(ReadOnlySpan<char> text) =>
        Has(text, "kernel") || text.TrimStart() is ['[', ..] or ['<', ..] || Has(text, "-fs ") || Has(text, "XFS (") || Has(text, "BTRFS") || Has(text, "blk_update_request") || Has(text, "end_request")
        || Has(text, "print_req_error") || Has(text, "Buffer I/O error on dev") || Has(text, "nvme nvme");

    private static string? Device(ReadOnlySpan<char> text)
    {
        foreach (string open in (ReadOnlySpan<string>)[", dev ", "on dev ", "on device ", "device "])
            if (After(text, open) is { Length: > 0 } rest)
                return Name(Word(rest).TrimEnd(",:);"));
        ReadOnlySpan<char> bracket = After(text, "-fs (");
        bracket = bracket.IsEmpty ? After(text, "XFS (") : bracket;
        int close = bracket.IndexOf(')');
        return close > 0 ? Name(bracket[..close]) : Has(text, "nvme nvme") ? Name(Word(After(text, "nvme ")).TrimEnd(':')) : null;
    }

    private static bool IsServer(string name) =>
        name.StartsWith("mysql", StringComparison.Ordinal) || name.StartsWith("mariadb", StringComparison.Ordinal) || name.StartsWith("ib_", StringComparison.Ordinal) || name is "connection";

    private static bool IsDiskThread(string name) =>
        name.StartsWith("jbd2", StringComparison.Ordinal) || name.StartsWith("xfs", StringComparison.Ordinal) || name.StartsWith("dm", StringComparison.Ordinal) || name.StartsWith("nfs", StringComparison.Ordinal)
        || name.StartsWith("flush-", StringComparison.Ordinal) || name.Contains("kworker", StringComparison.Ordinal) && name.Contains("flush", StringComparison.Ordinal);

    /// <summary>"120 seconds", "22s!", "12.345678 seconds".</summary>
    private static TimeSpan? Seconds(ReadOnlySpan<char> text)
    {
        int end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
            end++;
        return double.TryParse(text[..end], System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and < 1e8
            ? TimeSpan.FromSeconds(seconds) : null;
    }
}
