using System.Buffers.Binary;
using System.Globalization;

namespace GoneAway.Evidence.Processes;

/// <summary>The bytes of a packet, from the lines that -x, -X, -xx or -XX print below it.</summary>
internal sealed class PacketDump
{
    private readonly List<byte> bytes = [];

    public void Clear() => bytes.Clear();

    /// <summary>"\t0x0000:  4508 009c 1900 4000 4006 2352 7f00 0001  E.....@.@.#R...."; tshark -x has no 0x and single bytes.</summary>
    public bool TryAdd(string line)
    {
        ReadOnlySpan<char> text = line.AsSpan().Trim();
        if (!text.StartsWith("0x", StringComparison.Ordinal) || text.IndexOf(':') is not (> 3 and < 9 and var colon) || !int.TryParse(text[2..colon], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int offset))
            return false;
        if (offset != bytes.Count || offset > 1 << 16)
            return true;
        text = text[(colon + 1)..].TrimStart();
        for (int taken = 0; taken < 16 && text.Length >= 2;)
        {
            if (text[0] == ' ')
            {
                // Two blanks end the numbers; what follows is the same as text.
                if (text[1] == ' ')
                    break;
                text = text[1..];
                continue;
            }
            if (!byte.TryParse(text[..2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte one))
                break;
            bytes.Add(one);
            taken++;
            text = text[2..];
        }
        return true;
    }

    /// <summary>What TCP carries; empty when the dump does not reach so far.</summary>
    public byte[] Payload()
    {
        byte[] all = [.. bytes];
        int ip = Start(all);
        if (ip < 0 || all.Length < ip + 40)
            return [];
        int tcp, end;
        if (all[ip] >> 4 == 4)
        {
            tcp = ip + (all[ip] & 15) * 4;
            end = ip + BinaryPrimitives.ReadUInt16BigEndian(all.AsSpan(ip + 2));
        }
        else
        {
            tcp = ip + 40;
            end = ip + 40 + BinaryPrimitives.ReadUInt16BigEndian(all.AsSpan(ip + 4));
        }
        if (all.Length < tcp + 20)
            return [];
        int data = tcp + (all[tcp + 12] >> 4) * 4;
        // Large segments that the card cuts later have length 0.
        end = end <= data ? all.Length : Math.Min(end, all.Length);
        return data >= end ? [] : all[data..end];
    }

    /// <summary>Where the IP header begins: at once, behind Ethernet's 14 bytes, or behind the 16 or 20 of "any".</summary>
    private static int Start(byte[] all)
    {
        foreach (int at in (ReadOnlySpan<int>)[0, 14, 16, 18, 20])
            if (all.Length > at + 20 && (all[at] >> 4 == 4 && (all[at] & 15) >= 5 && all[at + 9] == 6 || all[at] >> 4 == 6 && all[at + 6] == 6))
                return at;
        return -1;
    }
}
