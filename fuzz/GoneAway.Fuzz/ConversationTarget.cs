using GoneAway.Model;
using GoneAway.TestKit;

namespace GoneAway.Fuzz;

/// <summary>
/// The input is what two ends say after a connect: a byte with the side and whether the login was whole,
/// a byte of length, so many bytes of data, and again. TCP is in order; what is said may be anything.
/// </summary>
public sealed class ConversationTarget : ITarget
{
    private const int MostSegments = 200;

    public static void Fuzz(ReadOnlySpan<byte> input)
    {
        var talk = new Conversation().Connect();
        if (!input.IsEmpty && (input[0] & 0x80) != 0)
            talk.Greeting().Login().Ok();
        for (int segments = 0; input.Length >= 2 && segments < MostSegments; segments++)
        {
            Side from = (input[0] & 1) == 0 ? Side.Client : Side.Server;
            bool lost = (input[0] & 0x1E) == 0x1E;
            int length = Math.Min(input[1], input.Length - 2);
            if (lost)
                talk.LoseNext();
            if (length > 0)
                talk.Raw(from, input.Slice(2, length));
            else
                talk.Wait(input[0]);
            input = input[(2 + length)..];
        }
        talk.Fin(Side.Server);
        CaptureTarget.Fuzz(PcapBytes.Write(talk));
    }
}
