namespace GoneAway.TestKit;

/// <summary>An IPv4 packet with its time in nanoseconds since 1970.</summary>
public sealed record TimedFrame(long Time, byte[] Ip);
