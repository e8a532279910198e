using System.Text;

namespace GoneAway.Gateway.Tests.Operations;

/// <summary>A log in memory that can be read while it is written.</summary>
internal sealed class LogStream : MemoryStream
{
    public string Text
    {
        get
        {
            lock (this)
                return Encoding.UTF8.GetString(ToArray());
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (this)
            Write(buffer.Span);
        return ValueTask.CompletedTask;
    }
}
