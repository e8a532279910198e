using System.Buffers.Binary;
using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Framing;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Sessions;

/// <summary>A prepared statement as the client knows it.</summary>
internal sealed class ClientStatement
{
    public required uint Id { get; init; }
    public required PreparedText Text { get; init; }
    public required StatementTraits Traits { get; init; }
    public required int Parameters { get; init; }
    /// <summary>From the flag "types follow" to the last type, as the client last sent it; null before.</summary>
    public byte[]? Types { get; set; }
    /// <summary>Where it was executed last.</summary>
    public PreparedHandle? Handle { get; set; }
    public bool HasCursor { get; set; }
    public bool HasLongData { get; set; }
}

/// <content>Prepared statements: ids are the client's own, and a server connection that has not seen a statement is told of it first.</content>
internal sealed partial class ClientSession
{
    private const int MostPreparedPerConnection = 200;
    private const uint LastPrepared = 0xFFFFFFFF;
    private const int UnknownStatement = 1243;
    private const byte ParameterCountAvailable = 8;

    private Dictionary<uint, ClientStatement>? statements;
    private uint lastStatementId;
    /// <summary>What MariaDB's clients call -1: the statement of the last COM_STMT_PREPARE, 0 when that failed.</summary>
    private uint lastPrepared;
    private ClientStatement? statement;
    /// <summary>The command went to the server as it came and is not kept.</summary>
    private bool isStreamed;

    /// <summary>A command that names a prepared statement.</summary>
    private ValueTask<bool> StatementAsync(int length)
    {
        uint id = length >= 5 ? BinaryPrimitives.ReadUInt32LittleEndian(Payload(length)[1..]) : 0;
        if (id == LastPrepared)
            id = lastPrepared;
        statement = statements?.GetValueOrDefault(id);
        if (statement is null)
        {
            if (command is CommandCode.StmtClose or CommandCode.StmtSendLongData)
                return FinishCommandAsync(HeaderSize + length);
            return AnswerAsync(length, writer.WriteError(UnknownStatement, "HY000"u8, Encoding.ASCII.GetBytes($"Unknown prepared statement handler ({id}) given to {NameOf(command)}")).Written);
        }
        if (command == CommandCode.StmtClose)
        {
            statements!.Remove(id);
            Unpin(statement);
            // Servers keep it for other sessions; it is closed when the connection has too many.
            if (backend is null || statement.HasCursor is false)
                return FinishCommandAsync(HeaderSize + length);
        }
        traits = command is CommandCode.StmtExecute ? statement.Traits : command == CommandCode.MariaDbStmtBulkExecute ? statement.Traits & ~StatementTraits.PureRead : StatementTraits.None;
        if (command == CommandCode.StmtExecute)
            KeepTypes(statement, Payload(length));
        if (command == CommandCode.StmtSendLongData)
        {
            statement.HasLongData = true;
            pins |= Pins.LongData;
        }
        return ExecuteAsync(HeaderSize + length);
    }

    /// <summary>The server connection knows the statement that the command names, under the id that the command now has. False: an error was told.</summary>
    private ValueTask<bool> PrepareForAsync(int total)
    {
        if (command is not (CommandCode.StmtExecute or CommandCode.StmtFetch or CommandCode.StmtReset or CommandCode.StmtSendLongData or CommandCode.StmtClose or CommandCode.MariaDbStmtBulkExecute))
            return new ValueTask<bool>(true);
        BackendConnection connection = backend!;
        PreparedHandle? handle = statement!.Handle?.KeptBy == connection ? statement.Handle : connection.FindPrepared(statement.Text);
        if (handle is null)
            return command == CommandCode.StmtClose ? new ValueTask<bool>(false) : PrepareAgainAsync(total, connection);
        handle.LastUsed = Loop.Now;
        Address(handle);
        return new ValueTask<bool>(true);
    }

