namespace GoneAway.Model;

/// <summary>The end of a connection that did something.</summary>
public enum Side : byte
{
    Client,
    Server,
}
