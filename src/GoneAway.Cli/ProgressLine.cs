using System.Diagnostics;

namespace GoneAway.Cli;

/// <summary>One line on standard error that says how far a long reading is; gone when it is done.</summary>
internal sealed class ProgressLine(Terminal terminal) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly long started = Stopwatch.GetTimestamp();
    private TimeSpan shown;

    public void Show(string path, long offset, long length)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        if (elapsed - shown < Patience)
            return;
        shown = elapsed;
        string part = length > 0 ? $"{100.0 * offset / length:0} %" : $"{offset >> 20} MB";
        terminal.Error.Write($"\r\e[K{Reports.Plain.Of(path)}: {part}, {offset / elapsed.TotalSeconds / 1e6:0} MB/s");
    }

    public void Dispose()
    {
        if (shown > TimeSpan.Zero)
            terminal.Error.Write("\r\e[K");
    }
}
