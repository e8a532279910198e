using System.Globalization;
using System.Text;
using GoneAway.Evidence.Processes.Live;

namespace GoneAway.Evidence.Collecting;

/// <summary>What this host tells: its kernel's settings, counters and log, its units, its sockets, the limits of its MySQL servers.</summary>
public sealed class HostEvidence(Collection collection, TimeProvider time, CancellationToken cancel)
{
    private const int LargestText = 4 << 20;
    private static readonly string[] ServerPrograms = ["mysqld", "mariadbd"];
    private static readonly string[] Units = ["mysql", "mysqld", "mariadb", "haproxy", "proxysql", "maxscale"];

    /// <summary>Processes of MySQL servers.</summary>
    public static IReadOnlyList<RunningProcess> Servers(IReadOnlyList<RunningProcess> processes) => [.. processes.Where(static p => ServerPrograms.Any(name => p.Name.StartsWith(name, StringComparison.Ordinal)))];

    /// <summary>Option files that running servers were told to read: <c>--defaults-file=/srv/my.cnf</c>.</summary>
    public static IReadOnlyList<string> NamedOptionFiles(IReadOnlyList<RunningProcess> processes)
    {
        var files = new List<string>();
        foreach (RunningProcess server in Servers(processes))
            foreach (string word in (FileTail.Read($"/proc/{server.Pid}/cmdline", LargestText, out _, out _) ?? "").Split('\0'))
                foreach (string option in (string[])["--defaults-file=", "--defaults-extra-file="])
                    if (word.StartsWith(option, StringComparison.Ordinal) && Path.IsPathRooted(word[option.Length..]))
                        files.Add(word[option.Length..]);
        return files;
    }

    public async Task TakeAsync(Targets targets)
    {
        Describe();
        collection.Add("system/sysctl.txt", "/proc/sys", Settings());
        foreach (string name in (string[])["netstat", "snmp", "sockstat"])
            Copy($"network/{name}.txt", "/proc/net/" + name);
        Snapshot snapshot = Snapshot.Take(targets);
        string sockets = SocketListing.Of(snapshot);
        if (sockets.Length > 0)
            collection.Add("network/sockets.txt", "the kernel's socket tables, as ss -tanpoi prints them", sockets);
        int hidden = snapshot.Processes.Count(static p => p.Sockets is null);
        if (hidden > 0)
            collection.Miss("network/sockets.txt: whose sockets they are", $"{hidden} processes of other accounts (needs root)");
        foreach (RunningProcess server in Servers(snapshot.Processes))
            Copy($"processes/{server.Name}-{server.Pid}-limits.txt", $"/proc/{server.Pid}/limits");
        await KernelLogAsync();
        await UnitsAsync();
    }

    private async Task KernelLogAsync()
    {
        (string? log, string? failure) = await Command.RunAsync("dmesg", ["--time-format", "iso"], time, cancel);
        if (log is null)
            (log, _) = await Command.RunAsync("dmesg", [], time, cancel);
        if (log is null)
            (log, _) = await Command.RunAsync("journalctl", ["-k", "--no-pager", "-q", "-o", "short-iso", "-n", "20000"], time, cancel);
        if (log is null)
            collection.Miss("kernel log", failure ?? "it is empty");
        else
            collection.Add("system/kernel.log", "dmesg or journalctl -k", log, Encoding.Latin1);
    }

    private async Task UnitsAsync()
    {
        if (!Directory.Exists("/run/systemd/system"))
        {
            collection.Miss("units and their journal", "systemd does not run here");
            return;
        }
        foreach (string unit in Units)
        {
            (string? definition, _) = await Command.RunAsync("systemctl", ["cat", "--no-pager", unit], time, cancel);
            if (definition is null)
                continue;
            collection.Add($"system/{unit}.service.txt", $"systemctl cat {unit}", definition, Encoding.Latin1);
            (string? log, string? failure) = await Command.RunAsync("journalctl", ["--no-pager", "-q", "-o", "short-iso", "-n", "20000", "-u", unit], time, cancel);
            if (log is null)
                collection.Miss($"journal of {unit}", failure ?? "it is empty");
            else
                collection.Add($"system/{unit}.journal.log", $"journalctl -u {unit}", log, Encoding.Latin1);
        }
    }

    private void Describe()
    {
        collection.Say("time zone of this host", $"UTC offset {time.LocalTimeZone.GetUtcOffset(time.GetUtcNow())}");
        foreach (string path in (string[])["/proc/version", "/proc/uptime"])
            if (FileTail.Read(path, LargestText, out _, out _) is { } text)
                collection.Say(path, text.Trim());
        string system = FileTail.Read("/etc/os-release", LargestText, out _, out _) ?? "";
        if (system.Split('\n').FirstOrDefault(static line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)) is { } name)
            collection.Say("/etc/os-release", name);
    }

    private static string Settings()
    {
        var text = new StringBuilder();
        foreach (string pattern in (string[])["net/core/*", "net/ipv4/tcp_*", "net/ipv4/ip_local*", "net/netfilter/nf_conntrack_*", "vm/overcommit_*", "vm/swappiness", "fs/file-nr", "fs/nr_open"])
        {
            string folder = Path.Combine("/proc/sys", Path.GetDirectoryName(pattern)!);
            if (!Directory.Exists(folder))
                continue;
            foreach (string path in Directory.GetFiles(folder, Path.GetFileName(pattern)).Order(StringComparer.Ordinal))
                // The key of TCP Fast Open is a secret, and no evidence.
                if (!path.EndsWith("_key", StringComparison.Ordinal) && FileTail.Read(path, 4096, out _, out _) is { } value)
                    text.Append(CultureInfo.InvariantCulture, $"{Path.GetRelativePath("/proc/sys", path).Replace('/', '.')} = {value.Trim().ReplaceLineEndings(" ")}\n");
        }
        return text.ToString();
    }

    private void Copy(string name, string path)
    {
        if (FileTail.Read(path, LargestText, out string? note, out string? failure) is { } text)
            collection.Add(name, path, text, Encoding.Latin1, note);
        else
            collection.Miss(path, failure!);
    }
}
