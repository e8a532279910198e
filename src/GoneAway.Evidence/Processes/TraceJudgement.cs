using System.Text;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Processes;

/// <summary>Follows the descriptors of traced processes and tells what happens on those that lead to MySQL.</summary>
internal sealed class TraceJudgement(Passage passage, Findings findings)
{
    private const int MostTold = 200;

    private readonly TracedDescriptors descriptors = new();
    private readonly HashSet<(Sign, TracedSocket, int)> told = [];

    public void Read(TracedCall call)
    {
        switch (call.Name)
        {
            case "clone" or "clone3" or "fork" or "vfork" when call.Result > 0:
                descriptors.Fork(call.Pid, (int)call.Result.Value, !call.Arguments.Contains("CLONE_FILES", StringComparison.Ordinal), call.Arguments.Contains("CLONE_THREAD", StringComparison.Ordinal));
                break;
            case "socket" when call.Error is "EMFILE" or "ENFILE":
                Add(call, null, Sign.NoDescriptorsInClient, Origin.Application);
                break;
            case "connect":
                Connect(call);
                break;
            case "close" when call.Result == 0:
                descriptors.Close(call.Pid, call.Descriptor);
                break;
            case "dup2" or "dup3" when call.Result >= 0:
                Duplicate(call);
                break;
            case "poll" or "ppoll" or "select" or "pselect6":
                Poll(call);
                break;
            default:
                if (call.Descriptor >= 0 && Socket(call) is { } socket)
                    Use(call, socket);
                break;
        }
    }

    /// <summary>What shows only when all has been read: one connection used by several processes.</summary>
    public void End()
    {
        foreach (TracedSocket socket in descriptors.Sockets)
        {
            if (!socket.Confirmed || socket.Users.Count < 2 || socket.FirstUseByAnother < 0)
                continue;
            string source = passage.At(socket.FirstUseByAnother);
            findings.Add(Of(socket.FirstUseByAnother, socket, Sign.SocketShared, Origin.Process) with { Pids = [.. socket.Users.Take(100)] });
            findings.Add(new Hazard("shared-after-fork", $"{socket.Users.Count} processes ({string.Join(", ", socket.Users.Take(6))}) read and write one connection to MySQL", source,
                "Open connections after the fork: lazy-apps (uWSGI), post_fork (gunicorn), worker_process_init (Celery), a pool for each process."));
        }
    }

    private TracedSocket? Socket(TracedCall call)
    {
        if (descriptors.Find(call.Pid, call.Descriptor) is { } known)
            return known;
        // A trace that began later: the ends stand behind the descriptor, or the packets tell.
        if (call.Annotation is { Length: > 0 } ends)
            return TracedDescriptors.TryEnds(ends, out TracedSocket found) ? descriptors.Open(call.Pid, call.Descriptor, found, ends) : null;
        if (call.Name is "write" or "send" or "sendto" && call.Descriptor > 2 && LooksLikeCommand(call))
            return descriptors.Open(call.Pid, call.Descriptor, new TracedSocket { Confirmed = true }, null);
        return call.Name is "read" or "recv" or "recvfrom" && call.Descriptor > 2 && LooksLikeGreeting(call.Bytes()) ? descriptors.Open(call.Pid, call.Descriptor, new TracedSocket { Confirmed = true }, null) : null;
    }

    /// <summary>A packet whose length is the call's, with sequence 0 and the number of a query or ping.</summary>
    private static bool LooksLikeCommand(TracedCall call)
    {
        byte[] bytes = call.Bytes();
        return bytes.Length >= 5 && bytes[3] == 0 && bytes[4] is 1 or 2 or 3 or 14 or 22 or 23 && call.Result == (bytes[0] | bytes[1] << 8 | bytes[2] << 16) + 4;
    }

    private static bool LooksLikeGreeting(byte[] bytes) => bytes.Length > 8 && bytes[3] == 0 && bytes[4] == 10 && char.IsAsciiDigit((char)bytes[5]) && bytes.AsSpan(5, Math.Min(3, bytes.Length - 5)).Contains((byte)'.');

