using System.Collections.Concurrent;
using System.Text;

namespace GoneAway.Gateway.Login;

/// <summary>What is known of one account.</summary>
/// <param name="Credential">Of its password.</param>
/// <param name="IsConfigured">From the configuration; else learned.</param>
/// <param name="ConfirmedAt">Timestamp of the last login that a backend accepted; null: none.</param>
/// <param name="IsDoubted">A backend refused it, or a client answered otherwise and could not be asked again.</param>
internal sealed record Account(Credential Credential, bool IsConfigured, long? ConfirmedAt, bool IsDoubted)
{
    /// <summary>Timestamp of the last login that went to a backend to have it confirmed; null: none since it was.</summary>
    public long? AskedAt { get; init; }

    /// <summary>A backend has accepted it, of whatever address.</summary>
    public bool IsKnownToServers { get; init; }

    /// <summary>A backend has to confirm each login.</summary>
    public bool IsAskedEachTime { get; init; }

    public override string ToString() => "(hidden)";
}

/// <summary>The accounts by user, and by the client's address where backends are told it. Thread-safe; in memory alone.</summary>
internal sealed class AccountStore(TimeProvider time)
{
    private const int MostLearned = 20_000;
    /// <summary>A login takes no longer.</summary>
    private static readonly TimeSpan AskedFor = TimeSpan.FromSeconds(10);

    private ConcurrentDictionary<string, Account> configured = new();
    private readonly ConcurrentDictionary<string, Account> learned = new();

    /// <summary>Takes the configured accounts anew. What was learned of users whose configuration has changed, or has gone, goes too.</summary>
    public void Configure(IEnumerable<(byte[] User, Credential Credential)> accounts)
    {
        var next = new ConcurrentDictionary<string, Account>();
        foreach ((byte[] user, Credential credential) in accounts)
        {
            string key = Key(user, "");
            bool isKept = configured.TryGetValue(key, out Account? before) && before.Credential.IsSameAs(credential);
            next[key] = isKept ? before! : new Account(credential, IsConfigured: true, ConfirmedAt: null, IsDoubted: false);
        }
        string[] changed = [.. next.Where(one => !configured.TryGetValue(one.Key, out Account? before) || before != one.Value).Select(static one => one.Key), .. configured.Keys.Where(key => !next.ContainsKey(key))];
        foreach (string key in learned.Keys)
            if (changed.Any(one => key.StartsWith(one, StringComparison.Ordinal)))
                learned.TryRemove(key, out _);
        configured = next;
    }

    public Account? Find(ReadOnlyMemory<byte> user, string origin) =>
        learned.TryGetValue(Key(user.Span, origin), out Account? account) || configured.TryGetValue(Key(user.Span, ""), out account) ? account : null;

    /// <summary>An account that a server accepted, and that can log in again; null where there is none.</summary>
    public (byte[] User, Credential Credential)? Any()
    {
        foreach (ConcurrentDictionary<string, Account> accounts in (ReadOnlySpan<ConcurrentDictionary<string, Account>>)[configured, learned])
            foreach ((string key, Account account) in accounts)
                if (account is { IsDoubted: false, Credential.CanLogIn: true } && (account.ConfirmedAt is not null || account.IsKnownToServers) && key[key.IndexOf('\0')..].Length == 1)
                    return (Encoding.Latin1.GetBytes(key[..^1]), account.Credential);
        return null;
    }

    /// <summary>A backend has to be asked whether this is still right: by one login, the others of that moment go without.</summary>
    public bool MustConfirm(ReadOnlyMemory<byte> user, string origin, Account account, TimeSpan age)
    {
        if (account.IsDoubted || account.IsAskedEachTime || account.ConfirmedAt is not { } at)
            return true;
        if (time.GetElapsedTime(at) < age || account.AskedAt is { } asked && time.GetElapsedTime(asked) < AskedFor)
            return false;
        return Of(account).TryUpdate(KeyOf(account, user, origin), account with { AskedAt = time.GetTimestamp() }, account);
    }

