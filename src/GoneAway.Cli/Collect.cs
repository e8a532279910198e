using System.Reflection;
using System.Text;
using GoneAway.Evidence.Collecting;
using GoneAway.Evidence.Processes.Live;
using GoneAway.Evidence.Server.Live;

namespace GoneAway.Cli;

/// <summary>What <c>collect</c> is asked.</summary>
internal sealed record CollectRequest
{
    public IReadOnlyList<string> Servers { get; init; } = [];
    public IReadOnlyList<string> Logs { get; init; } = [];
    public IReadOnlyList<string> Proxies { get; init; } = [];
    public IReadOnlyList<string> ClientConfigs { get; init; } = [];
    /// <summary>Bytes of one log.</summary>
    public long Largest { get; init; }
    public TimeSpan Watch { get; init; }
    public TimeSpan Patience { get; init; }
    public string? DefaultsFile { get; init; }
    public bool AskPassword { get; init; }
}

/// <summary>Gathers what this host and the servers tell into a folder.</summary>
internal sealed class Collect(CollectRequest request, ServerLogins? logins, Collection collection, TimeProvider time)
{
    /// <summary>Something that was asked for by name could not be had.</summary>
    public bool Failed { get; private set; }

    public async Task RunAsync(CancellationToken cancel)
    {
        var targets = new Targets();
        IReadOnlyList<RunningProcess> processes = RunningProcess.All();
        var logs = new List<string>(request.Logs);
        foreach (ServerAddress address in logins?.Addresses ?? [])
            targets = await ServerAsync(address, targets, logs, cancel);
        if (logins is null)
            collection.Miss("server state", "no server was named (DSN)");
        foreach (string log in logs.Distinct())
            Log(log, request.Logs.Contains(log));
        new OptionFileEvidence(collection, request.Largest).Take(Environment.GetEnvironmentVariable("HOME"), HostEvidence.NamedOptionFiles(processes));
        foreach (string file in request.ClientConfigs)
            Copy("client/" + Path.GetFileName(file), file, wanted: true);
        var proxies = new ProxyEvidence(collection, request.Largest, request.Patience, time, cancel);
        int before = collection.Missing.Count;
        foreach (string proxy in request.Proxies)
            await proxies.TakeAsync(proxy, wanted: true);
        Failed |= collection.Missing.Skip(before).Any(miss => request.Proxies.Any(p => miss.What.EndsWith(p, StringComparison.Ordinal)));
        if (request.Proxies.Count == 0)
            foreach (string usual in ProxyEvidence.UsualFiles.Where(File.Exists))
                await proxies.TakeAsync(usual, wanted: false);
        await new HostEvidence(collection, time, cancel).TakeAsync(targets);
        collection.Finish(Environment.MachineName, time.GetUtcNow(), Version);
    }

    private static string Version => typeof(Collect).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private async Task<Targets> ServerAsync(ServerAddress address, Targets targets, List<string> logs, CancellationToken cancel)
    {
        string folder = logins!.Count == 1 ? "server" : "server-" + address.ToString();
        try
        {
            await using MySqlConnection connection = await logins.OpenAsync(address, request.Patience, time, cancel);
            var evidence = new ServerEvidence(connection, collection, folder, address.ToString());
            await evidence.TakeAsync(request.Watch, time, cancel);
            if (evidence.IsLocal)
                LocalFiles(evidence, folder, logs);
            else if (request.Logs.Count == 0)
                collection.Miss($"{folder}: its error log", $"the server is on another host; there: {evidence.Variable("log_error")}");
            return targets with
            {
                Ports = [.. targets.Ports, .. connection.Remote is { } remote ? [remote.Port] : (int[])[]],
                Paths = [.. targets.Paths, .. address.Socket is { } path ? [path] : (string[])[]],
            };
        }
        catch (LiveException error)
        {
            Failed = true;
            collection.Miss($"server state of {address}", error.Message);
            return targets;
        }
    }

    /// <summary>Of a server on this host: the log it names, and what SET PERSIST has left in its data folder.</summary>
    private void LocalFiles(ServerEvidence server, string folder, List<string> logs)
    {
        if (server.Variable("datadir") is not { } data)
            return;
        Copy($"{folder}/mysqld-auto.cnf", Path.Combine(data, "mysqld-auto.cnf"), wanted: false);
        if (server.Variable("log_error") is { Length: > 0 } log and not "stderr")
            logs.Add(Path.GetFullPath(log, data));
        else
            collection.Miss($"{folder}: its error log", "it goes to standard error: see the journal or the container's log");
    }

    private void Log(string path, bool wanted) => Copy("logs/" + Path.GetFileName(path), path, wanted, told: true);

    private void Copy(string name, string path, bool wanted, bool told = false)
    {
        if (FileTail.Read(path, request.Largest, out string? note, out string? failure) is { } text)
            collection.Add(name, path, text, Encoding.Latin1, note);
        else if (wanted || told || failure != "no such file")
        {
            collection.Miss(path, failure!);
            Failed |= wanted;
        }
    }
}
