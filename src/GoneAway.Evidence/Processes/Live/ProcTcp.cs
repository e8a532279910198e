using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>Reads <c>/proc/PID/net/tcp</c> and <c>tcp6</c>: what there is where the kernel's socket diagnosis may not be asked.</summary>
/// <remarks>Documentation/networking/proc_net_tcp.rst; time spans are in units of 1/100 s.</remarks>
internal static class ProcTcp
{
    private const int LargestTable = 256 << 20;

    public static List<KernelSocket> Read(string folder, string netns)
    {
        var sockets = new List<KernelSocket>();
        foreach (string name in (string[])["tcp", "tcp6"])
        {
            try
            {
                long read = 0;
                foreach (string line in File.ReadLines(Path.Combine(folder, name)))
                {
                    if (TryLine(line, netns, out KernelSocket? socket))
                        sockets.Add(socket);
                    if ((read += line.Length) > LargestTable)
                        break;
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // No IPv6, or the process has ended.
            }
        }
        return sockets;
    }

    /// <summary>3: 0100007F:B708 0100007F:0CEA 08 00000000:00000096 02:000AFC6B 00000000 1000 0 795928 2 ...</summary>
    public static bool TryLine(string line, string netns, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out KernelSocket? socket)
    {
        socket = null;
        string[] words = line.Split(' ', 13, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 10 || !TryEnd(words[1], out IPEndPoint local) || !TryEnd(words[2], out IPEndPoint remote)
            || !int.TryParse(words[3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int state)
            || !TryPair(words[4], out long unsent, out long queue) || !TryPair(words[5], out long timer, out long ticks)
            || !int.TryParse(words[6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int retransmits)
            || !int.TryParse(words[7], NumberStyles.None, CultureInfo.InvariantCulture, out int uid)
            || !ulong.TryParse(words[9], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
            return false;
        string name = KernelSocket.StateName(state);
        socket = new KernelSocket
        {
            Inode = inode, Local = local, Remote = remote, State = name, Unread = KernelSocket.UnreadOf(name, queue), Unsent = name == KernelSocket.Listening ? 0 : unsent,
            Timer = KernelSocket.TimerOf((int)timer), Expires = timer is 0 ? null : TimeSpan.FromMilliseconds(ticks * 10), Retransmits = retransmits, Uid = uid, Namespace = netns,
        };
        return true;
    }

    private static bool TryEnd(string word, out IPEndPoint end)
    {
        end = null!;
        int colon = word.IndexOf(':');
        if (colon is not (8 or 32) || !ushort.TryParse(word.AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort port))
            return false;
        Span<byte> bytes = stackalloc byte[16];
        for (int i = 0; i < colon; i += 8)
        {
            if (!uint.TryParse(word.AsSpan(i, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint part))
                return false;
            // The kernel prints words of network bytes in the host's own order.
            if (BitConverter.IsLittleEndian)
                BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i / 2)..], part);
            else
                BinaryPrimitives.WriteUInt32BigEndian(bytes[(i / 2)..], part);
        }
        end = new IPEndPoint(Plain(new IPAddress(bytes[..(colon / 2)])), port);
        return true;
    }

    /// <summary>An IPv4 address in IPv6's clothes is an IPv4 address.</summary>
    internal static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool TryPair(string word, out long first, out long second)
    {
        (first, second) = (0, 0);
        int colon = word.IndexOf(':');
        return colon > 0 && long.TryParse(word.AsSpan(0, colon), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out first)
            && long.TryParse(word.AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out second);
    }
}
