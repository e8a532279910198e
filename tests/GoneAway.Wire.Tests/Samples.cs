using GoneAway.Wire.Payloads;
using GoneAway.Wire.Writing;

namespace GoneAway.Wire.Tests;

/// <summary>One true payload of each kind.</summary>
internal static class Samples
{
    public static readonly byte[] Scramble = [.. "abcdefghijklmnopqrst"u8];

    public static LoginFields Login(ulong capabilities) => new()
    {
        Capabilities = capabilities,
        User = "app"u8.ToArray(),
        Database = "shop"u8.ToArray(),
        AuthResponse = Scramble,
        AuthPlugin = "caching_sha2_password"u8.ToArray(),
        Attributes = [new("_pid"u8.ToArray(), "2387"u8.ToArray()), new("program_name"u8.ToArray(), "celery"u8.ToArray())],
    };

    public static IEnumerable<byte[]> All()
    {
        var writer = new PayloadWriter();
        GreetingFields[] greetings = [GreetingFields.MySql57(1, Scramble), GreetingFields.MySql9(2, Scramble), GreetingFields.MariaDb(3, Scramble)];
        foreach (GreetingFields greeting in greetings)
        {
            yield return writer.WriteGreeting(greeting).Written.ToArray();
            yield return writer.WriteLogin(Login(greeting.Capabilities)).Written.ToArray();
            yield return writer.WriteSslRequest(Login(greeting.Capabilities)).Written.ToArray();
        }
        yield return writer.WriteAuthSwitch("mysql_native_password"u8, Scramble).Written.ToArray();
        yield return writer.WriteAuthMoreData([4]).Written.ToArray();
        yield return writer.WriteOk(StatusFlags.SessionStateChanged, 3, 70_000, 1, "done"u8, [1, 5, 4, .. "shop"u8], ulong.MaxValue).Written.ToArray();
        yield return writer.WriteError(1927, "70100"u8, "Connection was killed"u8).Written.ToArray();
        yield return writer.WriteEof().Written.ToArray();
        yield return writer.WriteResultSetHeader(3).Written.ToArray();
        yield return writer.WriteFileRequest("/tmp/rows.csv"u8).Written.ToArray();
        yield return writer.WriteColumn("id"u8, ColumnType.Long, "shop"u8, "orders"u8).Written.ToArray();
        yield return writer.WriteTextRow([.. "1"u8], null, [.. "three"u8]).Written.ToArray();
        yield return writer.WriteBinaryRow([ColumnType.Long, ColumnType.Json, ColumnType.DateTime], [[1, 0, 0, 0], null, [234, 7, 11, 20]]).Written.ToArray();
        yield return writer.WritePrepareOk(7, 2, 1).Written.ToArray();
        yield return writer.WriteQuery("SELECT ?"u8, [[.. "trace"u8]], [ColumnType.VarString], [[.. "ab12"u8]]).Written.ToArray();
        yield return writer.WriteExecute(7, [ColumnType.LongLong, ColumnType.VarString], [new byte[8], null]).Written.ToArray();
        yield return writer.WriteLongData(7, 1, "piece"u8).Written.ToArray();
        yield return writer.WriteFetch(7, 100).Written.ToArray();
        yield return writer.WriteCommand(CommandCode.ChangeUser, [.. "app"u8, 0, 2, 9, 9, .. "shop"u8, 0, 45, 0, .. "mysql_native_password"u8, 0, 0]).Written.ToArray();
        yield return writer.WriteCommand(CommandCode.BinlogDumpGtid, [0, 0, 5, 0, 0, 0, 3, 0, 0, 0, .. "bin"u8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Written.ToArray();
        yield return writer.WriteCommand(CommandCode.RegisterReplica, [5, 0, 0, 0, 1, (byte)'h', 1, (byte)'u', 0, 0xEA, 0x0C, 0, 0, 0, 0, 0, 0, 0, 0]).Written.ToArray();
    }
}
