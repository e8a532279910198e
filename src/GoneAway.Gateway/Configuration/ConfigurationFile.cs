using System.Text;

namespace GoneAway.Gateway.Configuration;

/// <summary>Reads <c>goneaway.yaml</c>: all errors at once, each with its place.</summary>
public static class ConfigurationFile
{
    private const int Largest = 1 << 20;

    /// <summary>Null, and at least one error, where the file cannot be used; the errors are in the order of the file.</summary>
    /// <param name="path">The file; names in it without a full path are beside it.</param>
    /// <param name="adjust">What the command line says on top; it is part of what the checks look at.</param>
    public static (GatewayOptions? Options, IReadOnlyList<ConfigurationError> Errors) Read(string path, Func<GatewayOptions, GatewayOptions>? adjust = null)
    {
        string text;
        try
        {
            if (new FileInfo(path) is { Length: > Largest })
                return (null, [new ConfigurationError(1, 1, $"larger than {Units.ShowSize(Largest)}: not a configuration")]);
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
        }
        catch (DecoderFallbackException)
        {
            return (null, [new ConfigurationError(1, 1, "not text in UTF-8")]);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return (null, [new ConfigurationError(1, 1, failed is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : "it cannot be read: " + failed.Message)]);
        }
        return Parse(text.TrimStart('\uFEFF'), Path.GetDirectoryName(Path.GetFullPath(path))!, adjust);
    }

    /// <summary>The same for a text; <paramref name="folder"/> is where the file would be.</summary>
    internal static (GatewayOptions? Options, IReadOnlyList<ConfigurationError> Errors) Parse(string text, string folder, Func<GatewayOptions, GatewayOptions>? adjust = null)
    {
        var reading = new Reading { Folder = folder };
        Node? tree = YamlTree.Read(text, reading.Errors);
        var options = new GatewayOptions();
        if (reading.Errors.Count == 0 || tree is not null)
        {
            if (tree is not (null or TextNode { IsNothing: true }))
                options = FileKeys.Root.Read(options, tree, reading);
            options = adjust?.Invoke(options) ?? options;
            CrossChecks.Run(options, reading);
            Surroundings.Check(options, reading);
        }
        if (reading.Errors.Count == 0)
            return (options, []);
        return (null, [.. reading.Errors.Distinct().OrderBy(static error => error.Line).ThenBy(static error => error.Column)]);
    }

    /// <summary>Checks options that no file holds.</summary>
    public static IReadOnlyList<string> Check(GatewayOptions options)
    {
        var reading = new Reading { Folder = Environment.CurrentDirectory };
        CrossChecks.Run(options, reading);
        Surroundings.Check(options, reading);
        return [.. CheckAddresses(options), .. reading.Errors.Select(static error => error.Message)];
    }

    /// <summary>Checks the addresses alone: those of a command line.</summary>
    public static IReadOnlyList<string> CheckAddresses(GatewayOptions options)
    {
        var wrong = new List<string?>();
        wrong.AddRange(options.Listen.Select(static one => FileKeys.Complaint(one, 0)));
        wrong.AddRange(options.Backends.Select(static one => FileKeys.Complaint(one.Address, 3306)));
        if (options.Operation.Http is { } http && (!Address.TryParse(http, 0, out Address address) || address.Host is null))
            wrong.Add($"'{Reading.Shown(http)}' is not host:port");
        return [.. wrong.OfType<string>()];
    }
}
