namespace GoneAway.Cli;

/// <summary>What the program ends with.</summary>
internal static class ExitStatus
{
    public const int Done = 0;
    /// <summary>Done, and a verdict has the grade of --fail-on, or a hazard was found with --fail-on-hazard.</summary>
    public const int GradeMet = 1;
    public const int Usage = 2;
    public const int NothingReadable = 3;
    /// <summary>check: a server could not be reached or asked.</summary>
    public const int NotConnected = 3;
}
