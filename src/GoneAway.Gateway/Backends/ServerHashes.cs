using System.Collections.Concurrent;
using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Gateway.Loop;

namespace GoneAway.Gateway.Backends;

/// <summary>
/// Asks servers for the hashes of mysql_native_password accounts, as the account of the checks, where that may read them. Each user at most
/// once a second. Called on a loop, it answers on that loop.
/// </summary>
internal sealed class ServerHashes(Func<CheckAccount?> monitor, BackendSet servers, EventLoop[] loops, Func<HealthOptions> health) : IHashSource
{
    private const long Fresh = 1_000;
    /// <summary>After the account turned out not to be allowed to.</summary>
    private const long Refused = 60_000;
    private const int MostKept = 1_000;

    private readonly ConcurrentDictionary<string, (long At, Task<IReadOnlyList<byte[]>> Hashes)> asked = new();
    private long notBefore = long.MinValue;

    public ValueTask<IReadOnlyList<byte[]>> FindAsync(ReadOnlyMemory<byte> user)
    {
        long now = Environment.TickCount64;
        if (monitor() is not { } account || now < Volatile.Read(ref notBefore))
            return new ValueTask<IReadOnlyList<byte[]>>([]);
        string key = Encoding.Latin1.GetString(user.Span);
        if (!asked.TryGetValue(key, out (long At, Task<IReadOnlyList<byte[]>> Hashes) known) || now - known.At >= Fresh)
        {
            if (asked.Count >= MostKept)
                asked.Clear();
            known = (now, Begin(account, user.ToArray()));
            asked[key] = known;
        }
        if (known.Hashes.IsCompleted || Array.Find(loops, static one => one.IsHere) is not { } here)
            return new ValueTask<IReadOnlyList<byte[]>>(known.Hashes);
        var answer = new TaskCompletionSource<IReadOnlyList<byte[]>>();
        _ = known.Hashes.ContinueWith(done => here.Post(() => answer.SetResult(done.Result)), TaskScheduler.Default);
        return new ValueTask<IReadOnlyList<byte[]>>(answer.Task);
    }

    private Task<IReadOnlyList<byte[]>> Begin(CheckAccount account, byte[] user)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<byte[]>>(TaskCreationOptions.RunContinuationsAsynchronously);
        loops[0].Post(async () =>
        {
            IReadOnlyList<byte[]> found = [];
            try
            {
                found = await AskAsync(account, user);
            }
            catch (Exception)
            {
                // Whatever it is, the login goes on without.
            }
            finally
            {
                answer.SetResult(found);
            }
        });
        return answer.Task;
    }

    private async ValueTask<IReadOnlyList<byte[]>> AskAsync(CheckAccount account, byte[] user)
    {
        if (servers.Pick() is not { } backend)
            return [];
        var waiter = new Waiter(loops[0]);
        var request = new BackendLoginRequest { User = account.User, Capabilities = HealthCheck.Wanted, Tls = backend.Options.Tls };
        long deadline = loops[0].Now + (long)health().Timeout.TotalMilliseconds;
        using BackendDial dial = await BackendDial.ConnectAsync(backend, waiter, deadline, request, HealthCheck.PrefaceOf(backend), isCounted: false);
        BackendGreeting greeting = await BackendLogin.RunAsync(dial.Talk, request, account.Credential);
        OwnAnswer answer = await dial.PacketTalk.QueryAsync((greeting.IsMariaDb ? HashQueries.MariaDb : HashQueries.MySql) + HashQueries.Literal(user), greeting.Capabilities);
        dial.Link.SendQuit();
        if (answer.Error is not null)
            Volatile.Write(ref notBefore, Environment.TickCount64 + Refused);
        var hashes = new List<byte[]>();
        foreach (string?[] row in answer.Rows)
            if (HashQueries.TryParse(row[0], out byte[] hash))
                hashes.Add(hash);
        return hashes;
    }
}
