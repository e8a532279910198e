namespace GoneAway.Gateway.Login;

/// <summary>Reads hashes of mysql_native_password accounts from a server, by an account that may read them.</summary>
public interface IHashSource
{
    /// <summary>SHA1(SHA1(password)) of all accounts of this user, of whatever host; none where they cannot be read.</summary>
    ValueTask<IReadOnlyList<byte[]>> FindAsync(ReadOnlyMemory<byte> user);
}

/// <summary>The statements of an <see cref="IHashSource"/>; each gives one column, <c>*</c> and 40 hex digits a row.</summary>
public static class HashQueries
{
    /// <summary>MySQL before 9.</summary>
    public const string MySql = "SELECT authentication_string FROM mysql.user WHERE plugin = 'mysql_native_password' AND authentication_string <> '' AND CAST(User AS BINARY) = ";

    /// <summary>MariaDB from 10.4; accounts with several plugins among them.</summary>
    public const string MariaDb = "SELECT a.h FROM mysql.global_priv, JSON_TABLE(CONCAT('[', JSON_COMPACT(Priv), ',', COALESCE(JSON_EXTRACT(Priv, '$.auth_or'), '[]'), ']'), '$**' COLUMNS (p VARCHAR(64) PATH '$.plugin', h VARCHAR(64) PATH '$.authentication_string')) a WHERE a.p = 'mysql_native_password' AND CAST(User AS BINARY) = ";

    /// <summary>The user's name as the end of a statement.</summary>
    public static string Literal(ReadOnlySpan<byte> user) => $"x'{Convert.ToHexString(user)}'";

    /// <summary>A hash as the server shows it.</summary>
    public static bool TryParse(ReadOnlySpan<char> shown, out byte[] hash)
    {
        hash = [];
        if (shown.Length != 41 || shown[0] != '*')
            return false;
        hash = new byte[20];
        return Convert.FromHexString(shown[1..], hash, out _, out int written) == System.Buffers.OperationStatus.Done && written == hash.Length;
    }
}
