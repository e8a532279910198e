namespace GoneAway.Lab.Stories;

/// <summary>All stories, one line each.</summary>
public static class AllStories
{
    public static IReadOnlyList<Story> All { get; } =
    [
        new LongWorker.LongWorkerStory(),
        new FourTabs.FourTabsStory(),
        new DyingDump.DyingDumpStory(),
        new HaProxyReplicas.HaProxyReplicasStory(),
        new StrayLine.StrayLineStory(),
    ];

    public static Story? Find(string name)
    {
        foreach (Story story in All)
            if (story.Name == name)
                return story;
        return null;
    }
}
