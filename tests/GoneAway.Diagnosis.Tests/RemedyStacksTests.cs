using System.Reflection;
using GoneAway.Causes;
using GoneAway.Evidence.Logs.Applications;
using GoneAway.Model;

namespace GoneAway.Diagnosis.Tests;

/// <summary>What readers call a stack and what fixes call it fit together.</summary>
public sealed class RemedyStacksTests
{
    private static readonly Loss Unknown = new();
    private static readonly Case Nothing = new() { Timelines = [], Endings = [], Attempts = [], Kills = [], Facts = [] };

    /// <summary>The names under which the causes word fixes.</summary>
    private static readonly HashSet<string> Worded = [.. Catalogue.All.SelectMany(static cause => cause.Remedies(Unknown, Nothing)).Select(static fix => fix.For)];

    private static readonly string[] Tags = [.. typeof(StackTag).GetFields(BindingFlags.Public | BindingFlags.Static).Where(static one => one.IsLiteral).Select(static one => (string)one.GetRawConstantValue()!)];

    public static TheoryData<string> TagNames => [.. Tags];

    public static TheoryData<string> FixNames => [.. Worded];

    [Theory]
    [MemberData(nameof(TagNames))]
    public void Each_tag_of_the_readers_finds_a_fix_or_is_listed_as_having_none(string tag) =>
        Assert.NotEqual(RemedyStacks.WithoutFixes.Contains(tag), RemedyStacks.Of(tag).Any(Worded.Contains));

    [Theory]
    [MemberData(nameof(FixNames))]
    public void Each_name_of_fixes_is_general_or_found_by_a_tag(string name) =>
        Assert.True(RemedyStacks.IsGeneral(name) || Tags.SelectMany(RemedyStacks.Of).Contains(name), $"No reader's tag leads to the fixes for {name}.");

    [Fact]
    public void Only_tags_of_readers_are_listed() => Assert.Empty(RemedyStacks.WithoutFixes.Except(Tags));

    [Theory]
    [InlineData("connector-j", "jdbc")]
    [InlineData("mysqlconnector", "dotnet")]
    [InlineData("node-mysql2", "node")]
    [InlineData("laravel", "php")]
    [InlineData("dbd-mysql", "perl")]
    [InlineData("hikari", "hikari")]
    public void A_driver_finds_the_fixes_of_its_family(string tag, string fix) => Assert.Contains(fix, RemedyStacks.Of(tag));

    [Fact]
    public void The_fixes_of_one_family_do_not_speak_to_another() => Assert.Empty(RemedyStacks.Of("connector-j").Intersect(RemedyStacks.Of("go-sql-driver")));
}
