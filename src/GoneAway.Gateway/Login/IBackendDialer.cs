namespace GoneAway.Gateway.Login;

/// <summary>An open connection to a backend, its greeting not read yet. Disposing closes it.</summary>
public interface IBackendDial : IDisposable
{
    IPacketTalk Talk { get; }

    /// <summary>How to log in there for this client.</summary>
    BackendLoginRequest Request { get; }

    /// <summary>The backend has ended it.</summary>
    bool IsLost { get; }
}

/// <summary>Opens connections to backends for logins that a backend has to decide.</summary>
public interface IBackendDialer
{
    /// <summary>A fresh connection; what keeps it from opening throws.</summary>
    ValueTask<IBackendDial> DialAsync(LoginRequest request);

    /// <summary>The backend ended it in the middle of the login, or said no more: what the client is told.</summary>
    Refusal OnLost(IBackendDial dial, string why);
}
