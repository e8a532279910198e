using System.Net.Sockets;
using System.Text;

namespace GoneAway.Gateway.Operations;

/// <summary>What is answered to one request.</summary>
public sealed record HttpAnswer(int Status, string ContentType, string Body)
{
    public static HttpAnswer Plain(int status, string body) => new(status, "text/plain; charset=utf-8", body);
}

/// <summary>A very small HTTP/1.1 server for probes and scrapers: GET and HEAD, one request a connection. Connections, request bytes and time are bounded.</summary>
public sealed class HttpEndpoint : IAsyncDisposable
{
    private const int MostConnections = 64, LargestRequest = 8192;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket listening;
    private readonly Func<string, CancellationToken, ValueTask<HttpAnswer>> answer;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim places = new(MostConnections);
    private readonly Task accepting;

    /// <summary>Serves at once. The socket stays the caller's; no more is accepted after disposal.</summary>
    /// <param name="answer">Gets the path without its query; an exception is answered with 500.</param>
    public HttpEndpoint(Socket listening, Func<string, CancellationToken, ValueTask<HttpAnswer>> answer, TimeProvider time)
    {
        (this.listening, this.answer, this.time) = (listening, answer, time);
        accepting = AcceptAsync();
    }

    /// <summary>Stops to accept; answers that are under way are given up.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        for (int i = 0; i < MostConnections; i++)
            await places.WaitAsync();
        stop.Dispose();
        places.Dispose();
    }

    private async Task AcceptAsync()
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await places.WaitAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            Socket? client = null;
            try
            {
                client = await listening.AcceptAsync(stop.Token);
            }
            catch (OperationCanceledException)
            {
            }
            catch (SocketException)
            {
                // Out of descriptors, or the client was gone again: the next one, a little later.
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            if (client is null)
                places.Release();
            else
                _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using var late = new CancellationTokenSource(Patience, time);
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop.Token);
            using (client)
            {
                byte[] buffer = new byte[LargestRequest];
                int length = await ReadHeadAsync(client, buffer, cancel.Token);
                if (length == 0)
                    return;
                (HttpAnswer said, bool body) = await AnswerAsync(buffer.AsMemory(0, length), cancel.Token);
                byte[] bytes = Encoding.UTF8.GetBytes(said.Body);
                string head = $"HTTP/1.1 {said.Status} {Reason(said.Status)}\r\nContent-Type: {said.ContentType}\r\nContent-Length: {bytes.Length}\r\n"
                    + $"{(said.Status == 405 ? "Allow: GET, HEAD\r\n" : "")}Cache-Control: no-store\r\nConnection: close\r\n\r\n";
                await SendAsync(client, Encoding.ASCII.GetBytes(head), cancel.Token);
                if (body)
                    await SendAsync(client, bytes, cancel.Token);
                // Closing with unread bytes would reset the connection, and the answer with it.
                client.Shutdown(SocketShutdown.Send);
                for (int rest = 0; rest < LargestRequest && await client.ReceiveAsync(buffer, cancel.Token) is > 0 and var more; rest += more)
                {
                }
            }
        }
        catch (Exception gone) when (gone is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>Bytes up to the empty line; 0 where the client closed before it; all of the buffer where there is none.</summary>
    private static async Task<int> ReadHeadAsync(Socket client, byte[] buffer, CancellationToken cancel)
    {
        int length = 0;
        while (length < buffer.Length)
        {
            int read = await client.ReceiveAsync(buffer.AsMemory(length), cancel);
            if (read == 0)
                return 0;
            length += read;
            if (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
                return end + 4;
        }
        return length;
    }

    private async ValueTask<(HttpAnswer Answer, bool Body)> AnswerAsync(ReadOnlyMemory<byte> head, CancellationToken cancel)
    {
        if (!head.Span.EndsWith("\r\n\r\n"u8))
            return (HttpAnswer.Plain(431, "the request is too large\n"), true);
        string[] words = Encoding.Latin1.GetString(head.Span[..head.Span.IndexOf("\r\n"u8)]).Split(' ');
        if (words.Length != 3 || !words[2].StartsWith("HTTP/1.", StringComparison.Ordinal) || !words[1].StartsWith('/'))
            return (HttpAnswer.Plain(400, "not an HTTP request\n"), true);
        if (words[0] is not ("GET" or "HEAD"))
            return (HttpAnswer.Plain(405, "GET and HEAD only\n"), true);
        try
        {
            return (await answer(words[1].Split('?')[0], cancel), words[0] == "GET");
        }
        catch (Exception ours) when (ours is not OperationCanceledException)
        {
            return (HttpAnswer.Plain(500, ours.GetType().Name + "\n"), true);
        }
    }

    private static async ValueTask SendAsync(Socket client, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await client.SendAsync(bytes, cancel)..];
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
}
