using System.Globalization;
using GoneAway.Evidence.Processes.Live;
using GoneAway.Evidence.Server.Live;
using GoneAway.Model;

namespace GoneAway.Cli;

/// <summary>What <c>inspect</c> is asked.</summary>
internal sealed record InspectRequest
{
    public IReadOnlyList<int> Pids { get; init; } = [];
    public string? Server { get; init; }
    public IReadOnlyList<int> Ports { get; init; } = [];
    public TimeSpan Patience { get; init; }
    public string? DefaultsFile { get; init; }
    public bool AskPassword { get; init; }
}

/// <summary>Looks at the processes and sockets of this host, asks the server what it knows of them, and has the rules judge.</summary>
internal sealed class Inspect(InspectRequest request, ServerLogins? logins, TimeProvider time)
{
    /// <summary>Linux's own range: 32768 to 60999.</summary>
    private const int UsualSourcePorts = 28_232;

    public Inspection Found { get; private set; } = null!;
    public ServerView? Server { get; private set; }
    /// <summary>Why the server could not be asked.</summary>
    public string? Failure { get; private set; }
    public IReadOnlyList<Hazard> Hazards { get; private set; } = [];
    public IReadOnlyList<string> Notes => logins?.Notes ?? [];

    public bool Failed => Failure is not null || Found.Missing.Count > 0;

    public async Task RunAsync(CancellationToken cancel)
    {
        ServerAddress? address = logins?.Addresses[0];
        var targets = new Targets { Ports = [.. new Targets().Ports, .. request.Ports] };
        if (address is not null)
        {
            try
            {
                await using MySqlConnection connection = await logins!.OpenAsync(address, request.Patience, time, cancel);
                targets = targets with
                {
                    Ports = [.. targets.Ports, .. connection.Remote is { } remote ? [remote.Port] : (int[])[]],
                    Servers = connection.Remote is { } place ? [place] : [],
                    Paths = address.Socket is { } path ? [path] : [],
                };
                Server = await ServerViews.AskAsync(connection, address, time, cancel);
            }
            catch (LiveException error)
            {
                Failure = error.Message;
                if (address is { Socket: null, Port: { } port })
                    targets = targets with { Ports = [.. targets.Ports, port] };
            }
        }
        Found = await Inspection.TakeAsync(targets, request.Pids, time, cancel);
        Hazards = new ConnectionRules(Found, Server, SourcePorts()).Judge();
    }

    /// <summary>Address of the server that was to be asked.</summary>
    public string? ServerName => logins?.Addresses[0].ToString();

    private static int SourcePorts()
    {
        try
        {
            string[] range = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return range.Length == 2 && int.TryParse(range[0], NumberStyles.None, CultureInfo.InvariantCulture, out int from) && int.TryParse(range[1], NumberStyles.None, CultureInfo.InvariantCulture, out int to) && to >= from
                ? to - from + 1 : UsualSourcePorts;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return UsualSourcePorts;
        }
    }
}
