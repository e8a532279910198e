using System.Net;
using System.Net.Sockets;

namespace GoneAway.Gateway.Loop;

/// <summary>A connected, non-blocking stream socket that a loop watches. Only the thread of its loop touches it.</summary>
internal sealed class LoopSocket : IDisposable
{
    /// <summary>EBADF: the number may be another socket's by now.</summary>
    private const int NotThere = 9;

    private readonly Socket socket;
    private bool closed;
    private bool unseen;

    /// <param name="socket">Is owned from now on.</param>
    /// <param name="loop">Must be the running one.</param>
    public LoopSocket(Socket socket, EventLoop loop)
    {
        this.socket = socket;
        socket.Blocking = false;
        File = (int)socket.Handle;
        Loop = loop;
        if (socket.ProtocolType == ProtocolType.Tcp)
            socket.NoDelay = true;
        loop.Register(this);
    }

    public int File { get; }
    public EventLoop Loop { get; private set; }
    internal int Slot { get; set; }
    internal int Generation { get; set; }

    /// <summary>Who is told, and as what.</summary>
    public Waiter? Owner { get; private set; }
    private Ready readable;
    private Ready writable;
    private Ready hangup;

    /// <summary>The other end will send no more, or the connection is broken; bytes that came before may still lie here.</summary>
    public bool PeerClosed { get; private set; }

    /// <summary>When that was noticed, in the loop's milliseconds; 0 while it was not.</summary>
    public long ClosedAt { get; private set; }

    /// <summary>The last event told of an error, a reset as a rule.</summary>
    public bool Broken { get; private set; }

    /// <summary>Nothing came and nothing ended while nobody was in charge.</summary>
    public bool IsQuiet
    {
        get
        {
            // An event may have been told late, of bytes that were read before.
            Span<byte> one = stackalloc byte[1];
            return !PeerClosed && (!unseen || Native.Peek(File, one) == -Native.Again);
        }
    }

    public bool IsClosed => closed;

    public EndPoint? Remote
    {
        get
        {
            try
            {
                return socket.RemoteEndPoint;
            }
            catch (SocketException)
            {
                return null;
            }
        }
    }

    public EndPoint? Local => socket.LocalEndPoint;

    public Socket Socket => socket;

    /// <summary>Puts somebody in charge, as the first or the second socket of theirs. What happened meanwhile is told at once.</summary>
    public void Attach(Waiter owner, bool isClient)
    {
        Owner = owner;
        unseen = false;
        (readable, writable, hangup) = isClient ? (Ready.Client, Ready.ClientRoom, Ready.ClientHangup) : (Ready.Backend, Ready.BackendRoom, Ready.BackendHangup);
        owner.Clear(readable | writable | hangup);
        owner.Mark(readable);
        if (PeerClosed)
            owner.Mark(hangup);
    }

    public void Detach()
    {
        unseen |= Owner is { } owner && (owner.Pending & readable) != 0;
        Owner = null;
    }

    /// <summary>More can be read without the kernel telling.</summary>
    public void MarkReadable() => Owner?.Mark(readable);

    /// <summary>Leaves its loop, on whose thread this runs; until it has joined another nobody may use it.</summary>
    public void Leave()
    {
        Owner = null;
        Loop.Unregister(this);
    }

    /// <summary>Joins a loop, on its thread.</summary>
    public void Join(EventLoop loop)
    {
        Loop = loop;
        loop.Register(this);
    }

    /// <summary>Bytes; 0 at the end; minus the error number, <see cref="Native.Again"/> for nothing now.</summary>
    public int Receive(Span<byte> target)
    {
        if (closed)
            return -NotThere;
        int count;
        do
            count = Native.Receive(File, target);
        while (count == -Native.Interrupted);
        // The end of the stream was told with the bytes before it, and will not be told again.
        if (count == target.Length || count > 0 && PeerClosed)
            Owner?.Mark(readable);
        else if (count <= 0 && count != -Native.Again)
            OnPeerClosed();
        return count;
    }

    /// <summary>Bytes that the kernel took; minus the error number.</summary>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (closed)
            return -NotThere;
        int count;
        do
            count = Native.Send(File, bytes);
        while (count == -Native.Interrupted);
        return count;
    }

    /// <summary>Ends the stream in this direction. False when the connection is gone.</summary>
    public bool EndSending()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    internal void OnEvents(uint events)
    {
        Ready told = 0;
        if ((events & (Native.EpollErr | Native.EpollHup)) != 0)
        {
            Broken |= (events & Native.EpollErr) != 0;
            OnPeerClosed();
            told = readable | writable | hangup;
        }
        if ((events & Native.EpollPeerHup) != 0)
        {
            OnPeerClosed();
            told |= hangup;
        }
        if ((events & Native.EpollIn) != 0)
            told |= readable;
        if ((events & Native.EpollOut) != 0)
            told |= writable;
        if (Owner is { } owner)
            owner.Notify(told);
        else if ((events & Native.EpollIn) != 0)
            unseen = true;
    }

    private void OnPeerClosed()
    {
        if (!PeerClosed)
            ClosedAt = Loop.Now;
        PeerClosed = true;
    }

    /// <summary>Ends the stream in both directions; who is in charge is told as of a peer that went.</summary>
    public void Shut()
    {
        if (closed)
            return;
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The peer was quicker.
        }
    }

    public void Dispose()
    {
        if (closed)
            return;
        closed = true;
        Owner = null;
        Loop.Unregister(this);
        socket.Dispose();
    }

    /// <summary>Closes with RST, so that no end of the stream is taken for a good one.</summary>
    public void Abort()
    {
        if (closed)
            return;
        socket.LingerState = new LingerOption(true, 0);
        Dispose();
    }
}
