using System.Threading.Tasks.Sources;

namespace GoneAway.Gateway.Links;

/// <summary>What TLS reads from and writes to: bytes that the owner feeds, and takes. A read without bytes waits for the next feeding.</summary>
internal sealed class CipherStream : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> source;
    private Memory<byte> target;
    private bool waiting;
    private byte[] input = [];
    private int inputStart;
    private int inputEnd;
    private bool ended;
    private byte[] output = [];
    private int outputEnd;

    /// <summary>Cipher text to be sent.</summary>
    public ReadOnlySpan<byte> Output => output.AsSpan(0, outputEnd);

    public bool HasInput => inputEnd > inputStart;

    public void ClearOutput()
    {
        outputEnd = 0;
        if (output.Length > 64 * 1024)
            output = [];
    }

    /// <summary>Cipher text that came; none at all means the end. The code that waits for it goes on inline.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            ended = true;
        else
            Append(ref input, ref inputStart, ref inputEnd, bytes);
        if (!waiting)
            return;
        waiting = false;
        source.SetResult(Take(target.Span));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (HasInput || ended)
            return new ValueTask<int>(buffer.Length == 0 ? 0 : Take(buffer.Span));
        source.Reset();
        target = buffer;
        waiting = true;
        return new ValueTask<int>(this, source.Version);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Put(buffer.Span);
        return default;
    }

    public override void Write(byte[] buffer, int offset, int count) => Put(buffer.AsSpan(offset, count));

    private void Put(ReadOnlySpan<byte> bytes)
    {
        int start = 0;
        Append(ref output, ref start, ref outputEnd, bytes);
    }

    private int Take(Span<byte> into)
    {
        int count = Math.Min(into.Length, inputEnd - inputStart);
        input.AsSpan(inputStart, count).CopyTo(into);
        inputStart += count;
        if (inputStart == inputEnd)
            inputStart = inputEnd = 0;
        return count;
    }

    private static void Append(ref byte[] buffer, ref int start, ref int end, ReadOnlySpan<byte> bytes)
    {
        if (buffer.Length - end < bytes.Length)
        {
            byte[] grown = buffer.Length >= end - start + bytes.Length ? buffer : new byte[Math.Max(4096, (end - start + bytes.Length) * 3 / 2)];
            buffer.AsSpan(start, end - start).CopyTo(grown);
            (buffer, end, start) = (grown, end - start, 0);
        }
        bytes.CopyTo(buffer.AsSpan(end));
        end += bytes.Length;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("TLS reads are asynchronous");
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => source.GetResult(token);
    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => source.GetStatus(token);
    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        source.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
