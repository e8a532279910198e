using GoneAway.Evidence.Processes;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Host;

/// <summary>
/// What a host is set to and has counted, as its own tools print it: <c>sysctl</c>, <c>nstat</c>, <c>netstat -s</c>, <c>ss -s</c>, <c>ulimit -a</c>,
/// <c>/proc/PID/limits</c>, <c>prlimit</c>, <c>systemctl show</c> and <c>cat</c>, <c>ipvsadm --timeout</c>.
/// </summary>
internal sealed class HostSettings : IPassageReader
{
    private const int MostWords = 200;

    public string Kind => "system settings";

    public bool TryRead(Passage passage, Findings findings)
    {
        var facts = new HostFacts(passage);
        IHostForm[] forms = [new SysctlForm(), new CounterForm(), new LimitForm(), new UnitForm()];
        int known = 0, foreign = 0;
        string command = "";
        for (int i = 0; i < passage.Lines.Count; i++)
        {
            string text = Prompt.Clean(passage.Lines[i]);
            if (string.IsNullOrWhiteSpace(text))
                continue;
            // "# /lib/systemd/system/mysql.service" is a heading of systemctl cat, no command.
            bool heading = text.StartsWith("# /", StringComparison.Ordinal) && text.Contains("/systemd/", StringComparison.Ordinal);
            if (!heading && Prompt.TryCommand(text, out string next))
            {
                command = next;
                continue;
            }
            var line = new HostLine(i, text, text.Split((char[]?)null, MostWords, StringSplitOptions.RemoveEmptyEntries), command);
            if (TryLine(forms, line, facts))
                known++;
            else if (text.Length < 60 && Stamps.TryFind(text, out Stamp stamp))
                facts.Taken ??= stamp;
            else if (text.TrimStart()[0] is not ('#' or ';') && ++foreign > 2 + known / 10)
                return false;
        }
        if (known == 0 || facts.Facts.Count == 0 && facts.Sightings.Count == 0 || foreign > known / 2)
            return false;
        new HostHazards(facts).Judge();
        facts.AddTo(findings);
        return true;
    }

    private static bool TryLine(IHostForm[] forms, HostLine line, HostFacts facts)
    {
        for (int i = 0; i < forms.Length; i++)
            if (forms[i].TryLine(line, facts))
            {
                // Lines of one form follow each other.
                (forms[0], forms[i]) = (forms[i], forms[0]);
                return true;
            }
        return false;
    }
}

/// <summary>One kind of output. Made anew for each passage: it may remember headings.</summary>
internal interface IHostForm
{
    /// <summary>True when the line is of this form; what it tells has then been added.</summary>
    bool TryLine(HostLine line, HostFacts facts);
}

/// <param name="Command">The command whose output it is, when a prompt shows it.</param>
internal sealed record HostLine(int Index, string Text, string[] Words, string Command);

/// <summary>What the forms found in one passage.</summary>
internal sealed class HostFacts(Passage passage)
{
    private const int Most = 2000;

    public List<Fact> Facts { get; } = [];
    public List<Sighting> Sightings { get; } = [];
    public List<Hazard> Hazards { get; } = [];
    public Stamp? Taken { get; set; } = passage.Taken;

    public string At(int index) => passage.At(index);

    public string LineOf(int index) => passage.Lines[index];

    public void Add(HostLine line, string name, string value, string? scope = null)
    {
        if (Facts.Count < Most)
            Facts.Add(new Fact(FactKind.System, name, Shown.Of(value), null, passage.At(line.Index)) { Scope = scope });
    }

    public Fact? Last(string name, string? scope = null) => Facts.FindLast(f => f.Name == name && (scope is null || f.Scope == scope));

    public double? Number(string name, string? scope = null) => Last(name, scope)?.Number;

    public void AddTo(Findings findings)
    {
        foreach (Fact fact in Facts)
            findings.Add(fact with { At = Taken });
        foreach (Sighting one in Sightings)
            findings.Add(one);
        foreach (Hazard one in Hazards)
            findings.Add(one);
    }
}
