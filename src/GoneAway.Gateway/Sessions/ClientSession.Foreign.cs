using GoneAway.Gateway.Intruders;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Loop;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>What is no MySQL: named, answered, noted, and never handed on.</content>
internal sealed partial class ClientSession
{
    /// <summary>Milliseconds in which the rest of what has begun must come.</summary>
    private const int StrayTime = 1000;
    /// <summary>Milliseconds of silence after which text is a line of its own, and no beginning of something.</summary>
    private const int QuietTime = 50;
    private const int MostStray = 64 * 1024;
    /// <summary>Bytes that are shown of what is no text: a packet's header, and nothing that could be part of a password's scramble.</summary>
    private const int ShownOfBinary = 5;

    /// <summary>What came in place of a login. Nothing has been told to any server.</summary>
    private async ValueTask RefuseForeignAsync(PacketTalk talk)
    {
        byte[] bytes = talk.Unread.ToArray();
        ForeignKind kind = ForeignBytes.Recognise(bytes);
        counters.HandshakesNotMySql++;
        counters.StrayBytes += bytes.Length;
        string incident = core.NameIncident();
        string text = ForeignBytes.Message(bytes, "a login", ShownOfBinary);
        core.NoteIncident(this, kind == ForeignKind.Proxy ? "proxy-protocol-header" : "not-mysql-traffic", text, incident);
        if (ForeignBytes.Answer(kind) is { IsEmpty: false } answer)
            client.Send(answer);
        else
            SendError(ErrorCode.HandshakeError, "08S01", $"Bad handshake: {text} [{incident}]", (byte)(talk.Sequence + 1));
        await FarewellAsync();
    }

    /// <summary>
    /// What came where a command had to begin is none. Text is dropped, and the session goes on with the command behind it; a whole
    /// packet with a command that is not known is the server's to judge; all else cannot be understood, and neither what would follow.
    /// </summary>
    private async ValueTask<bool> StrangeAsync()
    {
        long until = Loop.Now + StrayTime;
        bool gone = false, quiet = false;
        while (true)
        {
            int have = inputEnd - inputStart, at = NextPacket.Find(input.AsSpan(inputStart, have));
            if (at > 0)
                DropStray(at);
            if (at >= 0)
                return await CommandAsync();
            if (IsUnknownCommand())
            {
                command = input![inputStart + HeaderSize];
                return await TunnelAsync(LengthAt(inputStart));
            }
            bool isText = ForeignBytes.IsText(input.AsSpan(inputStart, have));
            if (isText && (gone || quiet || have >= MostStray))
            {
                DropStray(have);
                return !gone;
            }
            if (gone || have >= MostStray || Loop.Now >= until || !NextPacket.MayCome(input.AsSpan(inputStart, have)))
                return await BeyondRepairAsync();
            Ready ready = await WaitAsync(Ready.Client | Ready.ClientHangup, isText ? Math.Min(until, Loop.Now + QuietTime) : until);
            int count = client.Receive(Room());
            gone = count < 0;
            inputEnd += Math.Max(count, 0);
            quiet = ready == Ready.Timeout && count == 0;
        }
    }

    private bool IsUnknownCommand()
    {
        int have = inputEnd - inputStart;
        return have > HeaderSize && input![inputStart + 3] == 0 && LengthAt(inputStart) is > 0 and var length && have >= HeaderSize + length && !CommandCode.IsKnown(input[inputStart + HeaderSize]);
    }

    private void DropStray(int count)
    {
        ReadOnlySpan<byte> bytes = input.AsSpan(inputStart, count);
        counters.StrayBytes += count;
        core.NoteIncident(this, "stray-bytes", $"{ForeignBytes.Message(bytes, "a command", ShownOfBinary)} The connection goes on.", core.NameIncident());
        inputStart += count;
        if (inputStart == inputEnd)
            ReturnInput();
    }

    /// <summary>The order of packets is lost: an error that says so, and the end.</summary>
    private async ValueTask<bool> BeyondRepairAsync()
    {
        byte[] bytes = input.AsSpan(inputStart, Math.Min(inputEnd - inputStart, 1024)).ToArray();
        counters.StrayBytes += inputEnd - inputStart;
        byte sequence = (byte)(bytes.Length > 3 ? bytes[3] + 1 : 1);
        string incident = core.NameIncident(), text = ForeignBytes.Message(bytes, "a command", ShownOfBinary);
        IReadOnlyList<SocketHolder> holders = await FindHoldersAsync();
        if (holders.Count > 1)
            text = $"{Several(holders)}; {text}";
        core.NoteIncident(this, holders.Count > 1 ? "shared-after-fork" : "stray-bytes", text, incident);
        SendError(ErrorCode.PacketsOutOfOrder, "08S01", $"Got packets out of order: {text} [{incident}]", sequence);
        await FarewellAsync();
        return false;
    }

    /// <summary>Between two packets of an uploaded file came what is none: the server gets no part of it, and no end of the file.</summary>
    private async ValueTask StrayInUploadAsync(byte[] bytes)
    {
        counters.StrayBytes += bytes.Length;
        string incident = core.NameIncident(), text = ForeignBytes.Message(bytes, "a packet of the file", ShownOfBinary);
        core.NoteIncident(this, "stray-bytes", text, incident);
        SendError(ErrorCode.PacketsOutOfOrder, "08S01", $"Got packets out of order: {text} [{incident}]", (byte)(lastSequence + 1));
        await FarewellAsync();
        client.Shut();
    }

    /// <summary>
    /// Ends the stream so that the last words arrive: a socket that is closed with unread bytes resets the connection,
    /// and the other end may never read what was sent before.
    /// </summary>
    private async ValueTask FarewellAsync()
    {
        const int MostRead = 1 << 20;
        long until = Loop.Now + StrayTime;
        client.KeepsLast = false;
        if (!await client.FlushAsync(this, isClient: true, until) || !client.Socket.EndSending())
            return;
        for (int read = 0; read < MostRead && Loop.Now < until;)
        {
            int count = client.Socket.Receive(Loop.Scratch);
            if (count > 0)
                read += count;
            else if (count != -Native.Again || await WaitAsync(Ready.Client | Ready.ClientHangup, until) == Ready.Timeout)
                return;
        }
    }
}
