using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace GoneAway.Evidence.Collecting;

/// <summary>Runs a program of the system and takes what it prints, within limits.</summary>
internal static class Command
{
    private const int Largest = 20 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What it printed (as Latin-1), or why there is nothing.</summary>
    public static async Task<(string? Output, string? Failure)> RunAsync(string program, string[] arguments, TimeProvider time, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.Latin1, StandardErrorEncoding = Encoding.Latin1,
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment["SYSTEMD_PAGER"] = "";
        using var timer = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            try
            {
                Task<string> output = ReadAsync(process.StandardOutput, both.Token), error = ReadAsync(process.StandardError, both.Token);
                string text = await output, complaint = await error;
                await process.WaitForExitAsync(both.Token);
                return text.Length > 0 && process.ExitCode == 0 ? (text, null) : (null, FirstLine(complaint) ?? (text.Length == 0 ? "it printed nothing" : $"{program} ended with {process.ExitCode}"));
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return (null, $"{program} took more than {Patience.TotalSeconds:0} s");
            }
            finally
            {
                if (!process.HasExited)
                    process.Kill();
            }
        }
        catch (Win32Exception)
        {
            return (null, $"{program} is not installed");
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancel)
    {
        var text = new StringBuilder();
        char[] buffer = new char[1 << 14];
        int read;
        while ((read = await reader.ReadAsync(buffer, cancel)) > 0)
            if (text.Length < Largest)
                text.Append(buffer, 0, read);
        return text.ToString();
    }

    private static string? FirstLine(string text) => text.Split('\n', 2)[0].Trim() is { Length: > 0 } line ? line : null;
}
