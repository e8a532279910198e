using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Causes.Tests;

/// <summary>Short words for writing cases.</summary>
public abstract class CaseSet : ICauseCases
{
    public abstract string Cause { get; }
    public abstract IEnumerable<CauseCase> Cases { get; }

    /// <summary>The connection that a case is about, unless it says otherwise.</summary>
    protected static Conversation Talk(string client = "10.0.0.5:51234") => new(client);

    /// <summary>MariaDB's greeting and login.</summary>
    protected static Conversation MariaDb(Conversation talk, uint threadId = 42) => talk.Open("5.5.5-10.11.6-MariaDB", threadId);

    protected static CauseCase Match(string name, Grade grade, params Conversation[] talks) => new(name, CaseKind.Match, grade, () => PcapBytes.Write(talks));

    protected static CauseCase NearMiss(string name, params Conversation[] talks) => new(name, CaseKind.NearMiss, null, () => PcapBytes.Write(talks));

    protected static CauseCase NotEnough(string name, params Conversation[] talks) => new(name, CaseKind.NotEnough, null, () => PcapBytes.Write(talks));

    /// <summary>A query of so many bytes that is sent again and again and never acknowledged.</summary>
    protected static Conversation Stuck(Conversation talk, int bytes)
    {
        talk.Unacknowledged(Side.Client, TestKit.Payload.Framed(0, [3, .. new byte[bytes]]));
        foreach (double wait in new[] { 0.2, 0.4, 0.8, 1.6 })
            talk.Wait(wait).Retransmit(Side.Client);
        return talk;
    }

    protected static CauseCase Match(string name, Grade grade, params object[] told) => new(name, CaseKind.Match, grade, null) { Told = told };

    protected static CauseCase NearMiss(string name, params object[] told) => new(name, CaseKind.NearMiss, null, null) { Told = told };

    protected static CauseCase NotEnough(string name, params object[] told) => new(name, CaseKind.NotEnough, null, null) { Told = told };

    /// <summary>What the application logs, so many seconds after 10:00:00 UTC.</summary>
    protected static Sighting App(Sign sign, double seconds = 0, int? code = null) => Seen(sign, Origin.Application, "app.log", seconds) with { Code = code };

    /// <summary>What the server logs.</summary>
    protected static Sighting Log(Sign sign, double seconds = 0) => Seen(sign, Origin.Server, "error.log", seconds);

    /// <summary>What a proxy logs.</summary>
    protected static Sighting Proxy(Sign sign, double seconds = 0, string? state = null) => Seen(sign, Origin.Proxy, "haproxy.log", seconds) with { State = state };

    /// <summary>What the kernel or the service manager logs.</summary>
    protected static Sighting Kernel(Sign sign, double seconds = 0, string? subject = null) => Seen(sign, Origin.System, "kern.log", seconds) with { Subject = subject };

    /// <summary>A variable of the running server.</summary>
    protected static Fact Set(string name, string value) => new(FactKind.Variable, name, value, null, "variables.txt:1");

    /// <summary>A counter's reading, at so many seconds.</summary>
    protected static Fact Counter(string name, string value, double? seconds = null) => new(FactKind.Status, name, value, seconds is { } at ? StampAt(at) : null, "status.txt:1");

    private static Sighting Seen(Sign sign, Origin origin, string file, double seconds) =>
        new() { Sign = sign, Origin = origin, Source = $"{file}:{1 + (int)Math.Abs(seconds)}", Text = $"{sign}", Stamp = StampAt(seconds) };

    private static Stamp StampAt(double seconds) => new(new DateTime(2026, 11, 20, 10, 0, 0).AddSeconds(seconds), TimeSpan.Zero);

    /// <summary>A session of another client that goes on, with a higher thread id: the server lives.</summary>
    protected static Conversation LaterLogin(double seconds, uint threadId) => new Conversation("10.0.0.7:40000").Wait(seconds).Open(threadId: threadId).Query("SELECT 1").Rows(1).Quit().Fin(Side.Server).Fin(Side.Client);

    /// <summary>A connect that is refused.</summary>
    protected static Conversation RefusedAt(double seconds, string client = "10.0.0.7:40001") => new Conversation(client).Wait(seconds).Syn().Reset(Side.Server);
}
