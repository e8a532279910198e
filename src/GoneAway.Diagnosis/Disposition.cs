using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Diagnosis;

/// <summary>What has to be done with a connection.</summary>
public enum Disposition
{
    /// <summary>Nothing is wrong with it, and it goes on.</summary>
    Open,
    /// <summary>Closed as it should be.</summary>
    Clean,
    /// <summary>The login was answered with an error that names its reason: an answer, not a loss.</summary>
    RefusedLogin,
    /// <summary>The client closed before it had sent anything: a health check, a port probe.</summary>
    Probe,
    /// <summary>To be examined.</summary>
    Notable,
}

/// <summary>Sorts connections before any cause looks at them.</summary>
public static class Dispositions
{
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongSilence = TimeSpan.FromSeconds(5);

    public static Disposition Of(Timeline connection)
    {
        if (connection.Violations.Any(static v => v.Kind != ViolationKind.DataAfterServerClose && v.Kind != ViolationKind.UnexpectedResponse)
            && !IsAcceptedProxyHeader(connection))
            return Disposition.Notable;
        if (connection.Errors.Any(static e => e.Code is ErrorCode.QueryTimeout or ErrorCode.StatementTimeoutMariaDb))
            return Disposition.Notable;
        if (connection.Opening.Refused is not null)
            return Disposition.Notable;
        return connection.Ending is { } ending ? OfClosed(connection, ending) : OfOpen(connection);
    }

    private static Disposition OfOpen(Timeline connection)
    {
        bool unheard = connection.ClientActivity.UnansweredRetransmissions >= 3 || connection.ServerActivity.UnansweredRetransmissions >= 3
            || connection.ClientActivity.UnansweredKeepAlives >= 3 || connection.ServerActivity.UnansweredKeepAlives >= 3;
        if (unheard || connection.Errors.Any(static e => e.Unsolicited))
            return Disposition.Notable;
        TimeSpan observed = connection.ObservedUntil - connection.First.At;
        return connection.Stage switch
        {
            Stage.Connecting => connection.Opening.SynRetransmissions > 0 ? Disposition.Notable : Disposition.Open,
            Stage.AwaitingGreeting or Stage.AwaitingLogin when observed > LongSilence => Disposition.Notable,
            _ => Disposition.Open,
        };
    }

    private static Disposition OfClosed(Timeline connection, Ending ending)
    {
        if (ending.IsClean)
            return Disposition.Clean;
        // A login, or a COM_CHANGE_USER, that was answered with its reason just before the server closed.
        if (connection.Errors.Count > 0 && connection.Errors[^1] is var error && IsRefusal(error.Code)
            && (connection.Stage < Stage.Commands || ending.By == Side.Server && ending.At.At - error.At.At < ProbeTime))
            return Disposition.RefusedLogin;
        switch (connection.Stage)
        {
            case Stage.Commands:
                return Disposition.Notable;
            case Stage.Unknown:
                return connection.ClientActivity.Bytes + connection.ServerActivity.Bytes > 0 || ending.Kind == EndKind.Reset || ending.IdleBefore > LongSilence
                    ? Disposition.Notable
                    : Disposition.Open;
            case Stage.Encrypted:
                return LooksLikeEncryptedQuit(connection, ending) ? Disposition.Clean : Disposition.Notable;
        }
        bool silentClient = connection.ClientActivity.Bytes == 0 && ending.By == Side.Client;
        return silentClient && ending.At.At - connection.First.At < ProbeTime && connection.Errors.Count == 0
            && (connection.Opening.FirstServerData is null || connection.Opening.Greeting is not null)
            ? Disposition.Probe
            : Disposition.Notable;
    }

    /// <summary>Errors that answer a login for good: wrong password, no such schema, account locked or expired.</summary>
    private static bool IsRefusal(int code) => code is ErrorCode.AccessDenied or ErrorCode.DatabaseAccessDenied or ErrorCode.BadDatabase
        or ErrorCode.AccessDeniedNoPassword or ErrorCode.AccountLocked or ErrorCode.MustChangePassword;

    /// <summary>A last small record of the client, then the close at once: what COM_QUIT looks like inside TLS.</summary>
    private static bool LooksLikeEncryptedQuit(Timeline connection, Ending ending) =>
        ending.Alert is null && connection.Work.Pending is null && connection.ServerActivity.Bytes > 0
        && connection.ClientActivity.LastData is { } lastClient
        && (connection.ServerActivity.LastData is not { } lastServer || lastClient.At >= lastServer.At || ending.By == Side.Client)
        && ending.At.At - lastClient.At < ProbeTime && !(ending.By == Side.Server && ending.Kind == EndKind.Reset);

    private static bool IsAcceptedProxyHeader(Timeline connection) =>
        connection.Stage == Stage.Commands && connection.Violations.All(v => connection.Opening.Greeting is not { } greeting || v.At.At <= greeting.At)
        && connection.Opening.Greeting is not null;
}
