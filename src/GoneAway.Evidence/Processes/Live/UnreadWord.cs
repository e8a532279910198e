using System.Text;
using GoneAway.Wire.Payloads;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>Looks at bytes that wait unread in another process's socket, without taking them: is it the server's last word?</summary>
internal static class UnreadWord
{
    /// <summary>Null when it may not be looked at, is encrypted, or is no ERR packet.</summary>
    public static ServerWord? Of(ClientConnection connection)
    {
        if (connection.Socket.Unread is < 9 or > 1 << 20 || connection.Holders.Count == 0)
            return null;
        Holder holder = connection.Holders[0];
        int copy = NativeCalls.CopyOf(holder.Process.Pid, holder.Descriptors[0]);
        if (copy < 0)
            return null;
        try
        {
            byte[] bytes = new byte[1024];
            int length = (int)NativeCalls.Receive(copy, bytes, bytes.Length, NativeCalls.Peek | NativeCalls.DontWait);
            return length > 0 ? Read(bytes.AsSpan(0, length)) : null;
        }
        finally
        {
            _ = NativeCalls.Close(copy);
        }
    }

    /// <summary>The first packet, when it is a whole ERR.</summary>
    internal static ServerWord? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 9)
            return null;
        int size = bytes[0] | bytes[1] << 8 | bytes[2] << 16;
        return size >= 5 && size <= bytes.Length - 4 && ErrPacket.TryRead(bytes.Slice(4, size), out ErrPacket error)
            ? new ServerWord(error.Code, Encoding.UTF8.GetString(error.Message)) : null;
    }
}
