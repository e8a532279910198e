using System.Buffers;
using System.Globalization;
using GoneAway.Model;

namespace GoneAway.Evidence.Processes;

/// <summary>One system call as <c>strace</c> (all its options) or <c>truss</c> prints it.</summary>
/// <param name="Pid">0 when the trace does not show it.</param>
/// <param name="Arguments">The text between the parentheses.</param>
/// <param name="Result">-1 on an error; null for <c>?</c>.</param>
/// <param name="Error"><c>ECONNRESET</c>; null on success.</param>
internal sealed record TracedCall(int Pid, string Name, string Arguments, long? Result, string? Error)
{
    private const int LongestName = 24;
    private static readonly SearchValues<char> TimeSigns = SearchValues.Create("0123456789.:-");

    public int Line { get; init; }
    public Stamp? Stamp { get; init; }
    /// <summary>Time of day or since 1970, to measure by; null without -t.</summary>
    public TimeSpan? Clock { get; init; }

    /// <summary>The first argument as a descriptor; -1 when it is none.</summary>
    public int Descriptor => Logs.SystemLine.Int(Arguments) is { } number && char.IsAsciiDigit(Arguments[0]) ? number : -1;

    /// <summary>What -y and -yy write behind a descriptor: <c>TCP:[10.0.0.7:1->10.0.0.9:3306]</c>; empty without it.</summary>
    public string Annotation
    {
        get
        {
            int digits = 0;
            while (digits < Arguments.Length && char.IsAsciiDigit(Arguments[digits]))
                digits++;
            if (digits == 0 || digits >= Arguments.Length || Arguments[digits] != '<')
                return "";
            int end = Arguments.IndexOf(">,", digits, StringComparison.Ordinal);
            end = end < 0 && Arguments[^1] == '>' ? Arguments.Length - 1 : end;
            return end < 0 ? "" : Arguments[(digits + 1)..end];
        }
    }

    public int? Errno => Error switch
    {
        "EPERM" => 1, "ENOENT" => 2, "EBADF" => 9, "EACCES" => 13, "EMFILE" => 24, "ENFILE" => 23, "EPIPE" => 32, "EADDRNOTAVAIL" => 99, "ENETUNREACH" => 101, "ECONNABORTED" => 103,
        "ECONNRESET" => 104, "ENOTCONN" => 107, "ETIMEDOUT" => 110, "ECONNREFUSED" => 111, "EHOSTUNREACH" => 113, _ => null,
    };

