namespace GoneAway.Gateway.Configuration;

/// <summary>What is wrong with a configuration file, and where; both numbers count from 1.</summary>
public sealed record ConfigurationError(int Line, int Column, string Message);
