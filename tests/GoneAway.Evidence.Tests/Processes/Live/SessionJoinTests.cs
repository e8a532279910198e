using System.Diagnostics;
using GoneAway.Evidence.Processes.Live;
using GoneAway.Evidence.Server.Live;
using GoneAway.Evidence.Tests.Server.Live;
using GoneAway.Lab.Parts;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Processes.Live;

/// <summary>A real driver, a real server: the sessions of the one are the sockets of the other.</summary>
[Collection(LiveServers.Name)]
public sealed class SessionJoinTests(MariaDbServer maria)
{
    private static async Task<(Inspection Inspection, ServerView View)> Look(LocalServer server, bool bySocket, int pid)
    {
        var address = bySocket ? new ServerAddress { Socket = server.Socket, User = "native" } : new ServerAddress { Host = "127.0.0.1", Port = server.Port, User = "native" };
        await using MySqlConnection connection = await MySqlConnection.OpenAsync(address, new Secret("native secret"), TimeSpan.FromSeconds(15));
        ServerView view = await ServerViews.AskAsync(connection, address, TimeProvider.System);
        return (await Inspection.TakeAsync(new Targets { Ports = [server.Port] }, [pid], TimeProvider.System), view);
    }

    [MariaDbFact]
    public async Task A_forked_child_is_found_out_by_the_process_number_that_the_driver_told()
    {
        using Process parent = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", $"""
            import os, pymysql, sys
            c = pymysql.connect(host='127.0.0.1', port={maria.Server!.Port}, user='native', password='native secret')
            pid = os.fork()
            if pid == 0:
                sys.stdin.read()
                os._exit(0)
            os.close(c._sock.fileno())
            print(pid, c.thread_id(), flush=True)
            sys.stdin.read()
            os._exit(0)
            """]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            string[] said = (await parent.StandardOutput.ReadLineAsync() ?? "").Split(' ');
            foreach (bool bySocket in (bool[])[false, true])
            {
                (Inspection inspection, ServerView view) = await Look(maria.Server!, bySocket, int.Parse(said[0]));
                ClientConnection connection = Assert.Single(inspection.Connections);
                Assert.Equal(uint.Parse(said[1]), view.SessionOf(connection)?.ThreadId);
                Hazard hazard = Assert.Single(new ConnectionRules(inspection, view, 28_232).Judge());
                Assert.Equal("shared-after-fork", hazard.Cause);
                Assert.Contains($"python3[{said[0]}] has a connection that python3[{parent.Id}] opened (session {said[1]}, _pid {parent.Id})", hazard.Text);
            }
        }
        finally
        {
            parent.StandardInput.Close();
            parent.WaitForExit(5000);
        }
    }
}
