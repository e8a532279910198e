namespace GoneAway.Gateway.Statements;

/// <summary>Words that decide what a statement is. All others are <see cref="None"/>.</summary>
internal enum SqlWord : byte
{
    None,
    // Statements that may be pure reads.
    Select, Show, Describe, Explain, Values, Table, With,
    // Statements with a meaning of their own here.
    Begin, Start, Commit, Rollback, Xa, Set, Use, Lock, Unlock, Flush, Backup, Prepare, Execute, Deallocate, Get, Kill, Call, Handler, Load, Create, Drop,
    Import,
    // Statements that commit by themselves.
    ImplicitCommit,
    // Statements of which nothing more has to be known.
    Insert, Replace, Update, Delete, Plain,
    // Words inside of statements.
    Into, ForbiddenInRead, For, Share, Next, Value, Analyze, Warnings, Count, Profiles, To, Chain, Release, No, Temporary, Local, Export, Transaction,
    Names, Character, Charset, Autocommit, Role, Resource, Statement, CalcFoundRows, Diagnostics, Tables, Index, Isolation, LastOfConnection, CountOfLast, Not,
    SessionTrack, Instance, Password, Returning, Sequence, Previous,
    // Functions with effects.
    LockFunction, LastFunction,
    // The server's own, which are run once and set nothing.
    OtherFunction,
}

/// <summary>When an opening parenthesis behind a word is no call of something unknown.</summary>
internal enum Parenthesis : byte
{
    Never,
    /// <summary>A function of the server without effects; the parenthesis follows at once, else it may be a stored function's.</summary>
    Function,
    /// <summary>A reserved word, which cannot be a function's name.</summary>
    Reserved,
    /// <summary>Behind a closing parenthesis: OVER, AGAINST.</summary>
    AfterClose,
    /// <summary>Behind a comparison: = ANY (...).</summary>
    AfterComparison,
}
