using System.Runtime.CompilerServices;
using GoneAway.Gateway.Loop;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Links;

/// <summary>
/// One connection's bytes in both directions: socket, and TLS and compression where they were agreed on. Nothing waits here:
/// what cannot be written yet is kept, and who writes looks at <see cref="Queued"/>.
/// </summary>
internal sealed class Link(LoopSocket socket) : IDisposable
{
    private const int CipherChunk = 16 * 1024;

    private TlsFilter? tls;
    private CompressionFilter? compression;
    private byte compressionSequence;
    /// <summary>The last read filled its buffer. The kernel does not tell again of what it still has, and reads of what was deciphered come between.</summary>
    private bool mayHaveMore;
    private byte[]? queue;
    private int queueStart;
    private int queueEnd;
    /// <summary>-1: none.</summary>
    private int last = -1;

    public LoopSocket Socket { get; } = socket;

    public bool IsDirect => tls is null && compression is null;
    public bool IsSecure => tls is not null;
    public bool IsCompressed => compression is not null;

    /// <summary>Bytes that the kernel has not taken.</summary>
    public int Queued => queueEnd - queueStart;

    /// <summary>Bytes that the kernel took, and gave, in all.</summary>
    public long Sent { get; private set; }
    public long Received { get; private set; }

    /// <summary>The error number of what failed; 0 while nothing did, and for an end without error.</summary>
    public int Error { get; private set; }

    /// <summary>A statement of the gateway's own was sent, and its answer was not read to its end.</summary>
    public bool OwesAnswer { get; set; }

    /// <summary>No byte can be sent any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes; 0 when nothing is there now; -1 at the end or after an error.</summary>
    public int Receive(Span<byte> target)
    {
        if (IsDirect)
            return Raw(target);
        while (true)
        {
            int count = compression is not null ? compression.Read(target) : ReadTls(target);
            if (count > 0)
            {
                // The end, too: it was told with the bytes, of which these may not be the last.
                if (mayHaveMore || Socket.PeerClosed || compression?.HasPlain == true || HasPlain())
                    Socket.MarkReadable();
                return count;
            }
            if (count < 0)
                return -1;
            byte[] rented = Socket.Loop.Rent(CipherChunk);
            Span<byte> raw = rented;
            int came = compression is not null && tls is not null ? FromTls(raw) : Raw(raw);
            if (came > 0)
            {
                if (compression is not null)
                    compression.Feed(raw[..came]);
                else
                    tls!.Cipher.Feed(raw[..came]);
            }
            Socket.Loop.Return(rented);
            if (came < 0 && compression is null)
                tls!.Cipher.Feed(default);
            if (came < 0 && compression is not null || compression?.IsBroken == true)
                return -1;
            if (came == 0)
                return 0;
        }
    }

