namespace GoneAway.Evidence.Processes;

/// <summary>Which descriptor of which traced process leads to which socket of MySQL's; children inherit.</summary>
internal sealed class TracedDescriptors
{
    private const int Most = 20_000;

    /// <summary>Numbers of errors that end or refuse connections; others are ordinary answers to statements.</summary>
    private static readonly int[] Ends = [1040, 1041, 1042, 1043, 1047, 1053, 1079, 1080, 1129, 1130, 1135, 1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1203, 1226, 1290, 1317, 1835, 1836, 1927, 3032, 3159, 3164, 4031, 4081, 4082];

    private readonly Dictionary<int, Dictionary<int, TracedSocket>> tables = [];
    private readonly Dictionary<int, int> processes = [];
    private readonly Dictionary<string, TracedSocket> byEnds = [];

    public List<TracedSocket> Sockets { get; } = [];

    /// <summary>The process that a thread belongs to; itself when that is not known.</summary>
    public int ProcessOf(int pid) => processes.GetValueOrDefault(pid, pid);

    public TracedSocket? Find(int pid, int descriptor) => Table(pid)?.GetValueOrDefault(descriptor);

    public TracedSocket Open(int pid, int descriptor, TracedSocket socket, string? ends)
    {
        if (ends is not null && byEnds.TryGetValue(ends, out TracedSocket? same))
            socket = same;
        else
        {
            if (ends is not null && byEnds.Count < Most)
                byEnds[ends] = socket;
            if (!Sockets.Contains(socket) && Sockets.Count < 1000)
                Sockets.Add(socket);
        }
        if (Table(pid) is not { } table)
        {
            if (tables.Count >= Most)
                return socket;
            tables[ProcessOf(pid)] = table = [];
        }
        if (table.Count < Most)
            table[descriptor] = socket;
        return socket;
    }

    public void Close(int pid, int descriptor) => Table(pid)?.Remove(descriptor);

    /// <param name="copies">A process has a table of its own; a thread shares its creator's.</param>
    public void Fork(int parent, int child, bool copies, bool thread)
    {
        if (processes.Count >= Most || tables.Count >= Most)
            return;
        if (thread || !copies)
            processes[child] = ProcessOf(parent);
        else
            tables[child] = Table(parent) is { } table ? new Dictionary<int, TracedSocket>(table) : [];
    }

    /// <summary>The first process of a trace has no number before a second one comes.</summary>
    private Dictionary<int, TracedSocket>? Table(int pid) => tables.GetValueOrDefault(ProcessOf(pid)) ?? (pid != 0 ? tables.GetValueOrDefault(0) : null);

    /// <summary>3, {sa_family=AF_INET, sin_port=htons(3306), sin_addr=inet_addr("10.0.0.9")}, 16; AF_INET6; AF_UNIX with sun_path.</summary>
    public static bool TryTarget(string arguments, out TracedSocket socket, out bool local)
    {
        (socket, local) = (null!, arguments.Contains("AF_UNIX", StringComparison.Ordinal) || arguments.Contains("AF_LOCAL", StringComparison.Ordinal));
        if (local)
        {
            string path = Logs.SystemLine.Between(arguments, "\"", "\"").ToString();
            socket = new TracedSocket { ServerHost = path, Confirmed = true };
            return SocketEnd.IsMySqlPath(path);
        }
        int? port = Logs.SystemLine.Int(Logs.SystemLine.After(arguments, "_port=htons("));
        if (port is null or 0 or 53)
            return false;
        string host = Logs.SystemLine.Between(arguments, "inet_addr(\"", "\"").ToString();
        if (host.Length == 0)
            host = Logs.SystemLine.Between(Logs.SystemLine.After(arguments, "inet_pton("), "\"", "\"").ToString();
        socket = new TracedSocket { ServerHost = host.Length == 0 ? null : host, ServerPort = port, Confirmed = SocketEnd.IsMySqlPort(port) };
        return true;
    }

    /// <summary>TCP:[10.0.0.7:57600->10.0.0.9:3306], TCPv6:[[::1]:1->[::1]:3306], UNIX-STREAM:[1->2,"/run/mysqld/mysqld.sock"].</summary>
    public static bool TryEnds(string annotation, out TracedSocket socket)
    {
        socket = null!;
        if (annotation.StartsWith("UNIX", StringComparison.Ordinal))
        {
            string path = Logs.SystemLine.Between(annotation, "\"", "\"").ToString();
            socket = new TracedSocket { ServerHost = path, Confirmed = true };
            // The server's own end has the path as its own.
            return SocketEnd.IsMySqlPath(path) && !annotation.StartsWith("UNIX:[", StringComparison.Ordinal);
        }
        int arrow = annotation.IndexOf("->", StringComparison.Ordinal);
        int open = annotation.IndexOf(":[", StringComparison.Ordinal);
        if (open < 0 || arrow < open || !SocketEnd.TryParse(annotation.AsSpan(open + 2, arrow - open - 2), out string local, out int? localPort)
            || !SocketEnd.TryParse(annotation.AsSpan(arrow + 2).TrimEnd(']'), out string peer, out int? peerPort)|| peerPort is null or 53)
            return false;
        socket = new TracedSocket { ClientHost = local, ClientPort = localPort, ServerHost = peer, ServerPort = peerPort, Confirmed = SocketEnd.IsMySqlPort(peerPort) };
        return true;
    }

    /// <summary>An ERR packet that has to do with the connection: 4 bytes of head, 0xff, the number, '#'; the head may have been read before.</summary>
    public static bool TryError(ReadOnlySpan<byte> bytes, out int code)
    {
        code = 0;
        int at = bytes.Length > 7 && bytes[4] == 0xff ? 4 : bytes.Length > 3 && bytes[0] == 0xff ? 0 : -1;
        if (at < 0)
            return false;
        code = bytes[at + 1] | bytes[at + 2] << 8;
        // Before the login the state is missing.
        bool shaped = bytes[at + 3] == '#' || at == 4 && bytes[3] <= 2 && char.IsAsciiLetterUpper((char)bytes[at + 3]);
        return shaped && Array.IndexOf(Ends, code) >= 0;
    }
}
