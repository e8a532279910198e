namespace GoneAway.Gateway.Login;

/// <summary>Where a login broke, and by whom.</summary>
public enum LoginFault : byte
{
    /// <summary>The client's bytes are no login.</summary>
    ClientMalformed,
    /// <summary>The client is from before 4.1, or has no way to log in that this account can use.</summary>
    ClientTooOld,
    /// <summary>The client must use TLS.</summary>
    ClientWithoutTls,
    /// <summary>The backend's first packet is no greeting, or one from before 4.1.</summary>
    BackendGreeting,
    /// <summary>The backend sent an error: in place of its greeting, or as its answer to the login.</summary>
    BackendRefused,
    /// <summary>TLS is wanted and the backend has none.</summary>
    BackendWithoutTls,
    /// <summary>The account's plugin cannot be spoken with what is known: see the message.</summary>
    BackendPlugin,
    /// <summary>The backend says what no server says in a login.</summary>
    BackendMalformed,
}

/// <summary>A login that did not come to its end. The message holds no secret.</summary>
/// <param name="fault">Where and by whom.</param>
/// <param name="refusal">What the client is to be told: the server's own error where it sent one.</param>
public sealed class LoginException(LoginFault fault, Refusal refusal) : Exception($"{fault}: {refusal}")
{
    public LoginFault Fault { get; } = fault;
    public Refusal Refusal { get; } = refusal;

    internal static LoginException Malformed() => new(LoginFault.ClientMalformed, Refusal.Of(1043, "08S01", "Bad handshake"));

    internal static LoginException Backend(LoginFault fault, string message) => new(fault, Refusal.Of(1105, "HY000", message));
}
