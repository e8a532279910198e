using System.Buffers;
using GoneAway.Model;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Frames below an error of Java that tell how far a connect had come when it failed.</summary>
internal static class StageMarks
{
    private static readonly SearchValues<string> Greeting = SearchValues.Create(
        ["NativeProtocol.beforeHandshake(", "NativeProtocol.readServerCapabilities(", "MysqlIO.doHandshake("], StringComparison.Ordinal);

    private static readonly SearchValues<string> Login = SearchValues.Create(
        ["proceedHandshakeWithPluggableAuthentication(", "NativeAuthenticationProvider.", "MysqlIO.secureAuth"], StringComparison.Ordinal);

    /// <summary>The stage that the line names; null when it names none.</summary>
    public static Sign? Of(ReadOnlySpan<char> line)
    {
        if (line.Length > 512)
            line = line[..512];
        return line.ContainsAny(Login) ? Sign.LostDuringLogin : line.ContainsAny(Greeting) ? Sign.LostBeforeGreeting : null;
    }
}
