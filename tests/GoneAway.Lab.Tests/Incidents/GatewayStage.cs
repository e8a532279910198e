using System.Text.Json;
using GoneAway.Lab.Parts;
using GoneAway.Model;
using LabProgram = GoneAway.Lab.Parts.Program;

namespace GoneAway.Lab.Tests.Incidents;

/// <summary>A server, the gateway before it, a capture between the two, and Python clients of the gateway; all on a host of their own.</summary>
internal sealed class GatewayStage : IDisposable
{
    private const string Client = """
        import os, time, pymysql
        def connect(port=6033, **o):
            return pymysql.connect(host='127.0.0.1', port=port, user='app', password='secret', database='shop', program_name='lab', autocommit=True, **o)
        def run(c, sql):
            with c.cursor() as cur:
                cur.execute(sql)
                return cur.fetchall()
        def attempt(c, sql):
            try:
                run(c, sql)
                print('told nothing', flush=True)
            except Exception as e:
                print('told', *e.args, flush=True)
        def until_broken():
            print('ready', flush=True)
            while not os.path.exists(os.environ['WORK'] + '/broken'):
                time.sleep(0.02)

        """;

    private readonly string work = Directory.CreateTempSubdirectory("goneaway-stage-").FullName;
    private readonly Network network = Network.Single();
    private readonly Tcpdump capture;
    private readonly GatewayProcess gateway;
    private readonly List<LabProgram> clients = [];

    public GatewayStage(Flavour flavour, IReadOnlyList<string>? settings = null, params string[] options)
    {
        Server = DatabaseServer.Start(flavour, network, "host", work, options);
        capture = Tcpdump.Start(network, "host", Capture);
        gateway = GatewayProcess.Start(network, "host", work, ["127.0.0.1:3306"], [.. settings ?? [], "operation:", "  json_log: true"]);
    }

    /// <summary>Why there can be none here; null when there can.</summary>
    public static string? Missing() => new Lab.Scenarios.ServerRestartScenario().Missing() ?? GatewayProcess.Missing();

    public DatabaseServer Server { get; private set; }

    public string Capture => Path.Combine(work, "capture.pcap");

    public LabProgram Python(string script)
    {
        LabProgram program = LabProgram.Start(network, "host", new Dictionary<string, string> { ["WORK"] = work }, "/usr/bin/python3", "-c", Client + script);
        clients.Add(program);
        return program;
    }

    /// <summary>Lets clients go on that wait in <c>until_broken()</c>.</summary>
    public void Broken() => File.WriteAllText(Path.Combine(work, "broken"), "");

    public void Restart(Flavour flavour) => Server = DatabaseServer.Start(flavour, network, "host", work);

    /// <summary>Stops gateway and capture: what the gateway logged, and what a capture of its server connections explains.</summary>
    public (IReadOnlyList<LoggedIncident> Logged, IReadOnlyList<Incident> Explained) Finish()
    {
        Poll.Until(() => clients.All(static c => c.HasExited), TimeSpan.FromSeconds(60));
        gateway.Signal("TERM");
        Poll.Until(() => gateway.HasExited, TimeSpan.FromSeconds(60));
        capture.Stop();
        var logged = new List<LoggedIncident>();
        foreach (string line in gateway.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (LoggedIncident.Read(line) is { } incident)
                logged.Add(incident);
        return (logged, Verdicts.OfCapture(Capture));
    }

    /// <summary>All that the gateway has written so far.</summary>
    public string Log => gateway.Output;

    public void Dispose()
    {
        foreach (LabProgram client in clients)
            client.Dispose();
        gateway.Dispose();
        capture.Dispose();
        Server.Dispose();
        network.Dispose();
        Directory.Delete(work, recursive: true);
    }
}

/// <summary>An incident's line of the gateway's log.</summary>
internal sealed record LoggedIncident(string Name, Grade Grade, string Id, uint ServerThread, int Count, string Text)
{
    public static LoggedIncident? Read(string line)
    {
        if (!line.StartsWith('{'))
            return null;
        using JsonDocument json = JsonDocument.Parse(line);
        JsonElement root = json.RootElement;
        if (root.GetProperty("kind").GetString() != "incident")
            return null;
        return new LoggedIncident(root.GetProperty("name").GetString()!,
            root.TryGetProperty("grade", out JsonElement grade) ? Enum.Parse<Grade>(grade.GetString()!, ignoreCase: true) : Grade.Unknown,
            root.GetProperty("incident_id").GetString()!,
            root.TryGetProperty("server_thread", out JsonElement thread) ? thread.GetUInt32() : 0,
            root.TryGetProperty("connections", out JsonElement count) ? (int)count.GetDouble() : 1,
            root.GetProperty("text").GetString()!);
    }
}

/// <summary>A test that needs root, servers, captures and the gateway; skipped with the reason where they are missing.</summary>
public sealed class GatewayFactAttribute : FactAttribute
{
    public GatewayFactAttribute() => Skip = GatewayStage.Missing();
}

/// <summary>As <see cref="GatewayFactAttribute"/>.</summary>
public sealed class GatewayTheoryAttribute : TheoryAttribute
{
    public GatewayTheoryAttribute() => Skip = GatewayStage.Missing();
}
