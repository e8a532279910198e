using System.CommandLine;
using GoneAway.Causes;

namespace GoneAway.Cli;

/// <summary><c>goneaway causes [NAME]</c></summary>
internal static class CausesCommand
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string?>("NAME") { Arity = ArgumentArity.ZeroOrOne, Description = "A cause's name: shows its whole page." };
        var writeDocs = new Option<string?>("--write-docs") { Description = "Write all pages to this folder.", Hidden = true };
        var command = new Command("causes", "Lists the causes that are known, or tells all about one.\n\nExamples:\n  goneaway causes\n  goneaway causes wait-timeout") { name, writeDocs };
        command.SetAction(parsed => Run(terminal, parsed.GetValue(name), parsed.GetValue(writeDocs)));
        return command;
    }

    private static int Run(Terminal terminal, string? name, string? docs)
    {
        if (docs is not null)
        {
            CausePages.WriteTo(docs);
            return ExitStatus.Done;
        }
        using var output = new StreamWriter(terminal.Output, leaveOpen: true);
        if (name is null)
        {
            foreach (IGrouping<CauseGroup, Cause> group in Catalogue.All.GroupBy(static c => c.Group))
            {
                output.WriteLine(group.Key);
                foreach (Cause cause in group)
                    output.WriteLine($"  {cause.Name,-26} {cause.Title}");
            }
            return ExitStatus.Done;
        }
        if (Catalogue.Find(name) is { } found)
        {
            output.WriteLine(CausePages.PageOf(found));
            return ExitStatus.Done;
        }
        IEnumerable<string> near = Catalogue.All.Select(static c => c.Name).Where(n => n.Contains(name, StringComparison.OrdinalIgnoreCase) || name.Split('-').Any(w => w.Length > 3 && n.Contains(w, StringComparison.OrdinalIgnoreCase)));
        terminal.Error.WriteLine($"goneaway: no cause is named '{Reports.Plain.Of(name)}'" + (near.Any() ? "; near: " + string.Join(", ", near) : "; 'goneaway causes' lists them"));
        return ExitStatus.Usage;
    }
}
