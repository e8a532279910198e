namespace GoneAway.Gateway.Login;

/// <summary>How a client's login ended. The client has not been told yet: <see cref="ClientGreeter.AcceptAsync"/> or <see cref="ClientGreeter.RefuseAsync"/>.</summary>
public sealed class LoginOutcome
{
    /// <summary>What to tell the client; null: it is logged in.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>Logs in to backends for this client; null: it cannot be logged in again, the session lives and dies with <see cref="Backend"/>.</summary>
    public Credential? Credential { get; init; }

    /// <summary>No backend has accepted the credential lately: log in to one before the client is told OK.</summary>
    public bool MustConfirm { get; init; }

    /// <summary>A backend connection that is logged in as the client, where one was needed; the caller's from now on.</summary>
    public IBackendDial? Backend { get; init; }

    /// <summary>Of that connection.</summary>
    public BackendGreeting? Greeting { get; init; }

    /// <summary>The last scramble that the client was told: some answer a later COM_CHANGE_USER to it.</summary>
    public ReadOnlyMemory<byte> Scramble { get; internal set; }

    public bool IsAccepted => Refusal is null;

    internal static LoginOutcome Refuse(Refusal refusal) => new() { Refusal = refusal };
}
