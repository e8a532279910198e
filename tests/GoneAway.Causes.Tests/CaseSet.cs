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

    /// <summary>A session of another client that goes on, with a higher thread id: the server lives.</summary>
    protected static Conversation LaterLogin(double seconds, uint threadId) => new Conversation("10.0.0.7:40000").Wait(seconds).Open(threadId: threadId).Query("SELECT 1").Rows(1).Quit().Fin(Side.Server).Fin(Side.Client);

    /// <summary>A connect that is refused.</summary>
    protected static Conversation RefusedAt(double seconds, string client = "10.0.0.7:40001") => new Conversation(client).Wait(seconds).Syn().Reset(Side.Server);
}
