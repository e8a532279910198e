using System.Net;
using GoneAway.Gateway.Links;
using GoneAway.Gateway.Sessions;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Backends;

/// <summary>A logged-in connection to a server: with a session that uses it, or idle in its loop's pool.</summary>
internal sealed class BackendConnection
{
    private int addressVersion;
    private readonly Dictionary<PreparedText, PreparedHandle> prepared = [];

    public required Backend Backend { get; init; }
    public required Link Link { get; init; }
    /// <summary>Where it goes.</summary>
    public EndPoint? Address { get; init; }
    /// <summary>As the backend's, when it was opened.</summary>
    public int ConnectVersion { get; init; }
    public required PoolKey Key { get; set; }
    public required ServerInfo Server { get; init; }
    public required uint ThreadId { get; init; }
    /// <summary>What will be told of it, should it be lost.</summary>
    public required Incidents.SessionRecord Record { get; init; }
    /// <summary>What is spoken there.</summary>
    public required ulong Capabilities { get; init; }
    /// <summary>Schema and variables as they are there now.</summary>
    public SessionState State { get; set; } = SessionState.Fresh;
    /// <summary>Status flags of its last answer.</summary>
    public ushort Status { get; set; }
    /// <summary>Something was done on it that no SET undoes: it cannot be another session's.</summary>
    public bool IsSoiled { get; set; }
    /// <summary>In the loop's milliseconds.</summary>
    public long OpenedAt { get; init; }
    public long LastUsed { get; set; }
    public long IdleSince { get; set; }
    /// <summary>Milliseconds without a word after which the server closes it; the session's own wait_timeout counts.</summary>
    public long IdleLimit { get; set; }
    /// <summary>When it must be heard of, or be given up, lest the server closes it; in the loop's milliseconds.</summary>
    public long PingAt => IdleLimit > 0 ? LastUsed + IdleLimit / 2 : long.MaxValue;
    /// <summary>Counts the pieces of work; tells whether another session has used it since.</summary>
    public int Uses { get; set; }
    /// <summary>The session whose work was the last here.</summary>
    public object? LastSession { get; set; }
    /// <summary>LAST_INSERT_ID() here, as it was last asked for or set; null: another session has used the connection since, or it was reset.</summary>
    public ulong? InsertId { get; set; }

    /// <summary>It may be used for new work: its server takes some, its address is still the server's, and it is what the options ask for.</summary>
    public bool MayStay => Backend.TakesWork && ConnectVersion == Backend.ConnectVersion && (addressVersion == Backend.AddressVersion || StillHas());

    /// <summary>Nothing is due, nothing lies unread, and no transaction is open: another session may come.</summary>
    public bool IsAtRest => !Link.OwesAnswer && !Record.IsPending && (Status & StatusFlags.InTransaction) == 0 && Link.Socket.IsQuiet;

    private bool StillHas()
    {
        int version = Backend.AddressVersion;
        if (Address is not null && !Backend.Has(Address))
            return false;
        addressVersion = version;
        return true;
    }

    /// <summary>Thread numbers are one server's, and a name can have several servers.</summary>
    public bool IsOnServerOf(BackendConnection other) => Backend == other.Backend && Equals(Address, other.Address);

    public PreparedHandle? FindPrepared(PreparedText text) => prepared.GetValueOrDefault(text);

    /// <summary>Keeps a handle; the one that must be closed for it, if any.</summary>
    public PreparedHandle? KeepPrepared(PreparedText text, PreparedHandle handle, int most)
    {
        prepared.Remove(text, out PreparedHandle? old);
        if (old is null && prepared.Count >= most)
        {
            PreparedText eldest = prepared.MinBy(static p => p.Value.LastUsed).Key;
            prepared.Remove(eldest, out old);
        }
        prepared[text] = handle;
        handle.KeptBy = this;
        if (old is not null)
            old.KeptBy = null;
        return old;
    }

    /// <summary>The server is told to close it.</summary>
    public void ForgetPrepared(PreparedText text)
    {
        if (prepared.Remove(text, out PreparedHandle? handle))
            handle.KeptBy = null;
    }

    public void ForgetPrepared()
    {
        foreach (PreparedHandle handle in prepared.Values)
            handle.KeptBy = null;
        prepared.Clear();
    }

    /// <summary>Leaves as a client should, and closes.</summary>
    /// <param name="politely">With a COM_QUIT, where it can still be sent.</param>
    /// <param name="keepsPlace">Its place is given to somebody else at once.</param>
    public void Close(bool politely, bool keepsPlace = false)
    {
        // A COM_QUIT behind a part of a command would be taken for the rest of it, and could make it run.
        if (politely && !Link.IsBroken && Link.Queued == 0 && !Record.IsPending)
        {
            Link.BeginCommand();
            Link.SendQuit();
        }
        Link.Dispose();
        if (!keepsPlace)
            Backend.OnClosed();
    }
}

/// <summary>A statement's text under the settings that its meaning depends on.</summary>
/// <param name="sql">As the client sent it, byte for byte.</param>
/// <param name="meaning">As <see cref="SessionState.Meaning"/>, when it was prepared for the client.</param>
/// <param name="own">Not 0: it is one client's statement's alone.</param>
internal sealed class PreparedText(string sql, SessionState meaning, long own = 0) : IEquatable<PreparedText>
{
    // Looked up with each execute.
    private readonly int hash = HashCode.Combine(sql, meaning, own);

    public string Sql => sql;
    public SessionState Meaning => meaning;
    public long Own => own;

    public bool Equals(PreparedText? other) => ReferenceEquals(this, other) || other is not null && hash == other.hash && sql == other.Sql && own == other.Own && meaning.Equals(other.Meaning);

    public override bool Equals(object? other) => Equals(other as PreparedText);

    public override int GetHashCode() => hash;
}

/// <summary>A prepared statement of one server connection.</summary>
internal sealed class PreparedHandle
{
    public required uint Id { get; init; }
    /// <summary>Null once it is closed.</summary>
    public BackendConnection? KeptBy { get; set; }
    /// <summary>The parameter types that the server remembers for it, from the flag "types follow" to the last; null: none, or it is not certain which.</summary>
    public byte[]? Types { get; set; }
    public long LastUsed { get; set; }
}
