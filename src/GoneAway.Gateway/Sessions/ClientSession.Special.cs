using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>Commands that are not just handed on: too large, replication, and what is no command.</content>
internal sealed partial class ClientSession
{
    /// <summary>A packet too large for the server: its bytes are dropped, the client is told the two numbers, the connection stays.</summary>
    private async ValueTask<bool> TooLargeAsync(int length)
    {
        long limit = MaxPacket;
        (bool alive, long total, byte parts) = await DropAsync(length);
        if (!alive)
            return false;
        counters.TooLarge++;
        TellTooLarge(total, limit, parts);
        return await AfterDroppedAsync() && HasAnswer;
    }

    private void TellTooLarge(long size, long limit, byte parts)
    {
        string incident = core.NameIncident();
        core.NoteDecision(this, "max-allowed-packet", $"a statement of {size} bytes is larger than max_allowed_packet ({limit}); it was not sent", incident);
        core.Incidents.NotePlain(this, "packet-too-large", $"The client sent a packet of {size} bytes; max_allowed_packet is {limit}. It was answered, not sent to a server, and the connection stays.", incident);
        SendError(ErrorCode.PacketTooLarge, "08S01", $"Got a packet bigger than 'max_allowed_packet' bytes: the statement has {size} bytes, the server takes {limit}; not executed [{incident}]", parts);
    }

    private async ValueTask<bool> AfterDroppedAsync()
    {
        if (client.Queued > 0 && !await client.FlushAsync(this, isClient: true))
            return false;
        return !client.IsBroken;
    }

    /// <summary>Takes the packet at the beginning of the input from the wire, with all its parts, and forgets it.</summary>
    private async ValueTask<(bool Alive, long Total, byte Parts)> DropAsync(int length)
    {
        long total = 0;
        byte parts = 0;
        while (true)
        {
            total += length;
            parts++;
            long left = HeaderSize + length;
            while (left > 0)
            {
                int take = (int)Math.Min(left, inputEnd - inputStart);
                inputStart += take;
                left -= take;
                if (inputStart == inputEnd)
                    ReturnInput();
                if (left > 0 && !await ReadInputAsync())
                    return (false, total, parts);
            }
            if (length < MaxPart)
                return (true, total, parts);
            while (inputEnd - inputStart < HeaderSize)
                if (!await ReadInputAsync())
                    return (false, total, parts);
            length = LengthAt(inputStart);
        }
    }

    /// <summary>More of the client's bytes, appended. False when it is gone.</summary>
    private async ValueTask<bool> ReadInputAsync()
    {
        while (true)
        {
            if (inputEnd == inputStart)
            {
                if (input is { Length: < EventLoop.ScratchSize })
                    ReturnInput();
                input ??= Loop.Rent(EventLoop.ScratchSize);
                inputStart = inputEnd = 0;
            }
            else if (inputEnd == input!.Length)
            {
                byte[] other = Loop.Rent(Math.Max(EventLoop.ScratchSize, (inputEnd - inputStart) * 2));
                input.AsSpan(inputStart, inputEnd - inputStart).CopyTo(other);
                Loop.Return(input);
                (input, inputEnd, inputStart) = (other, inputEnd - inputStart, 0);
            }
            int count = client.Receive(input.AsSpan(inputEnd));
            if (count < 0)
                return false;
            inputEnd += count;
            if (count > 0)
                return true;
            if (!await AwaitRestAsync())
                return false;
        }
    }

    /// <summary>Replication, cloning and commands that are not known: from here on the two connections are one.</summary>
    private async ValueTask<bool> TunnelAsync(int length)
    {
        int total = HeaderSize + length;
        Refusal? problem = await ReadyBackendAsync(HoldDeadline, null);
        if (problem is not null)
            return await NotExecutedAsync(total, problem);
        BackendConnection connection = backend!;
        pins |= Pins.Tunnel;
        connection.IsSoiled = true;
        client.KeepsLast = false;
        connection.Link.BeginCommand();
        connection.Link.Send(input.AsSpan(inputStart, inputEnd - inputStart));
        ReturnInput();
        bool quits = false, asked = true;
        while (true)
        {
            byte[] scratch = Loop.Scratch;
            int fromServer = connection.Link.Receive(scratch);
            // Frames are counted anew with each turn.
            if (fromServer > 0 && asked)
                client.BeginAnswer();
            asked &= fromServer <= 0;
            if (fromServer > 0 && !client.Send(scratch.AsSpan(0, fromServer)))
                return false;
            int fromClient = client.Receive(scratch);
            if (fromClient > 0 && !asked)
                connection.Link.BeginCommand();
            asked |= fromClient > 0;
            if (fromClient > 0 && !connection.Link.Send(scratch.AsSpan(0, fromClient)))
                return false;
            if (fromClient > 0)
                quits = scratch.AsSpan(0, fromClient) is [1, 0, 0, 0, CommandCode.Quit];
            if (fromServer < 0 && fromClient == 0 && !quits)
            {
                DropBackend(Relayed.Lost);
                return false;
            }
            if (client.Queued > 0 && !await client.FlushAsync(this, isClient: true) || connection.Link.Queued > 0 && !await connection.Link.FlushAsync(this, isClient: false))
                return false;
            if (fromServer < 0 || fromClient < 0)
                return false;
            if (fromServer == 0 && fromClient == 0)
                await WaitAsync(Ready.Client | Ready.Backend | Ready.ClientHangup | Ready.BackendHangup);
        }
    }
}