    private void Address(PreparedHandle handle)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(input.AsSpan(inputStart + HeaderSize + 1), handle.Id);
        statement!.Handle = handle;
        handle.LastBinder ??= statement;
        bindsAnew = command == CommandCode.StmtExecute && handle.LastBinder != statement;
        if (command == CommandCode.StmtExecute)
            handle.LastBinder = statement;
    }

    /// <summary>The server remembers another's parameter types for the statement.</summary>
    private bool bindsAnew;

    private async ValueTask<bool> PrepareAgainAsync(int total, BackendConnection connection)
    {
        using PacketTalk talk = TalkTo(connection);
        try
        {
            talk.Sequence = 0;
            connection.Link.BeginCommand();
            connection.Link.OwesAnswer = true;
            await talk.WriteAsync(new PayloadWriter().Clear().Byte(CommandCode.StmtPrepare).Bytes(Encoding.Latin1.GetBytes(statement!.Text.Sql)).Written.ToArray());
            ReadOnlyMemory<byte> first = await talk.ReadAsync();
            if (Refusal.Of(first.Span) is { } error)
            {
                connection.Link.OwesAnswer = false;
                SendPacket(writer.WriteError(error).Written, answerSequence);
                return false;
            }
            if (!PrepareOk.TryRead(first.Span, out PrepareOk ok))
                throw new TalkException(TalkFault.WrongSequence, "the server's answer to a prepare is none");
            bool eofs = (connection.Capabilities & Capabilities.DeprecateEof) == 0;
            int packets = ok.Parameters + (ok.Parameters > 0 && eofs ? 1 : 0) + ok.Columns + (ok.Columns > 0 && eofs ? 1 : 0);
            for (int i = 0; i < packets; i++)
                await talk.ReadAsync();
            connection.Link.OwesAnswer = false;
            var handle = new PreparedHandle { Id = ok.StatementId, LastUsed = Loop.Now };
            Keep(connection, statement.Text, handle);
            // A new handle knows no types.
            handle.LastBinder = connection;
            Address(handle);
            return true;
        }
        catch (TalkException)
        {
            // The send that follows meets the lost connection and judges it: nothing of the command was sent.
            connection.Link.Shut();
            return true;
        }
    }

    private void Keep(BackendConnection connection, PreparedText text, PreparedHandle handle)
    {
        if (connection.KeepPrepared(text, handle, MostPreparedPerConnection) is { } old)
        {
            Span<byte> close = stackalloc byte[9];
            close[0] = 5;
            close[4] = CommandCode.StmtClose;
            BinaryPrimitives.WriteUInt32LittleEndian(close[5..], old.Id);
            connection.Link.BeginCommand();
            connection.Link.Send(close);
        }
    }

    /// <summary>A statement was prepared: the client gets an id of its own for it.</summary>
    private void OnPrepared(BackendConnection connection, Span<byte> payload)
    {
        if (!PrepareOk.TryRead(payload, out PrepareOk ok))
            return;
        // One that was handed on in pieces was not kept: it lives and dies with its server connection.
        ReadOnlySpan<byte> text = isStreamed ? default : input.AsSpan(inputStart + HeaderSize + 1, LengthAt(inputStart) - 1);
        if (isStreamed)
            pins |= Pins.TextPrepare;
        var prepared = new ClientStatement
        {
            Id = ++lastStatementId,
            Text = new PreparedText(isStreamed ? $"(statement {lastStatementId} of session {Id})" : Encoding.Latin1.GetString(text), state.Schema),
            Traits = isStreamed ? StatementTraits.Multi : StatementScan.Classify(text),
            Parameters = ok.Parameters,
        };
        (statements ??= [])[prepared.Id] = prepared;
        lastPrepared = prepared.Id;
        BinaryPrimitives.WriteUInt32LittleEndian(payload[1..], prepared.Id);
        // Closing the older handle would come between this answer's packets and the next command: it is sent behind.
        var handle = new PreparedHandle { Id = ok.StatementId, LastUsed = Loop.Now, LastBinder = prepared };
        Keep(connection, prepared.Text, handle);
    }

    /// <summary>Remembers the types of an execute that brings them.</summary>
    private void KeepTypes(ClientStatement prepared, ReadOnlySpan<byte> payload)
    {
        if (TypesAt(prepared, payload, out int at, out int end) && payload[at] == 1)
        {
            ReadOnlySpan<byte> types = payload[at..end];
            if (prepared.Types is null || !types.SequenceEqual(prepared.Types))
                prepared.Types = types.ToArray();
        }
    }

    /// <summary>Where the flag and the types of an execute stand.</summary>
    private bool TypesAt(ClientStatement prepared, ReadOnlySpan<byte> payload, out int at, out int end)
    {
        at = end = 0;
        if (payload.Length < 10)
            return false;
        var rest = new PayloadReader(payload[10..]);
        int count = prepared.Parameters;
        bool named = (capabilities & Capabilities.QueryAttributes) != 0;
        if (named && (payload[5] & ParameterCountAvailable) != 0)
        {
            if (!rest.TryReadLengthEncoded(out ulong counted) || counted > 65535)
                return false;
            count = (int)counted;
        }
        if (count == 0 || !rest.TrySkip((count + 7) / 8) || rest.IsEmpty)
            return false;
        at = payload.Length - rest.Rest.Length;
        if (payload[at] != 1)
        {
            end = at + 1;
            return true;
        }
        rest.TrySkip(1);
        for (int i = 0; i < count; i++)
            if (!rest.TrySkip(2) || named && !rest.TryReadLengthEncodedBytes(out _))
                return false;
        end = payload.Length - rest.Rest.Length;
        return true;
    }

    /// <summary>The command with the types put in; null when it has them, or needs none.</summary>
    private byte[]? WithTypes(int total)
    {
        if (!bindsAnew || statement?.Types is not { } types)
            return null;
        ReadOnlySpan<byte> payload = Payload(total - HeaderSize);
        if (!TypesAt(statement, payload, out int at, out int end) || payload[at] == 1)
            return null;
        byte[] packet = new byte[total - (end - at) + types.Length];
        PacketHeader.Write(packet, packet.Length - HeaderSize, 0);
        payload[..at].CopyTo(packet.AsSpan(HeaderSize));
        types.CopyTo(packet.AsSpan(HeaderSize + at));
        payload[end..].CopyTo(packet.AsSpan(HeaderSize + at + types.Length));
        return packet;
    }

    /// <summary>An execute, fetch or reset was answered: cursors and long data hold the connection, or no more.</summary>
    private void AfterStatement()
    {
        ClientStatement prepared = statement!;
        if (command is CommandCode.StmtExecute or CommandCode.StmtReset or CommandCode.MariaDbStmtBulkExecute)
            prepared.HasLongData = false;
        prepared.HasCursor = command switch
        {
            CommandCode.StmtReset => false,
            CommandCode.StmtExecute => (status & StatusFlags.CursorExists) != 0 && (status & StatusFlags.LastRowSent) == 0,
            CommandCode.StmtFetch => lastError is null && (status & StatusFlags.LastRowSent) == 0,
            _ => prepared.HasCursor,
        };
        if (prepared.HasCursor || (pins & (Pins.Cursor | Pins.LongData)) != 0)
            Unpin(null);
    }

    private void Unpin(ClientStatement? gone)
    {
        if (gone is not null)
            gone.HasLongData = false;
        bool cursor = gone?.HasCursor ?? false, data = false;
        if (statements is not null)
            foreach (ClientStatement other in statements.Values)
                (cursor, data) = (cursor || other.HasCursor, data || other.HasLongData);
        pins = (cursor ? pins | Pins.Cursor : pins & ~Pins.Cursor) & ~(data ? 0 : Pins.LongData);
    }

    private static string NameOf(byte code) => code switch
    {
        CommandCode.StmtExecute => "mysqld_stmt_execute",
        CommandCode.StmtFetch => "mysqld_stmt_fetch",
        CommandCode.StmtReset => "mysqld_stmt_reset",
        _ => "mysqld_stmt_bulk_execute",
    };
}
