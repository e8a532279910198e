namespace GoneAway.Cli;

/// <summary>Where the program reads from and writes to, and what that place can show.</summary>
internal sealed class Terminal
{
    public required Stream Input { get; init; }
    public required Stream Output { get; init; }
    public required TextWriter Error { get; init; }
    public bool Colour { get; init; }
    public bool ShowsProgress { get; init; }
    /// <summary>Columns.</summary>
    public int Width { get; init; } = 100;

    /// <summary>Asks for a password without showing it; null where nobody can be asked.</summary>
    public Func<string, string?>? AskSecret { get; init; }

    /// <summary>The process's own; NO_COLOR (no-color.org) is honoured.</summary>
    public static Terminal OfProcess()
    {
        bool interactive = !Console.IsOutputRedirected;
        return new Terminal
        {
            Input = Console.OpenStandardInput(),
            Output = Console.OpenStandardOutput(),
            Error = Console.Error,
            Colour = interactive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            ShowsProgress = !Console.IsErrorRedirected,
            AskSecret = Console.IsInputRedirected ? null : ReadSecret,
            Width = interactive ? Math.Clamp(Console.WindowWidth, 60, 160) : 100,
        };
    }

    private static string? ReadSecret(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return typed.ToString();
    }
}
