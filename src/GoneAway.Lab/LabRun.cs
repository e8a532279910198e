using System.Text;
using System.Text.Json;
using GoneAway.Lab.Parts;

namespace GoneAway.Lab;

/// <summary>One run of a scenario: its hosts, servers, clients, and the folder of evidence that it leaves.</summary>
public sealed class LabRun : IDisposable
{
    private const string Client = """
        import os, sys, time, socket, threading
        import pymysql
        port = int(os.environ['DB_PORT'])
        def connect(**o):
            args = dict(host=os.environ['DB_HOST'], port=port, user='app', password='secret', database='shop', program_name='lab')
            args.update(o)
            return pymysql.connect(**args)
        def connect_soon(**o):
            for _ in range(50):
                try:
                    return connect(**o)
                except Exception as e:
                    last = e
                    time.sleep(0.1)
            raise last
        def run(c, sql):
            with c.cursor() as cur:
                cur.execute(sql)
                return cur.fetchall()
        def say(*words):
            print(time.strftime('%Y-%m-%d %H:%M:%S'), *words, flush=True)
        def until_broken():
            say('ready')
            while not os.path.exists(os.environ['WORK'] + '/broken'):
                time.sleep(0.02)

        """;

    private readonly List<IDisposable> parts = [];
    private readonly StringBuilder application = new();
    private readonly string work = Directory.CreateTempSubdirectory("goneaway-lab-").FullName;
    private Tcpdump? capture;
    private readonly Cure? cure;
    private DatabaseServer? server;
    private GatewayProcess? gateway;

    /// <param name="cure">Puts the gateway into the path; null: none.</param>
    public LabRun(string folder, bool routed, Flavour flavour, Cure? cure = null)
    {
        this.cure = cure;
        Flavour = flavour;
        Folder = folder;
        Directory.CreateDirectory(folder);
        Routed = routed;
        Network = routed ? Network.Routed() : Network.Single();
    }

    /// <summary>Where the evidence goes.</summary>
    public string Folder { get; }
    public Network Network { get; }
    public Flavour Flavour { get; }
    public bool Routed { get; }
    /// <summary>A folder for what is no evidence.</summary>
    public string Work => work;
    public string ServerHost => Routed ? "server" : "host";
    public string ClientHost => Routed ? "client" : "host";

    public DatabaseServer StartServer(params string[] options)
    {
        server = DatabaseServer.Start(Flavour, Network, ServerHost, work, options);
        parts.Add(server);
        return server;
    }

    /// <summary>Begins to capture, on the client's host unless told; with the gateway in the path there is nothing to explain.</summary>
    public void StartCapture(string? host = null)
    {
        if (cure is not null)
            return;
        capture = Tcpdump.Start(Network, host ?? ClientHost, Path.Combine(Folder, "capture.pcap"));
        parts.Add(capture);
    }

    /// <summary>Starts a Python client; <c>connect</c>, <c>run</c> and <c>say</c> are there for it.</summary>
    public Program StartPython(string script) => Start("/usr/bin/python3", "-c", Client + script);

    /// <summary>Starts a program on the client's host; what it prints becomes the application's log.</summary>
    public Program Start(params string[] command)
    {
        if (cure is not null && gateway is null)
        {
            gateway = GatewayProcess.Start(Network, ClientHost, work, cure.Backends.Count > 0 ? cure.Backends : [(Routed ? Network.ServerAddress : "127.0.0.1") + ":3306"], cure.Settings);
            parts.Add(gateway);
        }
        var environment = new Dictionary<string, string>
        {
            ["DB_HOST"] = gateway is null && Routed ? Network.ServerAddress : "127.0.0.1",
            ["DB_PORT"] = (gateway?.Port ?? 3306).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["WORK"] = work,
        };
        Program program = Program.Start(Network, ClientHost, environment, command);
        parts.Add(program);
        return program;
    }

