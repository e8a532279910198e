namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Ranks of messages that occur together in one stack trace, from the consequence to the reason.</summary>
internal static class Telling
{
    /// <summary>A pool or framework that passes on what happened below it.</summary>
    public const int Symptom = 10;
    /// <summary>The handle was closed already: what came before is the matter.</summary>
    public const int Closed = 20;
    /// <summary>A pool found it dead.</summary>
    public const int Stale = 25;
    /// <summary>The driver's own word for a lost connection.</summary>
    public const int Link = 30;
    /// <summary>How the socket ended: EOF, reset, broken pipe.</summary>
    public const int Broken = 40;
    /// <summary>The driver's word with times.</summary>
    public const int Times = 45;
    /// <summary>What messages without a rank count as.</summary>
    public const int Plain = 50;
    /// <summary>A deadline of the client.</summary>
    public const int Deadline = 55;
    /// <summary>At which stage it happened.</summary>
    public const int Stage = 60;
    /// <summary>Why a connect failed.</summary>
    public const int Connect = 70;
    /// <summary>The reason itself.</summary>
    public const int Reason = 80;

    private const int System = 15;

    public static int Of(Hit hit) => hit.Message?.Rank ?? (hit.IsWeak ? System : Plain);
}
