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

    /// <summary>MariaDB from 10.4; accounts of up to three plugins among them.</summary>
    public const string MariaDb = "SELECT h FROM (SELECT User u, JSON_VALUE(Priv, '$.plugin') p, JSON_VALUE(Priv, '$.authentication_string') h FROM mysql.global_priv"
        + " UNION ALL SELECT User, JSON_VALUE(Priv, '$.auth_or[0].plugin'), JSON_VALUE(Priv, '$.auth_or[0].authentication_string') FROM mysql.global_priv"
        + " UNION ALL SELECT User, JSON_VALUE(Priv, '$.auth_or[1].plugin'), JSON_VALUE(Priv, '$.auth_or[1].authentication_string') FROM mysql.global_priv) a"
        + " WHERE p = 'mysql_native_password' AND LENGTH(h) = 41 AND CAST(u AS BINARY) = ";

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
