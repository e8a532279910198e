using GoneAway.Lab.Parts;
using GoneAway.Lab.Stories;

namespace GoneAway.Cli;

/// <summary><c>goneaway lab story-N</c>: as it was, explained, and behind the gateway.</summary>
internal static class StoryRuns
{
    /// <param name="page">Write docs/stories/N.md's text to this file and its picture, N.svg, beside it; null: no page.</param>
    public static int Run(Terminal terminal, Story story, string? keep, string? page)
    {
        using var output = new StreamWriter(terminal.Output, leaveOpen: true) { AutoFlush = true };
        if (story.Missing() is { } missing)
        {
            terminal.Error.WriteLine($"goneaway: {story.Name} cannot run here: {missing}");
            return ExitStatus.NothingReadable;
        }
        string folder = keep ?? Directory.CreateTempSubdirectory("goneaway-story-").FullName;
        try
        {
            output.WriteLine($"{story.Name}: {story.Title}");
            StoryTold told = story.Tell(Path.GetFullPath(folder));
            Write(told, output);
            if (page is not null)
                WritePage(told, page);
            return told.Faults().Any() ? ExitStatus.GradeMet : ExitStatus.Done;
        }
        catch (LabException error)
        {
            terminal.Error.WriteLine($"goneaway: {story.Name}: {error.Message}");
            return ExitStatus.NothingReadable;
        }
        finally
        {
            if (keep is null)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static void WritePage(StoryTold told, string page)
    {
        string picture = Path.ChangeExtension(page, ".svg");
        File.WriteAllText(page, StoryPage.Of(told, Path.GetFileName(picture)));
        if (StoryPage.Picture(told) is { } drawn)
            File.WriteAllText(picture, drawn);
        else
            File.Delete(picture);
    }

    private static void Write(StoryTold told, StreamWriter output)
    {
        foreach (FollowedStep step in told.Ahead)
            Block(output, "before anything failed: " + step.Command, step.Output);
        Block(output, "the application saw", told.Saw);
        Block(output, "goneaway explain, of what its author had", told.First.Text);
        foreach (FollowedStep step in told.Followed)
            Block(output, "as asked: " + step.Command, step.Output);
        if (told.Second is { } second)
            Block(output, "goneaway explain, with that", second.Text);
        Block(output, "behind the gateway the application saw", told.SawBehindGateway);
        Block(output, "the gateway's log", told.GatewaySaid);
        foreach ((string what, string text) in StoryPage.SideBySide(told))
            output.WriteLine($"{what,-36} {Reports.Plain.Of(text)}");
        foreach (string fault in told.Faults())
            output.WriteLine("NOT AS IT MUST BE: " + Reports.Plain.Of(fault));
    }

    private static void Block(StreamWriter output, string title, string text)
    {
        output.WriteLine($"--- {title}");
        foreach (string line in text.TrimEnd().Split('\n'))
            output.WriteLine("  " + Reports.Plain.Of(line.TrimEnd().Replace("\t", "    ", StringComparison.Ordinal)));
        output.WriteLine();
    }
}
