namespace GoneAway.Causes.Tests;

/// <summary>The cases of one cause, scripted as conversations on the wire. Found by reflection; needs a constructor without parameters.</summary>
public interface ICauseCases
{
    /// <summary>The cause's name in the catalogue.</summary>
    string Cause { get; }

    /// <summary>At least one of each <see cref="CaseKind"/>.</summary>
    IEnumerable<CauseCase> Cases { get; }
}
