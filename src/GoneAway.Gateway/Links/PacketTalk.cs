using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Wire.Framing;

namespace GoneAway.Gateway.Links;

/// <summary>The other end did not keep to the protocol, or is gone, or took too long.</summary>
internal sealed class TalkException(TalkFault fault, string message, int error = 0) : IOException(message)
{
    public TalkFault Fault { get; } = fault;
    /// <summary>Of the socket; 0 where there is none.</summary>
    public int Error { get; } = error;
}

internal enum TalkFault : byte
{
    Ended,
    TimedOut,
    /// <summary>A packet of a length that cannot come here.</summary>
    TooLong,
    WrongSequence,
    Tls,
}

/// <summary>Packets in turn over a link, as logins and the gateway's own statements need them. Not for what passes through.</summary>
internal sealed class PacketTalk(Link link, Waiter waiter, bool isClient, Func<System.Net.Security.SslStream, CancellationToken, Task> handshake, bool isPrivate) : IPacketTalk, IDisposable
{
    public const int LargestPayload = 64 * 1024;

    private byte[] buffer = link.Socket.Loop.Rent(4096);
    private int start;
    private int end;
    private byte[] frame = link.Socket.Loop.Rent(4096);

    public Link Link => link;

    /// <summary>In the loop's milliseconds.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>Asked when the deadline is over; milliseconds for which there is reason to wait on, 0 for none.</summary>
    public Func<long>? Extends { get; init; }

    public byte Sequence { get; set; }

    /// <summary>Refuse a packet whose sequence id is not the one due.</summary>
    public bool StrictSequence { get; set; }

    /// <summary>What was read is no packet that could come: it lies in <see cref="Unread"/>.</summary>
    public bool IsForeign { get; private set; }

    public bool IsPrivate => isPrivate || link.IsSecure;

    /// <summary>What was read and belongs to no packet yet.</summary>
    public ReadOnlySpan<byte> Unread => buffer.AsSpan(start, end - start);

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        await FillAsync(PacketHeader.Size);
        int length = PacketHeader.LengthOf(buffer.AsSpan(start));
        byte sequence = buffer[start + 3];
        IsForeign = length > LargestPayload || StrictSequence && sequence != Sequence;
        if (length > LargestPayload)
            throw new TalkException(TalkFault.TooLong, $"a packet of {length} bytes where none above {LargestPayload} can come");
        if (StrictSequence && sequence != Sequence)
            throw new TalkException(TalkFault.WrongSequence, $"a packet with sequence id {sequence} where {Sequence} was due");
        await FillAsync(PacketHeader.Size + length);
        Sequence = (byte)(sequence + 1);
        if (isClient)
            link.BeginAnswer();
        int from = start + PacketHeader.Size;
        start = from + length;
        return buffer.AsMemory(from, length);
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> payload)
    {
        int total = PacketHeader.Size + payload.Length;
        if (frame.Length < total)
        {
            link.Socket.Loop.Return(frame);
            frame = link.Socket.Loop.Rent(total);
        }
        PacketHeader.Write(frame, payload.Length, Sequence++);
        payload.Span.CopyTo(frame.AsSpan(PacketHeader.Size));
        link.Send(frame.AsSpan(0, total));
        if (link.Queued > 0 && !await link.FlushAsync(waiter, isClient, Deadline) || link.IsBroken)
            throw new TalkException(link.IsBroken ? TalkFault.Ended : TalkFault.TimedOut, link.IsBroken ? "the connection was lost" : "the other end took nothing in time", link.Error);
    }

    public async ValueTask SecureAsync()
    {
        try
        {
            byte[] early = Unread.ToArray();
            start = end = 0;
            await link.SecureAsync(handshake, waiter, isClient, Deadline, early);
        }
        catch (TimeoutException late)
        {
            throw new TalkException(TalkFault.TimedOut, late.Message);
        }
        catch (Exception error) when (error is System.Security.Authentication.AuthenticationException or IOException or InvalidOperationException)
        {
            throw new TalkException(TalkFault.Tls, "TLS failed: " + (error.InnerException?.Message ?? error.Message));
        }
    }

    public void Dispose()
    {
        // A dialog of a login may have had a password.
        Array.Clear(buffer);
        Array.Clear(frame);
        link.Socket.Loop.Return(buffer);
        link.Socket.Loop.Return(frame);
        (buffer, frame) = ([], []);
    }

    private async ValueTask FillAsync(int needed)
    {
        while (end - start < needed)
        {
            if (buffer.Length == end)
            {
                // It grows with what has come, not with what a header claims.
                byte[] other = start > 0 ? buffer : link.Socket.Loop.Rent(Math.Min(needed, buffer.Length * 2));
                buffer.AsSpan(start, end - start).CopyTo(other);
                if (other != buffer)
                    link.Socket.Loop.Return(buffer);
                (buffer, end, start) = (other, end - start, 0);
            }
            int count = link.Receive(buffer.AsSpan(end));
            if (count > 0)
                end += count;
            else if (count < 0)
                throw new TalkException(TalkFault.Ended, link.Error == 0 ? "the connection was closed" : "the connection was reset", link.Error);
            else if (await waiter.WaitAsync(isClient ? Ready.Client | Ready.ClientHangup : Ready.Backend | Ready.BackendHangup, Deadline) != Ready.Timeout)
                continue;
            else if (Extends?.Invoke() is > 0 and var more)
                Deadline = waiter.Loop.Now + more;
            else
                throw new TalkException(TalkFault.TimedOut, "nothing came in time");
        }
    }
}
