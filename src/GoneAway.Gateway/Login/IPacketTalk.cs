namespace GoneAway.Gateway.Login;

/// <summary>One end of a connection during its login: whole packets in turn. An ended connection or a passed deadline throws.</summary>
public interface IPacketTalk
{
    /// <summary>The id that the next packet written gets; after a read it is one more than the packet's that was read.</summary>
    byte Sequence { get; set; }

    /// <summary>TLS, or a Unix socket: a password may be sent as it is.</summary>
    bool IsPrivate { get; }

    /// <summary>The next payload; valid until the next read. Packets above 64 KB are refused.</summary>
    ValueTask<ReadOnlyMemory<byte>> ReadAsync();

    /// <summary>Sends one payload.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> payload);

    /// <summary>Goes over to TLS, after the packet that asks for it: as server towards a client, as client towards a backend.</summary>
    ValueTask SecureAsync();
}
