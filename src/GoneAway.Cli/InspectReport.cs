using GoneAway.Evidence.Processes.Live;
using GoneAway.Model;
using GoneAway.Reports;
using GoneAway.Reports.Json;
using GoneAway.Reports.Terminal;

namespace GoneAway.Cli;

/// <summary>Tells what <see cref="Inspect"/> found, to a person or a program.</summary>
internal sealed class InspectReport(Inspect inspect)
{
    private const int MostLines = 200;

    public void Write(JsonReport json)
    {
        json.Begin();
        foreach (ClientConnection connection in inspect.Found.Connections)
            json.Input(new InputSummary(ConnectionRules.PlaceOf(connection), "connection", 1, 0, $"{Holders(connection)}: {connection.Ends}, {string.Join(", ", Properties(connection))}"));
        foreach (LostSocket lost in inspect.Found.Lost)
            json.Input(new InputSummary($"/proc/{lost.Process.Pid}/fd/{lost.Descriptor}", "connection", 1, 0, $"{lost.Process.Shown}: reset; to whom it led is not known any more"));
        json.Input(new InputSummary("/proc", "processes", inspect.Found.Processes.Count, 0, inspect.Found.NotSeen.Count == 0 ? null : "not seen: " + string.Join("; ", inspect.Found.NotSeen)));
        foreach (int pid in inspect.Found.Missing)
            json.Input(new InputSummary($"/proc/{pid}", "unreadable", 0, 0, "no such process"));
        if (inspect.ServerName is { } name)
            json.Input(inspect.Failure is { } failure ? new InputSummary(name, "unreadable", 0, 0, failure) : new InputSummary(name, "server", 1, 0, ServerNotes().Any() ? string.Join("; ", ServerNotes()) : null));
        foreach (Hazard hazard in inspect.Hazards)
            json.Hazard(hazard);
        json.End(new Totals());
    }

    public void Write(TextWriter text, TerminalReport report)
    {
        IReadOnlyList<ClientConnection> connections = inspect.Found.Connections;
        if (inspect.Failure is { } failure)
            text.WriteLine(Plain.Of($"{inspect.ServerName}  could not be asked: {failure}"));
        text.WriteLine(connections.Count == 0 ? "No connection to MySQL is open here" + (inspect.Found.NotSeen.Count > 0 ? ", as far as this account may see." : ".")
            : $"{connections.Count} {(connections.Count == 1 ? "connection" : "connections")} to MySQL");
        foreach (ClientConnection connection in connections.Take(MostLines))
            text.WriteLine(Plain.Of($"  {Holders(connection)}  {connection.Ends}  {string.Join(", ", Properties(connection))}"));
        foreach (LostSocket lost in inspect.Found.Lost)
            text.WriteLine(Plain.Of($"  {lost.Process.Shown} fd {lost.Descriptor}  reset; to whom it led is not known any more"));
        if (connections.Count > MostLines)
            text.WriteLine($"  and {connections.Count - MostLines} more (--json tells all)");
        foreach (Hazard hazard in inspect.Hazards)
            report.Hazard(hazard);
        foreach (string what in inspect.Found.NotSeen.Concat(ServerNotes()))
            text.WriteLine("not seen: " + Plain.Of(what));
        foreach (string note in inspect.Notes)
            text.WriteLine("note  " + Plain.Of(note));
        if (inspect.Hazards.Count > 0)
            text.WriteLine($"{inspect.Hazards.Count} {(inspect.Hazards.Count == 1 ? "hazard" : "hazards")}");
        else if (connections.Count > 0)
            text.WriteLine("No hazard found.");
        text.Flush();
    }

    private IEnumerable<string> ServerNotes()
    {
        if (inspect.Server is not { } server)
            yield break;
        foreach (string what in server.NotSeen)
            yield return what;
        if (!server.KeepsPorts && inspect.Found.Connections.Any(static c => c.Socket.Local is not null))
            yield return "which session is whose by its port (the server sees other ports than this host has: a proxy, NAT or Unix socket between)";
    }

    private static string Holders(ClientConnection connection) => connection.Holders.Count == 0 ? $"(a process of uid {connection.Socket.Uid})"
        : string.Join(" + ", connection.Holders.Take(4).Select(static h => $"{h.Process.Shown} fd {string.Join(",", h.Descriptors)}")) + (connection.Holders.Count > 4 ? $" + {connection.Holders.Count - 4} more" : "");

    private IEnumerable<string> Properties(ClientConnection connection)
    {
        KernelSocket socket = connection.Socket;
        yield return socket.State;
        Sighting? session = inspect.Server?.SessionOf(connection);
        string limit = inspect.Server is { } server && (session is not null || server.IsPeerOf(connection)) && server.WaitTimeout(session) is { } timeout ? $" of {timeout.Value} s" : "";
        if ((session is null ? socket.Idle : session.Idle) is { } idle)
            yield return $"idle {Spans.Show(idle)}{limit}";
        if (socket.Unread > 0)
            yield return $"{socket.Unread} bytes unread" + (connection.Waiting is { } word ? $" ({word.Code})" : "");
        if (socket.Unsent > 0)
            yield return $"{socket.Unsent} bytes not acknowledged";
        if (socket.Remote is not null)
            yield return socket.Timer switch
            {
                SocketTimer.KeepAlive => "keep-alive" + (socket.Expires is { } next ? $" in {Spans.Show(next)}" : ""),
                SocketTimer.Off => "no keep-alive",
                SocketTimer.Retransmission => $"retransmitting ({socket.Retransmits})",
                SocketTimer.ZeroWindowProbe => "the server's window is full",
                _ => "keep-alive not known",
            };
        if (session is not null)
            yield return $"thread {session.ThreadId} of {session.User}, {(session.Idle is null ? session.State : "asleep")}";
        else if (socket.Local is not null && inspect.Server is { KeepsPorts: true, SeesAllSessions: true } all && all.IsPeerOf(connection))
            yield return "no session on the server";
    }
}
