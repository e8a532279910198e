using System.Diagnostics;
using GoneAway.Model;

namespace GoneAway.Diagnosis.Tests;

/// <summary>What is asked for can be run as it stands, and ends in proof.</summary>
public sealed class NextStepsTests
{
    private static readonly DateTime Noticed = new(2026, 11, 20, 10, 0, 0);

    private static IReadOnlyList<NextStep> AskedAfter(Sign sign, params Fact[] facts)
    {
        var incidents = new List<Incident>();
        var investigation = new Investigation(incidents.Add);
        investigation.Begin([new Sighting { Sign = sign, Origin = Origin.Application, Source = "app.log:1", Text = $"{sign}", Stamp = new Stamp(Noticed, TimeSpan.Zero) }], facts);
        investigation.Complete();
        return Assert.Single(incidents).CollectNext;
    }

    [Fact]
    public void A_loss_that_nothing_explains_is_asked_for_a_few_cheap_things_and_last_for_a_capture()
    {
        IReadOnlyList<NextStep> asked = AskedAfter(Sign.GoneAway);
        Assert.InRange(asked.Count, 2, 4);
        Assert.StartsWith("tcpdump ", asked[^1].Command, StringComparison.Ordinal);
        Assert.Contains("wait-timeout", asked[^1].Decides);
        Assert.Single(asked, static step => step.Command.StartsWith("tcpdump ", StringComparison.Ordinal));
    }

    public static TheoryData<string> Signs => [.. Enum.GetValues<Sign>().Where(static sign => sign.IsLoss()).Select(static sign => sign.ToString())];

    [Theory]
    [MemberData(nameof(Signs))]
    public void Each_command_is_one_that_a_shell_takes(string sign)
    {
        foreach (NextStep step in AskedAfter(Enum.Parse<Sign>(sign)))
        {
            // The remark for people stands behind it, in parentheses.
            int remark = step.Command.IndexOf("   (", StringComparison.Ordinal);
            Assert.True(remark < 0 || step.Command.EndsWith(')'), step.Command);
            string command = remark < 0 ? step.Command : step.Command[..remark];
            var start = new ProcessStartInfo("/bin/sh") { RedirectStandardError = true };
            foreach (string word in (string[])["-n", "-c", command])
                start.ArgumentList.Add(word);
            using Process shell = Process.Start(start)!;
            string said = shell.StandardError.ReadToEnd();
            shell.WaitForExit();
            Assert.True(shell.ExitCode == 0, $"{command}: {said}");
        }
    }
}
