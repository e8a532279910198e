using GoneAway.Model;

namespace GoneAway.Causes;

/// <summary>Tells a command that was cut from one that came too late.</summary>
public static class PendingCommand
{
    /// <summary>
    /// The command that waited for its answer when the connection was closed. One that the client sent on the closed
    /// connection afterwards waits too, but was not cut: with it, every silent close that the application finds out
    /// about would look like a close in the middle of a query.
    /// </summary>
    public static CommandSeen? PendingAtEnd(this Timeline connection) =>
        connection.Work.Pending is { } pending && (connection.Ending is not { } ending || pending.At.Packet <= ending.At.Packet) ? pending : null;
}
