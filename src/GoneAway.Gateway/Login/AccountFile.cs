using System.Text;
using GoneAway.Gateway.Configuration;

namespace GoneAway.Gateway.Login;

/// <summary>Reads the configured accounts: entries, and the file with one <c>user:secret</c> a line.</summary>
internal static class AccountFile
{
    /// <exception cref="InvalidDataException">An account cannot be read. The message shows no secret.</exception>
    public static List<(byte[] User, Credential Credential)> Read(AccountOptions options)
    {
        var accounts = new List<(byte[], Credential)>();
        if (options.File is { } file)
            ReadFile(file, accounts);
        foreach (AccountEntry entry in options.Entries)
            accounts.Add((Encoding.UTF8.GetBytes(entry.User), Read(entry)));
        return accounts;
    }

    private static void ReadFile(string file, List<(byte[], Credential)> accounts)
    {
        byte[] content = Load(file, "accounts.file");
        int number = 0;
        foreach (Range range in content.AsSpan().Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = content.AsSpan(range).TrimEnd((byte)'\r');
            number++;
            if (line.IsEmpty || line[0] == (byte)'#')
                continue;
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
                throw new InvalidDataException($"{file}, line {number}: no colon between user and secret");
            accounts.Add((line[..colon].ToArray(), OfSecret(line[(colon + 1)..], $"{file}, line {number}")));
        }
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(content);
    }

    /// <exception cref="InvalidDataException">It cannot be read. The message shows no secret.</exception>
    public static Credential Read(AccountEntry entry)
    {
        string place = $"account {entry.User}";
        int given = (entry.PasswordVariable is null ? 0 : 1) + (entry.PasswordFile is null ? 0 : 1) + (entry.Hash is null ? 0 : 1);
        if (given != 1)
            throw new InvalidDataException($"{place}: exactly one of passwordVariable, passwordFile and hash is needed");
        if (entry.Hash is { } hash)
            return HashQueries.TryParse(hash, out byte[] stored) ? Credential.OfStoredHash(stored) : throw new InvalidDataException($"{place}: the hash is not * and 40 hex digits");
        if (entry.PasswordVariable is { } variable)
            return Credential.OfPassword(Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable(variable) ?? throw new InvalidDataException($"{place}: the environment has no {variable}")));
        byte[] content = Load(entry.PasswordFile!, place);
        Credential credential = Credential.OfPassword(content.AsSpan().TrimEnd("\r\n"u8));
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(content);
        return credential;
    }

    /// <summary>A hash as mysql.user shows it, else the password itself.</summary>
    private static Credential OfSecret(ReadOnlySpan<byte> secret, string place)
    {
        if (secret.StartsWith("$A$"u8))
            throw new InvalidDataException($"{place}: a hash of caching_sha2_password cannot tell right answers from wrong ones; give the password");
        return HashQueries.TryParse(Encoding.Latin1.GetString(secret), out byte[] stored) ? Credential.OfStoredHash(stored) : Credential.OfPassword(secret);
    }

    private static byte[] Load(string file, string place)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{place}: {file} cannot be read: {error.Message}", error);
        }
    }
}
