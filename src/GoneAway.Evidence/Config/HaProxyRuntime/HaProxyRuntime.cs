using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Config;

/// <summary>Answers of HAProxy's runtime socket: show stat, show info, show servers state, show sess, one or several in a file.</summary>
internal sealed class HaProxyRuntime : IPassageReader
{
    private const int MostLines = 200_000;

    public string Kind => "HAProxy runtime socket";

    public bool TryRead(Passage passage, Findings findings)
    {
        if (passage.Lines.Count > MostLines)
            return false;
        var found = new Findings();
        var rows = new List<RuntimeRow>();
        int used = 0, other = 0;
        for (int i = 0; i < passage.Lines.Count;)
        {
            int lines = Answer(passage, i, rows, found);
            used += lines;
            // A shell's prompt with the command, blank lines, the version of a server-state file.
            if (lines == 0 && passage.Lines[i].AsSpan().Trim() is not ("" or "1") && !passage.Lines[i].Contains("show ", StringComparison.Ordinal) && ++other > 20 && other > used)
                return false;
            i += Math.Max(1, lines);
        }
        if (used == 0 || other > used)
            return false;
        StatFindings.Tell(rows, passage.Taken, findings);
        Pass(found, findings);
        return true;
    }

    private static int Answer(Passage passage, int at, List<RuntimeRow> rows, Findings found)
    {
        string line = passage.Lines[at];
        if (line.Length < 6)
            return 0;
        if (line.Contains("pxname", StringComparison.Ordinal) && StatTables.TryTable(passage, at, rows) is > 1 and var table)
            return table;
        if (line[1] == '.' && StatTables.TryTyped(passage, at, rows) is > 0 and var typed)
            return typed;
        if (line[0] == '[' && StatTables.TryJson(passage, at, rows) is > 0 and var json)
            return json;
        if (line.Contains("srv_op_state", StringComparison.Ordinal) && RuntimeLists.TryState(passage, at, passage.Taken, found) is > 1 and var state)
            return state;
        if (line.Contains("0x", StringComparison.Ordinal) && RuntimeLists.TrySessions(passage, at, passage.Taken, found) is > 0 and var sessions)
            return sessions;
        return line.Contains("Name", StringComparison.Ordinal) ? RuntimeInfo.TryRead(passage, at, passage.Taken, found) : 0;
    }

    private static void Pass(Findings from, Findings to)
    {
        foreach (Fact fact in from.Facts)
            to.Add(fact);
        foreach (Sighting sighting in from.Sightings)
            to.Add(sighting);
        foreach (Hazard hazard in from.Hazards)
            to.Add(hazard);
        foreach (string note in from.Notes)
            to.Note(note);
    }
}
