namespace GoneAway.Wire.Authentication;

/// <summary>What a packet of the server means for a login, and what is to be done.</summary>
public enum LoginStep : byte
{
    /// <summary>An answer is to be sent; it may be empty.</summary>
    Send,
    /// <summary>The server says more by itself.</summary>
    Wait,
    /// <summary>OK.</summary>
    Accepted,
    /// <summary>ERR.</summary>
    Refused,
    /// <summary>The account's hash is of before 4.1 (mysql_old_password).</summary>
    OldPassword,
    /// <summary>The account's plugin is none that is known.</summary>
    UnknownPlugin,
    /// <summary>The plugin wants the password itself, and the connection can be read by others.</summary>
    NeedsPrivacy,
    /// <summary>The plugin needs the password, of which a hash alone is known.</summary>
    NeedsPassword,
    /// <summary>Nothing that a server says in a login by this plugin.</summary>
    Unreadable,
}
