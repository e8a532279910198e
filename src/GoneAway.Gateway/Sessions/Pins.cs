namespace GoneAway.Gateway.Sessions;

/// <summary>Why a session must keep its server connection: what is there cannot be set again elsewhere.</summary>
[Flags]
internal enum Pins
{
    None = 0,
    TemporaryTable = 1,
    UserVariable = 2,
    TableLock = 4,
    NamedLock = 8,
    TextPrepare = 16,
    Cursor = 32,
    LongData = 64,
    Handler = 128,
    OneShot = 256,
    /// <summary>The server says that something changed, and nothing says what.</summary>
    Untracked = 512,
    /// <summary>The gateway cannot log in again as this client.</summary>
    Relayed = 1024,
    /// <summary>Replication, cloning, unknown commands: the connection is the session.</summary>
    Tunnel = 2048,
    /// <summary>Warnings, errors and counts of the last statement can be asked for; until the next one.</summary>
    Diagnostics = 4096,
    /// <summary>An XA transaction was begun.</summary>
    Xa = 8192,
    /// <summary>A KILL of what runs there is on its way.</summary>
    Killed = 16384,
}
