using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Incidents;
using GoneAway.Gateway.Operations;
using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>What incidents tell of a session.</content>
internal sealed partial class ClientSession
{
    private long rows;
    /// <summary>When the last command came, in the loop's milliseconds.</summary>
    private long commandAt;

    /// <summary>The client's end, where it was none that a client should make.</summary>
    private void TellClientGone()
    {
        if (key is null || command == CommandCode.Quit || !client.Socket.PeerClosed && client.Error == 0 || !core.Incidents.TellsClientGone)
            return;
        SocketEnd end = SocketEnd.Of(client, Side.Client, endedHere: false);
        // The last command was under way, or its answer came too late.
        bool wasCut = commandAt > 0 && end.At >= commandAt && (idleSince < commandAt || end.At < idleSince);
        core.Incidents.OnClientGone(this, ClientTimeline.Of(this, client, end, new ClientWork(command, commandAt, idleSince, wasCut, status, capabilities, Schema: state.Schema), core.Face));
    }

    internal string? User => login is null ? null : Shown.Text(login.User.Span, 96);

    internal string? Program => login is { ProgramName.Length: > 0 } ? login.ProgramName : null;

    /// <summary>The command whose answer was cut, as far as its bytes are kept.</summary>
    internal CutCommand Cut(BackendConnection connection)
    {
        if (connection != backend || !connection.Record.IsPending)
            return default;
        ReadOnlySpan<byte> text = CommandText();
        return new CutCommand(text[..Math.Min(200, text.Length)].ToArray(), rows, reader.InsideResult);
    }

    /// <summary>What may be logged of the present statement in any case; null where it has no text.</summary>
    internal StatementMark? Mark()
    {
        ReadOnlySpan<byte> text = CommandText();
        return text.IsEmpty ? null : StatementMark.Of(text);
    }

    private ReadOnlySpan<byte> CommandText()
    {
        int have = inputEnd - inputStart - HeaderSize;
        if (input is null || have <= 1 || command is not (CommandCode.Query or CommandCode.StmtPrepare or CommandCode.InitDb))
            return default;
        int length = Math.Min(have, LengthAt(inputStart));
        return command == CommandCode.Query ? SqlOf(length) : Payload(length)[1..];
    }
}
