using System.Text;
using GoneAway.Evidence.Files;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence;

/// <summary>Reads one file that is no capture: finds out by its content what it is, and has it read.</summary>
public sealed class EvidenceFile
{
    /// <summary>Larger texts are logs, whatever else they seem; they are read line by line.</summary>
    public const int LargestPassage = 16 << 20;

    private readonly IReadOnlyList<IPassageReader> passages;
    private readonly LineScan scan;

    public EvidenceFile(IReadOnlyList<IPassageReader> passages, IReadOnlyList<LineReader> lines)
    {
        this.passages = passages;
        scan = new LineScan(lines);
    }

    /// <summary>With all readers there are.</summary>
    public static EvidenceFile WithAllReaders() => new(Readers.Passages, Readers.Lines);

    /// <summary>Reads the stream to its end; the summary's kind is <c>unrecognised</c> when nothing in it is known.</summary>
    /// <param name="progress">Is told the bytes read so far.</param>
    public (InputSummary Summary, Findings Findings) Read(string path, Stream stream, Action<long>? progress = null)
    {
        var findings = new Findings();
        var taken = new Dictionary<string, long>();
        byte[] head = Beginning(stream, out int length);
        if (IsBinary(head.AsSpan(0, Math.Min(length, 8192)), out Encoding encoding))
            return (new InputSummary(path, "unrecognised", 0, 0, $"no capture, no text: begins with {Convert.ToHexStringLower(head.AsSpan(0, Math.Min(8, length)))}"), findings);
        if (IsManifest(path, head.AsSpan(0, length)))
            return (new InputSummary(path, "manifest", head.AsSpan(0, length).Count((byte)'\n'), 0, null), findings);
        long lines;
        if (length <= LargestPassage)
        {
            Passage whole = Whole(path, encoding.GetString(head, 0, length));
            lines = whole.Lines.Count;
            ReadSmall(whole, head.AsMemory(0, length), encoding, findings, taken);
        }
        else
        {
            using var all = new Joined(head, length, stream);
            lines = scan.Run(path, all, encoding, findings, taken, progress);
        }
        string kind = taken.Count == 0 ? "unrecognised" : taken.MaxBy(static one => one.Value).Key;
        string? note = findings.Notes.Count == 0 ? null : string.Join("; ", findings.Notes);
        if (taken.Count == 0)
            note ??= length == 0 ? "empty: 0 bytes" : "no capture, and no line of it speaks of a MySQL connection";
        else if (taken.Count > 1)
            note = string.Join("; ", new[] { "also " + string.Join(", ", taken.Keys.Where(k => k != kind)), note }.Where(static one => one is not null));
        return (new InputSummary(path, kind, lines, 0, note), findings);
    }

    /// <summary>What <c>collect</c> says of its own folder is no evidence.</summary>
    private static bool IsManifest(string path, ReadOnlySpan<byte> text) =>
        path.EndsWith(Collecting.Collection.ManifestName, StringComparison.Ordinal) && text.StartsWith("GoneAway collection of "u8);

    private void ReadSmall(Passage whole, ReadOnlyMemory<byte> bytes, Encoding encoding, Findings findings, Dictionary<string, long> taken)
    {
        List<(int From, int To)> blanks = TryPassage(whole, findings, taken) ? [(whole.FirstLine, whole.FirstLine + whole.Lines.Count)] : ReadParts(whole, findings, taken);
        if (blanks.Count == 1 && blanks[0].To - blanks[0].From == whole.Lines.Count && findings.Left.Count == 0)
            return;
        if (blanks.Count == 0)
        {
            scan.Run(whole.Path, new MemoryStream(bytes.ToArray(), writable: false), encoding, findings, taken);
            return;
        }
        // What a passage reader took is not read again as log lines; line numbers stay.
        var rest = new StringBuilder();
        int next = 0;
        for (int i = 0; i < whole.Lines.Count; i++)
        {
            int number = whole.FirstLine + i;
            while (next < blanks.Count && number >= blanks[next].To)
                next++;
            if (next >= blanks.Count || number < blanks[next].From || findings.Left.Contains(number))
                rest.Append(whole.Lines[i]);
            rest.Append('\n');
        }
        scan.Run(whole.Path, new MemoryStream(Encoding.UTF8.GetBytes(rest.ToString()), writable: false), Encoding.UTF8, findings, taken);
    }

