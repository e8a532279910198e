namespace GoneAway.Lab.Parts;

/// <summary>The lab could not set something up; the message says what and why.</summary>
public sealed class LabException(string message) : Exception(message);
