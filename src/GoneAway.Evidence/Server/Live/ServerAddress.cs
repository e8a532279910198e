namespace GoneAway.Evidence.Server.Live;

/// <summary>What is asked of TLS, in the words of <c>--ssl-mode</c>.</summary>
public enum TlsMode : byte
{
    /// <summary>Used where the server offers it.</summary>
    Preferred,
    Disabled,
    Required,
    /// <summary>Required, and the certificate must come from a trusted authority.</summary>
    VerifyCa,
    /// <summary>As before, and it must be that host's.</summary>
    VerifyIdentity,
}

/// <summary>Where a server is and as whom to log in; everything but the password.</summary>
public sealed record ServerAddress
{
    public const int DefaultPort = 3306;

    public string? Host { get; init; }
    public int? Port { get; init; }
    /// <summary>Path of a Unix socket; it then counts, not host and port.</summary>
    public string? Socket { get; init; }
    public string? User { get; init; }
    public string? Database { get; init; }
    public TlsMode? Tls { get; init; }
    /// <summary>File with the certificates of trusted authorities.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Where nothing is said here, what the other says. The place (host or socket) is taken as a whole.</summary>
    public ServerAddress Or(ServerAddress other)
    {
        bool placed = Host is not null || Socket is not null;
        return new ServerAddress
        {
            Host = placed ? Host : other.Host,
            Port = placed && Socket is null ? Port ?? (Host == other.Host ? other.Port : null) : Port ?? other.Port,
            Socket = placed ? Socket : other.Socket,
            User = User ?? other.User,
            Database = Database ?? other.Database,
            Tls = Tls ?? other.Tls,
            AuthorityFile = AuthorityFile ?? other.AuthorityFile,
        };
    }

    /// <summary>As reports name the server: <c>app@db1:3306</c>.</summary>
    public override string ToString()
    {
        string place = Socket is not null ? "unix:" + Socket
            : $"{(Host?.Contains(':') == true ? $"[{Host}]" : Host ?? "localhost")}:{Port ?? DefaultPort}";
        return User is null ? place : $"{User}@{place}";
    }
}
