using System.Net;
using System.Net.Sockets;
using System.Text;
using GoneAway.Lab.Parts;

namespace GoneAway.Integration.Tests;

/// <summary>A gateway that was given its listening socket, as systemd does it: a client that came first waits there.</summary>
public sealed class SocketActivationTests
{
    [Fact]
    public async Task A_client_that_came_before_the_gateway_is_served_and_the_socket_outlives_it()
    {
        // What systemd does: the socket is descriptor 3, and the process that is to have it is named.
        const string manager = """
            import os, socket, subprocess, sys
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            def give():
                os.dup2(listener.fileno(), 3)
                os.set_inheritable(3, True)
                os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
                os.execvp(sys.argv[1], sys.argv[1:])
            for _ in range(2):
                sys.stdin.readline()
                child = os.fork()
                if child == 0:
                    give()
                sys.stdin.readline()
                os.kill(child, 15)
                print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
            """;
        string tool = Path.Combine(AppContext.BaseDirectory, "goneaway.dll");
        using LocalServer server = LocalServer.Start(Flavour.MariaDb, "DO 1;\n");
        var start = new System.Diagnostics.ProcessStartInfo("python3", ["-c", manager, "dotnet", tool, "gateway", "--backend", $"127.0.0.1:{server.Port}"])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            int port = int.Parse(process.StandardOutput.ReadLine()!);
            for (int turn = 0; turn < 2; turn++)
            {
                using (TcpClient early = Connect(port))
                {
                    process.StandardInput.WriteLine();
                    Assert.Contains("MariaDB", Greeting(early), StringComparison.Ordinal);
                }
                process.StandardInput.WriteLine();
                Assert.Equal("0", process.StandardOutput.ReadLine());
            }
            Assert.True(process.WaitForExit(20_000));
            Assert.Contains("listening on systemd:0", await errors, StringComparison.Ordinal);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void A_descriptor_that_is_no_socket_is_told()
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "goneaway.dll");
        var start = new System.Diagnostics.ProcessStartInfo("bash", ["-c", "LISTEN_FDS=1 LISTEN_PID=$$ exec dotnet \"$0\" gateway --backend 127.0.0.1:1 3</dev/null", tool]) { RedirectStandardError = true };
        using var process = System.Diagnostics.Process.Start(start)!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Contains("systemd:0", errors, StringComparison.Ordinal);
        Assert.Contains("no listening socket", errors, StringComparison.Ordinal);
        Assert.Equal(1, process.ExitCode);
    }

    private static TcpClient Connect(int port)
    {
        var client = new TcpClient { ReceiveTimeout = 60_000 };
        client.Connect(IPAddress.Loopback, port);
        return client;
    }

    private static string Greeting(TcpClient client)
    {
        byte[] bytes = new byte[4096];
        return Encoding.Latin1.GetString(bytes, 0, client.Client.Receive(bytes));
    }
}
