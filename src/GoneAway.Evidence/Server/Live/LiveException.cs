namespace GoneAway.Evidence.Server.Live;

/// <summary>How far a connection had come.</summary>
public enum LiveStage : byte
{
    Connect,
    Greeting,
    Tls,
    Login,
    Query,
}

/// <summary>No connection could be had, or it was lost. Its message never holds a password.</summary>
public sealed class LiveException : IOException
{
    public LiveException(LiveStage stage, string message, int? code = null, Exception? inner = null) : base(message, inner)
    {
        Stage = stage;
        Code = code;
    }

    public LiveStage Stage { get; }
    /// <summary>The server's error number, when it gave one.</summary>
    public int? Code { get; }
}