    /// <summary>A backend accepted this: the same for all who know it.</summary>
    /// <param name="learns">What is not configured may be kept.</param>
    /// <param name="isAskedEachTime">Null: as it was.</param>
    public Credential Confirm(ReadOnlyMemory<byte> user, string origin, Credential credential, bool learns, bool? isAskedEachTime = null)
    {
        string key = Key(user.Span, origin), plain = Key(user.Span, "");
        bool isConfigured = configured.TryGetValue(plain, out Account? account) && account.Credential.IsSameAs(credential);
        if (isConfigured && origin.Length == 0)
        {
            configured[plain] = account = account! with { Credential = Better(account.Credential, credential), ConfirmedAt = time.GetTimestamp(), AskedAt = null, IsDoubted = false };
            learned.TryRemove(key, out _);
            return account.Credential;
        }
        // Of what is configured a backend that is told addresses has confirmed it for this one alone.
        if (isConfigured && !account!.IsKnownToServers)
            configured.TryUpdate(plain, account with { IsKnownToServers = true }, account);
        if (!isConfigured && !learns)
            return credential;
        bool isKnown = learned.TryGetValue(key, out account) && account.Credential.IsSameAs(credential);
        if (isKnown)
            credential = Better(account!.Credential, credential);
        else if (learned.Count >= MostLearned)
            DropOldest();
        learned[key] = new Account(credential, IsConfigured: false, time.GetTimestamp(), IsDoubted: false) { IsAskedEachTime = isAskedEachTime ?? isKnown && account!.IsAskedEachTime };
        return credential;
    }

    /// <summary>A right answer told more of the password than was known.</summary>
    public void Improve(ReadOnlyMemory<byte> user, string origin, Account account, Credential credential)
    {
        if (!ReferenceEquals(account.Credential, credential))
            Of(account).TryUpdate(KeyOf(account, user, origin), account with { Credential = credential }, account);
    }

    public void Doubt(ReadOnlyMemory<byte> user, string origin, Account account)
    {
        // For this address alone, until a login from there is confirmed.
        if (account.IsConfigured && origin.Length > 0)
            learned.TryAdd(Key(user.Span, origin), new Account(account.Credential, IsConfigured: false, ConfirmedAt: null, IsDoubted: true));
        else
            Of(account).TryUpdate(KeyOf(account, user, origin), account with { IsDoubted = true }, account);
    }

    /// <summary>A backend refused this: what was learned goes, what is configured is doubted.</summary>
    public void Forget(ReadOnlyMemory<byte> user, string origin, Credential credential)
    {
        string key = Key(user.Span, origin), plain = Key(user.Span, "");
        if (learned.TryGetValue(key, out Account? account) && account.Credential.IsSameAs(credential))
            learned.TryRemove(new KeyValuePair<string, Account>(key, account));
        if (origin.Length == 0 && configured.TryGetValue(plain, out account) && account.Credential.IsSameAs(credential))
            configured.TryUpdate(plain, account with { ConfirmedAt = null, IsDoubted = true }, account);
    }

    private static Credential Better(Credential before, Credential now) => before.HasPassword || before.CanLogIn && !now.HasPassword ? before : now;

    private ConcurrentDictionary<string, Account> Of(Account account) => account.IsConfigured ? configured : learned;

    private static string KeyOf(Account account, ReadOnlyMemory<byte> user, string origin) => Key(user.Span, account.IsConfigured ? "" : origin);

    private void DropOldest()
    {
        string? oldest = null;
        long at = long.MaxValue;
        foreach ((string key, Account account) in learned)
        {
            if ((account.ConfirmedAt ?? 0) < at)
                (oldest, at) = (key, account.ConfirmedAt ?? 0);
        }
        if (oldest is not null)
            learned.TryRemove(oldest, out _);
    }

    /// <summary>Byte for byte: names need not be UTF-8, and none holds a zero byte.</summary>
    private static string Key(ReadOnlySpan<byte> user, string origin) => Encoding.Latin1.GetString(user) + "\0" + origin;
}
