using System.Net;
using System.Runtime.CompilerServices;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Incidents;

/// <summary>
/// What is kept of one connection while it lives, so that its timeline can be told when it is lost: a few stores per command, no
/// allocation, no clock but the loop's. Times are the loop's milliseconds.
/// </summary>
internal sealed class SessionRecord
{
    /// <summary>Commands that are remembered with their answers.</summary>
    public const int Kept = 16;

    private const int MostErrors = 16;

    private Ring ring;
    private List<ErrorSeen>? errors;

    public required IPEndPoint Client { get; init; }
    public required IPEndPoint Server { get; init; }
    public long OpenedAt { get; init; }
    public long LoggedInAt { get; set; }
    public long Commands { get; private set; }
    public long LargestPacket { get; private set; }
    public long LargestPacketAt { get; private set; }

    /// <summary>A command was sent whose answer is not complete.</summary>
    public bool IsPending { get; private set; }

    /// <summary>The loss was told to the log, or to whoever it concerns.</summary>
    public bool IsTold { get; set; }

    public IReadOnlyList<ErrorSeen> Errors => errors ?? [];

    /// <summary>The last command; meaningful while <see cref="Commands"/> is not 0.</summary>
    public ref readonly CommandMark Last => ref ring[(int)((Commands - 1) & (Kept - 1))];

    /// <param name="code">First byte of the packet.</param>
    /// <param name="length">Payload length in bytes.</param>
    /// <param name="now">When.</param>
    /// <param name="received">Bytes that the server had sent before.</param>
    public void Begin(byte code, long length, long now, long received)
    {
        ref CommandMark mark = ref ring[(int)(Commands++ & (Kept - 1))];
        mark.Code = code;
        mark.Length = length;
        mark.SentAt = now;
        mark.AnsweredAt = 0;
        mark.Rows = 0;
        mark.ReceivedBefore = received;
        IsPending = true;
        if (length > LargestPacket)
        {
            LargestPacket = length;
            LargestPacketAt = now;
        }
    }

    /// <summary>The answer is complete.</summary>
    public void End(long now, long received, long rows)
    {
        ref CommandMark mark = ref ring[(int)((Commands - 1) & (Kept - 1))];
        mark.AnsweredAt = now;
        mark.Rows = rows;
        mark.ResponseBytes = received - mark.ReceivedBefore;
        IsPending = false;
    }

    /// <summary>A command without an answer: COM_STMT_CLOSE, COM_STMT_SEND_LONG_DATA.</summary>
    public void EndUnanswered() => IsPending = false;

    /// <summary>Takes an ERR packet of the server; what is none is left out.</summary>
    public void OnError(long now, ReadOnlySpan<byte> payload, byte sequence, bool unsolicited)
    {
        if (!ErrPacket.TryRead(payload, out ErrPacket error))
            return;
        errors ??= [];
        if (errors.Count == MostErrors)
            errors.RemoveAt(MostErrors / 2);
        errors.Add(new ErrorSeen(now, error.Code, error.SqlState.ToArray(), error.Message[..Math.Min(300, error.Message.Length)].ToArray(), sequence, unsolicited, payload.Length));
    }

    /// <summary>The commands that are remembered, oldest first.</summary>
    public IEnumerable<CommandMark> Recent()
    {
        for (long i = Math.Max(0, Commands - Kept); i < Commands; i++)
            yield return ring[(int)(i & (Kept - 1))];
    }

    /// <summary>A command and its answer.</summary>
    internal struct CommandMark
    {
        public long SentAt;
        /// <summary>0 while the answer is not complete.</summary>
        public long AnsweredAt;
        public long Length;
        public long Rows;
        public long ReceivedBefore;
        public long ResponseBytes;
        public byte Code;
    }

    /// <summary>An ERR packet, as bytes.</summary>
    internal readonly record struct ErrorSeen(long At, int Code, byte[] SqlState, byte[] Message, byte Sequence, bool Unsolicited, int Length);

    [InlineArray(Kept)]
    private struct Ring
    {
        private CommandMark first;
    }
}
