using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace GoneAway.Gateway.Statements;

/// <summary>The words that <see cref="StatementScan"/> knows, found without regard to case and without allocation.</summary>
internal static class SqlWords
{
    private const int Longest = 24, Slots = 2048;
    private const ulong Lower = 0x2020202020202020;

    private static readonly Entry[] Table = MakeTable();

    /// <summary>What is known of a word of letters, digits, _ and $.</summary>
    public static SqlWord Find(ReadOnlySpan<byte> word, out Parenthesis parenthesis)
    {
        parenthesis = Parenthesis.Never;
        if ((uint)(word.Length - 1) >= Longest)
            return SqlWord.None;
        Fold(word, out ulong head, out ulong middle, out ulong tail);
        Entry[] table = Table;
        for (uint slot = Slot(head, middle, tail); ; slot++)
        {
            ref readonly Entry entry = ref table[slot & (Slots - 1)];
            if (entry.Head == head && entry.Tail == tail && entry.Middle == middle && entry.Length == word.Length)
            {
                parenthesis = entry.Parenthesis;
                return entry.Word;
            }
            if (entry.Length == 0)
                return word.Length > 14 && word[7] == '_' && word[13] == '_' && IsSessionTrack(word) ? SqlWord.SessionTrack : SqlWord.None;
        }
    }

    private static bool IsSessionTrack(ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(word[..14], "session_track_"u8);

    /// <summary>Three numbers that, with the length, no two words of 1 to 24 of these characters share but for case.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fold(ReadOnlySpan<byte> word, out ulong head, out ulong middle, out ulong tail)
    {
        int length = word.Length;
        middle = tail = 0;
        if (length >= 8)
        {
            head = MemoryMarshal.Read<ulong>(word) | Lower;
            tail = MemoryMarshal.Read<ulong>(word[(length - 8)..]) | Lower;
            if (length > 16)
                middle = MemoryMarshal.Read<ulong>(word[8..]) | Lower;
        }
        else if (length >= 4)
            head = (MemoryMarshal.Read<uint>(word) | (ulong)MemoryMarshal.Read<uint>(word[(length - 4)..]) << 32) | Lower;
        else
            head = ((ulong)word[0] | (ulong)word[length / 2] << 8 | (ulong)word[length - 1] << 16) | Lower;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Slot(ulong head, ulong middle, ulong tail) =>
        (uint)((head ^ BitOperations.RotateLeft(tail, 23) ^ BitOperations.RotateLeft(middle, 41)) * 0x9E3779B97F4A7C15 >> 53);

    private static Entry[] MakeTable()
    {
        var table = new Entry[Slots];
        foreach (string name in Vocabulary.Reserved.Split(' '))
            Add(table, name, null, Parenthesis.Reserved);
        foreach (string name in Vocabulary.Functions.Split(' '))
            Add(table, name, null, Parenthesis.Function);
        foreach ((SqlWord word, string names) in Vocabulary.Words)
            foreach (string name in names.Split(' '))
                Add(table, name, word, null);
        Add(table, "over", null, Parenthesis.AfterClose);
        Add(table, "against", null, Parenthesis.AfterClose);
        Add(table, "any", null, Parenthesis.AfterComparison);
        Add(table, "some", null, Parenthesis.AfterComparison);
        return table;
    }

    private static void Add(Entry[] table, string name, SqlWord? word, Parenthesis? parenthesis)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(name);
        Fold(bytes, out ulong head, out ulong middle, out ulong tail);
        uint slot = Slot(head, middle, tail);
        for (; table[slot].Length != 0; slot = (slot + 1) & (Slots - 1))
            if (table[slot].Head == head && table[slot].Tail == tail && table[slot].Middle == middle && table[slot].Length == bytes.Length)
                break;
        Entry old = table[slot];
        table[slot] = new Entry(head, middle, tail, (byte)bytes.Length, word ?? old.Word, parenthesis ?? old.Parenthesis);
    }

    private readonly record struct Entry(ulong Head, ulong Middle, ulong Tail, byte Length, SqlWord Word, Parenthesis Parenthesis);
}
