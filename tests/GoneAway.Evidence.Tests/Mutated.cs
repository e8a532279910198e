using FsCheck;
using FsCheck.Fluent;

namespace GoneAway.Evidence.Tests;

/// <summary>Real text with a piece of it replaced by anything, doubled or cut off: reading it must not throw.</summary>
internal static class Mutated
{
    public static void NeverThrows(string text, Action<string> read)
    {
        Prop.ForAll<NonNull<string>, int, int>((noise, at, cut) =>
        {
            int from = (int)((uint)at * 2654435761u % (uint)(text.Length + 1));
            int to = Math.Min(text.Length, from + (int)((uint)cut % 40));
            read(text[..from] + noise.Get + text[to..]);
            read(text[..from]);
            read(text[from..] + text[..to]);
        }).QuickCheckThrowOnFailure();
    }
}
