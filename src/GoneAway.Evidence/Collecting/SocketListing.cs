using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GoneAway.Evidence.Processes.Live;

namespace GoneAway.Evidence.Collecting;

/// <summary>The sockets of a snapshot in the form of <c>ss -tanpoi</c>, of all network namespaces that could be seen.</summary>
internal static class SocketListing
{
    private const int MostLines = 50_000;

    public static string Of(Snapshot snapshot)
    {
        var users = new Dictionary<ulong, StringBuilder>();
        foreach (RunningProcess process in snapshot.Processes)
            foreach ((int descriptor, ulong inode) in process.Sockets ?? [])
            {
                if (!users.TryGetValue(inode, out StringBuilder? list))
                    users[inode] = list = new StringBuilder();
                list.Append(list.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"(\"{process.Name.Split(' ')[0]}\",pid={process.Pid},fd={descriptor})");
            }
        var text = new StringBuilder("$ ss -tanpoi\nState Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n");
        int lines = 0;
        foreach (KernelSocket socket in snapshot.Sockets)
        {
            if (socket is not { Local: { } local, Remote: { } remote } || lines++ >= MostLines)
                continue;
            // ss counts the FIN of a peer that has closed.
            long unread = socket.State == KernelSocket.CloseWait ? socket.Unread + 1 : socket.Unread;
            text.Append(CultureInfo.InvariantCulture, $"{Short(socket.State)} {unread} {socket.Unsent} {Of(local)} {Of(remote)}");
            if (socket.Inode != 0 && users.TryGetValue(socket.Inode, out StringBuilder? holders))
                text.Append(" users:(").Append(holders).Append(')');
            if (Timer(socket) is { } timer)
                text.Append(CultureInfo.InvariantCulture, $" timer:({timer})");
            text.Append(CultureInfo.InvariantCulture, $" uid:{socket.Uid} ino:{socket.Inode}\n");
            if (socket.SinceReceived is { } received && socket.State != KernelSocket.Listening)
                text.Append(CultureInfo.InvariantCulture, $"\t rto:0 lastrcv:{received.TotalMilliseconds:0}\n");
        }
        return lines == 0 ? "" : text.ToString();
    }

    private static string Short(string state) => state == KernelSocket.Established ? "ESTAB" : state;

    private static string Of(IPEndPoint end) => (end.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{end.Address}]" : end.Address.ToString()) + ":" + (end.Port == 0 ? "*" : end.Port.ToString(CultureInfo.InvariantCulture));

    /// <summary>keepalive,119min,0</summary>
    private static string? Timer(KernelSocket socket) => socket.Timer switch
    {
        SocketTimer.KeepAlive => "keepalive",
        SocketTimer.Retransmission => "on",
        SocketTimer.ZeroWindowProbe => "persist",
        _ => null,
    } is { } name ? $"{name},{(socket.Expires ?? TimeSpan.Zero).TotalSeconds:0}sec,{socket.Retransmits}" : null;
}