    /// <summary>Sends, or keeps what the kernel does not take now. False when the connection is broken.</summary>
    public bool Send(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken)
            return false;
        // An empty frame is no answer to a client that compresses.
        if (bytes.IsEmpty)
            return true;
        if (compression is not null)
        {
            ReadOnlyMemory<byte> frames = compression.Write(bytes, ref compressionSequence);
            return tls is null ? SendRaw(frames.Span) : SendTls(frames);
        }
        if (tls is null)
            return SendRaw(bytes);
        byte[] copy = Socket.Loop.Rent(Math.Min(bytes.Length, EventLoop.ScratchSize));
        bool sent = true;
        while (!bytes.IsEmpty && sent)
        {
            int take = Math.Min(copy.Length, bytes.Length);
            bytes[..take].CopyTo(copy);
            sent = SendTls(copy.AsMemory(0, take));
            bytes = bytes[take..];
        }
        Socket.Loop.Return(copy);
        return sent;
    }

    /// <summary>A command begins: frames are counted anew.</summary>
    public void BeginCommand() => compressionSequence = 0;

    /// <summary>Frames of an answer go on counting behind the command's.</summary>
    public void BeginAnswer() => compressionSequence = (byte)((compression?.LastSequence ?? 0) + 1);

    /// <summary>Tries again what is queued. False when the connection is broken.</summary>
    public bool Flush()
    {
        while (Queued > 0 && !IsBroken)
        {
            int count = Socket.Send(queue.AsSpan(queueStart, Queued));
            if (count == -Native.Again)
                return true;
            if (count < 0)
            {
                Break(-count);
                return false;
            }
            Sent += count;
            queueStart += count;
        }
        if (Queued == 0)
            DropQueue();
        return !IsBroken;
    }

    /// <summary>COM_QUIT, which has no answer.</summary>
    public void SendQuit() => Send([1, 0, 0, 0, CommandCode.Quit]);

    /// <summary>Waits until all is with the kernel. False when the connection broke, or the time is over.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<bool> FlushAsync(Waiter waiter, bool isClient, long deadline = long.MaxValue)
    {
        Ready room = isClient ? Ready.ClientRoom : Ready.BackendRoom;
        while (Flush() && Queued > 0)
            if (await waiter.WaitAsync(room, deadline) == Ready.Timeout)
                return false;
        return !IsBroken;
    }

    /// <summary>From here on the last byte of what is sent stays here until more comes, or it is released; where none is to stay any more, it goes.</summary>
    public bool KeepsLast
    {
        get;
        set
        {
            field = value;
            if (!value)
                ReleaseLast();
        }
    }

    /// <summary>A last byte stays here.</summary>
    public bool HasLast => last >= 0;

    /// <summary>Sends the byte that stayed here.</summary>
    public void ReleaseLast()
    {
        if (last < 0)
            return;
        byte kept = (byte)last;
        last = -1;
        SendNow([kept]);
    }

    /// <summary>From here on the compressed protocol is spoken.</summary>
    public void StartCompression(bool zstd) => compression = new CompressionFilter(zstd);

    /// <summary>Goes over to TLS: the handshake, of either role. Throws what TLS throws; a TimeoutException when the time is over.</summary>
    public async Task SecureAsync(Func<System.Net.Security.SslStream, CancellationToken, Task> handshake, Waiter waiter, bool isClient, long deadline, ReadOnlyMemory<byte> early = default)
    {
        var filter = new TlsFilter();
        using var cancel = new CancellationTokenSource();
        try
        {
            if (early.Length > 0)
                filter.Cipher.Feed(early.Span);
            Task shaking = handshake(filter.Stream, cancel.Token);
            byte[] buffer = Socket.Loop.Rent(CipherChunk);
            bool isWatched = false;
            while (true)
            {
                if (filter.Cipher.Output.Length > 0)
                {
                    SendRaw(filter.Cipher.Output);
                    filter.Cipher.ClearOutput();
                }
                if (shaking.IsCompleted)
                    break;
                int count = Raw(buffer);
                if (count > 0)
                    filter.Cipher.Feed(buffer.AsSpan(0, count));
                else if (count < 0)
                    filter.Cipher.Feed(default);
                else
                {
                    if (!isWatched)
                        _ = shaking.ContinueWith(_ => waiter.Loop.Post(() => waiter.Notify(Ready.Signal)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                    isWatched = true;
                    if (await waiter.WaitAsync((isClient ? Ready.Client : Ready.Backend) | Ready.Signal, deadline) == Ready.Timeout)
                        throw new TimeoutException("the TLS handshake was not complete in time");
                }
                if (count < 0 && !shaking.IsCompleted)
                    throw new IOException("the connection ended in the TLS handshake");
            }
            Socket.Loop.Return(buffer);
            await shaking;
            tls = filter;
        }
        catch
        {
            await cancel.CancelAsync();
            filter.Dispose();
            throw;
        }
    }

    /// <summary>Gives it up: what is sent from here on fails.</summary>
    public void Shut() => IsBroken = true;

    public void Dispose()
    {
        if (!IsBroken && !Socket.IsClosed)
            ReleaseLast();
        Socket.Dispose();
        tls?.Dispose();
        DropQueue();
    }

    private int Raw(Span<byte> target)
    {
        int count = Socket.Receive(target);
        mayHaveMore = count == target.Length;
        if (count > 0)
        {
            Received += count;
            return count;
        }
        if (count == -Native.Again)
            return 0;
        Error = -count;
        return -1;
    }

    private int FromTls(Span<byte> target)
    {
        int count = ReadTls(target);
        if (count != 0)
            return count;
        byte[] rented = Socket.Loop.Rent(CipherChunk);
        int came = Raw(rented);
        if (came > 0)
            tls!.Cipher.Feed(rented.AsSpan(0, came));
        else if (came < 0)
            tls!.Cipher.Feed(default);
        Socket.Loop.Return(rented);
        return came == 0 ? 0 : ReadTls(target) is var plain && plain == 0 && came > 0 ? FromTls(target) : plain;
    }

    private bool HasPlain()
    {
        try
        {
            return tls?.HasPlain == true;
        }
        catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException or InvalidOperationException)
        {
            // The next read fails, and says so.
            return true;
        }
    }

    /// <summary>Plain text; 0 for none yet; -1 at the end.</summary>
    private int ReadTls(Span<byte> target)
    {
        try
        {
            int count = tls!.Read(target);
            return count > 0 ? count : count == 0 ? -1 : 0;
        }
        catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException or InvalidOperationException)
        {
            IsBroken = true;
            return -1;
        }
    }

    private bool SendTls(ReadOnlyMemory<byte> bytes)
    {
        tls!.Write(bytes);
        bool sent = SendRaw(tls.Cipher.Output);
        tls.Cipher.ClearOutput();
        return sent;
    }

    private bool SendRaw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return true;
        ReleaseLast();
        if (!KeepsLast)
            return SendNow(bytes);
        last = bytes[^1];
        return SendNow(bytes[..^1]);
    }

    private bool SendNow(ReadOnlySpan<byte> bytes)
    {
        if (Queued == 0)
        {
            while (!bytes.IsEmpty)
            {
                int count = Socket.Send(bytes);
                if (count == -Native.Again)
                    break;
                if (count < 0)
                {
                    Break(-count);
                    return false;
                }
                Sent += count;
                bytes = bytes[count..];
            }
            if (bytes.IsEmpty)
                return true;
        }
        Enqueue(bytes);
        return true;
    }

    private void Enqueue(ReadOnlySpan<byte> bytes)
    {
        if (queue is null || queue.Length - queueEnd < bytes.Length)
        {
            byte[] grown = queue is not null && queue.Length >= Queued + bytes.Length ? queue : Socket.Loop.Rent(Math.Max(Queued + bytes.Length, queue?.Length * 2 ?? 0));
            queue.AsSpan(queueStart, Queued).CopyTo(grown);
            if (queue is not null && grown != queue)
                Socket.Loop.Return(queue);
            (queue, queueEnd, queueStart) = (grown, Queued, 0);
        }
        bytes.CopyTo(queue.AsSpan(queueEnd));
        queueEnd += bytes.Length;
    }

    private void DropQueue()
    {
        if (queue is not null)
            Socket.Loop.Return(queue);
        queue = null;
        queueStart = queueEnd = 0;
    }

    private void Break(int error)
    {
        Error = error;
        IsBroken = true;
    }
}
