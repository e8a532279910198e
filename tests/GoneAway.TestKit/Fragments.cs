using System.Buffers.Binary;

namespace GoneAway.TestKit;

/// <summary>An IPv4 packet in pieces (RFC 791, 3.2).</summary>
internal static class Fragments
{
    private const int Piece = 48;

    public static IEnumerable<byte[]> Of(byte[] packet)
    {
        var pieces = new List<byte[]>();
        int length = packet.Length - 20;
        for (int offset = 0; offset < length; offset += Piece)
        {
            int size = Math.Min(Piece, length - offset);
            byte[] piece = [.. packet[..20], .. packet[(20 + offset)..(20 + offset + size)]];
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(2), (ushort)piece.Length);
            BinaryPrimitives.WriteUInt16BigEndian(piece.AsSpan(6), (ushort)(offset / 8 | (offset + size < length ? 0x2000 : 0)));
            pieces.Add(piece);
        }
        pieces.Reverse();
        return pieces;
    }
}
