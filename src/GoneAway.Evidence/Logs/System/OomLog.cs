using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.SystemLine;

namespace GoneAway.Evidence.Logs;

/// <summary>Processes killed for memory: by the kernels of all generations (Linux, OpenVZ, FreeBSD), earlyoom, systemd-oomd, kubelet.</summary>
internal sealed class OomLog : LineReader
{
    public override string Kind => "kernel log";

    public override IReadOnlyList<string> Triggers { get; } =
    [
        "Killed process ", "Kill process ", "kill process ", "killed process ", "oom-kill:constraint=", "oom_reaper: reaped process",
        "was killed: ", "killed by the OOM killer", "System OOM encountered", "due to memory pressure for /",
        "sending SIGTERM to process ", "sending SIGKILL to process ",
    ];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (After(text, "oom-kill:constraint=") is { Length: > 0 } constraint)
            return Constraint(line, constraint, findings);
        if (After(text, "oom_reaper: reaped process ") is { Length: > 0 } reaped)
            return IsNear(line, -12, -1, "illed process ") || Victim(line, reaped, findings);
        if (After(text, "illed process ") is { Length: > 0 } killed)
            return Victim(line, killed, findings);
        if (After(text, "ill process ") is { Length: > 0 } chosen && Has(text, "emory"))
            // The word of the choice; the word of the deed follows, perhaps for a child of it.
            return IsNear(line, 1, 6, "illed process ") || Victim(line, chosen, findings);
        if (Has(text, "was killed: ") && Between(text, "pid ", " (") is { Length: > 0 } pid && Int(pid) is { } number)
            return FreeBsd(line, number, findings);
        return Daemons(line, findings);
    }

    /// <summary>"16556 (mysqld) score 1663 or sacrifice child", "11726, UID 498, (mysqld) total-vm:7823732kB, anon-rss:2539268kB".</summary>
    private static bool Victim(LogLine line, ReadOnlySpan<char> text, Findings findings)
    {
        int open = text.IndexOf('('), close = open < 0 ? -1 : text[open..].IndexOf(')');
        if (Int(text) is not { } pid || open is < 0 or > 40 || close < 2 || close > 40)
            return false;
        findings.Add(Of(line, Sign.OomKill) with
        {
            Pid = pid,
            Subject = Name(text.Slice(open + 1, close - 1)),
            Size = Kilobytes(text[(open + close)..]),
            State = IsOfCgroup(line) ? "cgroup" : "global",
        });
        return true;
    }

    private static bool Constraint(LogLine line, ReadOnlySpan<char> text, Findings findings)
    {
        if (Int(After(text, ",pid=")) is not { } pid)
            return false;
        for (int offset = 1; offset <= 8; offset++)
            if (After(line.Line(offset), "illed process ") is { Length: > 0 } victim && Int(victim) == pid)
                return true;
        findings.Add(Of(line, Sign.OomKill) with
        {
            Pid = pid,
            Subject = Name(Between(text, ",task=", ",")),
            State = text.StartsWith("CONSTRAINT_MEMCG", StringComparison.Ordinal) ? "cgroup" : "global",
        });
        return true;
    }

    private static bool FreeBsd(LogLine line, int pid, Findings findings)
    {
        // pid 1234 (mysqld), jid 0, uid 88, was killed: out of swap space | failed to reclaim memory
        ReadOnlySpan<char> why = After(line.Text, "was killed: ");
        if (!Has(why, "swap") && !Has(why, "memory"))
            return false;
        findings.Add(Of(line, Sign.OomKill) with { Pid = pid, Subject = Name(Between(line.Text, " (", ")")), State = "global" });
        return true;
    }

    private static bool Daemons(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (After(text, "System OOM encountered, victim process: ") is { Length: > 0 } victim)
        {
            int comma = victim.IndexOf(',');
            findings.Add(Of(line, Sign.OomKill) with { Subject = Name(comma < 0 ? victim : victim[..comma]), Pid = Int(After(victim, "pid: ")), State = "global" });
            return true;
        }
        if (Has(text, "due to memory pressure for /") && Between(text, "Killed ", " due to") is { Length: > 0 } group)
        {
            findings.Add(Of(line, Sign.OomKill) with { Subject = Name(group[(group.LastIndexOf('/') + 1)..]), State = "cgroup" });
            return true;
        }
        // earlyoom: sending SIGTERM to process 4711 uid 112 "mysqld": oom_score 900, VmRSS 3000 MiB
        if (Has(text, "VmRSS") && After(text, " to process ") is { Length: > 0 } early && Int(early) is { } pid)
        {
            findings.Add(Of(line, Sign.OomKill) with
            {
                Pid = pid, Subject = Name(Between(early, "\"", "\"")), State = "global", Size = Number(After(early, "VmRSS ")) * (1 << 20),
            });
            return true;
        }
        // systemd's word for it; the kernel's own, if it is there, says more.
        if (Has(text, "killed by the OOM killer") && SystemdUnits.TryUnit(text, out string unit, out _))
        {
            if (!IsNear(line, -40, 10, "illed process "))
                findings.Add(Of(line, Sign.OomKill) with { Subject = unit, State = "cgroup" });
            return true;
        }
        return false;
    }

    private static bool IsOfCgroup(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        if (Has(text, "emory cgroup out of memory"))
            return true;
        if (Has(text, "Out of memory"))
            return false;
        for (int back = -1; back >= -8; back--)
        {
            ReadOnlySpan<char> before = line.Line(back);
            if (Has(before, "emory cgroup out of memory") || Has(before, "CONSTRAINT_MEMCG") || Has(before, "as a result of limit of"))
                return true;
            if (Has(before, "Out of memory"))
                return false;
        }
        return false;
    }

    private static long? Kilobytes(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> rss = After(text, "anon-rss:");
        return Number(rss.IsEmpty ? After(text, " rss:") : rss) is < 1L << 50 and var kilobytes ? kilobytes * 1024 : null;
    }
}
