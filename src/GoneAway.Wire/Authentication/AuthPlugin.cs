namespace GoneAway.Wire.Authentication;

/// <summary>Names of authentication plugins, as greeting, login and switch requests spell them.</summary>
public static class AuthPlugin
{
    public const string NativePassword = "mysql_native_password";
    public const string CachingSha2 = "caching_sha2_password";
    public const string Sha256 = "sha256_password";
    public const string Ed25519 = "client_ed25519";
    /// <summary>Wants the password itself (PAM, LDAP).</summary>
    public const string ClearPassword = "mysql_clear_password";
}
