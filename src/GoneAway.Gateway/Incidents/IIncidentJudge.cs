using GoneAway.Model;

namespace GoneAway.Gateway.Incidents;

/// <summary>
/// Names causes. The gateway knows what happened on its connections, and of causes nothing: whoever runs it gives it a judge.
/// Any thread may call; nothing here waits.
/// </summary>
public interface IIncidentJudge : IConnectionObserver
{
    /// <summary>A connect to a server, whatever came of it: what shows that a server was gone, or lived on.</summary>
    void OnAttempt(ConnectAttempt attempt);

    /// <summary>The best that can be said now, for the error that a client gets at once. What follows may say more.</summary>
    /// <param name="timeline">Of a lost connection that was told with <see cref="IConnectionObserver.OnConnection"/>.</param>
    /// <param name="facts">Settings of its server.</param>
    Verdict NameCause(Timeline timeline, IReadOnlyList<Fact> facts);

    /// <summary>Judges for good, when what happened around it is known too.</summary>
    /// <param name="timeline">Of a lost connection that was told with <see cref="IConnectionObserver.OnConnection"/>.</param>
    /// <param name="facts">Settings of its server.</param>
    /// <param name="id">Of the incident.</param>
    /// <param name="tell">Gets the incident, once, on any thread.</param>
    /// <returns>False when too many wait already: nobody will be told.</returns>
    bool Examine(Timeline timeline, IReadOnlyList<Fact> facts, string id, Action<Incident> tell);

    /// <summary>Judges at once what still waits.</summary>
    void Complete();
}
