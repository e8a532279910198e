using GoneAway.Evidence.Config;
using GoneAway.Evidence.Host;
using GoneAway.Evidence.Config.Applications;
using GoneAway.Evidence.Config.Proxies;
using GoneAway.Evidence.Logs;
using GoneAway.Evidence.Logs.Applications;
using GoneAway.Evidence.Options;
using GoneAway.Evidence.Processes;
using GoneAway.Evidence.Server;
using GoneAway.Evidence.Text;

namespace GoneAway.Evidence;

/// <summary>All readers, in the order in which they are asked.</summary>
public static class Readers
{
    /// <summary>Readers of logs; the first that takes a line has it.</summary>
    public static IReadOnlyList<LineReader> Lines { get; } =
    [
        new HaProxyLog(),
        new ProxySqlLog(),
        new MaxScaleLog(),
        new MySqlRouterLog(),
        new NginxStreamLog(),
        new EnvoyLog(),
        new RdsProxyLog(),
        new ServerLog(),
        new GeneralLog(),
        new OomLog(),
        new KernelNetworkLog(),
        new KernelHostLog(),
        new SystemdLog(),
        new KubernetesLog(),
        new ContainerLog(),
        new ContainerState(),
        new HikariConfigLog(),
        new TunnelLog(),
        new LinkLog(),
        new CloudEvents(),
        // Last: others know their own lines better.
        new ApplicationLogReader(),
    ];

    /// <summary>Readers of configuration and tables; the first that takes a passage has it.</summary>
    public static IReadOnlyList<IPassageReader> Passages { get; } =
    [
        new HaProxyRuntime(),
        new HaProxyConfig(),
        new ProxyConfig(),
        new SocketTables(),
        new OptionFilePassage(),
        new StraceOutput(),
        new PacketList(),
        new ServerStatePassage(),
        new HostSettings(),
        // Last: it looks for single words in any text.
        new ApplicationConfig(),
    ];
}
