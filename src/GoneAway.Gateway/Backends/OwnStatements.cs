using System.Text;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;
using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Gateway.Backends;

/// <summary>The answer to a statement of the gateway's own: short rows of text, or an error.</summary>
internal sealed record OwnAnswer(IReadOnlyList<string?[]> Rows, Refusal? Error, ushort Status)
{
    /// <summary>Names of the columns, in the order of the values.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
    /// <summary>What an OK told of the session; null for nothing.</summary>
    public byte[]? StateChanges { get; init; }
}

/// <summary>Statements that the gateway itself runs on a server connection.</summary>
internal static class OwnStatements
{
    private const int MostRows = 10_000;

    /// <summary>Milliseconds in which a server answers, or is taken for dead.</summary>
    private const int Patience = 10_000;

    /// <summary>Over a connection that is logged in and at rest.</summary>
    public static PacketTalk TalkTo(BackendConnection connection, Waiter waiter, Func<long>? extends = null) =>
        new(connection.Link, waiter, isClient: false, static (_, _) => Task.CompletedTask, isPrivate: false) { Deadline = waiter.Loop.Now + Patience, StrictSequence = true, Extends = extends };

    public static ValueTask<OwnAnswer> QueryAsync(this PacketTalk talk, string sql, ulong capabilities) =>
        talk.RunAsync(new PayloadWriter().WriteQueryText(Encoding.Latin1.GetBytes(sql), capabilities).Written.ToArray(), capabilities);

    /// <summary>COM_INIT_DB, COM_PING, COM_RESET_CONNECTION and such, and COM_QUERY: a command and its answer.</summary>
    public static async ValueTask<OwnAnswer> RunAsync(this PacketTalk talk, ReadOnlyMemory<byte> command, ulong capabilities)
    {
        talk.Link.OwesAnswer = true;
        OwnAnswer answer = await AnswerAsync(talk, command, capabilities);
        talk.Link.OwesAnswer = false;
        return answer;
    }

    private static async ValueTask<OwnAnswer> AnswerAsync(PacketTalk talk, ReadOnlyMemory<byte> command, ulong capabilities)
    {
        talk.Sequence = 0;
        talk.Link.BeginCommand();
        await talk.WriteAsync(command);
        var rows = new List<string?[]>();
        var names = new List<string>();
        OwnAnswer? last = null;
        while (true)
        {
            ReadOnlyMemory<byte> first = await ReadSomeAsync(talk);
            if (Refusal.Of(first.Span) is { } error)
                return new OwnAnswer(rows, error, 0);
            if (OkPacket.TryRead(first.Span, capabilities, out OkPacket ok) && first.Span[0] == 0)
            {
                last = new OwnAnswer(rows, null, ok.Status) { StateChanges = ok.StateChanges.IsEmpty ? null : ok.StateChanges.ToArray() };
                if ((ok.Status & StatusFlags.MoreResultsExist) == 0)
                    return last;
                continue;
            }
            // COM_SET_OPTION is answered as rows end.
            if (first.Span[0] == 0xFE && first.Length < 9)
                return new OwnAnswer(rows, null, EndStatus(first.Span, capabilities));
            if (!ResultSetHeader.TryRead(first.Span, capabilities, out ResultSetHeader header) || header.IsFileRequest)
                throw new TalkException(TalkFault.WrongSequence, "the server's answer to a statement is none");
            int columns = header.ColumnCount;
            int described = header.MetadataFollows ? columns : 0, definitions = described + ((capabilities & Capabilities.DeprecateEof) == 0 ? 1 : 0);
            names.Clear();
            for (int i = 0; i < definitions; i++)
            {
                ReadOnlyMemory<byte> definition = await talk.ReadAsync();
                if (i < described)
                    names.Add(ColumnDefinition41.TryRead(definition.Span, capabilities, out ColumnDefinition41 column) ? Encoding.UTF8.GetString(column.Name) : "");
            }
            while (true)
            {
                ReadOnlyMemory<byte> payload = await ReadSomeAsync(talk);
                if (Refusal.Of(payload.Span) is { } late)
                    return new OwnAnswer(rows, late, 0);
                if (payload.Span[0] == 0xFE && payload.Length < 0xFFFFFF)
                {
                    last = new OwnAnswer(rows, null, EndStatus(payload.Span, capabilities)) { Columns = names };
                    break;
                }
                if (rows.Count < MostRows)
                    rows.Add(Row(payload.Span, columns));
            }
            if ((last.Status & StatusFlags.MoreResultsExist) == 0)
                return last;
        }
    }

    /// <summary>No packet of an answer is empty: the shortest row has a byte for each of its columns.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>> ReadSomeAsync(PacketTalk talk)
    {
        ReadOnlyMemory<byte> payload = await talk.ReadAsync();
        return payload.IsEmpty ? throw new TalkException(TalkFault.WrongSequence, "an empty packet in the server's answer to a statement") : payload;
    }

    private static ushort EndStatus(ReadOnlySpan<byte> payload, ulong capabilities) =>
        payload.Length <= 5 ? (EofPacket.TryRead(payload, out EofPacket eof) ? eof.Status : (ushort)0)
        : OkPacket.TryRead(payload, capabilities, out OkPacket end) ? end.Status : (ushort)0;

    /// <summary>COM_QUERY, with an empty set of attributes where both ends know them.</summary>
    public static PayloadWriter WriteQueryText(this PayloadWriter writer, ReadOnlySpan<byte> sql, ulong capabilities)
    {
        writer.Clear().Byte(CommandCode.Query);
        if ((capabilities & Capabilities.QueryAttributes) != 0)
            writer.Byte(0).Byte(1);
        return writer.Bytes(sql);
    }

    private static string?[] Row(ReadOnlySpan<byte> payload, int columns)
    {
        var row = new string?[columns];
        int i = 0;
        foreach (RowValue value in new TextRow(payload))
            if (i < columns)
                row[i++] = value.IsNull ? null : Encoding.UTF8.GetString(value.Bytes);
        return row;
    }
}
