namespace GoneAway.Lab.Parts;

/// <summary>A capture of port 3306 that is being written.</summary>
public sealed class Tcpdump : IDisposable
{
    private readonly Program program;

    private readonly string file;

    private Tcpdump(Program program, string file)
    {
        this.program = program;
        this.file = file;
    }

    /// <summary>Starts and waits until it really listens.</summary>
    public static Tcpdump Start(Network network, string host, string file)
    {
        Program program = Program.Start(network, host, null, "tcpdump", "--immediate-mode", "-B", "131072", "-i", "any", "-Z", "root", "-U", "-s", "70000", "-w", file, "tcp port 3306 or icmp");
        program.WaitForOutput("listening on", TimeSpan.FromSeconds(15));
        return new Tcpdump(program, file);
    }

    /// <summary>Stops it once what has happened is in the file.</summary>
    public void Stop()
    {
        // What has happened is in the file once it has not grown for some looks.
        long size = -1;
        int same = 0;
        Poll.Until(() =>
        {
            long present = new FileInfo(file).Length;
            same = present == size ? same + 1 : 0;
            size = present;
            return same >= 20;
        }, TimeSpan.FromSeconds(10));
        program.Signal("INT");
        program.WaitForExit(TimeSpan.FromSeconds(15));
    }

    public void Dispose() => program.Dispose();
}