    /// <summary>The head of a line: who and when; the rest begins with the call.</summary>
    public static string Head(string text, out int pid, out TimeSpan? clock, out Stamp? stamp)
    {
        (pid, clock, stamp) = (0, null, null);
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart();
        if (rest.StartsWith("[pid ", StringComparison.Ordinal))
        {
            int close = rest.IndexOf(']');
            pid = Logs.SystemLine.Int(rest[5..]) ?? 0;
            rest = close < 0 ? rest : rest[(close + 1)..].TrimStart();
        }
        else if (Logs.SystemLine.Int(rest) is { } number && rest.IndexOf(' ') is > 0 and < 11 and var blank && !rest[..blank].ContainsAnyExceptInRange('0', '9'))
        {
            pid = number;
            rest = rest[blank..].TrimStart();
        }
        // 10:00:00.123456, 1700000000.123456, since the call before 0.000123; truss has the latter.
        while (rest.Length > 0 && char.IsAsciiDigit(rest[0]))
        {
            int end = rest.IndexOf(' ');
            if (end < 0)
                break;
            ReadOnlySpan<char> time = rest[..end];
            if (time.Contains(':') && TimeSpan.TryParse(time, CultureInfo.InvariantCulture, out TimeSpan day) && day < TimeSpan.FromDays(1))
                clock = day;
            else if (double.TryParse(time, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is > 900_000_000 and < 5_000_000_000)
            {
                clock = TimeSpan.FromSeconds(seconds);
                stamp = new Stamp(DateTime.UnixEpoch.AddSeconds(seconds), TimeSpan.Zero);
            }
            else if (time.ContainsAnyExcept(TimeSigns))
                break;
            rest = rest[end..].TrimStart();
        }
        return rest.ToString();
    }

    /// <summary>A whole call: <c>name(arguments) = result ERROR (text) &lt;seconds&gt;</c>.</summary>
    public static bool TryParse(string text, int pid, out TracedCall call)
    {
        call = null!;
        int open = text.IndexOf('(');
        if (open is < 2 or > LongestName || !char.IsAsciiLetterLower(text[0]) && text[0] != '_')
            return false;
        for (int i = 0; i < open; i++)
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] != '_')
                return false;
        if (!TryResult(text, open, out int close, out string result))
            return false;
        string? error = null;
        long? value = null;
        if (result.StartsWith("ERR#", StringComparison.Ordinal))
            (value, error) = (-1, FreeBsd(Logs.SystemLine.Int(result.AsSpan(4))));
        else if (!result.StartsWith('?'))
        {
            value = result.StartsWith("-1", StringComparison.Ordinal) ? -1 : Logs.SystemLine.Number(result);
            if (value is null && !result.StartsWith("0x", StringComparison.Ordinal))
                return false;
            if (value == -1 && result.Length > 3 && result[3] == 'E')
                error = Logs.SystemLine.Word(result.AsSpan(3)).ToString();
        }
        call = new TracedCall(pid, text[..open], text[(open + 1)..close], value, error);
        return true;
    }

    /// <summary>strace puts blanks between the parenthesis and the sign; strings before may hold both.</summary>
    private static bool TryResult(string text, int open, out int close, out string result)
    {
        (close, result) = (0, "");
        int end = text.Length;
        for (int tries = 0; tries < 4; tries++)
        {
            int sign = end < 3 ? -1 : text.LastIndexOf(" = ", end - 1, StringComparison.Ordinal);
            if (sign < open)
                break;
            int last = text.AsSpan(0, sign).TrimEnd().Length - 1;
            if (last > open && text[last] == ')')
            {
                (close, result) = (last, text[(sign + 3)..].Trim());
                return true;
            }
            end = sign;
        }
        // truss on an error: read(3,0x1,16384) ERR#54 'Connection reset by peer'
        int error = text.IndexOf(") ERR#", StringComparison.Ordinal);
        if (error < 0)
            return false;
        (close, result) = (error, text[(error + 2)..].Trim());
        return true;
    }

    private static string? FreeBsd(int? number) => number switch
    {
        1 => "EPERM", 2 => "ENOENT", 9 => "EBADF", 13 => "EACCES", 24 => "EMFILE", 32 => "EPIPE", 35 => "EAGAIN", 36 => "EINPROGRESS", 49 => "EADDRNOTAVAIL", 51 => "ENETUNREACH", 53 => "ECONNABORTED", 54 => "ECONNRESET",
        57 => "ENOTCONN", 60 => "ETIMEDOUT", 61 => "ECONNREFUSED", 65 => "EHOSTUNREACH", _ => "E" + number?.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The bytes of the call's buffer, as far as the trace shows them: of one string, or of the parts of an iovec.</summary>
    public byte[] Bytes()
    {
        var bytes = new List<byte>(64);
        bool vector = Arguments.Contains("iov_base=", StringComparison.Ordinal);
        int at = 0;
        while (at < Arguments.Length && bytes.Count < 4096)
        {
            int quote = vector ? Arguments.IndexOf("iov_base=\"", at, StringComparison.Ordinal) : Arguments.IndexOf('"', at);
            if (quote < 0)
                break;
            at = CString(Arguments, quote + (vector ? 10 : 1), bytes);
            if (!vector)
                break;
        }
        return [.. bytes];
    }

    /// <summary>A string of C to its closing quote; where that is.</summary>
    private static int CString(string text, int at, List<byte> bytes)
    {
        for (; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] != '\\' || at + 1 >= text.Length)
            {
                // truss writes control characters as ^A.
                bytes.Add(text[at] < 256 ? (byte)text[at] : (byte)'?');
                continue;
            }
            char escape = text[++at];
            int value = "nrtvfba".IndexOf(escape) switch { 0 => 10, 1 => 13, 2 => 9, 3 => 11, 4 => 12, 5 => 8, 6 => 7, _ => -1 };
            if (value < 0 && escape is >= '0' and <= '7')
            {
                value = 0;
                for (int digits = 0; digits < 3 && at < text.Length && text[at] is >= '0' and <= '7'; digits++)
                    value = value * 8 + (text[at++] - '0');
                at--;
            }
            else if (value < 0 && escape == 'x' && at + 2 < text.Length && int.TryParse(text.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int hex))
                (value, at) = (hex, at + 2);
            bytes.Add(value < 0 ? (byte)escape : (byte)value);
        }
        return at;
    }
}
