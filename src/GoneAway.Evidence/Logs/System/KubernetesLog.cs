using System.Buffers;
using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.SystemLine;

namespace GoneAway.Evidence.Logs;

/// <summary>Kubernetes' words on pods: events, as <c>kubectl get events</c> and <c>describe</c> list them or kubelet logs them, and the rows of <c>kubectl get pods</c>.</summary>
internal sealed class KubernetesLog : LineReader
{
    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t,\"();:");

    public override string Kind => "Kubernetes events";

    public override IReadOnlyList<string> Triggers { get; } =
    [
        "Back-off restarting", "CrashLoopBackOff", "failed liveness probe", "iveness probe failed", "iveness probe errored", "failed startup probe", "tartup probe failed", "OOMKilled", "OOMKilling", "Evicted", "low on resource: ", "was low on resource",
        "Pod sandbox changed", "Stopping container ", "Killing container ", "definition changed, will be restarted", "Marking for deletion Pod", "Deleting pod ", "delete Pod ", "NodeNotReady", "Node is not ready", "Preempted", "Preempting", "TaintManagerEviction",
        "Started container ", "eviction manager: ", "NodeShutdown", "Pod was terminated in response to imminent node shutdown", "Exceeded its local ephemeral storage", "ephemeral local storage usage exceeds", "emptyDir volume exceeds", "RunContainerError", "StartError",
    ];

    private static readonly (string Words, string State)[] Deaths =
    [
        ("Back-off restarting failed container", "CrashLoopBackOff"), ("The node was low on resource: ", "evicted"), ("Exceeded its local ephemeral storage", "evicted"), ("ephemeral local storage usage exceeds", "evicted"), ("emptyDir volume exceeds", "evicted"),
        ("Pod sandbox changed", "sandbox changed"), ("eviction manager: pod ", "evicted"), ("TaintManagerEviction", "node lost"), ("Marking for deletion Pod", "node lost"), ("Node is not ready", "node lost"), ("NodeNotReady", "node lost"),
        ("Preempted", "preempted"), ("Pod was terminated in response to imminent node shutdown", "node shutdown"), ("NodeShutdown", "node shutdown"),
    ];

    private static readonly (string Words, string State)[] Stops =
    [
        ("failed liveness probe, will be restarted", "liveness probe"), ("failed liveness probe", "liveness probe"), ("failed startup probe, will be restarted", "startup probe"), ("failed startup probe", "startup probe"),
        ("definition changed, will be restarted", "definition changed"), ("Stopping container ", "stopped"), ("Killing container ", "stopped"), ("delete Pod ", "deleted"), ("Deleting pod ", "deleted"),
    ];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        // What applications say in their own logs of such things has none of Kubernetes' other words; its own lines name a pod, a container or a node.
        if (Row(line, findings))
            return true;
        string? subject = Subject(line);
        ContainerRole role = Containers.Role(subject);
        foreach ((string words, string state) in Stops)
            if (Has(text, words))
            {
                if (Said(line, words))
                    return true;
                findings.Add(Containers.Stop(Of(line, Sign.UnitStopping), role, subject, state) with { Elapsed = null });
                return true;
            }
        foreach ((string words, string state) in Deaths)
            if (Has(text, words))
            {
                if (!IsTold(line, subject) || role == ContainerRole.Unknown && !state.StartsWith("node", StringComparison.Ordinal))
                    return false;
                findings.Add(Containers.Death(Of(line, Sign.UnitDied), role, subject, state, null));
                return true;
            }
        return Probe(line, role, subject, findings) || Started(line, role, subject, findings);
    }

    /// <summary>"Liveness probe failed: mysqladmin: connect ... failed": it did not answer in time. Three of them, by default, and it is killed.</summary>
    private static bool Probe(LogLine line, ContainerRole role, string? subject, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        if (!Has(text, "probe failed") && !Has(text, "probe errored"))
            return false;
        // A wrong password of the probe's is no standstill; nor is the readiness probe's word an end.
        bool wrong = Has(text, "Access denied") || Has(text, "Readiness") || Has(text, "executable file not found");
        if (!wrong && role == ContainerRole.Server)
            findings.Add(Of(line, Sign.ServerStalls) with { Subject = subject, State = Has(text, "tartup") ? "startup probe" : "liveness probe" });
        return true;
    }

    private static bool Started(LogLine line, ContainerRole role, string? subject, Findings findings)
    {
        if (!Has(line.Text, "Started container "))
            return false;
        if (role == ContainerRole.Server)
            findings.Add(Of(line, Sign.UnitStarted) with { Subject = subject });
        return true;
    }

    /// <summary>kubectl get pods: "mysql-0   0/1   CrashLoopBackOff   5 (2m ago)   10m"; with -A the namespace stands first.</summary>
    private static bool Row(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text.Trim();
        foreach (string state in (ReadOnlySpan<string>)["CrashLoopBackOff", "OOMKilled", "Evicted", "RunContainerError", "StartError"])
        {
            int at = text.IndexOf(state, StringComparison.Ordinal);
            if (at < 4)
                continue;
            ReadOnlySpan<char> ready = LastWord(text[..at]), name = LastWord(text[..at].TrimEnd()[..^ready.Length]);
            if (ready.Length is < 3 or > 7 || ready.IndexOf('/') < 1 || Int(ready) is null || name.IsEmpty)
                continue;
            string? pod = Name(name);
            ContainerRole role = Containers.Role(pod);
            findings.Add(Containers.Death(Of(line, Sign.UnitDied), role, pod, state == "Evicted" ? "evicted" : state, null));
            return true;
        }
        return false;
    }

    /// <summary>The same said of the same in the line before: "Container mysql failed liveness probe, will be restarted" in two lists.</summary>
    private static bool Said(LogLine line, string words) => words is "Deleting pod " or "delete Pod " && IsNear(line, -3, -1, "Stopping container ");

    /// <summary>The line is an event's or kubelet's, or stands among such.</summary>
    private static bool IsTold(LogLine line, string? subject)
    {
        ReadOnlySpan<char> text = line.Text;
        return subject is not null || Has(text, "kubelet") || Has(text, "Warning") || Has(text, "pod/") || Has(text, "node/") || Has(text, "node-controller") || Has(text, "Events:") || IsNear(line, -10, 10, "kubelet");
    }

    /// <summary>The pod or container that an event is about, in its object column, its message or, below <c>describe</c>, the page's head.</summary>
    private static string? Subject(LogLine line)
    {
        ReadOnlySpan<char> text = line.Text;
        foreach (string open in (ReadOnlySpan<string>)[" in pod ", "pod/", "Pod/", "Deletion of Pod ", "deletion Pod ", "delete Pod ", "Deleting pod ", "pod=\"", "pod \"", "eviction manager: pod "])
            if (After(text, open) is { Length: > 0 } rest)
            {
                ReadOnlySpan<char> name = rest;
                int end = name.IndexOfAny(Ends);
                name = end < 0 ? name : name[..end];
                // default/mysql-0, mysql-0_default
                name = name[(name.LastIndexOf('/') + 1)..];
                if (name.IndexOf('_') is > 0 and var low)
                    name = name[..low];
                if (name.Length > 1)
                    return Name(name);
            }
        foreach (string open in (ReadOnlySpan<string>)["Container ", "container "])
            if (After(text, open) is { Length: > 0 } rest && Name(Word(rest).TrimEnd(",.:")) is { } container && !container.Contains("://", StringComparison.Ordinal) && container is not ("mysqld" or "with" or "runtime" or "image" or "is"))
                return container;
        for (int back = -1; back >= -100; back--)
        {
            ReadOnlySpan<char> before = line.Line(back);
            if (before.StartsWith("Name: ", StringComparison.Ordinal) || before.StartsWith("Name:\t", StringComparison.Ordinal))
                return Name(before[5..]);
        }
        return null;
    }
}
