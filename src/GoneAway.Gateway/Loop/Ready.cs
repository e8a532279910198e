namespace GoneAway.Gateway.Loop;

/// <summary>What a waiter can be told.</summary>
[Flags]
internal enum Ready
{
    None = 0,
    /// <summary>Bytes, or the end, of the first socket; of the second.</summary>
    Client = 1,
    Backend = 2,
    /// <summary>There is room to write again.</summary>
    ClientRoom = 4,
    BackendRoom = 8,
    Timeout = 16,
    /// <summary>Something else than a socket: see the waiter's owner.</summary>
    Signal = 32,
    /// <summary>The other end of the first socket, of the second, will send no more.</summary>
    ClientHangup = 64,
    BackendHangup = 128,
    /// <summary>The spool has done something at the disk.</summary>
    Spool = 256,
}
