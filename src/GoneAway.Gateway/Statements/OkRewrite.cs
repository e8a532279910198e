using System.Buffers.Binary;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Statements;

/// <summary>Makes a backend's OK or EOF the one that the client would have got: backends tell the gateway of every session change, clients are told what they asked for.</summary>
/// <remarks>MySQL "OK_Packet" and "EOF_Packet". Backends always have CLIENT_SESSION_TRACK.</remarks>
public static class OkRewrite
{
    private const byte EndOfResult = 0xFE;
    /// <summary>Header, two short numbers, status, warnings; less than this and a byte has neither info nor changes.</summary>
    private const int Bare = 7;

    /// <summary>False where the client can have the backend's OK (0x00, or 0xFE in place of EOF) byte for byte.</summary>
    public static bool NeedsRewrite(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= Bare)
            return false;
        int status = 1 + Width(payload[1]);
        if (status >= payload.Length)
            return false;
        status += Width(payload[status]);
        return status + 2 <= payload.Length && (BinaryPrimitives.ReadUInt16LittleEndian(payload[status..]) & StatusFlags.SessionStateChanged) != 0;
    }

    /// <summary>Writes the client's OK of a backend's. False when the payload is no OK; nothing useful is written then.</summary>
    /// <param name="writer">Where to; cleared first.</param>
    /// <param name="payload">OK with header 0x00, or 0xFE in place of EOF.</param>
    /// <param name="backendCapabilities">Those of the connection it came from.</param>
    /// <param name="clientCapabilities">Those of the client.</param>
    /// <param name="filter">What the client wants to be told.</param>
    public static bool TryWrite(PayloadWriter writer, ReadOnlySpan<byte> payload, ulong backendCapabilities, ulong clientCapabilities, SessionTrackFilter filter)
    {
        if (!OkPacket.TryRead(payload, backendCapabilities, out OkPacket ok))
            return false;
        Write(writer, payload[0], ok, clientCapabilities, filter);
        return true;
    }

    /// <summary>
    /// Writes the packet that ends rows: EOF or OK by what the client agreed to, whichever the backend sent. False when the payload is neither.
    /// </summary>
    public static bool TryWriteEndOfRows(PayloadWriter writer, ReadOnlySpan<byte> payload, ulong backendCapabilities, ulong clientCapabilities, SessionTrackFilter filter)
    {
        bool wantsOk = (clientCapabilities & Capabilities.DeprecateEof) != 0;
        if ((backendCapabilities & Capabilities.DeprecateEof) == 0)
        {
            if (!EofPacket.TryRead(payload, out EofPacket eof))
                return false;
            ushort status = (ushort)(eof.Status & ~StatusFlags.SessionStateChanged);
            _ = wantsOk ? writer.WriteOk(status, warnings: eof.Warnings, endsResult: true) : writer.WriteEof(status, eof.Warnings);
            return true;
        }
        if (payload.IsEmpty || payload[0] != EndOfResult || !OkPacket.TryRead(payload, backendCapabilities, out OkPacket ok))
            return false;
        if (wantsOk)
            Write(writer, EndOfResult, ok, clientCapabilities, filter);
        else
            writer.WriteEof((ushort)(ok.Status & ~StatusFlags.SessionStateChanged), ok.Warnings);
        return true;
    }

    private static void Write(PayloadWriter writer, byte header, in OkPacket ok, ulong clientCapabilities, SessionTrackFilter filter)
    {
        bool tracks = (clientCapabilities & Capabilities.SessionTrack) != 0;
        int changes = tracks ? Changes(null, ok.StateChanges, filter) : 0;
        int status = ok.Status & ~StatusFlags.SessionStateChanged | (changes > 0 ? StatusFlags.SessionStateChanged : 0);
        writer.Clear().Byte(header).LengthEncoded(ok.AffectedRows).LengthEncoded(ok.LastInsertId).UInt16((ushort)status).UInt16(ok.Warnings);
        // Servers write the length before the info in either case (net_send_ok), whatever the manual says; PHP's driver relies on it.
        if (changes > 0 || ok.Info.Length > 0)
            writer.LengthEncodedBytes(ok.Info);
        if (changes > 0)
        {
            writer.LengthEncoded((ulong)changes);
            Changes(writer, ok.StateChanges, filter);
        }
    }

    /// <summary>Writes the changes that the client is told of; without a writer only counts their bytes.</summary>
    private static int Changes(PayloadWriter? writer, ReadOnlySpan<byte> changes, SessionTrackFilter filter)
    {
        int bytes = 0;
        var reader = new PayloadReader(changes);
        while (reader.TryReadByte(out byte type) && reader.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> block))
        {
            if (!filter.Tracks(type))
                continue;
            if (type != SessionStateChanges.SystemVariables)
            {
                bytes += Block(writer, type, block);
                continue;
            }
            // One block of several variables becomes one for each, as MySQL sends them.
            var variables = new PayloadReader(block);
            while (true)
            {
                ReadOnlySpan<byte> from = variables.Rest;
                if (!variables.TryReadLengthEncodedBytes(out ReadOnlySpan<byte> name) || !variables.TryReadLengthEncodedBytes(out _))
                    break;
                if (filter.Tracks(name))
                    bytes += Block(writer, type, from[..^variables.Rest.Length]);
            }
        }
        return bytes;
    }

    private static int Block(PayloadWriter? writer, byte type, ReadOnlySpan<byte> block)
    {
        writer?.Byte(type).LengthEncodedBytes(block);
        int prefix = block.Length switch { < 0xFB => 1, <= 0xFFFF => 3, <= 0xFFFFFF => 4, _ => 9 };
        return 1 + prefix + block.Length;
    }

    private static int Width(byte first) => first switch { < 0xFB => 1, 0xFC => 3, 0xFD => 4, _ => 9 };
}
