using System.Xml.Linq;

namespace GoneAway.Architecture.Tests;

/// <summary>Who may know whom. ARCHITECTURE.md draws it; this table is the rule.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["GoneAway.Wire"] = [],
        ["GoneAway.Model"] = ["Wire"],
        ["GoneAway.Capture"] = ["Wire", "Model"],
        ["GoneAway.Evidence"] = ["Wire", "Model"],
        ["GoneAway.Gateway"] = ["Wire", "Model"],
        // The numbers of Wire (errors, commands) are constants and leave no reference behind; its parsers would.
        ["GoneAway.Causes"] = ["Model"],
        ["GoneAway.Diagnosis"] = ["Model", "Causes"],
        ["GoneAway.Reports"] = ["Model"],
    };

    /// <summary>They compose; they may refer to anything.</summary>
    private static readonly string[] Free = ["GoneAway.Cli", "GoneAway.Lab"];

    public static TheoryData<string> Projects => [.. Repository.Projects("src").Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Each_project_is_in_the_table(string project) => Assert.True(Allowed.ContainsKey(project) || Free.Contains(project), $"{project} is new: say in the table what it may refer to.");

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_to_no_other_than_the_table_allows(string project)
    {
        if (!Allowed.TryGetValue(project, out string[]? allowed))
            return;
        IEnumerable<string> written = XDocument.Load(Repository.Projects("src")[project]).Descendants("ProjectReference")
            .Select(static one => Path.GetFileNameWithoutExtension(one.Attribute("Include")!.Value));
        IEnumerable<string> compiled = Repository.Metadata(project, static metadata => metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)).ToArray());
        string[] ours = [.. written.Concat(compiled).Where(static name => name.StartsWith("GoneAway.", StringComparison.Ordinal) || name == "goneaway").Distinct()];
        Assert.Empty(ours.Except(allowed.Select(static name => "GoneAway." + name)));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Only_composition_and_reports_use_packages(string project)
    {
        if (Free.Contains(project) || project is "GoneAway.Reports" or "GoneAway.Gateway" or "GoneAway.Evidence")
            return;
        Assert.Empty(XDocument.Load(Repository.Projects("src")[project]).Descendants("PackageReference").Select(static one => one.Attribute("Include")!.Value));
    }

    [Fact]
    public void Wire_knows_neither_files_nor_sockets_nor_clocks_nor_logs()
    {
        string[] types = Repository.Metadata("GoneAway.Wire", static metadata => metadata.TypeReferences
            .Select(handle => metadata.GetTypeReference(handle))
            .Select(type => metadata.GetString(type.Namespace) + "." + metadata.GetString(type.Name)).ToArray());
        // System.IO.Compression works on streams and nothing else: those in memory are no input or output.
        string[] inMemory = ["System.IO.Stream", "System.IO.MemoryStream", "System.IO.SeekOrigin", "System.IO.InvalidDataException"];
        Assert.DoesNotContain(types.Except(inMemory), static type => type.StartsWith("System.IO.", StringComparison.Ordinal) && !type.StartsWith("System.IO.Compression.", StringComparison.Ordinal));
        Assert.DoesNotContain(types, static type => type.StartsWith("System.Net.", StringComparison.Ordinal) && type is not ("System.Net.IPAddress" or "System.Net.IPEndPoint"));
        Assert.DoesNotContain(types, static type => type.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal));
        Assert.DoesNotContain(types, static type => type is "System.Console" or "System.TimeProvider" or "System.Diagnostics.Stopwatch" or "System.Diagnostics.Trace" or "System.Environment" or "System.Threading.Thread" or "System.Threading.Timer");
        string[] members = Repository.Metadata("GoneAway.Wire", static metadata => metadata.MemberReferences
            .Select(handle => metadata.GetString(metadata.GetMemberReference(handle).Name)).ToArray());
        Assert.Empty(members.Intersect(["get_Now", "get_UtcNow", "get_Today"]));
    }
}
