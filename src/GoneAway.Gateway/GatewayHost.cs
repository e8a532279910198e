using System.Threading.Channels;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Incidents;
using GoneAway.Gateway.Intruders;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway;

/// <summary>What a running gateway can be asked to do.</summary>
public enum HostCommand : byte
{
    /// <summary>Read the options again and take them.</summary>
    Reload,
    /// <summary>Accept no more, let sessions end, stop.</summary>
    Drain,
    /// <summary>Stop at once.</summary>
    Stop,
    /// <summary>Start the process anew, which takes over.</summary>
    Replace,
}

/// <summary>What the process around a gateway gives it.</summary>
public sealed record HostSurroundings
{
    public required ChannelReader<HostCommand> Commands { get; init; }
    /// <summary>The options again, for a reload; null with what is wrong with them.</summary>
    public required Func<(GatewayOptions? Options, IReadOnlyList<string> Errors)> Reread { get; init; }
    /// <summary>Starts the program anew with the same arguments.</summary>
    public required Action StartSuccessor { get; init; }
    /// <summary>Where log lines go; written by one thread.</summary>
    public required Stream Log { get; init; }
    public TimeProvider Time { get; init; } = TimeProvider.System;
    /// <summary>Names the causes of losses; null: losses are told without.</summary>
    public IIncidentJudge? Judge { get; init; }
    /// <summary>Tells which processes of this host hold a client's socket; null: nobody does.</summary>
    public ISocketHolders? Holders { get; init; }
    /// <summary>Makes the core; null for the gateway's own. Tests give another.</summary>
    public Func<GatewayOptions, IGatewayEvents, IGatewayCore>? Core { get; init; }
}

/// <summary>Runs a gateway from start to end: sockets, core, HTTP, log, signals, handover.</summary>
public static class GatewayHost
{
    /// <summary>Ends when the gateway has stopped: 0; 1 where it could not begin, and the log says why.</summary>
    public static async Task<int> RunAsync(GatewayOptions options, HostSurroundings around)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(around);
        await using var run = new GatewayRun(options, around);
        return await run.RunAsync();
    }
}
