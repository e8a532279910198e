using System.Text;

namespace GoneAway.Lab.Stories;

/// <summary>A story as a page: what was seen, what was said of it, what the gateway made of it; all of one run.</summary>
public static class StoryPage
{
    private const int MostLines = 60;

    /// <summary>The last explanation's drawing of the loss the story is about, as an SVG file; null when nothing of it is drawn.</summary>
    public static string? Picture(StoryTold told) => told.Last.PictureOf(told.Story.Cause);

    /// <param name="told">What came out of the story.</param>
    /// <param name="picture">Name of the file beside the page that holds <see cref="Picture"/>; null: no picture is shown, nor when there is none.</param>
    public static string Of(StoryTold told, string? picture = null)
    {
        Story story = told.Story;
        var page = new StringBuilder();
        page.Append($"# {story.Number}. {story.Title}\n\n{story.Trouble}\n\nWritten by `goneaway lab {story.Name} --page`: all output below is of that run.\n");
        page.Append($"\n{Table(told)}");
        if (picture is not null && Picture(told) is not null)
            page.Append($"\n![The connection's last moments]({picture})\n");
        Block(page, "What the application saw", story.Shown(told.Saw));
        foreach (FollowedStep step in told.Ahead)
            Block(page, "Before anything failed: `" + step.Command + "`", step.Output);
        Block(page, "What GoneAway says of the evidence that its author had: `goneaway explain evidence`", told.First.Text);
        foreach (FollowedStep step in told.Followed)
            Block(page, "What it asked for: `" + step.Command + "`", step.Output);
        if (told.Second is { } second)
            Block(page, "What it says with that: `goneaway explain followed`", second.Text);
        Block(page, "What the application sees behind the gateway", story.Shown(told.SawBehindGateway));
        Block(page, "What the gateway says", told.GatewaySaid);
        return page.ToString();
    }

    /// <summary>What the author saw, the verdict, and what the application sees behind the gateway, side by side; a line for each.</summary>
    public static IEnumerable<(string What, string Text)> SideBySide(StoryTold told)
    {
        yield return ("seen", First(told.Saw, told.Story.Sees));
        yield return ("verdict, from the author's evidence", Verdict(told.First));
        if (told.Second is { } second)
            yield return ("verdict, with what it asked for", Verdict(second));
        yield return ("behind the gateway", Last(told.Story.Shown(told.SawBehindGateway)));
    }

    private static string Table(StoryTold told)
    {
        var table = new StringBuilder("| | |\n|---|---|\n");
        foreach ((string what, string text) in SideBySide(told))
            table.Append($"| {what} | {text.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        return table.ToString();
    }

    private static string Verdict(Explanation explanation) => string.Join("; ", explanation.Verdicts.GroupBy(static v => v)
        .Select(static group => (group.Key.Cause is { } cause ? $"{group.Key.Grade}: {cause}" : "cannot tell") + (group.Count() > 1 ? $" ({group.Count()} times)" : "")));

    /// <summary>The lines that the story is about, each kind once.</summary>
    private static string First(string said, IReadOnlyList<string> patterns)
    {
        string[] lines = said.Split('\n');
        return string.Join(" / ", patterns.Select(pattern => Array.Find(lines, line => System.Text.RegularExpressions.Regex.IsMatch(line, pattern))?.Trim() ?? "not " + pattern).Distinct());
    }

    private static string Last(string said) => said.TrimEnd().Split('\n')[^1].Trim();

    private static void Block(StringBuilder page, string title, string text)
    {
        string[] lines = text.TrimEnd().Split('\n');
        page.Append($"\n## {title}\n\n```\n");
        foreach (string line in lines.Length <= MostLines ? lines : [.. lines[..(MostLines / 2)], $"... {lines.Length - MostLines} lines ...", .. lines[^(MostLines / 2)..]])
            page.Append(line.TrimEnd()).Append('\n');
        page.Append("```\n");
    }
}
