using System.Net.Security;

namespace GoneAway.Gateway.Links;

/// <summary>TLS of one connection, without its socket: cipher text goes in and comes out as bytes.</summary>
internal sealed class TlsFilter : IDisposable
{
    private const int PlainSize = 16 * 1024;

    private readonly SslStream stream;
    private ValueTask<int> reading;
    private bool isReading;
    private byte[]? plain;
    private int plainStart;
    private int plainEnd;
    private bool ended;

    public TlsFilter() => stream = new SslStream(Cipher, leaveInnerStreamOpen: false);

    public CipherStream Cipher { get; } = new();

    public SslStream Stream => stream;

    /// <summary>Plain text that has been made of what was fed; -1 for none yet, 0 at the end.</summary>
    public int Read(Span<byte> target)
    {
        if (plainEnd == plainStart && !Advance())
            return ended ? 0 : -1;
        int count = Math.Min(target.Length, plainEnd - plainStart);
        plain.AsSpan(plainStart, count).CopyTo(target);
        plainStart += count;
        return count;
    }

    /// <summary>Plain text, or the end, lies here that has not been read. What one read from the socket brought may be several records: the next is deciphered here, for the kernel will not tell of it.</summary>
    public bool HasPlain => plainEnd > plainStart || Advance() || ended;

    public void Write(ReadOnlyMemory<byte> bytes)
    {
        // The cipher stream takes all at once.
        stream.Write(bytes.Span);
    }

    private bool Advance()
    {
        while (!ended)
        {
            if (!isReading)
            {
                plain ??= GC.AllocateUninitializedArray<byte>(PlainSize);
#pragma warning disable CA2012 // Awaited once, in the next turn if need be: a field carries it there.
                reading = stream.ReadAsync(plain);
#pragma warning restore CA2012
                isReading = true;
            }
            if (!reading.IsCompleted)
                return false;
            isReading = false;
            (plainStart, plainEnd) = (0, reading.GetAwaiter().GetResult());
            if (plainEnd > 0)
                return true;
            ended = true;
        }
        return false;
    }

    public void Dispose() => stream.Dispose();
}
