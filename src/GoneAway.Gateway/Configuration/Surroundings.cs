namespace GoneAway.Gateway.Configuration;

/// <summary>Whether what a configuration names is there: files, folders, environment variables.</summary>
internal static class Surroundings
{
    public static void Check(GatewayOptions options, Reading reading)
    {
        File("clients.certificate_file", options.Clients.CertificateFile, reading);
        File("clients.key_file", options.Clients.KeyFile, reading);
        File("accounts.file", options.Accounts.File, reading);
        File("health.password_file", options.Health.PasswordFile, reading);
        Variable("health.password_variable", options.Health.PasswordVariable, reading);
        Variable("operation.otlp_headers_variable", options.Operation.OtlpHeadersVariable, reading);
        for (int i = 0; i < options.Backends.Count; i++)
            File($"backends[{i}].authority_file", options.Backends[i].AuthorityFile, reading);
        for (int i = 0; i < options.Accounts.Entries.Count; i++)
        {
            File($"accounts.entries[{i}].password_file", options.Accounts.Entries[i].PasswordFile, reading);
            Variable($"accounts.entries[{i}].password_variable", options.Accounts.Entries[i].PasswordVariable, reading);
        }
        if (options.Spool is { Enabled: true, DiskPerClient: > 0 } && !Directory.Exists(options.Spool.Folder))
            reading.Wrong("spool.folder", $"there is no folder {Reading.Shown(options.Spool.Folder)}");
    }

    private static void File(string key, string? path, Reading reading)
    {
        if (path is null)
            return;
        try
        {
            using FileStream file = System.IO.File.OpenRead(path);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            string why = failed is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : "it may not be read";
            reading.Wrong(key, $"{path}: {why}");
        }
    }

    // The name is shown, what it holds never.
    private static void Variable(string key, string? name, Reading reading)
    {
        if (name is not null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
            reading.Wrong(key, $"the environment has no variable {Reading.Shown(name)}");
    }
}
