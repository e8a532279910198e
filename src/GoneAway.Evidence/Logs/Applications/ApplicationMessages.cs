namespace GoneAway.Evidence.Logs.Applications;

/// <summary>All messages of applications in the order in which a line tries them: the most telling first, what many share last.</summary>
public static class ApplicationMessages
{
    public static IReadOnlyList<ApplicationMessage> All { get; } =
    [
        .. PythonMessages.All,
        .. PhpMessages.All,
        .. RubyMessages.All,
        .. PerlMessages.All,
        .. JavaMessages.All,
        .. JavaPoolMessages.All,
        .. GoMessages.All,
        .. NodeMessages.All,
        .. DotNetMessages.All,
        .. RustMessages.All,
        .. ElixirMessages.All,
        .. ProgramMessages.All,
        .. ProcessMessages.All,
        .. ClientErrors.Messages,
        .. ServerErrors.Messages,
        .. ErrorNames.Messages,
        .. SystemErrors.Messages,
    ];
}
