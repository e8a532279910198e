using GoneAway.Lab.Stories;

namespace GoneAway.Lab.Tests.Stories;

/// <summary>Story 2: the application's log, the processes and the capture name the fork, each for itself.</summary>
public sealed class FourTabsTests
{
    [StoryFact(2)]
    public void The_site_that_fails_on_four_tabs()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("goneaway-story-");
        try
        {
            StoryTold told = AllStories.Find("story-2")!.Tell(folder.FullName);
            Assert.True(!told.Faults().Any(), StoryTests.WhatFailed(told));
            string first = Folded(told.First.Text);
            Assert.Contains("An empty error log of the server proves nothing: it names aborted connections only with log_error_verbosity = 3", first, StringComparison.Ordinal);
            Assert.Contains("lazy-apps = true", first, StringComparison.Ordinal);
            Assert.Contains("@postfork", first, StringComparison.Ordinal);
            Assert.Contains("engine.dispose(close=False)", first, StringComparison.Ordinal);
            // One inode in all workers, and in the parent from which they have it.
            Assert.Matches(@"is open in 5 processes: (uwsgi\[\d+\](, )?){5}; uwsgi\[\d+\] is the parent", Assert.Single(told.Ahead).Output);
            Assert.Equal("likely", OnlyOf(folder.FullName, "evidence", "application.log"));
            Assert.NotEqual("unknown", OnlyOf(folder.FullName, "followed", "lost.pcap"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Explains one file alone: the grade of the first loss; all are of the fork.</summary>
    private static string OnlyOf(string folder, string evidence, string file)
    {
        string alone = "only-" + file;
        Directory.CreateDirectory(Path.Combine(folder, alone));
        File.Copy(Path.Combine(folder, evidence, file), Path.Combine(folder, alone, file));
        Explanation explained = Explanation.Of(folder, alone);
        Assert.Null(explained.Wrong(AllStories.Find("story-2")!));
        Assert.Contains(explained.Verdicts, static v => v.Cause == "shared-after-fork");
        return explained.Verdicts.First(static v => v.Cause == "shared-after-fork").Grade;
    }

    private static string Folded(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
