using System.Formats.Tar;
using System.IO.Compression;

namespace GoneAway.Evidence.Files;

/// <summary>Opens what is compressed or packed: .gz, .tar, .tar.gz, by content. What unpacks to more than a limit is cut there.</summary>
public static class Unpacked
{
    /// <summary>Bytes that one compressed file may become.</summary>
    public const long Largest = 8L << 30;

    private const int MostEntries = 10_000;

    /// <summary>The files in it with their streams and first bytes: itself, or what is packed in it. A stream is good until the next is asked for.</summary>
    /// <exception cref="InvalidDataException">The compressed data is damaged.</exception>
    public static IEnumerable<(string Path, Stream Content, ReadOnlyMemory<byte> Head)> Of(string path, Stream stream)
    {
        var content = new Peeked(stream, 512);
        if (content.Head.Span is [0x1f, 0x8b, ..])
            content = new Peeked(new Limited(new GZipStream(content, CompressionMode.Decompress), Largest), 512);
        if (content.Head.Length < 262 || !content.Head.Span[257..262].SequenceEqual("ustar"u8))
        {
            yield return (path, content, content.Head);
            yield break;
        }
        using var tar = new TarReader(content);
        for (int entries = 0; entries < MostEntries && tar.GetNextEntry() is { } entry; entries++)
            // Links are not followed: they may point anywhere.
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && entry.DataStream is { } data)
            {
                var file = new Peeked(data, 512);
                yield return ($"{path}!{entry.Name}", file, file.Head);
            }
    }

    /// <summary>Ends a stream after so many bytes, as a decompression bomb deserves.</summary>
    private sealed class Limited(Stream inner, long most) : ReadOnlyStream
    {
        private long left = most;

        public override int Read(Span<byte> buffer)
        {
            if (left <= 0)
                return 0;
            int read = inner.Read(buffer.Length > left ? buffer[..(int)left] : buffer);
            left -= read;
            return read;
        }
    }

    /// <summary>A stream whose first bytes have been looked at.</summary>
    private sealed class Peeked : ReadOnlyStream
    {
        private readonly Stream inner;
        private readonly byte[] head;
        private readonly int length;
        private int position;

        public Peeked(Stream inner, int size)
        {
            this.inner = inner;
            head = new byte[size];
            int read;
            while (length < size && (read = inner.Read(head, length, size - length)) > 0)
                length += read;
        }

        public ReadOnlyMemory<byte> Head => head.AsMemory(0, length);

        public override int Read(Span<byte> buffer)
        {
            if (position >= length)
                return inner.Read(buffer);
            int part = Math.Min(buffer.Length, length - position);
            head.AsSpan(position, part).CopyTo(buffer);
            position += part;
            return part;
        }
    }
}
