using GoneAway.Wire.Framing;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>
/// Parameters' types: a client tells them with the first execute of a statement, and may leave them out from then on. The server that gets
/// a later one need not be the one that was told, and where sessions share a statement it may have been told another's since.
/// </content>
internal sealed partial class ClientSession
{
    private const byte ParameterCountAvailable = 8;
    private const byte BulkTypesFollow = 128;

    /// <summary>Where the types of an execute stand in its payload: for COM_STMT_EXECUTE with the flag before them, and the flag alone where they do not follow.</summary>
    private readonly record struct TypesPlace(int At, int End, bool Follow);

    /// <summary>Of the command; its beginning is 0 where the statement has no parameters.</summary>
    private TypesPlace types;
    /// <summary>The server knows no types of the statement, or others; the client has told them before.</summary>
    private bool mustTellTypes;

    /// <summary>Finds the types of an execute, and remembers those that it brings. False: they are not there yet.</summary>
    private bool FindTypes(ReadOnlySpan<byte> payload)
    {
        types = default;
        ClientStatement prepared = statement!;
        if (command is not (CommandCode.StmtExecute or CommandCode.MariaDbStmtBulkExecute) || prepared.Parameters == 0 && (capabilities & Capabilities.QueryAttributes) == 0)
            return true;
        if (!(command == CommandCode.StmtExecute ? TryFindTypes(prepared, payload, out types) : TryFindBulkTypes(prepared, payload, out types)))
            return false;
        if (!types.Follow)
            return true;
        ReadOnlySpan<byte> told = payload[types.At..types.End];
        bool isBulk = command == CommandCode.MariaDbStmtBulkExecute;
        if (prepared.Types is null || !told.SequenceEqual(prepared.Types.AsSpan(isBulk ? 1 : 0)))
            prepared.Types = isBulk ? [1, .. told] : told.ToArray();
        return true;
    }

    private bool TryFindTypes(ClientStatement prepared, ReadOnlySpan<byte> payload, out TypesPlace place)
    {
        place = default;
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
        if (count == 0)
            return true;
        if (!rest.TrySkip((count + 7) / 8) || rest.IsEmpty)
            return false;
        int at = payload.Length - rest.Rest.Length;
        bool follow = payload[at] == 1;
        rest.TrySkip(1);
        if (follow)
            for (int i = 0; i < count; i++)
                if (!rest.TrySkip(2) || named && !rest.TryReadLengthEncodedBytes(out _))
                    return false;
        place = new TypesPlace(at, payload.Length - rest.Rest.Length, follow);
        return true;
    }

    /// <summary>MariaDB: command, id, two bytes of flags, types, rows.</summary>
    private static bool TryFindBulkTypes(ClientStatement prepared, ReadOnlySpan<byte> payload, out TypesPlace place)
    {
        const int At = 7;
        bool follow = payload.Length >= At && (payload[At - 2] & BulkTypesFollow) != 0;
        int end = At + (follow ? 2 * prepared.Parameters : 0);
        place = payload.Length < end ? default : new TypesPlace(At, end, follow);
        return payload.Length >= end;
    }

    /// <summary>Puts the types that the client told before into the command at the beginning of the input.</summary>
    /// <returns>The bytes by which its payload has grown. Its header says so, unless that is more than a packet can have.</returns>
    private int PutTypesIn()
    {
        bool isBulk = command == CommandCode.MariaDbStmtBulkExecute;
        ReadOnlySpan<byte> put = statement!.Types.AsSpan(isBulk ? 1 : 0);
        int growth = put.Length - (types.End - types.At);
        if (inputEnd + growth > input!.Length)
        {
            byte[] larger = Loop.Rent(inputEnd - inputStart + growth);
            input.AsSpan(inputStart, inputEnd - inputStart).CopyTo(larger);
            Loop.Return(input);
            (input, inputEnd, inputStart) = (larger, inputEnd - inputStart, 0);
        }
        int at = inputStart + HeaderSize + types.At, end = inputStart + HeaderSize + types.End;
        input.AsSpan(end, inputEnd - end).CopyTo(input.AsSpan(at + put.Length));
        put.CopyTo(input.AsSpan(at));
        if (isBulk)
            input[at - 2] |= BulkTypesFollow;
        inputEnd += growth;
        PacketHeader.Write(input.AsSpan(inputStart), Math.Min(LengthAt(inputStart) + growth, MaxPart), input[inputStart + 3]);
        types = new TypesPlace(types.At, types.At + put.Length, Follow: true);
        mustTellTypes = false;
        return growth;
    }
}
