using System.Buffers.Binary;
using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Statements;
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
    /// <summary>Its text was handed on in pieces: it cannot be prepared again.</summary>
    public bool IsNotKept { get; init; }
}

/// <content>Prepared statements: ids are the client's own, and a server connection that has not seen a statement is told of it first.</content>
internal sealed partial class ClientSession
{
    private const int MostPreparedPerConnection = 200;
    private const uint LastPrepared = 0xFFFFFFFF;
    private const int UnknownStatement = 1243;
    /// <summary>ER_MAX_PREPARED_STMT_COUNT_REACHED. Servers have the same limit, for all their sessions.</summary>
    private const int TooManyStatements = 1461, MostStatements = 16_382;
    /// <summary>Of a session's statements.</summary>
    private const long MostPreparedBytes = 64L << 20;

    private Dictionary<uint, ClientStatement>? statements;
    private uint lastStatementId;
    private long preparedBytes;
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
            bool holds = statement.HasCursor || statement.HasLongData;
            statements!.Remove(id);
            preparedBytes -= statement.Text.Sql.Length;
            Unpin(statement);
            // Servers keep it for other sessions; it is closed when the connection has too many.
            if (backend is null || !holds)
                return FinishCommandAsync(HeaderSize + length);
        }
        traits = command switch
        {
            CommandCode.StmtExecute => statement.Traits,
            CommandCode.MariaDbStmtBulkExecute => statement.Traits & ~StatementTraits.PureRead,
            CommandCode.StmtFetch or CommandCode.StmtReset => StatementTraits.PureRead,
            _ => StatementTraits.None,
        };
        FindTypes(Payload(length));
        // What is repeated must not depend on what was told before.
        if (Options.Loss.TransactionReplay && types is { At: > 0, Follow: false } && statement.Types is not null)
            length += PutTypesIn();
        if (command == CommandCode.StmtSendLongData)
        {
            statement.HasLongData = true;
            pins |= Pins.LongData;
        }
        return ExecuteAsync(HeaderSize + length);
    }

    /// <summary>Why it was not; null where nobody waits for an answer.</summary>
    private Refusal? notPrepared;

    /// <summary>The server connection knows the statement that the command names, under the id that the command now has. False: it could not be prepared there.</summary>
    private ValueTask<bool> PrepareForAsync()
    {
        notPrepared = null;
        if (command is not (CommandCode.StmtExecute or CommandCode.StmtFetch or CommandCode.StmtReset or CommandCode.StmtSendLongData or CommandCode.StmtClose or CommandCode.MariaDbStmtBulkExecute))
            return new ValueTask<bool>(true);
        BackendConnection connection = backend!;
        PreparedHandle? handle = statement!.Handle?.KeptBy == connection ? statement.Handle : connection.FindPrepared(statement.Text);
        if (handle is null)
            return command == CommandCode.StmtClose ? new ValueTask<bool>(false) : PrepareAgainAsync(connection);
        handle.LastUsed = Loop.Now;
        Address(handle);
        return new ValueTask<bool>(true);
    }

    private void Address(PreparedHandle handle)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(input.AsSpan(inputStart + HeaderSize + 1), handle.Id);
        statement!.Handle = handle;
        if (command is not (CommandCode.StmtExecute or CommandCode.MariaDbStmtBulkExecute))
            return;
        mustTellTypes = types is { At: > 0, Follow: false } && statement.Types is { } known && handle.Types != known && !known.AsSpan().SequenceEqual(handle.Types);
        handle.Types = types.At == 0 ? null : statement.Types ?? handle.Types;
    }

    private async ValueTask<bool> PrepareAgainAsync(BackendConnection connection)
    {
        // A prepare waits for the locks of its tables, as long as the server lets it. Sent again elsewhere it would wait there too.
        using PacketTalk talk = OwnStatements.TalkTo(connection, this, () => WaitsOn(connection));
        SessionState current = state.Meaning(), meaning = connection.Server.Tracks ? statement!.Text.Meaning : current;
        try
        {
            Refusal? error = await TurnAsync(talk, connection, meaning, current);
            PreparedHandle? handle = null;
            if (error is null)
                (handle, error) = await PrepareAsync(talk, connection, statement!.Text.Sql);
            if (await TurnAsync(talk, connection, current, meaning) is { } stuck)
                throw new TalkException(TalkFault.Ended, stuck.Text);
            if (handle is null)
            {
                notPrepared = error;
                return false;
            }
            Keep(connection, statement!.Text, handle);
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

    private async ValueTask<(PreparedHandle? Handle, Refusal? Error)> PrepareAsync(PacketTalk talk, BackendConnection connection, string sql)
    {
        talk.Sequence = 0;
        connection.Link.BeginCommand();
        connection.Link.OwesAnswer = true;
        await talk.WriteAsync(new PayloadWriter().Clear().Byte(CommandCode.StmtPrepare).Bytes(Encoding.Latin1.GetBytes(sql)).Written.ToArray());
        ReadOnlyMemory<byte> first = await talk.ReadAsync();
        Refusal? error = Refusal.Of(first.Span);
        PrepareOk ok = default;
        if (error is null && !PrepareOk.TryRead(first.Span, connection.Capabilities, out ok))
            throw new TalkException(TalkFault.WrongSequence, "the server's answer to a prepare is none");
        int eofs = (connection.Capabilities & Capabilities.DeprecateEof) == 0 ? (ok.Parameters > 0 ? 1 : 0) + (ok.Columns > 0 ? 1 : 0) : 0;
        int packets = eofs + (ok.MetadataFollows ? ok.Parameters + ok.Columns : 0);
        for (int i = 0; i < packets; i++)
            await talk.ReadAsync();
        connection.Link.OwesAnswer = false;
        return (error is null ? new PreparedHandle { Id = ok.StatementId, LastUsed = Loop.Now } : null, error);
    }

    private bool IsPrepared(PreparedText text)
    {
        if (statements is not null)
            foreach (ClientStatement one in statements.Values)
                if (one.Text.Equals(text))
                    return true;
        return false;
    }

    private void Keep(BackendConnection connection, PreparedText text, PreparedHandle handle)
    {
        // The eldest goes, but not one that holds something.
        if ((pins & (Pins.Cursor | Pins.LongData | Pins.TextPrepare)) != 0)
            foreach (ClientStatement one in statements!.Values)
                if ((one.HasCursor || one.HasLongData || one.IsNotKept) && one.Handle is { } held)
                    held.LastUsed = Loop.Now;
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
        if (!PrepareOk.TryRead(payload, connection.Capabilities, out PrepareOk ok))
            return;
        // One that was handed on in pieces was not kept: it lives and dies with its server connection.
        ReadOnlySpan<byte> text = isStreamed ? default : input.AsSpan(inputStart + HeaderSize + 1, LengthAt(inputStart) - 1);
        if (isStreamed)
            pins |= Pins.TextPrepare;
        uint id = ++lastStatementId;
        string sql = isStreamed ? $"(statement {id} of session {Id})" : Encoding.Latin1.GetString(text);
        PreparedText shared = pool.Intern(new PreparedText(sql, state.Meaning()));
        var prepared = new ClientStatement
        {
            Id = id,
            // The same text twice in one session: each has its own cursor, and its own long data.
            Text = IsPrepared(shared) ? new PreparedText(sql, shared.Meaning, own: (long)Id << 32 | id) : shared,
            Traits = isStreamed ? StatementTraits.Multi : StatementScan.Classify(text),
            Parameters = ok.Parameters,
            IsNotKept = isStreamed,
        };
        (statements ??= [])[prepared.Id] = prepared;
        preparedBytes += sql.Length;
        lastPrepared = prepared.Id;
        BinaryPrimitives.WriteUInt32LittleEndian(payload[1..], prepared.Id);
        // Closing the older handle would come between this answer's packets and the next command: it is sent behind.
        prepared.Handle = new PreparedHandle { Id = ok.StatementId, LastUsed = Loop.Now };
        Keep(connection, prepared.Text, prepared.Handle);
    }

    /// <summary>An execute, fetch or reset was answered: cursors and long data hold the connection, or no more.</summary>
    private void AfterStatement()
    {
        ClientStatement prepared = statement!;
        if (command is CommandCode.StmtExecute or CommandCode.StmtReset or CommandCode.MariaDbStmtBulkExecute)
        {
            prepared.HasLongData = false;
            // How far a failed one came is not known.
            if (lastError is not null)
                prepared.Handle!.Types = null;
        }
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
