using System.Text;
using GoneAway.Causes;

namespace GoneAway.Cli;

/// <summary>The causes' pages as they stand in docs/causes: made from the same text that <c>goneaway causes</c> shows.</summary>
internal static class CausePages
{
    public static string PageOf(Cause cause) => $"# {cause.Name}\n\n{cause.Title}\n\n{cause.Page.Trim()}\n";

    public static string Index()
    {
        var index = new StringBuilder("# Causes\n\nMade by `goneaway causes --write-docs docs/causes`; edit the cause's own file.\n");
        foreach (IGrouping<CauseGroup, Cause> group in Catalogue.All.GroupBy(static c => c.Group))
        {
            index.Append("\n## ").Append(group.Key).Append("\n\n");
            foreach (Cause cause in group)
                index.Append($"- [{cause.Name}]({cause.Name}.md): {cause.Title}\n");
        }
        return index.ToString();
    }

    public static void WriteTo(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "README.md"), Index());
        foreach (Cause cause in Catalogue.All)
            File.WriteAllText(Path.Combine(folder, cause.Name + ".md"), PageOf(cause));
    }
}
