namespace GoneAway.Capture.Packets;

/// <summary>Puts fragmented IP packets together (RFC 791, 3.2; RFC 8200, 4.5), within fixed bounds.</summary>
internal sealed class FragmentTable
{
    private const int MaxPackets = 64;
    private const int MaxPayload = 65535;
    private const long Lifetime = 30_000_000_000;

    private readonly List<Partial> partials = [];

    /// <summary>Takes a fragment; true with the whole payload once all are there.</summary>
    public bool TryComplete(in IpPacket fragment, long time, out byte[] payload)
    {
        payload = [];
        // A fragment cut by the snap length leaves a hole that nothing fills.
        if (fragment.Payload.Length != fragment.PayloadLength || fragment.FragmentOffset + fragment.PayloadLength > MaxPayload)
            return false;
        Partial partial = Find(fragment, time);
        partial.Add(fragment);
        if (!partial.IsComplete)
            return false;
        partials.Remove(partial);
        payload = partial.Payload;
        return true;
    }

    private Partial Find(in IpPacket fragment, long time)
    {
        for (int i = partials.Count - 1; i >= 0; i--)
        {
            if (time - partials[i].Started > Lifetime)
                partials.RemoveAt(i);
            else if (partials[i].Matches(fragment))
                return partials[i];
        }
        if (partials.Count == MaxPackets)
            partials.RemoveAt(0);
        var created = new Partial(fragment.Source.ToArray(), fragment.Destination.ToArray(), fragment.FragmentId, fragment.Protocol, time);
        partials.Add(created);
        return created;
    }

    private sealed class Partial(byte[] source, byte[] destination, uint id, int protocol, long started)
    {
        private readonly List<(int Offset, byte[] Bytes)> pieces = [];
        private int total = -1;

        public long Started => started;

        public bool Matches(in IpPacket fragment) => fragment.FragmentId == id
            && (fragment.FragmentOffset > 0 || fragment.Protocol == protocol)
            && fragment.Source.SequenceEqual(source) && fragment.Destination.SequenceEqual(destination);

        public void Add(in IpPacket fragment)
        {
            int offset = fragment.FragmentOffset;
            if (!fragment.MoreFragments)
                total = offset + fragment.PayloadLength;
            if (pieces.Count < 128 && !pieces.Exists(piece => piece.Offset == offset))
                pieces.Add((offset, fragment.Payload.ToArray()));
        }

        public bool IsComplete
        {
            get
            {
                if (total < 0)
                    return false;
                pieces.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
                int reached = 0;
                foreach ((int offset, byte[] bytes) in pieces)
                {
                    if (offset > reached)
                        return false;
                    reached = Math.Max(reached, offset + bytes.Length);
                }
                return reached >= total;
            }
        }

        public byte[] Payload
        {
            get
            {
                var whole = new byte[total];
                foreach ((int offset, byte[] bytes) in pieces)
                    if (offset < total)
                        bytes.AsSpan(0, Math.Min(bytes.Length, total - offset)).CopyTo(whole.AsSpan(offset));
                return whole;
            }
        }
    }
}
