namespace GoneAway.Gateway.Intruders;

/// <summary>What bytes are that came where a MySQL packet had to begin.</summary>
public enum ForeignKind : byte
{
    /// <summary>Neither a known protocol nor text.</summary>
    Unknown,
    Http,
    /// <summary>HTTP/2 with prior knowledge, gRPC with it.</summary>
    Http2,
    /// <summary>A TLS ClientHello before any greeting was answered.</summary>
    Tls,
    /// <summary>A PROXY protocol header from somebody who is not believed.</summary>
    Proxy,
    Ssh,
    Redis,
    Postgres,
    Smtp,
    /// <summary>MySQL's X protocol, port 33060.</summary>
    XProtocol,
    Rdp,
    /// <summary>Lines for people: mostly a program's output that went to the wrong descriptor.</summary>
    Text,
}