    private void Connect(TracedCall call)
    {
        if (!TracedDescriptors.TryTarget(call.Arguments, out TracedSocket socket, out bool local))
            return;
        Sign? sign = call.Error switch
        {
            null or "EINPROGRESS" => null,
            "ECONNREFUSED" => local ? Sign.LocalSocketFailed : Sign.ConnectRefused,
            "ENOENT" => Sign.LocalSocketFailed,
            "ETIMEDOUT" => Sign.ConnectTimedOut,
            "EHOSTUNREACH" or "ENETUNREACH" => Sign.ConnectUnreachable,
            "EADDRNOTAVAIL" => Sign.NoSourcePort,
            "EACCES" or "EPERM" => Sign.ConnectForbidden,
            _ => null,
        };
        if (sign is { } failed)
        {
            if (socket.Confirmed)
                Add(call, socket, failed, Origin.Application);
            return;
        }
        if (call.Error is not (null or "EINPROGRESS"))
            return;
        descriptors.Open(call.Pid, call.Descriptor, socket, null);
        if (call.Descriptor is >= 0 and <= 2)
            Standard(call, socket, call.Descriptor);
    }

    private void Duplicate(TracedCall call)
    {
        if (Socket(call) is not { } socket)
        {
            descriptors.Close(call.Pid, (int)call.Result!.Value);
            return;
        }
        int to = (int)call.Result!.Value;
        descriptors.Open(call.Pid, to, socket, null);
        if (to <= 2)
            Standard(call, socket, to);
    }

    private void Standard(TracedCall call, TracedSocket socket, int descriptor)
    {
        if (!socket.Confirmed || !told.Add((Sign.SocketOnStandardDescriptor, socket, descriptor)))
            return;
        findings.Add(Of(call.Line, socket, Sign.SocketOnStandardDescriptor, Origin.Process) with { Pid = call.Pid == 0 ? null : call.Pid, Code = descriptor });
        findings.Add(new Hazard("stray-bytes", $"the connection to MySQL is descriptor {descriptor} of the process: what it or a child of it prints there goes to the server", passage.At(call.Line),
            "Keep descriptors 0, 1 and 2 open, on /dev/null at least, before connecting; redirect STDERR, do not close it."));
    }

    private void Use(TracedCall call, TracedSocket socket)
    {
        if (!socket.Confirmed)
        {
            // On another port, MySQL shows by its greeting or by a command.
            if (!LooksLikeCommand(call) && !LooksLikeGreeting(call.Bytes()))
                return;
            socket.Confirmed = true;
        }
        if (call.Descriptor is >= 0 and <= 2)
            Standard(call, socket, call.Descriptor);
        switch (call.Name)
        {
            case "write" or "send" or "sendto" or "sendmsg" or "writev":
                Used(call, socket);
                Write(call, socket);
                break;
            case "read" or "recv" or "recvfrom" or "recvmsg" or "readv":
                Used(call, socket);
                Receive(call, socket);
                break;
            case "getsockopt" when call.Arguments.Contains("SO_ERROR, [E", StringComparison.Ordinal):
                Failed(call, socket);
                break;
            case "setsockopt" when call.Arguments.Contains("SO_KEEPALIVE, [", StringComparison.Ordinal):
                findings.Add(new Fact(FactKind.Application, ApplicationSetting.KeepAlive, call.Arguments.Contains("[0]", StringComparison.Ordinal) ? "OFF" : "ON", call.Stamp, passage.At(call.Line)));
                break;
        }
    }

    /// <summary>The outcome of a connect that did not wait.</summary>
    private void Failed(TracedCall call, TracedSocket socket)
    {
        string error = Logs.SystemLine.Between(call.Arguments, "SO_ERROR, [", "]").ToString();
        Sign? sign = error switch { "ECONNREFUSED" => Sign.ConnectRefused, "ETIMEDOUT" => Sign.ConnectTimedOut, "EHOSTUNREACH" or "ENETUNREACH" => Sign.ConnectUnreachable, "ECONNRESET" => Sign.ConnectionReset, _ => null };
        if (sign is { } failed)
            Add(call with { Error = error }, socket, failed, Origin.Application);
    }

    private void Used(TracedCall call, TracedSocket socket)
    {
        int process = descriptors.ProcessOf(call.Pid);
        if (socket.Users.Add(process) && socket.Users.Count == 2)
            socket.FirstUseByAnother = call.Line;
    }

    private void Write(TracedCall call, TracedSocket socket)
    {
        if (call.Error is "EPIPE" or "ECONNRESET" or "ETIMEDOUT")
        {
            Lost(call, socket, call.Error switch { "EPIPE" => Sign.BrokenPipe, "ECONNRESET" => Sign.ConnectionReset, _ => Sign.GoneAway });
            return;
        }
        if (call.Result is not > 0)
            return;
        byte[] bytes = call.Bytes();
        bool certain = socket.InStep || socket.Encrypted || socket.ServerPort is not null || call.Descriptor <= 2;
        if (socket.Write(bytes, call.Result.Value) == TracedSocket.Written.Stray && certain)
            findings.Add(Of(call.Line, socket, Sign.TextOnConnection, Origin.Process) with
            {
                Pid = call.Pid == 0 ? null : call.Pid, Size = call.Result, Code = call.Descriptor, State = Shown.Of(Encoding.Latin1.GetString(bytes, 0, Math.Min(80, bytes.Length))),
            });
        socket.Awaiting = true;
        socket.LastTraffic = call.Clock ?? socket.LastTraffic;
    }

