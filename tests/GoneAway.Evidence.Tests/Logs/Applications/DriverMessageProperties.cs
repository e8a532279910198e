using FsCheck;
using FsCheck.Fluent;
using GoneAway.Evidence.Logs.Applications;

namespace GoneAway.Evidence.Tests.Logs.Applications;

/// <summary>What holds for all messages of drivers, whatever the language.</summary>
public sealed class DriverMessageProperties
{
    private static readonly string[] Numbers = ["n", "code", "errno", "size", "expected", "received", "id", "pid", "ms", "sent", "waited", "seconds", "port", "limit", "signal", "status"];

    [Fact]
    public void A_message_holds_its_trigger()
    {
        foreach (ApplicationMessage message in ApplicationMessages.All)
        {
            IEnumerable<string> pieces = message.Template.Text.Split('{', '}').Where(static (_, i) => i % 2 == 0).Append(message.With ?? "");
            Assert.True(pieces.Any(piece => piece.Contains(message.Trigger, StringComparison.Ordinal)), message.Template.Text);
            Assert.True(message.Trigger.Length >= 4, message.Template.Text);
        }
    }

    [Fact]
    public void Every_message_is_found_where_MySQL_is_spoken_of() =>
        Assert.DoesNotContain(ApplicationMessages.All.Select(Render), static line => Read.Lines(line).Sightings.Count == 0);

    [Fact]
    public void Mutated_messages_never_throw() => Prop.ForAll(ArbMap.Default.ArbFor<int>(), static seed =>
    {
        var random = new Random(seed);
        string line = Render(ApplicationMessages.All[random.Next(ApplicationMessages.All.Count)]), other = new((char)random.Next(0xffff), random.Next(3000));
        int place = random.Next(line.Length);
        foreach (string mutated in new[] { line[..place], line[place..], line.Insert(place, other), line + "\n" + line[place..] + "\r\n\tat x\n" + line })
            foreach (Model.Sighting sighting in Read.Lines(mutated).Sightings)
                Assert.True(sighting.Text.Length <= 402 && !sighting.Text.Any(char.IsControl));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Text_of_no_driver_gives_nothing() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), static text => Assert.Empty(Read.Lines(text ?? "").Sightings)).QuickCheckThrowOnFailure();

    private static string Render(ApplicationMessage message)
    {
        string[] parts = message.Template.Text.Split('{', '}');
        for (int i = 1; i < parts.Length; i += 2)
            parts[i] = parts[i] == "code" ? "2013" : Numbers.Contains(parts[i]) || parts[i] is "elapsed" or "" ? "12" : "x";
        return $"{string.Concat(parts)} {message.With} {message.Near} mysql";
    }
}
