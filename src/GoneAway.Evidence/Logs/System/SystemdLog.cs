using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.SystemLine;

namespace GoneAway.Evidence.Logs;

/// <summary>systemd's words on its units, of all generations, in a journal, a syslog or under <c>systemctl status</c>.</summary>
internal sealed class SystemdLog : LineReader
{
    public override string Kind => "systemd journal";

    public override IReadOnlyList<string> Triggers { get; } =
    [
        "ain process exited, code=", "ontrol process exited, code=", "Failed with result '", "entered failed state", "timed out. Killing", "timed out. Terminating", "timed out. Aborting", "timed out. Skipping",
        "with signal SIGKILL", "Watchdog timeout", "Scheduled restart job", "holdoff time over", "Start request repeated too quickly", "Stopping ", "Stopped ", "Starting ", "Started ",
        "Active: failed", "Active: active (running)", "Active: activating", "Active: inactive (dead)", "Main PID: ",
    ];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (Has(text, "Active: ") || Has(text, "Main PID: "))
            return Status(line, findings);
        if (SystemdUnits.TryUnit(text, out string unit, out string rest) && Unit(line, unit, rest, findings))
            return true;
        return Job(line, findings);
    }

    private static bool Unit(LogLine line, string unit, string rest, Findings findings)
    {
        if (Has(rest, "rocess exited, code="))
            return Exited(line, unit, rest, findings);
        if (Between(rest, "Failed with result '", "'") is { Length: > 0 } result)
            return Result(line, unit, result.ToString(), findings);
        if (Has(rest, "entered failed state"))
            return IsNear(line, -10, -1, "rocess exited, code=") || Died(line, unit, "failed", null, findings);
        if (Has(rest, "timed out. Killing") || Has(rest, "timed out. Terminating") || Has(rest, "timed out. Aborting") || Has(rest, "timed out. Skipping"))
            return Killed(line, unit, StateOf(rest), null, findings);
        if (Has(rest, "Watchdog timeout"))
            return Killed(line, unit, "watchdog", null, findings);
        if (Has(rest, "Killing process ") && Has(rest, "SIGKILL"))
            return IsNear(line, -40, -1, "timed out. Killing") || IsNear(line, -1, -1, "with signal SIGKILL") || Killed(line, unit, null, Int(After(rest, "process ")), findings);
        if (Has(rest, "Scheduled restart job") || Has(rest, "holdoff time over"))
            return IsNear(line, -40, -1, "rocess exited, code=") || IsNear(line, -40, -1, "Failed with result") || Died(line, unit, "restarted", null, findings);
        if (Has(rest, "Start request repeated too quickly"))
            return Died(line, unit, "start-limit-hit", null, findings);
        return false;
    }

    /// <summary>"Main process exited, code=killed, status=9/KILL": the result, when systemd adds it some lines later, says more.</summary>
    private static bool Exited(LogLine line, string unit, string rest, Findings findings)
    {
        ReadOnlySpan<char> code = Between(rest, "code=", ",");
        int? status = Int(After(rest, "status="));
        if (code is "exited" && status == 0)
            return true;
        string state = code switch { "killed" => "signal", "dumped" => "core-dump", _ => "exit-code" };
        for (int next = 1; next <= 12; next++)
            if (Between(line.Line(next), "Failed with result '", "'") is { Length: > 0 } result && Has(line.Line(next), unit))
            {
                state = result.ToString();
                break;
            }
        if (state == "oom-kill")
            Oom(line, unit, findings);
        return Died(line, unit, state, status, findings);
    }

    private static bool Result(LogLine line, string unit, string result, Findings findings)
    {
        for (int back = -1; back >= -12; back--)
            if (Has(line.Line(back), "rocess exited, code=") && Has(line.Line(back), unit) && !Has(line.Line(back), "status=0/"))
                return true;
        if (result is "success" or "start-limit-hit")
            return true;
        if (result == "oom-kill")
            Oom(line, unit, findings);
        return Died(line, unit, result, null, findings);
    }

    /// <summary>The result alone tells of a kill for memory, when no kernel line and no other word of systemd's does.</summary>
    private static void Oom(LogLine line, string unit, Findings findings)
    {
        if (!IsNear(line, -40, 12, "illed process ") && !IsNear(line, -40, 12, "killed by the OOM killer"))
            findings.Add(Of(line, Sign.OomKill) with { Subject = unit, State = "cgroup" });
    }

    private static bool Died(LogLine line, string unit, string state, int? code, Findings findings)
    {
        findings.Add(Of(line, Sign.UnitDied) with { Subject = unit, State = state, Code = code });
        return true;
    }

    private static bool Killed(LogLine line, string unit, string? state, int? pid, Findings findings)
    {
        findings.Add(Of(line, Sign.UnitKilled) with { Subject = unit, State = state, Pid = pid });
        return true;
    }

    /// <summary>"State 'stop-sigterm' timed out", "stop-sigterm timed out", "start operation timed out", "Stopping timed out".</summary>
    private static string StateOf(string rest) =>
        Has(rest, "stop") || Has(rest, "Stopping") ? "stop timeout" : Has(rest, "start") ? "start timeout" : "timeout";

    /// <summary>"Stopping MySQL Community Server...", since systemd 250 "Stopping mysql.service - MySQL Community Server...".</summary>
    private static bool Job(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (!Has(text, "systemd"))
            return false;
        foreach (string verb in (ReadOnlySpan<string>)["Stopping ", "Stopped ", "Starting ", "Started "])
        {
            int at = text.IndexOf(": " + verb, StringComparison.Ordinal);
            if (at < 0)
                continue;
            ReadOnlySpan<char> what = text[(at + 2 + verb.Length)..].TrimEnd(". ");
            if (!SystemdUnits.IsRelevant(what))
                return false;
            int dash = what.IndexOf(" - ", StringComparison.Ordinal);
            string name = Name(dash > 0 ? what[..dash] : what) ?? "";
            return verb switch
            {
                "Stopping " => Add(line, Sign.UnitStopping, name, null, findings),
                // "Stopped" also follows a death, when the unit is started again.
                "Stopped " => Said(line, name, "Stopping ") || IsNear(line, -40, -1, "restart job") || IsNear(line, -40, -1, "rocess exited, code=") || IsNear(line, -40, -1, "holdoff time over")
                    || Add(line, Sign.UnitStopping, name, "stopped", findings),
                "Started " => Add(line, Sign.UnitStarted, name, null, findings),
                _ => SaidLater(line, name, "Started ") || Add(line, Sign.UnitStarted, name, "starting", findings),
            };
        }
        return false;
    }

    private static bool Said(LogLine line, string name, string verb)
    {
        for (int back = -1; back >= -40; back--)
            if (Has(line.Line(back), verb) && Has(line.Line(back), name))
                return true;
        return false;
    }

    private static bool SaidLater(LogLine line, string name, string verb)
    {
        for (int next = 1; next <= 40; next++)
            if (Has(line.Line(next), verb) && Has(line.Line(next), name))
                return true;
        return false;
    }

    private static bool Add(LogLine line, Sign sign, string subject, string? state, Findings findings)
    {
        findings.Add(Of(line, sign) with { Subject = subject, State = state });
        return true;
    }

    /// <summary>systemctl status: "Active: failed (Result: oom-kill) since Fri 2026-11-20 10:00:00 UTC; 3min ago".</summary>
    private static bool Status(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        string? unit = null;
        for (int back = -1; back >= -8 && unit is null; back--)
            if (SystemdUnits.TryUnit(line.Line(back), out string name, out _) && !Has(line.Line(back), "Loaded:"))
                unit = name;
        if (unit is null)
            return false;
        if (Has(text, "Active: active (running)"))
            return SystemdUnits.IsRelevant(unit) && Add(line, Sign.UnitStarted, unit, "running", findings);
        if (Has(text, "Main PID: "))
        {
            // "Main PID: 1234 (code=killed, signal=KILL)" adds the signal to what the line before it says.
            if (IsNear(line, -6, -1, "Active: failed") || !Has(text, "code=") || Has(text, "status=0"))
                return false;
            return Died(line, unit, Has(text, "code=killed") ? "signal" : Has(text, "code=dumped") ? "core-dump" : "exit-code", Signals.Number(Between(text, "signal=", ")")) ?? Int(After(text, "status=")), findings);
        }
        if (Between(text, "(Result: ", ")") is not { Length: > 0 } result)
            return Has(text, "Active: inactive (dead)") && SystemdUnits.IsRelevant(unit) && SystemLine.OwnStamp(text) is not null && Add(line, Sign.UnitStopping, unit, "stopped", findings);
        int? code = null;
        for (int next = 1; next <= 6 && code is null; next++)
            if (Has(line.Line(next), "Main PID: "))
                code = Signals.Number(Between(line.Line(next), "signal=", ")")) ?? Int(After(line.Line(next), "status="));
        string state = result.ToString();
        if (state == "oom-kill")
            Oom(line, unit, findings);
        return Died(line, unit, state, code, findings);
    }
}
