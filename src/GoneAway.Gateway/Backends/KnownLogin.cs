using GoneAway.Gateway.Login;

namespace GoneAway.Gateway.Backends;

/// <summary>How one key's connections are opened; the same for all loops.</summary>
internal sealed class KnownLogin(BackendLoginRequest request, string schema, long now)
{
    private long lastUsed = now;

    public BackendLoginRequest Request => request;
    public string Schema => schema;

    /// <summary>In the loops' milliseconds.</summary>
    public long LastUsed
    {
        get => Volatile.Read(ref lastUsed);
        set => Volatile.Write(ref lastUsed, value);
    }
}
