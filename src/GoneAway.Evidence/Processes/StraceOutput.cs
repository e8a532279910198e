using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Processes;

/// <summary>System calls of a client, as <c>strace</c> or <c>truss</c> lists them: what it wrote to MySQL's socket, how that ended, who else used it.</summary>
internal sealed class StraceOutput : IPassageReader
{
    public string Kind => "system call trace";

    public bool TryRead(Passage passage, Findings findings)
    {
        if (!IsTrace(passage))
            return false;
        var judgement = new TraceJudgement(passage, findings);
        var unfinished = new Dictionary<int, string>();
        for (int i = 0; i < passage.Lines.Count; i++)
        {
            string text = TracedCall.Head(Prompt.Clean(passage.Lines[i]), out int pid, out TimeSpan? clock, out Stamp? stamp);
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                unfinished[pid] = text[..^16].TrimEnd();
                continue;
            }
            if (text.StartsWith("<... ", StringComparison.Ordinal))
            {
                int resumed = text.IndexOf(" resumed>", StringComparison.Ordinal);
                if (resumed < 0 || !unfinished.Remove(pid, out string? begun))
                    continue;
                text = begun + text[(resumed + 9)..];
            }
            if (TracedCall.TryParse(text, pid, out TracedCall call))
                judgement.Read(call with { Line = i, Clock = clock, Stamp = stamp });
        }
        judgement.End();
        return true;
    }

    /// <summary>Most lines are calls, and one of them at least is of a kind that sockets know.</summary>
    private static bool IsTrace(Passage passage)
    {
        int calls = 0, others = 0;
        bool telling = false;
        for (int i = 0; i < passage.Lines.Count && i < 5000; i++)
        {
            string line = Prompt.Clean(passage.Lines[i]);
            if (string.IsNullOrWhiteSpace(line) || Prompt.TryCommand(line, out _))
                continue;
            string text = TracedCall.Head(line, out _, out _, out _);
            bool mark = text.StartsWith("--- SIG", StringComparison.Ordinal) || text.StartsWith("+++ ", StringComparison.Ordinal) || text.StartsWith("strace: ", StringComparison.Ordinal) || text.StartsWith("<... ", StringComparison.Ordinal)
                || text.EndsWith("<unfinished ...>", StringComparison.Ordinal) || text.StartsWith("Process ", StringComparison.Ordinal) && text.EndsWith("tached", StringComparison.Ordinal);
            if (!mark && !TracedCall.TryParse(text, 0, out TracedCall call))
            {
                if (++others > 10 + calls)
                    return false;
                continue;
            }
            else if (!mark && TracedCall.TryParse(text, 0, out call))
                telling |= call.Name is "read" or "write" or "close" or "connect" or "socket" or "poll" or "ppoll" or "select" or "recvfrom" or "sendto" or "recvmsg" or "sendmsg" or "writev" or "readv" or "recv" or "send" or "shutdown" or "dup2" or "dup3" or "getsockopt" or "setsockopt";
            calls++;
        }
        return telling && calls > others * 2;
    }
}
