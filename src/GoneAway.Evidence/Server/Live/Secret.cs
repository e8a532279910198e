using System.Security.Cryptography;
using System.Text;
using GoneAway.Wire.Authentication;

namespace GoneAway.Evidence.Server.Live;

/// <summary>A password. It shows itself to nobody: not in text, not in a debugger's line, not in an exception.</summary>
[System.Diagnostics.DebuggerDisplay("(hidden)")]
public sealed class Secret
{
    private readonly byte[] bytes;

    public Secret(string password) => bytes = Encoding.UTF8.GetBytes(password);

    public static Secret Empty { get; } = new("");

    public bool IsEmpty => bytes.Length == 0;

    public override string ToString() => "(hidden)";

    /// <summary>Answers to a server with this password.</summary>
    internal LoginAnswers Answers(bool isTls, bool isSocket) => new(bytes, default, isTls, isSocket);

    internal bool Equals(Secret other) => CryptographicOperations.FixedTimeEquals(bytes, other.bytes);
}
