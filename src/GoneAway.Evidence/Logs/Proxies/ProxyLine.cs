using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs;

/// <summary>What the readers of proxies' logs have in common.</summary>
internal static class ProxyLine
{
    /// <summary>A sighting of that line, with its time.</summary>
    public static Sighting Of(LogLine line, Sign sign, string stack) =>
        new() { Sign = sign, Origin = Origin.Proxy, Source = line.Source, Text = Shown.Of(line.Text), Stamp = line.Stamp, Stack = [stack] };

    /// <summary>The number at the beginning of the text.</summary>
    public static long? Number(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return long.TryParse(end < 0 ? text : text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    /// <summary>The number that follows the words; null when they are not there, or no number follows.</summary>
    public static long? After(ReadOnlySpan<char> text, string words)
    {
        int at = text.IndexOf(words, StringComparison.Ordinal);
        return at < 0 ? null : Number(text[(at + words.Length)..]);
    }

    /// <summary>What stands between the two; empty when one of them is missing. Without an end it goes to the end of the line.</summary>
    public static ReadOnlySpan<char> Between(ReadOnlySpan<char> text, string before, string after)
    {
        int at = text.IndexOf(before, StringComparison.Ordinal);
        if (at < 0)
            return default;
        ReadOnlySpan<char> rest = text[(at + before.Length)..];
        int end = after.Length == 0 ? -1 : rest.IndexOf(after, StringComparison.Ordinal);
        return end < 0 ? after.Length == 0 ? rest : default : rest[..end];
    }

    /// <summary>An operating system's error number; null for anything else.</summary>
    public static int? Errno(long? number) => number is > 0 and < 200 ? (int)number : null;

    /// <summary>The time-out in milliseconds, where it is one.</summary>
    public static TimeSpan? Milliseconds(long? number) => number is >= 0 and < 1L << 45 ? TimeSpan.FromMilliseconds(number.Value) : null;

    public static TimeSpan? Seconds(long? number) => Milliseconds(number * 1000);

    public static Sighting WithClient(this Sighting sighting, ReadOnlySpan<char> address) =>
        Address.TrySplitName(address, out string host, out int port) ? sighting with { ClientHost = host, ClientPort = port } : sighting;

    public static Sighting WithServer(this Sighting sighting, ReadOnlySpan<char> address) =>
        Address.TrySplitName(address, out string host, out int port) ? sighting with { ServerHost = host, ServerPort = port } : sighting;
}
