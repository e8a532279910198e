using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace GoneAway.Gateway.Operations;

/// <summary>What systemd is told and gives: sd_notify(3), sd_listen_fds(3). Without systemd nothing happens.</summary>
public static class Systemd
{
    /// <summary>How the names of its sockets begin; the number of each follows.</summary>
    public const string SocketName = "systemd:";

    private const int FirstDescriptor = 3;

    /// <summary>Sends states such as READY=1; null for <paramref name="path"/>: what NOTIFY_SOCKET says.</summary>
    public static void Notify(string states, string? path = null)
    {
        path ??= Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path) || path[0] is not ('/' or '@'))
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(states), new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        }
        catch (Exception failed) when (failed is SocketException or ArgumentException)
        {
            // Nobody listens: the gateway runs all the same.
        }
    }

    /// <summary>The process is up, and is the unit's main one (after a replacement it is not the one that systemd started).</summary>
    public static void NotifyReady() => Notify($"READY=1\nMAINPID={Environment.ProcessId}\n");

    /// <summary>A reload begins; systemd wants the monotonic time with it (Type=notify-reload).</summary>
    public static void NotifyReloading() => Notify($"RELOADING=1\nMONOTONIC_USEC={Environment.TickCount64 * 1000}\n");

    public static void NotifyStopping() => Notify("STOPPING=1\n");

    /// <summary>Sockets that systemd opened for this process; none for a process that it did not start. They are named systemd:0 and so on.</summary>
    public static IReadOnlyList<ListeningSocket> Activated()
    {
        int count = Count(Environment.GetEnvironmentVariable, Environment.ProcessId);
        if (count == 0)
            return [];
        // A successor must not take them for its own.
        Environment.SetEnvironmentVariable("LISTEN_FDS", null);
        Environment.SetEnvironmentVariable("LISTEN_PID", null);
        return [.. Enumerable.Range(0, count).Select(static i => ListeningSockets.Adopt($"{SocketName}{i}", FirstDescriptor + i))];
    }

    internal static int Count(Func<string, string?> variable, int process) =>
        int.TryParse(variable("LISTEN_PID"), NumberStyles.None, CultureInfo.InvariantCulture, out int meant) && meant == process
        && int.TryParse(variable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= DescriptorPassing.Most ? count : 0;
}
