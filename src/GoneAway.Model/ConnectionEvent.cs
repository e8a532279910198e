namespace GoneAway.Model;

/// <summary>What kind of thing happened on a connection.</summary>
public enum EventKind : byte
{
    /// <summary>SYN.</summary>
    Opening,
    /// <summary>SYN,ACK.</summary>
    Accepted,
    /// <summary>RST in answer to a SYN.</summary>
    Refused,
    Greeting,
    /// <summary>SSLRequest, or a TLS record in its place.</summary>
    TlsRequested,
    TlsAlert,
    Login,
    AuthExchange,
    LoggedIn,
    /// <summary>A command; Text names it, Amount is its length in bytes.</summary>
    Command,
    /// <summary>The last packet of a response; Amount is the number of rows.</summary>
    ResponseEnd,
    /// <summary>An ERR packet; Amount is the error number, Text its message.</summary>
    ServerError,
    /// <summary>COM_QUIT.</summary>
    Quit,
    /// <summary>The side advertised a receive window of zero.</summary>
    WindowClosed,
    WindowOpened,
    /// <summary>Bytes sent again; Amount is the number of bytes.</summary>
    Retransmission,
    KeepAlive,
    /// <summary>Bytes missing from the capture; Amount is how many.</summary>
    Gap,
    /// <summary>Bytes that break the protocol; Text shows them.</summary>
    Violation,
    /// <summary>Some data that is none of the above (first of a run); Amount is the number of bytes.</summary>
    Data,
    Fin,
    Reset,
}

/// <summary>Something that happened on one connection, with time, side and the packet that shows it.</summary>
/// <param name="At">When.</param>
/// <param name="Side">Who sent it.</param>
/// <param name="Kind">What.</param>
/// <param name="Packet">Number of the packet in its capture, counted from 1; 0 when not from a capture.</param>
/// <param name="Amount">Bytes, rows or error number, as the kind says.</param>
/// <param name="Text">Bytes made readable, or null. Never holds control characters.</param>
public readonly record struct ConnectionEvent(Instant At, Side Side, EventKind Kind, long Packet, long Amount, string? Text);