    private void Receive(TracedCall call, TracedSocket socket)
    {
        if (call.Error is "ECONNRESET" or "ETIMEDOUT")
        {
            Lost(call, socket, call.Error == "ECONNRESET" ? Sign.ConnectionReset : socket.Received == 0 ? Sign.LostBeforeGreeting : Sign.LostDuringQuery);
            return;
        }
        if (call.Result == 0 && !socket.Quit && !IsEmptyRead(call))
        {
            Lost(call, socket, socket.Received == 0 ? Sign.LostBeforeGreeting : Sign.UnexpectedEof);
            return;
        }
        if (call.Result is not > 0)
            return;
        byte[] bytes = call.Bytes();
        (socket.Awaiting, socket.InStep) = (false, true);
        socket.Received += call.Result.Value;
        socket.LastTraffic = call.Clock ?? socket.LastTraffic;
        if (TracedDescriptors.TryError(bytes, out int code))
            findings.Add(Of(call.Line, socket, Sign.ServerSaid, Origin.Application) with { Code = code, Stamp = call.Stamp, Pid = call.Pid == 0 ? null : call.Pid });
    }

    /// <summary>read(3, "", 0) = 0 asks for nothing.</summary>
    private static bool IsEmptyRead(TracedCall call) => call.Arguments.EndsWith(", 0", StringComparison.Ordinal);

    /// <summary>poll([{fd=3, events=POLLIN|POLLPRI}], 1, 30000) = 0 (Timeout): the client's own patience.</summary>
    private void Poll(TracedCall call)
    {
        if (call.Result != 0 || call.Name is not ("poll" or "ppoll") || call.Arguments.Contains("POLLOUT", StringComparison.Ordinal))
            return;
        int fd = call.Arguments.IndexOf("fd=", StringComparison.Ordinal);
        if (fd < 0 || Logs.SystemLine.Int(call.Arguments.AsSpan(fd + 3)) is not { } descriptor || descriptors.Find(call.Pid, descriptor) is not { Awaiting: true } socket)
            return;
        int comma = call.Arguments.LastIndexOf(',');
        if (comma > 0 && Logs.SystemLine.Number(call.Arguments.AsSpan(comma + 1)) is >= 1000 and < 1L << 32 and var ms && call.Name == "poll")
            findings.Add(Of(call.Line, socket, Sign.ClientReadTimedOut, Origin.Application) with { Elapsed = TimeSpan.FromMilliseconds(ms), Stamp = call.Stamp });
    }

    private void Lost(TracedCall call, TracedSocket socket, Sign sign)
    {
        if (socket.Ended || told.Count > MostTold)
            return;
        socket.Ended = true;
        TimeSpan? idle = call.Clock - socket.LastTraffic;
        // A clock that shows the hour only passes midnight.
        if (idle < TimeSpan.Zero)
            idle += TimeSpan.FromDays(1);
        bool waited = socket.Awaiting && sign is not Sign.BrokenPipe;
        Add(call, socket, sign, Origin.Application, idle > TimeSpan.FromSeconds(1) && !waited ? idle : null, waited ? idle : null);
    }

    private void Add(TracedCall call, TracedSocket? socket, Sign sign, Origin origin, TimeSpan? idle = null, TimeSpan? elapsed = null) =>
        findings.Add(Of(call.Line, socket, sign, origin) with { Errno = call.Errno, Stamp = call.Stamp ?? passage.Taken, Idle = idle, Elapsed = elapsed, Pid = call.Pid == 0 ? null : call.Pid });

    private Sighting Of(int line, TracedSocket? socket, Sign sign, Origin origin) => new()
    {
        Sign = sign,
        Origin = origin,
        Source = passage.At(line),
        Text = Shown.Of(passage.Lines[line]),
        Stamp = passage.Taken,
        ServerHost = socket?.ServerHost,
        ServerPort = socket?.ServerPort,
        ClientHost = socket?.ClientHost,
        ClientPort = socket?.ClientPort,
    };
}
