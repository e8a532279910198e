using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.SystemLine;

namespace GoneAway.Evidence.Logs;

/// <summary>Docker's words on containers: its events, its daemon's log, <c>docker ps</c>, Compose's last words.</summary>
internal sealed class ContainerLog : LineReader
{
    public override string Kind => "container events";

    public override IReadOnlyList<string> Triggers { get; } =
    [
        "container die ", "container kill ", "container oom ", "container stop ", "container start ", "container restart ", "container pause ", "container unpause ", "container destroy ", "container died ", "container health_status",
        "exited with code ", "xited (", "estarting (", "using the force", "with code 137", "\"status\":\"die\"", "\"status\":\"oom\"", "\"status\":\"kill\"", "Up Less than a second", "health: starting", "TaskOOM",
        "Terminated container", "failed to exit within ",
    ];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        return Event(line, findings) || Json(line, findings) || Compose(line, findings) || Listed(line, findings) || Forced(line, text, findings);
    }

    /// <summary>2026-11-20T10:00:00.0Z container die 4f3c (execDuration=123, exitCode=137, image=mysql:8.0, name=db).</summary>
    private static bool Event(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        int at = text.IndexOf(" container ", StringComparison.Ordinal);
        int open = at < 0 ? -1 : text[at..].IndexOf('(');
        if (open < 0 || !text.TrimEnd().EndsWith(")", StringComparison.Ordinal))
            return false;
        ReadOnlySpan<char> verb = Word(text[(at + 11)..]), attributes = text[(at + open)..];
        // Kubernetes' containers have a name within their pod.
        string? name = Name(Attribute(attributes, "io.kubernetes.pod.name")) ?? Name(Attribute(attributes, "name"));
        string? image = Name(Attribute(attributes, "image"));
        return Happened(line, verb.TrimEnd(':'), name, image, Int(Attribute(attributes, "exitCode")) ?? Int(Attribute(attributes, "containerExitCode")), Attribute(attributes, "signal"), findings);
    }

    private static ReadOnlySpan<char> Attribute(ReadOnlySpan<char> text, string key)
    {
        int from = 0;
        while (text[from..].IndexOf(key, StringComparison.Ordinal) is var found and >= 0)
        {
            int at = from + found, end = at + key.Length;
            from = end;
            if (at > 0 && text[at - 1] is '(' or ' ' && end < text.Length && text[end] == '=')
            {
                ReadOnlySpan<char> value = text[(end + 1)..];
                int stop = value.IndexOfAny(',', ')');
                return stop < 0 ? value : value[..stop];
            }
        }
        return default;
    }

    /// <summary>{"status":"die","id":"...","from":"mysql:8.0","Type":"container","Action":"die","Actor":{"Attributes":{"exitCode":"137","name":"db"}},"time":1700000000}</summary>
    private static bool Json(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (!Has(text, "\"status\":\""))
            return false;
        ReadOnlySpan<char> image = Between(text, "\"from\":\"", "\"");
        return Happened(line, Between(text, "\"status\":\"", "\""), Name(Between(text, "\"name\":\"", "\"")), Name(image), Int(Between(text, "\"exitCode\":\"", "\"")), Between(text, "\"signal\":\"", "\""), findings);
    }

    private static bool Happened(LogLine line, ReadOnlySpan<char> verb, string? name, string? image, int? code, ReadOnlySpan<char> signal, Findings findings)
    {
        ContainerRole role = Containers.Role(name, image);
        Sighting of = Of(line, Sign.UnitDied);
        switch (verb)
        {
            case "oom":
                findings.Add(Containers.Death(of, role, name ?? image, "OOMKilled", null));
                return true;
            case "die" or "died":
                // Podman and Docker say "oom" before, if that was it.
                if (code is > 0 && !(code == 137 && IsNear(line, -6, -1, "container oom ")))
                    findings.Add(code == 143 ? Containers.Stop(of, role, name ?? image, "signal", 143) : Containers.Death(of, role, name ?? image, "exit-code", code));
                return true;
            case "kill":
                // The signal, as a number or a name; programs are also told to reopen their logs so (HUP, USR1).
                if (Signals.Number(signal) is 9 or 15 or 3)
                    findings.Add(Signals.Number(signal) == 9 ? of with { Sign = role is ContainerRole.Server or ContainerRole.Unknown ? Sign.UnitKilled : Sign.WorkerKilled, Subject = name ?? image, State = "signal", Code = 9 } : Containers.Stop(of, role, name ?? image, "signal", Signals.Number(signal)));
                return true;
            case "stop" or "destroy" or "restart":
                if (role != ContainerRole.Other && !IsNear(line, -8, -1, "container kill ") && !IsNear(line, -8, -1, "container die "))
                    findings.Add(Containers.Stop(of, role, name ?? image, verb.ToString()));
                return true;
            case "pause":
                findings.Add(of with { Sign = Sign.HostInterrupted, Subject = name ?? image, State = "paused" });
                return true;
            case "start" when role is ContainerRole.Server or ContainerRole.Unknown:
                findings.Add(of with { Sign = Sign.UnitStarted, Subject = name ?? image });
                return true;
            default:
                return false;
        }
    }

    /// <summary>"db-1 exited with code 137", "mysql_1 exited with code 1 (restarting)".</summary>
    private static bool Compose(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (Int(After(text, " exited with code ")) is not { } code)
            return false;
        ReadOnlySpan<char> word = LastWord(Before(text, " exited with code "));
        // Compose colours names.
        int colour = word.LastIndexOf('\x1b');
        string? name = Name(colour < 0 ? word : word[(colour + word[colour..].IndexOf('m') + 1)..]);
        if (name is null || name.Length > 80 || name is "process" or "container" or "has" or "Process" or "command")
            return false;
        if (code == 0 && Containers.Role(name) is not (ContainerRole.Server or ContainerRole.Proxy))
            return true;
        Sighting of = Of(line, Sign.UnitDied);
        findings.Add(code is 0 or 143 ? Containers.Stop(of, Containers.Role(name), name, "exited", code) : Containers.Death(of, Containers.Role(name), name, "exit-code", code));
        return true;
    }

    /// <summary>docker ps -a: "4f3c0a mysql:8.0 "docker-entrypoint.s…" 2 hours ago Exited (137) 3 minutes ago 3306/tcp db".</summary>
    private static bool Listed(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        bool restarting = Has(text, "Restarting (");
        if (Int(restarting ? After(text, "Restarting (") : After(text, "Exited (")) is not { } code || !Has(text, " ago"))
            return false;
        // Image after the id, name at the end; "docker compose ps" begins with the name.
        string? first = Name(Word(text.Trim("| "))), last = Name(LastWord(text.TrimEnd("| ")));
        ReadOnlySpan<char> rest = text.Trim("| ");
        string? image = Name(Word(rest[Math.Min(rest.Length, Word(rest).Length)..].TrimStart("| ")));
        bool hasId = first is not null && first.Length is >= 6 and <= 64 && Containers.IsHex(first);
        string? name = hasId ? last : first;
        ContainerRole role = Containers.Role(name is "ago" ? null : name, hasId ? image : null);
        if (role == ContainerRole.Other)
            return true;
        Sighting of = Of(line, Sign.UnitDied);
        findings.Add(code is 0 or 143 && !restarting ? Containers.Stop(of, role, name, "exited", code) : Containers.Death(of, role, name, restarting ? "restarting" : "exit-code", code));
        return true;
    }

    /// <summary>dockerd: "Container 4f3c failed to exit within 10s of signal 15 - using the force".</summary>
    private static bool Forced(LogLine line, ReadOnlySpan<char> text, Findings findings)
    {
        if (!Has(text, "using the force") && !(Has(text, "failed to exit within ") && Has(text, "ontainer")))
            return false;
        string? name = Name(Keyed.Value(text, "container", "name")) ?? Name(Word(After(text, "Container ")));
        findings.Add(Of(line, Sign.UnitKilled) with { Subject = name is "failed" ? null : name, State = "stop timeout", Code = 9 });
        return true;
    }
}
