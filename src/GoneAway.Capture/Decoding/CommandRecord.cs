using GoneAway.Model;
using GoneAway.Wire.Payloads;

namespace GoneAway.Capture.Decoding;

/// <summary>A command as it is being followed; used again for the next one, so that nothing is allocated per command.</summary>
internal sealed class CommandRecord
{
    private const int TextLimit = 200;

    private readonly byte[] text = new byte[TextLimit];
    private int textLength;

    public byte Code;
    public Moment At;
    public long Length;
    public long Received;
    public long Rows;
    public long ResponseBytes;
    public Moment? ResponseStart;
    public Moment? ResponseEnd;

    public ReadOnlySpan<byte> Text => text.AsSpan(0, textLength);

    public void Begin(byte code, in Moment at, long length, long received, ReadOnlySpan<byte> body)
    {
        Code = code;
        At = at;
        Length = length;
        Received = received;
        Rows = ResponseBytes = 0;
        ResponseStart = ResponseEnd = null;
        textLength = HasText(code) ? Math.Min(body.Length, TextLimit) : 0;
        body[..textLength].CopyTo(text);
    }

    public CommandSeen ToModel() => new()
    {
        Code = Code,
        Name = CommandCode.Name(Code),
        At = At,
        Length = Length,
        Received = Received,
        Text = textLength > 0 ? WireText.Show(Text, TextLimit) : null,
        Rows = Rows,
        ResponseBytes = ResponseBytes,
        ResponseStart = ResponseStart,
        ResponseEnd = ResponseEnd,
    };

    private static bool HasText(byte code) => code is CommandCode.Query or CommandCode.StmtPrepare or CommandCode.InitDb;
}
