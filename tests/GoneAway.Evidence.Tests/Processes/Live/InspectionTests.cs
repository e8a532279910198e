using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GoneAway.Evidence.Processes.Live;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Processes.Live;

/// <summary>Tests that look at all connections of this process: those of other tests would be among them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneInTheProcess
{
    public const string Name = "alone in the process";
}

/// <summary>Real processes and sockets of this host, with a listener of the test's own for the server.</summary>
[Collection(AloneInTheProcess.Name)]
public sealed class InspectionTests : IDisposable
{
    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private readonly List<IDisposable> open = [];

    public InspectionTests() => server.Start();

    private int Port => ((IPEndPoint)server.LocalEndpoint).Port;

    public void Dispose()
    {
        foreach (IDisposable one in Enumerable.Reverse(open))
            one.Dispose();
        server.Dispose();
    }

    private T Kept<T>(T one) where T : IDisposable
    {
        open.Add(one);
        return one;
    }

    private (Socket Client, Socket Server) Connect()
    {
        Socket client = Kept(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        client.Connect(server.LocalEndpoint);
        return (client, Kept(server.AcceptSocket()));
    }

    private Task<Inspection> Look(params int[] pids) => Inspection.TakeAsync(new Targets { Ports = [Port] }, pids, TimeProvider.System);

    /// <summary>Starts a program that says "ready" (and perhaps numbers) and ends with its standard input.</summary>
    private (Process Process, string[] Said) Start(string program, params string[] arguments)
    {
        Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        open.Add(new Ending(process));
        string said = process.StandardOutput.ReadLine() ?? "";
        Assert.StartsWith("ready", said);
        return (process, said.Split(' '));
    }

    private sealed class Ending(Process process) : IDisposable
    {
        public void Dispose()
        {
            process.StandardInput.Close();
            process.WaitForExit(5000);
            process.Dispose();
        }
    }

    private static IReadOnlyList<Hazard> Judge(Inspection inspection) => new ConnectionRules(inspection, null, 28_232).Judge();

    [Fact]
    public async Task A_connection_is_found_with_its_process_its_idle_time_and_its_keep_alive()
    {
        (Socket plain, _) = Connect();
        (Socket kept, Socket peer) = Connect();
        kept.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        peer.Send([1]);
        kept.Receive(new byte[1]);
        Inspection inspection = await Look(Environment.ProcessId);
        Assert.Equal(2, inspection.Connections.Count);
        ClientConnection one = inspection.Connections.Single(c => c.Socket.Local!.Equals(plain.LocalEndPoint)), other = inspection.Connections.Single(c => c.Socket.Local!.Equals(kept.LocalEndPoint));
        Assert.Equal((SocketTimer.Off, SocketTimer.KeepAlive), (one.Socket.Timer, other.Socket.Timer));
        Assert.Equal((Environment.ProcessId, (int)plain.Handle), (Assert.Single(one.Holders).Process.Pid, one.Holders[0].Descriptors[0]));
        Assert.InRange(other.Socket.Idle!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Empty(Judge(inspection));
    }

    [Fact]
    public async Task What_the_server_said_before_it_closed_is_read_without_being_taken()
    {
        (Socket client, Socket peer) = Connect();
        byte[] error = [0xff, 0xbf, 0x0f, .. "#HY000The client was disconnected by the server because of inactivity."u8];
        peer.Send([(byte)error.Length, 0, 0, 0, .. error]);
        peer.Shutdown(SocketShutdown.Both);
        Inspection inspection = await Look();
        ClientConnection found = Assert.Single(inspection.Connections);
        Assert.Equal(("CLOSE-WAIT", error.Length + 4L, 4031), (found.Socket.State, found.Socket.Unread, found.Waiting?.Code));
        Assert.Equal("wait-timeout", Assert.Single(Judge(inspection)).Cause);
        Assert.Equal(error.Length + 4, client.Available);
    }

    [Fact]
    public async Task Bytes_that_are_taken_a_moment_later_are_none_left_behind()
    {
        (Socket client, Socket peer) = Connect();
        peer.Send([1, 2, 3]);
        Task<Inspection> look = Look();
        client.Receive(new byte[3]);
        Assert.Empty(Judge(await look));
    }

    [Fact]
    public async Task A_reset_leaves_a_descriptor_without_a_connection()
    {
        (Socket client, Socket peer) = Connect();
        peer.Send(new byte[80]);
        client.Receive(new byte[80]);
        peer.LingerState = new LingerOption(true, 0);
        peer.Close();
        Inspection inspection = await Look(Environment.ProcessId);
        LostSocket lost = Assert.Single(inspection.Lost, l => l.Descriptor == (int)client.Handle);
        Assert.Equal((Environment.ProcessId, 80), (lost.Process.Pid, lost.Received));
        Assert.Empty(inspection.Connections);
    }

    [Fact]
    public async Task One_connection_in_several_processes_is_found_with_their_parent()
    {
        (Process parent, string[] said) = Start("/usr/bin/python3", "-c", $"""
            import os, socket, sys
            s = socket.create_connection(('127.0.0.1', {Port}))
            children = []
            for i in range(2):
                pid = os.fork()
                if pid == 0:
                    sys.stdin.read()
                    os._exit(0)
                children.append(pid)
            print('ready', *children, flush=True)
            sys.stdin.read()
            """);
        Inspection inspection = await Look(parent.Id);
        ClientConnection shared = Assert.Single(inspection.Connections);
        Assert.Equal([parent.Id, int.Parse(said[1]), int.Parse(said[2])], shared.Holders.Select(static h => h.Process.Pid).Order());
        Hazard hazard = Assert.Single(Judge(inspection));
        Assert.Equal("shared-after-fork", hazard.Cause);
        Assert.Contains($"python3[{parent.Id}] is the parent", hazard.Text);
    }

    [Fact]
    public async Task A_socket_is_shared_once_a_process_was_born_that_holds_it_and_no_longer_when_that_has_ended()
    {
        (Process parent, string[] said) = Start("/usr/bin/python3", "-c", $"""
            import os, socket, sys
            s = socket.create_connection(('127.0.0.1', {Port}))
            print('ready', s.getsockname()[1], flush=True)
            sys.stdin.readline()
            pid = os.fork()
            if pid == 0:
                sys.stdin.readline()
                os._exit(0)
            print('forked', flush=True)
            os.waitpid(pid, 0)
            print('alone', flush=True)
            sys.stdin.read()
            """);
        (var near, var far) = (new IPEndPoint(IPAddress.Loopback, int.Parse(said[1])), new IPEndPoint(IPAddress.Loopback, Port));
        (ulong inode, long unread) = ConnectionHolders.Look(near, far)!.Value;
        Assert.Equal(0, unread);
        Assert.Null(ConnectionHolders.Look(near, new IPEndPoint(IPAddress.Loopback, 1)));
        using var sockets = new SharedSockets();
        Assert.DoesNotContain(inode, sockets.Look());
        long before = sockets.LastBorn();
        await parent.StandardInput.WriteLineAsync();
        Assert.Equal("forked", await parent.StandardOutput.ReadLineAsync());
        Assert.NotEqual(before, sockets.LastBorn());
        Assert.Contains(inode, sockets.Look());
        Assert.Contains(inode, sockets.Look());
        await parent.StandardInput.WriteLineAsync();
        Assert.Equal("alone", await parent.StandardOutput.ReadLineAsync());
        Assert.DoesNotContain(inode, sockets.Look());
    }

    [Fact]
    public async Task A_connection_on_standard_error_is_found()
    {
        (Process shell, _) = Start("/bin/bash", "-c", $"exec 2<>/dev/tcp/127.0.0.1/{Port}; echo ready; read line");
        Hazard hazard = Assert.Single(Judge(await Look(shell.Id)));
        Assert.Equal(("stray-bytes", $"/proc/{shell.Id}/fd/2"), (hazard.Cause, hazard.Source));
    }

    [Fact]
    public async Task A_Unix_socket_is_known_by_its_other_end()
    {
        string folder = Directory.CreateTempSubdirectory("goneaway-mysql-").FullName;
        try
        {
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "mysqld.sock")));
            listener.Listen();
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            client.Connect(new UnixDomainSocketEndPoint(Path.Combine(folder, "mysqld.sock")));
            using Socket peer = listener.Accept();
            peer.Send(new byte[7]);
            Inspection inspection = await Look(Environment.ProcessId);
            ClientConnection found = Assert.Single(inspection.Connections, c => c.ServerPath == Path.Combine(folder, "mysqld.sock"));
            Assert.Equal((7L, (int)client.Handle), (found.Socket.Unread, Assert.Single(found.Holders).Descriptors[0]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [NamespaceFact]
    public async Task A_container_has_a_network_of_its_own()
    {
        (Process inside, _) = Start("/usr/bin/unshare", "-n", "/bin/sh", "-c", """
            ip link set lo up && exec /usr/bin/python3 -c "
            import socket, sys
            l = socket.create_server(('127.0.0.1', 3306))
            s = socket.create_connection(('127.0.0.1', 3306))
            a, _ = l.accept()
            a.send(b'x' * 11)
            print('ready', flush=True)
            sys.stdin.read()
            "
            """.ReplaceLineEndings("\n"));
        Inspection inspection = await Inspection.TakeAsync(new Targets(), [inside.Id], TimeProvider.System);
        ClientConnection found = Assert.Single(inspection.Connections);
        Assert.Equal((11L, 3306, inside.Id), (found.Socket.Unread, found.Socket.Remote!.Port, Assert.Single(found.Holders).Process.Pid));
        Assert.NotEqual(new FileInfo("/proc/self/ns/net").LinkTarget, found.Socket.Namespace);
        Assert.NotNull(found.Socket.Idle);
    }

    [Fact]
    public async Task A_process_that_is_not_there_is_told() => Assert.Equal([int.MaxValue], (await Look(int.MaxValue)).Missing);

    [Fact]
    public void The_table_of_proc_and_the_kernels_answer_agree()
    {
        (Socket client, Socket peer) = Connect();
        peer.Send(new byte[33]);
        while (client.Available < 33)
            Thread.Yield();
        string netns = new FileInfo("/proc/self/ns/net").LinkTarget!;
        KernelSocket asked = SocketDiagnosis.Read(null, netns)!.Single(s => s.Local?.Equals(client.LocalEndPoint) == true && s.Remote!.Port == Port);
        KernelSocket read = ProcTcp.Read("/proc/self/net", netns).Single(s => s.Local!.Equals(client.LocalEndPoint) && s.Remote!.Port == Port);
        Assert.Equal(33, asked.Unread);
        Assert.Equal(read, asked with { Idle = null, SinceReceived = null, Expires = read.Expires });
    }
}

/// <summary>A test that makes a network namespace; skipped with the reason where that is not allowed.</summary>
public sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute() => Skip = Environment.UserName != "root" ? "needs root" : !File.Exists("/usr/bin/unshare") || !File.Exists("/usr/sbin/ip") && !File.Exists("/sbin/ip") && !File.Exists("/usr/bin/ip") ? "needs unshare and ip" : null;
}
