using System.Buffers;
using GoneAway.Evidence.Text;
using GoneAway.Model;
using static GoneAway.Evidence.Logs.SystemLine;

namespace GoneAway.Evidence.Logs;

/// <summary>How a container ended, where its state is described in many lines: <c>kubectl describe pod</c>, <c>kubectl get pod -o yaml</c> or <c>json</c>, <c>docker inspect</c>.</summary>
internal sealed class ContainerState : LineReader
{
    private const int Head = 100;
    private static readonly SearchValues<char> Ends = SearchValues.Create("\\\",} \r");

    public override string Kind => "container state";

    public override IReadOnlyList<string> Triggers { get; } = ["Exit Code:", "exitCode", "ExitCode"];

    public override bool TryRead(LogLine line, Findings findings)
    {
        ReadOnlySpan<char> text = line.Text;
        int at = text.IndexOf("Exit Code:", StringComparison.Ordinal);
        at = at < 0 ? text.IndexOf("xitCode", StringComparison.Ordinal) + 7 : at + 10;
        ReadOnlySpan<char> rest = text[at..].TrimStart("\\\": \t=");
        if (Int(rest) is not { } code || rest.IsEmpty || !char.IsAsciiDigit(rest[0]))
            return false;
        string? reason = Reason(line);
        if (reason is null && !Has(text, "Exit Code:") && !IsBlock(line))
            return false;
        bool oom = reason is "OOMKilled" || Flag(line);
        bool running = reason is null && code == 0 && (Field(line, "Running") is "true" || Field(line, "Status") is "running");
        if (running)
            return true;
        (string? name, string? image) = Owner(line);
        ContainerRole role = Containers.Role(name, image);
        Sighting of = Of(line, Sign.UnitDied) with { Stamp = Ended(line), Text = Shown.Of($"{(reason is null ? "" : $"Reason: {reason}, ")}{text.Trim()}") };
        if (code is 0 or 143 && !oom)
        {
            // An application that has done its work is no news.
            if (role is ContainerRole.Server or ContainerRole.Proxy)
                findings.Add(Containers.Stop(of, role, name, reason ?? "exited", code));
            return true;
        }
        findings.Add(Containers.Death(of, role, name, oom ? "OOMKilled" : "exit-code", code));
        return true;
    }

    /// <summary>Lines of JSON, or of YAML, in which an exit code stands among its like: other programs have exit codes, too.</summary>
    private static bool IsBlock(LogLine line) => Has(line.Text, "OOMKilled") || IsNear(line, -14, 14, "FinishedAt") || IsNear(line, -14, 14, "finishedAt") || IsNear(line, -14, 14, "OOMKilled");

    private static bool Flag(LogLine line) => Field(line, "OOMKilled") is "true";

    private static string? Reason(LogLine line)
    {
        // describe: between "Last State:" and "Exit Code:"; YAML and JSON: after it.
        for (int offset = 0; offset <= 8; offset++)
            foreach (int way in (ReadOnlySpan<int>)[-offset, offset])
            {
                ReadOnlySpan<char> near = line.Line(way);
                int at = near.IndexOf("eason", StringComparison.Ordinal);
                ReadOnlySpan<char> value = at < 0 ? default : near[(at + 5)..].TrimStart("\\\": \t").TrimEnd("\", \r");
                if (value.Length is > 1 and < 40 && !value.Contains(' '))
                    return value.ToString();
            }
        return null;
    }

    /// <summary>The value of a field near the line, on it first.</summary>
    private static string? Field(LogLine line, string key)
    {
        for (int offset = 0; offset <= 12; offset++)
            foreach (int way in (ReadOnlySpan<int>)[-offset, offset])
            {
                ReadOnlySpan<char> near = line.Line(way);
                int at = near.IndexOf(key, StringComparison.Ordinal);
                if (at < 0 || at > 0 && char.IsAsciiLetter(near[at - 1]))
                    continue;
                ReadOnlySpan<char> value = near[(at + key.Length)..].TrimStart("\\\": \t");
                int end = value.IndexOfAny(Ends);
                return (end < 0 ? value : value[..end]).ToString();
            }
        return null;
    }

    /// <summary>"Finished: Fri, 20 Nov 2026 10:00:00 +0000", "finishedAt": "2026-11-20T10:00:00Z".</summary>
    private static Stamp? Ended(LogLine line)
    {
        for (int offset = 0; offset <= 8; offset++)
            foreach (int way in (ReadOnlySpan<int>)[offset, -offset])
            {
                ReadOnlySpan<char> near = line.Line(way);
                int at = near.IndexOf("inished", StringComparison.Ordinal);
                if (at > 0 && Stamps.TryFind(near[at..], out Stamp stamp))
                    return stamp.Clock.Year > 1 ? stamp : null;
            }
        return null;
    }

    /// <summary>The name and image of the container, or the pod's name: a few lines before in describe, in JSON anywhere around.</summary>
    private static (string? Name, string? Image) Owner(LogLine line)
    {
        string? name = null, image = null;
        for (int back = -1; back >= -Head && name is null; back--)
        {
            ReadOnlySpan<char> before = line.Line(back).Trim();
            if (image is null && (before.StartsWith("Image:", StringComparison.Ordinal) || before.StartsWith("image:", StringComparison.Ordinal) || before.StartsWith("\"image\":", StringComparison.Ordinal)))
                image = Name(before[(before.IndexOf(':') + 1)..].Trim("\", "));
            else if (before.StartsWith("Container ID:", StringComparison.Ordinal) && line.Line(back - 1).Trim() is [.., ':'] and var title)
                name = Name(title[..^1]);
            else if (before.StartsWith("Name: ", StringComparison.Ordinal) || before.StartsWith("Name:\t", StringComparison.Ordinal))
                name = Name(before[5..]);
        }
        for (int next = 1; next <= 80 && (name is null || image is null); next++)
        {
            ReadOnlySpan<char> after = line.Line(next).Trim();
            // docker inspect: "Name": "/db", "Image": "mysql:8.0"; -o yaml: "name: mysql" follows lastState.
            if (name is null && after.StartsWith("\"Name\": \"/", StringComparison.Ordinal))
                name = Name(after[10..].Trim("\", "));
            else if (name is null && next < 12 && (after.StartsWith("name: ", StringComparison.Ordinal) || after.StartsWith("\"name\": \"", StringComparison.Ordinal)))
                name = Name(after[(after.IndexOf(':') + 1)..].Trim("\", "));
            else if (image is null && after.StartsWith("\"Image\": \"", StringComparison.Ordinal) && !Has(after, "sha256:"))
                image = Name(after[9..].Trim("\", "));
        }
        return (name, image);
    }
}