    /// <summary>Starts HAProxy on the client's host, in TCP mode.</summary>
    /// <param name="port">Where it listens.</param>
    /// <param name="server">Port of the server, and options of its line.</param>
    /// <param name="seconds">timeout client and timeout server.</param>
    /// <param name="global">A further line of the global section.</param>
    /// <param name="listen">A further line of the listen section.</param>
    public Program StartHaproxy(int port, string server, int seconds, string? global = null, string? listen = null)
    {
        string file = Path.Combine(work, "haproxy.cfg");
        File.WriteAllText(file, $"""
            global
              maxconn 100
              log stdout format timed local0
              {global}
            defaults
              mode tcp
              log global
              option tcplog
              timeout connect 2s
              timeout client {seconds}s
              timeout server {seconds}s
            listen db
              bind 127.0.0.1:{port}
              {listen}
              server one 127.0.0.1:{server}

            """);
        return Start("/bin/sh", "-c", $"exec /usr/sbin/haproxy -db -f {file} > {Path.Combine(work, "haproxy.log")} 2>&1");
    }

    /// <summary>Keeps what a command prints on a host, as evidence of its own.</summary>
    public void Note(string name, string host, params string[] command)
    {
        using Program program = Program.Start(Network, host, null, command);
        program.WaitForExit(TimeSpan.FromSeconds(20));
        File.WriteAllText(Path.Combine(Folder, name), program.Output);
    }

    /// <summary>Runs a Python client to its end.</summary>
    public void Python(string script, int seconds = 30) => Finish(StartPython(script), seconds);

    /// <summary>Waits for a client to end and keeps what it said.</summary>
    public void Finish(Program program, int seconds = 30)
    {
        program.WaitForExit(TimeSpan.FromSeconds(seconds));
        application.Append(program.Output);
    }

    /// <summary>Lets a client go on that waits in <c>until_broken()</c>.</summary>
    public void Broken() => File.WriteAllText(Path.Combine(work, "broken"), "");

    /// <summary>What clients have said so far.</summary>
    public string Said => application.ToString();

    /// <summary>What the gateway has logged; empty without one.</summary>
    public string GatewaySaid => gateway?.Output ?? "";

    public void Keep(IDisposable part) => parts.Add(part);

    /// <summary>Ends the capture, if there is one: all that has happened is in its file then.</summary>
    public void StopCapture() => capture?.Stop();

    /// <summary>Ends the capture and writes the evidence and the truth, which the scenario knows because it did it.</summary>
    public void Complete(Scenario scenario)
    {
        StopCapture();
        if (server?.Describe(Network, ServerHost) is { } state)
            File.WriteAllText(Path.Combine(Folder, "server.txt"), state);
        foreach (string name in new[] { "haproxy.cfg", "haproxy.log" })
            if (File.Exists(Path.Combine(work, name)))
                File.Copy(Path.Combine(work, name), Path.Combine(Folder, name), overwrite: true);
        File.WriteAllText(Path.Combine(Folder, "application.log"), application.ToString());
        if (server is not null && File.Exists(server.Log))
            File.Copy(server.Log, Path.Combine(Folder, "server.log"), overwrite: true);
        using var stream = File.Create(Path.Combine(Folder, "truth.json"));
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("cause", scenario.Cause);
        json.WriteStartArray("alsoAcceptable");
        foreach (string other in Flavour == Flavour.MySql ? scenario.AlsoAcceptableOnMySql : scenario.AlsoAcceptable)
            json.WriteStringValue(other);
        json.WriteEndArray();
        json.WriteString("description", scenario.Description);
        json.WriteEndObject();
        File.WriteAllText(Path.Combine(Folder, "README.md"), $"# {scenario.Name}\n\n{scenario.Description}\n\nRecorded by `goneaway lab {scenario.Name}`: {(Flavour == Flavour.MySql ? "MySQL 9 of Debian's unstable distribution" : "MariaDB")} and clients of Debian 12.\n");
    }

    public void Dispose()
    {
        for (int i = parts.Count - 1; i >= 0; i--)
            parts[i].Dispose();
        Network.Dispose();
        Directory.Delete(work, recursive: true);
    }
}