    /// <summary>
    /// Reads the parts that are something of their own. Neighbours of one kind are read as one: blank lines cut a pasted file, too.
    /// </summary>
    /// <returns>The lines taken: from, to (the first not taken).</returns>
    private List<(int From, int To)> ReadParts(Passage whole, Findings findings, Dictionary<string, long> taken)
    {
        var blanks = new List<(int From, int To)>();
        Passage? open = null;
        IPassageReader? reader = null;
        foreach (Passage part in Segments.Of(whole))
        {
            IPassageReader? next = passages.FirstOrDefault(one => one.TryRead(part, new Findings()));
            if (open is not null && next == reader && part.FirstLine - (open.FirstLine + open.Lines.Count) <= 2)
            {
                open = open with { Lines = [.. whole.Lines.Skip(open.FirstLine - whole.FirstLine).Take(part.FirstLine + part.Lines.Count - open.FirstLine)] };
                continue;
            }
            Close();
            (open, reader) = next is null ? (null, null) : (part, next);
        }
        Close();
        return blanks;

        void Close()
        {
            if (open is null || !reader!.TryRead(open, findings))
                return;
            taken[reader.Kind] = taken.GetValueOrDefault(reader.Kind) + open.Lines.Count;
            blanks.Add((open.FirstLine, open.FirstLine + open.Lines.Count));
        }
    }

    private bool TryPassage(Passage passage, Findings findings, Dictionary<string, long> taken)
    {
        foreach (IPassageReader reader in passages)
            if (reader.TryRead(passage, findings))
            {
                taken[reader.Kind] = taken.GetValueOrDefault(reader.Kind) + passage.Lines.Count;
                return true;
            }
        return false;
    }

    private static Passage Whole(string path, string text)
    {
        string[] lines = text.TrimStart('\ufeff').Split('\n');
        int count = lines.Length > 0 && lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        for (int i = 0; i < count; i++)
            lines[i] = lines[i].TrimEnd('\r');
        return new Passage(path, 1, new ArraySegment<string>(lines, 0, count));
    }

    /// <summary>Text may hold some NUL bytes (a log after a crash); what is mostly not text is binary.</summary>
    private static bool IsBinary(ReadOnlySpan<byte> head, out Encoding encoding)
    {
        encoding = Encoding.UTF8;
        if (head.Length >= 2 && (head[0], head[1]) is (0xff, 0xfe) or (0xfe, 0xff))
        {
            encoding = head[0] == 0xff ? Encoding.Unicode : Encoding.BigEndianUnicode;
            return false;
        }
        int odd = 0;
        foreach (byte one in head)
            if (one < 32 && one is not ((byte)'\n' or (byte)'\r' or (byte)'\t' or 27 or 0))
                odd++;
        int nul = head.Count((byte)0);
        return odd > head.Length / 10 || nul > head.Length / 2 && head.Length > 0;
    }

    private static byte[] Beginning(Stream stream, out int length)
    {
        byte[] head = new byte[64 << 10];
        length = 0;
        int read;
        while ((read = stream.Read(head, length, head.Length - length)) > 0)
        {
            length += read;
            if (length < head.Length)
                continue;
            if (length > LargestPassage)
                break;
            Array.Resize(ref head, Math.Min(4 * head.Length, LargestPassage + 1));
        }
        return head;
    }

    /// <summary>What was read already, then the rest of the stream.</summary>
    private sealed class Joined(byte[] head, int length, Stream rest) : ReadOnlyStream
    {
        private int position;

        public override int Read(Span<byte> buffer)
        {
            if (position >= length)
                return rest.Read(buffer);
            int part = Math.Min(buffer.Length, length - position);
            head.AsSpan(position, part).CopyTo(buffer);
            position += part;
            return part;
        }
    }
}
