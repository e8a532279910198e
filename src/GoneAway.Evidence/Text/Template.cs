namespace GoneAway.Evidence.Text;

/// <summary>
/// A message with holes: <c>Packets out of order. Expected {expected} received {received}</c>. Matches anywhere in a line, in time linear
/// in the line, and cannot be made to hang. A hole named in <see cref="Numbers"/> takes digits only (with thousands separators), others
/// take what stands before the next piece of text; <c>{}</c> is not kept. Case matters.
/// </summary>
public sealed class Template
{
    private static readonly string[] Numbers = ["n", "code", "errno", "size", "expected", "received", "id", "pid", "ms", "sent", "waited", "seconds", "port", "limit", "signal", "status"];

    private readonly string[] pieces;
    private readonly string[] holes;

    public Template(string text)
    {
        var pieces = new List<string>();
        var holes = new List<string>();
        int at = 0;
        while (text.IndexOf('{', at) is var open and >= 0)
        {
            int close = text.IndexOf('}', open);
            pieces.Add(text[at..open]);
            holes.Add(text[(open + 1)..close]);
            at = close + 1;
        }
        pieces.Add(text[at..]);
        this.pieces = [.. pieces];
        this.holes = [.. holes];
        Text = text;
    }

    public string Text { get; }

    /// <summary>Looks for the message; on success the holes can be asked by name.</summary>
    public bool TryMatch(ReadOnlySpan<char> line, out Matched matched)
    {
        matched = default;
        int from = line.IndexOf(pieces[0], StringComparison.Ordinal);
        while (from >= 0)
        {
            if (TryMatchAt(line, from, out matched))
                return true;
            if (pieces[0].Length == 0)
                return false;
            int next = line[(from + 1)..].IndexOf(pieces[0], StringComparison.Ordinal);
            // Twice is enough: a message that is quoted in another one. More would let a hostile line cost its square.
            if (next < 0 || matched.Tries > 2)
                return false;
            from += 1 + next;
            matched = matched with { Tries = matched.Tries + 1 };
        }
        return false;
    }

    private bool TryMatchAt(ReadOnlySpan<char> line, int from, out Matched matched)
    {
        matched = new Matched { Template = this, Start = from };
        int at = from + pieces[0].Length;
        for (int i = 0; i < holes.Length; i++)
        {
            string next = pieces[i + 1];
            int end;
            if (Numbers.Contains(holes[i]))
            {
                end = at;
                while (end < line.Length && (char.IsAsciiDigit(line[end]) || end > at && line[end] is ',' or '.' or '\u00a0' or '\u202f' && end + 1 < line.Length && char.IsAsciiDigit(line[end + 1])))
                    end++;
                if (end == at || !line[end..].StartsWith(next, StringComparison.Ordinal))
                    return false;
            }
            else if (next.Length == 0)
                end = line.Length;
            else if (line[at..].IndexOf(next, StringComparison.Ordinal) is var found and >= 0)
                end = at + found;
            else
                return false;
            matched.Set(i, at, end);
            at = end + next.Length;
        }
        matched.End = at;
        return true;
    }

    /// <summary>Where the holes of a template were found in a line.</summary>
    public record struct Matched
    {
        private Places places;
        internal Template? Template { get; init; }
        public int Start { get; internal init; }
        public int End { get; internal set; }
        internal int Tries { get; init; }

        [System.Runtime.CompilerServices.InlineArray(16)]
        private struct Places
        {
            private int first;
        }

        internal void Set(int hole, int from, int to)
        {
            if (hole >= 8)
                return;
            places[hole * 2] = from;
            places[hole * 2 + 1] = to;
        }

        /// <summary>What stands in the hole; empty when there is no such hole.</summary>
        public readonly ReadOnlySpan<char> Text(ReadOnlySpan<char> line, string hole)
        {
            int index = Template is null ? -1 : Array.IndexOf(Template.holes, hole);
            return index is < 0 or >= 8 ? default : line[places[index * 2]..places[index * 2 + 1]];
        }

        /// <summary>The hole as a whole number, separators left out; null when there is none or it does not fit.</summary>
        public readonly long? Number(ReadOnlySpan<char> line, string hole)
        {
            long value = 0;
            int digits = 0;
            foreach (char c in Text(line, hole))
            {
                if (!char.IsAsciiDigit(c))
                    continue;
                if (++digits > 18)
                    return null;
                value = value * 10 + (c - '0');
            }
            return digits == 0 ? null : value;
        }
    }
}
