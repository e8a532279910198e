using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Reads logs and tracebacks of applications and client programs. One traceback, however long its chain, is one sighting of each error.</summary>
public sealed class ApplicationLogReader : LineReader
{
    private readonly MessageIndex index = new(ApplicationMessages.All);

    public override string Kind => "application log";
    public override IReadOnlyList<string> Triggers => index.Triggers;

    public override bool TryRead(LogLine line, Findings findings)
    {
        // Part of a traceback that was read from its first error on.
        if (line.Number <= findings.ReadTo)
            return true;
        if (!index.TryFind(line.Text, out Hit hit) || Traceback.IsSourceCode(line, 0) || SourceText.IsCode(line.Text, hit.Start))
            return false;
        if (hit.Message is { Near: { } near } && !Traceback.IsNear(line, near))
            return false;
        if (hit.Message is { Weak: false } full && findings.IsFull(full.Sign) && full.Sign is Sign.JobRan or Sign.WorkersForked)
        {
            findings.Count(full.Sign);
            return true;
        }
        var traceback = new Traceback(index);
        traceback.Read(line, hit);
        if (traceback.Sightings.Count == 0)
            return false;
        foreach (Sighting sighting in traceback.Sightings)
            findings.Add(sighting);
        findings.ReadTo = Math.Max(findings.ReadTo, traceback.ReadTo);
        return true;
    }
}
