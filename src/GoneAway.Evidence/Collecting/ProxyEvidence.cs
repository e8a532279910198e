using System.Net.Sockets;
using System.Text;
using GoneAway.Evidence.Server.Live;

namespace GoneAway.Evidence.Collecting;

/// <summary>HAProxy's configuration and what its runtime socket tells.</summary>
public sealed class ProxyEvidence(Collection collection, long largest, TimeSpan patience, TimeProvider time, CancellationToken cancel)
{
    private static readonly (string Command, string File)[] Questions = [("show info", "show-info.txt"), ("show stat", "show-stat.csv"), ("show servers state", "show-servers-state.txt")];

    private readonly HashSet<string> asked = [];

    /// <summary>Where distributions have it.</summary>
    public static IReadOnlyList<string> UsualFiles { get; } = ["/etc/haproxy/haproxy.cfg", "/usr/local/etc/haproxy/haproxy.cfg"];

    /// <summary>A configuration file, a folder of them, or a runtime socket (a path, or host:port). Sockets that a configuration names are asked, too.</summary>
    public async Task TakeAsync(string target, bool wanted)
    {
        if (Directory.Exists(target))
        {
            foreach (string file in Directory.GetFiles(target, "*.cfg").Order(StringComparer.Ordinal))
                await TakeAsync(file, wanted);
        }
        else if (!File.Exists(target))
        {
            if (Dsn.TryParse(target, out ServerAddress address, out _) && address is { Host: not null, Port: not null })
                await AskAsync(target, address, wanted);
            else if (wanted)
                collection.Miss(target, "no such file or socket");
        }
        else if (IsSocket(target))
            await AskAsync(target, new ServerAddress { Socket = target }, wanted);
        else if (FileTail.Read(target, largest, out string? note, out string? failure) is { } text)
        {
            collection.Add("haproxy/" + Path.GetFileName(target), target, text, Encoding.Latin1, note);
            foreach (string socket in SocketsIn(text))
                if (File.Exists(socket))
                    await AskAsync(socket, new ServerAddress { Socket = socket }, wanted: false);
        }
        else
            collection.Miss(target, failure!);
    }

    /// <summary><c>stats socket /run/haproxy/admin.sock mode 660 level admin</c></summary>
    internal static IEnumerable<string> SocketsIn(string configuration)
    {
        foreach (string line in configuration.Split('\n'))
            if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["stats", "socket", var place, ..])
                yield return place.StartsWith("unix@", StringComparison.Ordinal) ? place[5..] : place;
    }

    /// <summary>A file opens, a socket does not (ENXIO).</summary>
    private static bool IsSocket(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return path.EndsWith(".sock", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private async Task AskAsync(string name, ServerAddress address, bool wanted)
    {
        if (!asked.Add(name))
            return;
        var deadline = new Deadline(patience, time, cancel);
        foreach ((string command, string file) in Questions)
        {
            try
            {
                byte[] answer = await deadline.RunAsync(LiveStage.Query, token => ExchangeAsync(address, command, token));
                if (answer.Length > 0)
                    collection.Add("haproxy/" + file, $"{command} on {name}", Encoding.Latin1.GetString(answer), Encoding.Latin1);
            }
            catch (LiveException error)
            {
                collection.Miss($"{command} on {name}", error.Message + (wanted ? "" : " (its configuration names it)"));
                return;
            }
        }
    }

    private async Task<byte[]> ExchangeAsync(ServerAddress address, string command, CancellationToken token)
    {
        await using NetworkStream stream = await Transport.DialAsync(address, token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\n"), token);
        using var answer = new MemoryStream();
        byte[] buffer = new byte[1 << 14];
        int read;
        while (answer.Length < largest && (read = await stream.ReadAsync(buffer, token)) > 0)
            answer.Write(buffer, 0, read);
        return answer.ToArray();
    }
}
