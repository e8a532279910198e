using System.Text.RegularExpressions;

namespace GoneAway.Architecture.Tests;

/// <summary>Rules that are read from the sources.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 400;

    private static readonly string[] WithoutMirror = ["Architecture.Tests", "Integration.Tests", "Fuzz.Tests"];

    private static readonly string[] Folders = ["src", "tests", "bench", "fuzz"];

    [Fact]
    public void Time_is_injected_and_nothing_is_left_unfinished()
    {
        var found = new List<string>();
        foreach (string path in Repository.Sources("src"))
        {
            string[] lines = File.ReadAllLines(path);
            for (int i = 0; i < lines.Length; i++)
                if (Forbidden().Match(lines[i]) is { Success: true } match)
                    found.Add($"{Path.GetRelativePath(Repository.Root, path)}:{i + 1}: {match.Value}");
        }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public void No_file_is_longer_than_can_be_kept_in_mind()
    {
        string[] found = [.. Repository.Sources("src").Where(static path => File.ReadLines(path).Count() > MostLines).Select(static path => Path.GetRelativePath(Repository.Root, path))];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Fact]
    public void A_test_project_mirrors_a_project()
    {
        IEnumerable<string> source = Repository.Projects("src").Keys;
        IEnumerable<string> mirrored = Repository.Projects("tests").Keys
            .Where(static name => name.EndsWith(".Tests", StringComparison.Ordinal) && !WithoutMirror.Contains(name))
            .Select(static name => name[..^".Tests".Length]);
        Assert.Empty(mirrored.Except(source));
    }

    [Fact]
    public void The_solution_lists_every_project()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "GoneAway.slnx"));
        IEnumerable<string> projects = Folders.SelectMany(static folder => Repository.Projects(folder).Values).Select(static path => Path.GetRelativePath(Repository.Root, path));
        Assert.All(projects, path => Assert.Contains($"\"{path}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void No_test_is_skipped_without_a_condition() => Assert.All(Repository.Sources("tests"), static path => Assert.DoesNotMatch(SkippedTest(), File.ReadAllText(path)));

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Now|UtcNow|Today)\b|\bThread\.Sleep\b|\bNotImplementedException\b|\bTODO\b|\bFIXME\b")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"\[(Fact|Theory)\(Skip\s*=")]
    private static partial Regex SkippedTest();
}
