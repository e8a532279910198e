using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Login;

namespace GoneAway.Gateway.Configuration;

/// <summary>Whether what a configuration names is there, and is what it should be: files, folders, environment variables.</summary>
internal static class Surroundings
{
    public static void Check(GatewayOptions options, Reading reading)
    {
        bool hasKey = File("clients.key_file", options.Clients.KeyFile, reading);
        if (File("clients.certificate_file", options.Clients.CertificateFile, reading) && hasKey && options.Clients.CertificateFile is { } certificate)
            Try("clients.certificate_file", () => Certificates.Check(certificate, options.Clients.KeyFile), reading);
        if (File("accounts.file", options.Accounts.File, reading))
            Try("accounts.file", () => AccountFile.Read(new AccountOptions { File = options.Accounts.File }), reading);
        File("health.password_file", options.Health.PasswordFile, reading);
        Variable("health.password_variable", options.Health.PasswordVariable, reading);
        Variable("operation.otlp_headers_variable", options.Operation.OtlpHeadersVariable, reading);
        for (int i = 0; i < options.Backends.Count; i++)
            if (File($"backends[{i}].authority_file", options.Backends[i].AuthorityFile, reading))
                Try($"backends[{i}].authority_file", () => _ = new ServerTls(options.Backends[i]), reading);
        for (int i = 0; i < options.Accounts.Entries.Count; i++)
        {
            File($"accounts.entries[{i}].password_file", options.Accounts.Entries[i].PasswordFile, reading);
            Variable($"accounts.entries[{i}].password_variable", options.Accounts.Entries[i].PasswordVariable, reading);
        }
        if (options.Spool is { Enabled: true, DiskPerClient: > 0 } && !Directory.Exists(options.Spool.Folder))
            reading.Wrong("spool.folder", $"there is no folder {Reading.Shown(options.Spool.Folder)}");
    }

    /// <summary>True where it can be read, or none is named.</summary>
    private static bool File(string key, string? path, Reading reading)
    {
        if (path is null)
            return true;
        try
        {
            using FileStream file = System.IO.File.OpenRead(path);
            return true;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            string why = failed is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : "it may not be read";
            reading.Wrong(key, $"{path}: {why}");
            return false;
        }
    }

    // Read as the start reads it: what is said here would else be met only then.
    private static void Try(string key, Action reads, Reading reading)
    {
        try
        {
            reads();
        }
        catch (Exception failed) when (failed is InvalidDataException or DialException)
        {
            reading.Wrong(key, failed.Message);
        }
    }

    // The name is shown, what it holds never.
    private static void Variable(string key, string? name, Reading reading)
    {
        if (name is not null && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
            reading.Wrong(key, $"the environment has no variable {Reading.Shown(name)}");
    }
}
