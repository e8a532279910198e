namespace GoneAway.Evidence.Options;

/// <summary>What a line of an option file is.</summary>
public enum OptionLineKind : byte
{
    Group,
    Setting,
    /// <summary><c>!include</c>; the name is the file.</summary>
    Include,
    /// <summary><c>!includedir</c>; the name is the folder.</summary>
    IncludeFolder,
    /// <summary>A group without its closing bracket: the server refuses to start.</summary>
    BadGroup,
    /// <summary>Another word after the exclamation mark: the server refuses to start.</summary>
    BadDirective,
}

/// <summary>A line that is neither blank nor a comment.</summary>
/// <param name="Name">Of the group, the option as written, the file or the folder.</param>
/// <param name="Value">Without its quotes, escapes and the comment behind it; null where there is no equals sign.</param>
/// <param name="Source"><c>file:line</c>.</param>
public sealed record OptionLine(OptionLineKind Kind, string Name, string? Value, string Source);

/// <summary>One option file as text, before groups and other files are looked at.</summary>
public sealed record OptionFile(string Path, IReadOnlyList<OptionLine> Lines)
{
    /// <summary>mysqld-auto.cnf, that SET PERSIST writes: it is read after all others.</summary>
    public bool IsPersisted { get; init; }

    /// <summary>Settings without their group, as people paste them: they are taken for the server's.</summary>
    public bool IsFragment { get; init; }
}
