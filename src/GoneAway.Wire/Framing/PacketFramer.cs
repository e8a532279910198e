using System.Runtime.CompilerServices;

namespace GoneAway.Wire.Framing;

/// <summary>What a framer tells of the packets that it finds.</summary>
public interface IPacketSink
{
    /// <summary>
    /// A packet header has come, and the first payload byte if there is one.
    /// Answers false when no such packet can come here: the framer then stops.
    /// </summary>
    /// <param name="length">Payload bytes of this part, as announced.</param>
    /// <param name="sequence">Sequence id.</param>
    /// <param name="first">First payload byte, or -1 for an empty packet.</param>
    /// <param name="continues">True for a further part of a packet of 16 MB and more.</param>
    bool OnHeader(int length, byte sequence, int first, bool continues);

    /// <summary>A packet is complete.</summary>
    /// <param name="sequence">Sequence id of its last part.</param>
    /// <param name="length">Payload bytes of all its parts.</param>
    /// <param name="prefix">The payload, or its first <see cref="PacketFramer.PrefixLimit"/> bytes at least.</param>
    void OnPacket(byte sequence, long length, ReadOnlySpan<byte> prefix);
}

/// <summary>
/// Finds the packets in one direction of a connection, however the stream is cut into chunks.
/// Copies nothing when a packet lies in one chunk; else keeps its first bytes only.
/// </summary>
/// <remarks>MySQL "Protocol basics": three bytes of length, one of sequence; 0xFFFFFF means that more follows.</remarks>
public sealed class PacketFramer
{
    /// <summary>How many bytes are kept of a packet that spans chunks.</summary>
    public const int PrefixLimit = 4096;


    private byte[]? prefix;
    private int prefixLength;
    private uint header;
    private int headerBytes;
    private int remaining;
    private bool continues;
    private bool announced;
    private int lengthOfPart;
    private byte sequence;

    /// <summary>The sink refused a header: what follows is not framed.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes of a packet have come, but not all.</summary>
    public bool InPacket => headerBytes > 0 || continues;

    /// <summary>1 to 3 when the stream stands inside a header.</summary>
    public int PartialHeaderBytes => headerBytes < PacketHeader.Size ? headerBytes : 0;

    /// <summary>Copies the bytes of the present header that have come, at most as many as fit.</summary>
    public void CopyHeader(Span<byte> target)
    {
        for (int i = 0; i < headerBytes && i < target.Length; i++)
            target[i] = (byte)(header >> 8 * i);
    }

    /// <summary>Payload bytes announced for the packet that is not complete, so far.</summary>
    public long PendingLength => completedParts + (headerBytes == PacketHeader.Size ? lengthOfPart : 0);

    /// <summary>Payload bytes of the incomplete packet that have come.</summary>
    public long PendingReceived => PendingLength - (headerBytes == PacketHeader.Size ? remaining : 0);

    /// <summary>The first bytes of the incomplete packet that have come, when it spans chunks.</summary>
    public ReadOnlySpan<byte> PendingPrefix => prefix.AsSpan(0, prefixLength);

    private long completedParts;

    /// <summary>Starts anew at a packet boundary.</summary>
    public void Reset()
    {
        headerBytes = remaining = prefixLength = lengthOfPart = 0;
        completedParts = 0;
        continues = announced = IsBroken = false;
    }

    /// <summary>Takes the next bytes of the stream and tells the sink of each packet that they complete.</summary>
    /// <returns>How many bytes were framed; fewer than given when the sink refused a header.</returns>
    public int Feed<TSink>(ReadOnlySpan<byte> chunk, ref TSink sink) where TSink : IPacketSink, allows ref struct
    {
        int position = 0, headerStart = 0;
        while (position < chunk.Length && !IsBroken)
        {
            if (headerBytes == 0 && !continues && TryWholePacket(chunk, ref position, ref sink))
                continue;
            if (IsBroken)
                break;
            if (headerBytes == 0)
                headerStart = position;
            if (!TakeHeader(chunk, ref position))
                break;
            if (!announced)
            {
                if (remaining > 0 && position == chunk.Length)
                    break;
                announced = true;
                if (!sink.OnHeader(lengthOfPart, sequence, remaining > 0 ? chunk[position] : -1, continues))
                {
                    IsBroken = true;
                    return headerStart;
                }
            }
            int take = Math.Min(remaining, chunk.Length - position);
            KeepPrefix(chunk.Slice(position, take));
            position += take;
            remaining -= take;
            if (remaining == 0)
                CompletePart(ref sink);
        }
        return position;
    }

    /// <summary>
    /// Steps over bytes that were not captured. True when they all lie inside the payload of the present packet,
    /// so that the next packet boundary is still known.
    /// </summary>
    public bool TrySkip<TSink>(long count, ref TSink sink) where TSink : IPacketSink, allows ref struct
    {
        if (IsBroken || headerBytes != PacketHeader.Size || !announced || remaining < count)
            return false;
        remaining -= (int)count;
        if (remaining == 0)
            CompletePart(ref sink);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryWholePacket<TSink>(ReadOnlySpan<byte> chunk, ref int position, ref TSink sink) where TSink : IPacketSink, allows ref struct
    {
        ReadOnlySpan<byte> rest = chunk[position..];
        if (rest.Length < PacketHeader.Size)
            return false;
        int length = PacketHeader.LengthOf(rest);
        if (length == PacketHeader.MaxPart || rest.Length - PacketHeader.Size < length)
            return false;
        byte id = rest[3];
        if (!sink.OnHeader(length, id, length > 0 ? rest[PacketHeader.Size] : -1, false))
        {
            IsBroken = true;
            return false;
        }
        position += PacketHeader.Size + length;
        sink.OnPacket(id, length, rest.Slice(PacketHeader.Size, length));
        return true;
    }

    private bool TakeHeader(ReadOnlySpan<byte> chunk, ref int position)
    {
        if (headerBytes == PacketHeader.Size)
            return true;
        while (headerBytes < PacketHeader.Size)
        {
            if (position == chunk.Length)
                return false;
            if (headerBytes == 0)
                header = 0;
            header |= (uint)chunk[position++] << 8 * headerBytes++;
        }
        lengthOfPart = remaining = (int)(header & PacketHeader.MaxPart);
        sequence = (byte)(header >> 24);
        announced = false;
        // An empty packet has no byte to wait for.
        return remaining == 0 || position < chunk.Length;
    }

    private void KeepPrefix(ReadOnlySpan<byte> bytes)
    {
        int room = Math.Min(PrefixLimit - prefixLength, bytes.Length);
        if (room <= 0)
            return;
        prefix ??= new byte[256];
        if (prefix.Length < prefixLength + room)
            Array.Resize(ref prefix, Math.Min(PrefixLimit, Math.Max(prefix.Length * 2, prefixLength + room)));
        bytes[..room].CopyTo(prefix.AsSpan(prefixLength));
        prefixLength += room;
    }

    private void CompletePart<TSink>(ref TSink sink) where TSink : IPacketSink, allows ref struct
    {
        completedParts += lengthOfPart;
        headerBytes = 0;
        continues = lengthOfPart == PacketHeader.MaxPart;
        if (continues)
            return;
        long length = completedParts;
        int kept = prefixLength;
        completedParts = 0;
        prefixLength = 0;
        sink.OnPacket(sequence, length, prefix.AsSpan(0, kept));
    }
}
