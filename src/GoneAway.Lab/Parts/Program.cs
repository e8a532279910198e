using System.Diagnostics;
using System.Text;

namespace GoneAway.Lab.Parts;

/// <summary>A program that runs on a host of the lab. What it prints is kept; it is stopped by its process id.</summary>
public sealed class Program : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private bool disposed;

    private Program(Process process) => this.process = process;

    public int Id => process.Id;
    public bool HasExited => process.HasExited;

    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>Starts a command in a host's namespace.</summary>
    public static Program Start(Network network, string host, IReadOnlyDictionary<string, string>? environment, params string[] command)
    {
        var start = new ProcessStartInfo("ip") { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string word in (string[])["netns", "exec", network.NameOf(host), .. command])
            start.ArgumentList.Add(word);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var program = new Program(new Process { StartInfo = start });
        program.process.OutputDataReceived += program.Keep;
        program.process.ErrorDataReceived += program.Keep;
        program.process.Start();
        program.process.StandardInput.Close();
        program.process.BeginOutputReadLine();
        program.process.BeginErrorReadLine();
        return program;
    }

    /// <summary>Runs a command outside any namespace; null when it went well, else what it said.</summary>
    public static string? RunHere(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            using Process process = Process.Start(start)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : error.Trim();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return $"{file}: {missing.Message}";
        }
    }

    /// <summary>Polls until the output holds the text; throws after the deadline or when the program has ended without it.</summary>
    public void WaitForOutput(string text, TimeSpan deadline)
    {
        // Its last words may come some time after its end.
        if (!Poll.Until(() => Output.Contains(text, StringComparison.Ordinal) || HasExited, deadline) || !Poll.Until(() => Output.Contains(text, StringComparison.Ordinal), LastWords))
            throw new LabException($"'{text}' did not come; the program said: {Output}");
    }

    /// <summary>The exit status; throws after the deadline.</summary>
    public int WaitForExit(TimeSpan deadline)
    {
        if (!process.WaitForExit(deadline))
            throw new LabException($"{process.StartInfo.ArgumentList[3]} did not end within {deadline.TotalSeconds:0} s; it said: {Output}");
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Sends a signal by name, e.g. INT or KILL.</summary>
    public void Signal(string name) => RunHere("kill", "-" + name, process.Id.ToString());

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(5000);
        }
        process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        lock (output)
            output.AppendLine(line.Data);
    }
}
