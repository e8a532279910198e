using GoneAway.Diagnosis.Hazards;
using GoneAway.Evidence;
using GoneAway.Evidence.Server.Live;
using GoneAway.Model;

namespace GoneAway.Cli;

/// <summary>One server and what was found on it; or why it could not be asked.</summary>
internal sealed record CheckedServer
{
    public required ServerAddress Address { get; init; }
    public ServerState? State { get; init; }
    /// <summary><c>TLSv1.3, login by caching_sha2_password</c>.</summary>
    public string How { get; init; } = "";
    public string? Failure { get; init; }
    public IReadOnlyList<Hazard> Hazards { get; init; } = [];
    public IdleBudget? Budget { get; init; }
}

/// <summary>Asks the servers and reads what stands before them, then has the rules judge.</summary>
internal sealed class Check(CheckRequest request, ServerLogins logins, TimeProvider time)
{
    private readonly List<InputSummary> inputs = [];
    private readonly Findings path = new();

    public IReadOnlyList<CheckedServer> Servers { get; private set; } = [];
    /// <summary>Files and sockets that were read beside the servers.</summary>
    public IReadOnlyList<InputSummary> Inputs => inputs;
    /// <summary>Hazards that a configuration itself shows.</summary>
    public IReadOnlyList<Hazard> PathHazards => path.Hazards;
    public IReadOnlyList<string> Notes => logins.Notes;

    public bool Failed => Servers.Any(static s => s.Failure is not null) || inputs.Any(static i => i.Kind == "unreadable");
    public bool HasHazards => PathHazards.Count > 0 || Servers.Any(static s => s.Hazards.Count > 0);

    public async Task RunAsync(CancellationToken cancel)
    {
        foreach (Fact fact in PathSources.ReadKernel())
            path.Add(fact);
        if (request.Proxy is { } proxy)
            foreach ((InputSummary summary, Findings findings) in await PathSources.ReadProxyAsync(proxy, request.Patience, time, cancel))
                Take(summary, findings);
        foreach (string file in request.ClientConfigs)
        {
            (InputSummary summary, Findings findings) = PathSources.ReadFile(file);
            Take(summary, findings);
        }
        // One after the other where a person may have to type passwords, all together for the watching.
        var open = new List<(ServerAddress Address, MySqlConnection? Connection, string? Failure)>();
        foreach (ServerAddress address in logins.Addresses)
        {
            try
            {
                open.Add((address, await logins.OpenAsync(address, request.Patience, time, cancel), null));
            }
            catch (LiveException error)
            {
                open.Add((address, null, error.Message));
            }
        }
        Servers = await Task.WhenAll(open.Select(one => AskAsync(one.Address, one.Connection, one.Failure, cancel)));
    }

    private async Task<CheckedServer> AskAsync(ServerAddress address, MySqlConnection? connection, string? failure, CancellationToken cancel)
    {
        if (connection is null)
            return new CheckedServer { Address = address, Failure = failure };
        await using (connection)
        {
            try
            {
                string name = address.ToString();
                ServerState state = await new ServerSurvey(connection, name, logins.Count == 1 ? "server" : name, time).TakeAsync(request.Watch, cancel);
                Fact[] facts = [.. path.Facts, .. state.Facts];
                return new CheckedServer
                {
                    Address = address,
                    State = state,
                    How = string.Join(", ", ((string?[])[connection.Tls, $"login by {connection.AuthPlugin}"]).Where(static part => part is not null)),
                    Hazards = HazardRules.Judge(facts, [.. path.Sightings, .. state.Sightings]),
                    Budget = IdleBudget.Of(new KnownFacts(facts, [])),
                };
            }
            catch (LiveException error)
            {
                return new CheckedServer { Address = address, Failure = error.Message };
            }
        }
    }

    private void Take(InputSummary summary, Findings findings)
    {
        inputs.Add(summary);
        foreach (Fact fact in findings.Facts)
            path.Add(fact);
        foreach (Sighting sighting in findings.Sightings)
            path.Add(sighting);
        foreach (Hazard hazard in findings.Hazards)
            path.Add(hazard);
    }
}
