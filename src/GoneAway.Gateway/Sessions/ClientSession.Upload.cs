using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Loop;
using GoneAway.Wire.Framing;

namespace GoneAway.Gateway.Sessions;

/// <content>LOCAL INFILE.</content>
internal sealed partial class ClientSession
{
    /// <summary>LOCAL INFILE: the client's packets go to the server, up to an empty one.</summary>
    private async ValueTask<bool> UploadAsync(BackendConnection connection)
    {
        wantsFile = false;
        client.ReleaseLast();
        if (client.Queued > 0 && !await client.FlushAsync(this, isClient: true))
            return false;
        int total = isStreamed ? 0 : HeaderSize + LengthAt(inputStart);
        byte[] rest = input.AsSpan(inputStart + total, inputEnd - inputStart - total).ToArray();
        byte[] buffer = Loop.Rent(EventLoop.ScratchSize);
        long left = 0;
        int have = rest.Length;
        bool lost = false, isWhole = true;
        rest.CopyTo(buffer, 0);
        inputEnd = inputStart + total;
        // Frames count on from those that the other end sent last.
        connection.Link.BeginAnswer();
        try
        {
            while (true)
            {
                int at = 0;
                bool last = false;
                while (at < have && !last)
                {
                    if (left > 0)
                    {
                        int take = (int)Math.Min(left, have - at);
                        left -= take;
                        at += take;
                        continue;
                    }
                    if (have - at < HeaderSize)
                        break;
                    // In compression clients count behind the frames that they got.
                    if (!client.IsCompressed && buffer[at + 3] != (byte)(lastSequence + 1))
                    {
                        await StrayInUploadAsync(buffer.AsSpan(at, Math.Min(have - at, 1024)).ToArray());
                        return false;
                    }
                    left = PacketHeader.LengthOf(buffer.AsSpan(at));
                    lastSequence = buffer[at + 3];
                    buffer[at + 3] = ++uploadSequence;
                    at += HeaderSize;
                    last = left == 0 && isWhole;
                    isWhole = left < MaxPart;
                }
                // The client sends all of the file before it reads a word.
                lost = lost || !connection.Link.Send(buffer.AsSpan(0, at)) || connection.Link.Queued > 0 && !await connection.Link.FlushAsync(this, isClient: false);
                buffer.AsSpan(at, have - at).CopyTo(buffer);
                have -= at;
                if (last)
                {
                    client.BeginAnswer();
                    PutBack(buffer.AsSpan(0, have));
                    return !lost;
                }
                int count;
                while ((count = client.Receive(buffer.AsSpan(have))) == 0)
                    if (!await AwaitRestAsync())
                        return false;
                if (count < 0)
                {
                    client.Shut();
                    return false;
                }
                have += count;
            }
        }
        finally
        {
            Loop.Return(buffer);
        }
    }

    /// <summary>What came behind the file is the beginning of the next command.</summary>
    private void PutBack(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> room = Room();
            int count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room);
            inputEnd += count;
            bytes = bytes[count..];
        }
    }
}
