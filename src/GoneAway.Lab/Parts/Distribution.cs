using System.Diagnostics;

namespace GoneAway.Lab.Parts;

/// <summary>Whose server.</summary>
public enum Flavour
{
    MariaDb,
    MySql,
}

/// <summary>An installed server: how to call it, and a fresh data folder of it, made once per process.</summary>
public sealed class Distribution
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<Flavour, Distribution> Known = [];
    private const string FolderName = "goneaway-servers-";

    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"{FolderName}{Environment.ProcessId}-{Path.GetRandomFileName()}");

    private readonly string[] initialise;
    private readonly string name;

    private Distribution(string name, string[] server, string[] initialise)
    {
        this.name = name;
        Server = server;
        this.initialise = initialise;
    }

    /// <summary>The command, with the options that every run has.</summary>
    public IReadOnlyList<string> Server { get; }

    public static Distribution Of(Flavour flavour)
    {
        lock (Gate)
        {
            if (!Known.TryGetValue(flavour, out Distribution? distribution))
                Known[flavour] = distribution = flavour == Flavour.MySql ? MySql() : MariaDb();
            return distribution;
        }
    }

    /// <summary>Where MySQL is, fetched when it is not there; null with the reason when it cannot be had.</summary>
    public static string? FindMySql(out string? reason)
    {
        lock (Gate)
        {
            using Process process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Parts", "fetch-mysql")) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            string folder = process.StandardOutput.ReadToEnd().Trim();
            string error = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            reason = process.ExitCode == 0 ? null : error;
            return process.ExitCode == 0 ? folder : null;
        }
    }

    /// <summary>The folder to copy.</summary>
    public string Template()
    {
        lock (Gate)
        {
            string data = Path.Combine(Folder, name);
            if (Directory.Exists(data))
                return data;
            RemoveLeftOver();
            Directory.CreateDirectory(Folder);
            if (Program.RunHere(initialise[0], [.. initialise[1..], $"--datadir={data}"]) is { } error)
                throw new LabException($"{initialise[0]}: {error}");
            AppDomain.CurrentDomain.ProcessExit += (_, _) => { if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true); };
            return data;
        }
    }

    /// <summary>A process that is killed cannot remove its folder.</summary>
    private static void RemoveLeftOver()
    {
        foreach (string folder in Directory.EnumerateDirectories(Path.GetTempPath(), FolderName + "*"))
        {
            string process = Path.GetFileName(folder)[FolderName.Length..].Split('-')[0];
            if (Directory.Exists("/proc/" + process))
                continue;
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                // Another process removes it too, or it is somebody else's.
            }
        }
    }

    private static Distribution MariaDb() => new("mariadb",
        ["mariadbd", "--no-defaults", "--user=root", "--innodb-log-file-size=8M", "--innodb-fast-shutdown=2"],
        ["mariadb-install-db", "--no-defaults", "--user=root", "--skip-test-db", "--auth-root-authentication-method=normal", $"--tmpdir={Folder}"]);

    private static Distribution MySql()
    {
        string folder = FindMySql(out string? reason) ?? throw new LabException(reason ?? "MySQL cannot be had");
        string root = Path.Combine(folder, "root", "usr");
        string[] always = [Path.Combine(folder, "mysqld"), "--no-defaults", "--user=root", $"--basedir={root}", $"--lc-messages-dir={root}/share/mysql", $"--plugin-dir={root}/lib/mysql/plugin",
            "--innodb-redo-log-capacity=16M", "--secure-file-priv=", "--skip-log-bin", "--mysqlx=OFF", "--performance-schema=OFF"];
        return new Distribution("mysql", [.. always, "--log-error-verbosity=3"], [.. always, "--initialize-insecure"]);
    }
}
