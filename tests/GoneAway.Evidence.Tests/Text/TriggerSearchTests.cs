using FsCheck;
using FsCheck.Fluent;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence.Tests.Text;

public sealed class TriggerSearchTests
{
    private static readonly string[] Triggers = [.. Readers.Lines.SelectMany(static reader => reader.Triggers).Distinct()];

    [Fact]
    public void It_finds_what_a_slow_search_finds() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), static seed =>
    {
        var random = new Random(seed);
        (string Trigger, int Reader)[] triggers = [.. Enumerable.Range(0, 1 + random.Next(20)).Select(i => (Triggers[random.Next(Triggers.Length)], i))];
        var text = new System.Text.StringBuilder();
        for (int i = random.Next(12); i >= 0; i--)
        {
            string piece = triggers[random.Next(triggers.Length)].Trigger;
            // Whole ones, ones that are cut, and what is between them in logs.
            text.Append(random.Next(3) switch { 0 => piece, 1 => piece[..random.Next(piece.Length)], _ => piece[random.Next(piece.Length)..] });
            text.Append(random.Next(2) == 0 ? "" : new string((char)random.Next(32, 300), random.Next(9)));
        }
        string whole = text.ToString();
        var search = new TriggerSearch(triggers);
        bool[] marked = new bool[triggers.Length];
        search.Mark(whole, marked);
        Assert.Equal(triggers.Select(one => whole.Contains(one.Trigger, StringComparison.Ordinal)), marked);
        Assert.Equal(marked.Any(static one => one), search.IndexOf(whole) >= 0);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_trigger_is_found_at_each_place_down_to_the_last(int before)
    {
        foreach (string trigger in Triggers)
        {
            string text = new string('x', before) + trigger;
            Assert.InRange(new TriggerSearch([(trigger, 0)]).IndexOf(text), before, text.Length - 3);
        }
    }

    [Fact]
    public void The_first_line_with_a_trigger_is_found_first()
    {
        var search = new TriggerSearch([("Communications link failure", 0), ("HY000)", 1)]);
        Assert.InRange(search.IndexOf("a\nx Communications link failure HY000)\nHY000)\n"), 2, 38);
    }
}
