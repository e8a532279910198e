namespace GoneAway.Model;

/// <summary>Is told of every connection by whatever watches it, once nothing more is to be expected of it.</summary>
public interface IConnectionObserver
{
    /// <param name="timeline">All that is known of the connection.</param>
    /// <param name="ending">The short form of its end; null while nobody has closed it.</param>
    /// <param name="attempt">How it began; null when that was not seen.</param>
    void OnConnection(Timeline timeline, EndingSummary? ending, ConnectAttempt? attempt);

    /// <summary>A statement that ends another connection. Told before the victim's end.</summary>
    void OnKill(KillSeen kill);
}
