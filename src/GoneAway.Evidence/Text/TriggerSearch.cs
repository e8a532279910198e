using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GoneAway.Evidence.Text;

/// <summary>
/// Finds many pieces of text at once. Of each trigger the four characters that are rarest in logs make two overlapping threes, one of which
/// stands at an even place wherever the trigger does: so every second three is looked up, and compared only where it belongs to a trigger.
/// </summary>
internal sealed class TriggerSearch
{
    public const int Shortest = 4;
    private const int Slots = 1 << 15;
    private const string Common = " etaoinsrhldcumpgfb0123456789-:./,";

    // For the three characters that hash to a slot: the last bits of the characters that may follow, one bit each; 0 when no trigger has them.
    private readonly byte[] follows = new byte[Slots];
    private readonly int[] first = new int[Slots];
    private readonly Candidate[] candidates;

    /// <param name="triggers">Each with the number of the reader that it stands for.</param>
    public TriggerSearch(IEnumerable<(string Trigger, int Reader)> triggers)
    {
        var all = new List<(int Slot, Candidate Candidate)>();
        foreach ((string trigger, int reader) in triggers)
            for (int at = RarestFour(trigger), second = at + 1; at <= second; at++)
            {
                int slot = SlotAt(trigger, at);
                follows[slot] |= at + 3 < trigger.Length ? Bit(trigger[at + 3]) : (byte)0xff;
                all.Add((slot, new Candidate(trigger, at, reader)));
            }
        all.Sort(static (one, other) => one.Slot.CompareTo(other.Slot));
        candidates = [.. all.Select(static one => one.Candidate), default];
        for (int i = all.Count - 1; i >= 0; i--)
            first[all[i].Slot] = i;
    }

    /// <summary>A place in the first line that holds a trigger; below 0 when none does.</summary>
    public int IndexOf(ReadOnlySpan<char> text)
    {
        for (int at = 0; (at = Next(text, at)) >= 0; at += 2)
            for (int i = first[SlotAt(text, at)]; candidates[i].IsOf(text, at); i++)
                if (candidates[i].IsAt(text, at))
                    return at;
        return -1;
    }

    /// <summary>Marks the readers that have a trigger in the text.</summary>
    public void Mark(ReadOnlySpan<char> text, Span<bool> readers)
    {
        for (int at = 0; (at = Next(text, at)) >= 0; at += 2)
            for (int i = first[SlotAt(text, at)]; candidates[i].IsOf(text, at); i++)
                if (!readers[candidates[i].Reader] && candidates[i].IsAt(text, at))
                    readers[candidates[i].Reader] = true;
    }

    /// <summary>The next even place where a trigger's three characters may stand; below 0 when there is none.</summary>
    private int Next(ReadOnlySpan<char> text, int at)
    {
        ref char start = ref MemoryMarshal.GetReference(text);
        ref byte follow = ref MemoryMarshal.GetArrayDataReference(follows);
        // A slot is below the number of slots, and four characters are left at each place: no access needs another check.
        for (int last = text.Length - 10; at <= last; at += 8)
        {
            if ((Hit(ref follow, ref Unsafe.Add(ref start, at)) | Hit(ref follow, ref Unsafe.Add(ref start, at + 2))
                | Hit(ref follow, ref Unsafe.Add(ref start, at + 4)) | Hit(ref follow, ref Unsafe.Add(ref start, at + 6))) != 0)
                break;
        }
        for (; at + 3 < text.Length; at += 2)
            if (Hit(ref follow, ref Unsafe.Add(ref start, at)) != 0)
                return at;
        return at + 3 == text.Length && follows[SlotAt(text, at)] != 0 ? at : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hit(ref byte follow, ref char four) => Unsafe.Add(ref follow, Slot(ref four)) >> (Unsafe.Add(ref four, 3) & 7) & 1;

    private static byte Bit(char follower) => (byte)(1 << (follower & 7));

    private static int SlotAt(ReadOnlySpan<char> text, int at) => Slot(ref MemoryMarshal.GetReference(text.Slice(at, 3)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Slot(ref char three) => (three << 10 ^ Unsafe.Add(ref three, 1) << 5 ^ Unsafe.Add(ref three, 2)) & (Slots - 1);

    private static int RarestFour(string trigger)
    {
        int best = 0, least = int.MaxValue;
        for (int at = 0; at + Shortest <= trigger.Length; at++)
        {
            int common = 0;
            for (int i = at; i < at + Shortest; i++)
                common += Common.IndexOf(trigger[i]) is var rank and >= 0 ? Common.Length - rank : 0;
            if (common < least)
                (best, least) = (at, common);
        }
        return best;
    }

    /// <param name="Trigger">The whole piece of text.</param>
    /// <param name="Offset">Where in it its three characters stand.</param>
    /// <param name="Reader">The reader that it stands for.</param>
    private readonly record struct Candidate(string? Trigger, int Offset, int Reader)
    {
        /// <summary>True while the list of the slot lasts.</summary>
        public bool IsOf(ReadOnlySpan<char> text, int at) => Trigger is not null && SlotAt(Trigger, Offset) == SlotAt(text, at);

        public bool IsAt(ReadOnlySpan<char> text, int at) => at >= Offset && text[(at - Offset)..].StartsWith(Trigger, StringComparison.Ordinal);
    }
}
