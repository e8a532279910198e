using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>One connection may be seen by several captures: the client's host, the server's.</summary>
internal static class Views
{
    /// <summary>Each connection once, as the capture saw it that saw the most of it.</summary>
    public static IEnumerable<Timeline> Distinct(List<Timeline> timelines)
    {
        var best = new Dictionary<(string, string), List<Timeline>>();
        foreach (Timeline one in timelines)
        {
            var key = (one.Client.ToString(), one.Server.ToString());
            if (!best.TryGetValue(key, out List<Timeline>? views))
                best[key] = views = [];
            int same = views.FindIndex(other => other.Source != one.Source && other.First.At <= one.Last.At && one.First.At <= other.Last.At);
            if (same < 0)
                views.Add(one);
            else if (Seen(one) > Seen(views[same]))
                views[same] = one;
        }
        return best.Values.SelectMany(static views => views);
    }

    private static long Seen(Timeline one) => one.ClientActivity.Segments + one.ServerActivity.Segments - (one.HasGaps ? 1_000_000 : 0);
}
