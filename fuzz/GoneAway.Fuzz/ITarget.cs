namespace GoneAway.Fuzz;

/// <summary>Something that takes any bytes. What it throws is a defect, and so is a broken promise that it finds.</summary>
public interface ITarget
{
    static abstract void Fuzz(ReadOnlySpan<byte> input);
}

/// <summary>Input was accepted, and what was made of it contradicts the input.</summary>
public sealed class BrokenPromiseException(string message) : Exception(message);
