using System.Reflection;
using System.Text;
using System.Text.Json;
using GoneAway.Gateway.Configuration;

namespace GoneAway.Gateway.Tests.Configuration;

/// <summary>docs/gateway/configuration.md has all keys as the code has them. GONEAWAY_WRITE_DOCS=1 writes its tables anew.</summary>
public sealed class ConfigurationPageTests
{
    private const string Begin = "<!-- keys: written by ConfigurationPageTests -->\n";

    [Fact]
    public void The_page_has_the_keys_of_the_code()
    {
        string path = Path.Combine(Source.Root, "docs/gateway/configuration.md");
        string page = File.ReadAllText(path);
        int cut = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        string keys = Tables();
        if (Environment.GetEnvironmentVariable("GONEAWAY_WRITE_DOCS") == "1")
            File.WriteAllText(path, page = page[..cut] + keys);
        Assert.Equal(keys, page[cut..]);
    }

    [Theory]
    [InlineData(typeof(GatewayOptions), "")]
    [InlineData(typeof(BackendOptions), "backends")]
    [InlineData(typeof(PoolOptions), "pool")]
    [InlineData(typeof(LossOptions), "loss")]
    [InlineData(typeof(ClientOptions), "clients")]
    [InlineData(typeof(AccountOptions), "accounts")]
    [InlineData(typeof(AccountEntry), "accounts.entries")]
    [InlineData(typeof(HealthOptions), "health")]
    [InlineData(typeof(SpoolOptions), "spool")]
    [InlineData(typeof(OperationOptions), "operation")]
    public void Each_option_has_its_key_and_each_key_its_option(Type options, string section)
    {
        ISection keys = FileKeys.Root;
        foreach (string step in section.Split('.', StringSplitOptions.RemoveEmptyEntries))
            keys = keys.Describe().Single(one => one.Name == step).Below!;
        Assert.Equal(
            options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static one => JsonNamingPolicy.SnakeCaseLower.ConvertName(one.Name)).Order(),
            keys.Describe().Select(static one => one.Name).Order());
    }

    [Theory]
    [InlineData("deploy/goneaway.yaml")]
    [InlineData("deploy/goneaway.container.yaml")]
    public void The_sample_files_are_good(string file)
    {
        (_, IReadOnlyList<ConfigurationError> errors) = ConfigurationFile.Read(Path.Combine(Source.Root, file));
        Assert.Empty(errors);
    }

    [Fact]
    public void The_file_in_the_Kubernetes_manifest_is_good_but_for_the_folder_that_is_mounted_there()
    {
        string manifest = File.ReadAllText(Path.Combine(Source.Root, "deploy/kubernetes/configmap.yaml"));
        string file = string.Join('\n', manifest[(manifest.IndexOf("yaml: |\n", StringComparison.Ordinal) + 8)..].Split('\n').Select(static line => line.Length > 4 ? line[4..] : ""));
        Assert.Equal("there is no folder /spool", Assert.Single(ConfigurationFile.Parse(file, "/").Errors).Message);
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        Table(text, "", "The file", FileKeys.Root);
        return text.ToString();
    }

    private static void Table(StringBuilder text, string path, string title, ISection section)
    {
        text.Append($"\n## {title}\n\n| Key | Takes | Default | |\n|---|---|---|---|\n");
        foreach ((string name, string takes, string usual, string about, _) in section.Describe())
            text.Append($"| `{name}` | {takes} | {usual} | {about} |\n");
        foreach ((string name, _, _, _, ISection? below) in section.Describe())
            if (below is not null)
                Table(text, $"{path}{name}.", $"`{path}{name}`", below);
    }
}
