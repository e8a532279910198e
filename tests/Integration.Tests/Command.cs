using System.Diagnostics;

namespace GoneAway.Integration.Tests;

/// <summary>What a program printed, and how it ended.</summary>
internal sealed record Outcome(int Status, string Output, string Errors)
{
    public string All => Output + Errors;
}

/// <summary>A program that runs to its end.</summary>
internal static class Command
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Runs it; a program that cannot be started or does not end has status -1 and says so.</summary>
    public static Outcome Run(IReadOnlyList<string> words, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder ?? Clients.Folder };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
            bool ended = process.WaitForExit(Longest);
            if (!ended)
                process.Kill(entireProcessTree: true);
            return new Outcome(ended ? process.ExitCode : -1, output.Result, errors.Result + (ended ? "" : $"\n{words[0]} did not end within {Longest.TotalSeconds:0} s"));
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return new Outcome(-1, "", $"{words[0]}: {missing.Message}");
        }
    }
}
