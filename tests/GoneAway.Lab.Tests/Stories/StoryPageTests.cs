using System.Xml.Linq;
using GoneAway.Lab.Stories;
using GoneAway.TestKit;

namespace GoneAway.Lab.Tests.Stories;

/// <summary>The page of a story and the picture beside it, from recorded evidence.</summary>
public sealed class StoryPageTests
{
    private static StoryTold Told(string sample)
    {
        Story story = AllStories.Find("story-1")!;
        return new StoryTold { Story = story, Saw = "", Ahead = [], First = Explanation.Of(Repository.At("samples"), sample) };
    }

    [Fact]
    public void The_picture_is_the_captured_timeline_of_the_storys_cause_and_stands_alone()
    {
        StoryTold told = Told("wait-timeout");
        Assert.Equal("wait-timeout", told.Story.Cause);
        XElement svg = XElement.Parse(StoryPage.Picture(told)!);
        Assert.Equal(XName.Get("svg", "http://www.w3.org/2000/svg"), svg.Name);
        Assert.Contains("RST: the server's side closes", svg.Value, StringComparison.Ordinal);
        // Its colours and fonts are its own; nothing refers to a page around it.
        Assert.DoesNotContain(svg.DescendantsAndSelf().Attributes(), static a => a.Name.LocalName is "class" or "href");
        Assert.NotNull(svg.Attribute("font-family"));
        Assert.NotNull(svg.Attribute("viewBox"));
        Assert.Contains(" |\n\n![The connection's last moments](1.svg)\n\n## What the application saw", StoryPage.Of(told, "1.svg"), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_capture_the_times_known_are_drawn() =>
        Assert.Contains("No capture: what other sources wrote", StoryPage.Picture(Told("wait-timeout.logs"))!, StringComparison.Ordinal);

    [Fact]
    public void Of_another_cause_no_picture_is_shown()
    {
        StoryTold told = Told("killed");
        Assert.Null(StoryPage.Picture(told));
        Assert.DoesNotContain("![", StoryPage.Of(told, "1.svg"), StringComparison.Ordinal);
    }
}
