using GoneAway.Model;

namespace GoneAway.Reports;

/// <summary>Whose connection it was, and when; in one line.</summary>
internal static class Who
{
    public static string Of(Incident incident)
    {
        Party party = incident.Party;
        string who = incident.At is { } at ? $"{at.ToUtc():yyyy-MM-dd HH:mm:ss.fff}Z" : "no time is known";
        if (party.Client is not null || party.Server is not null)
            who += $"  {party.Client ?? "client"} → {party.Server ?? "server"}";
        if (party.ThreadId is { } thread)
            who += $"  thread {thread}";
        if (party.User is { Length: > 0 } user)
            who += $"  user {user}";
        if (party.Program is { } program)
            who += $"  {program}" + (party.Pid is { } pid ? $"[{pid}]" : "");
        if (incident.Connection?.Identity.UsesTls == true)
            who += "  in TLS: judged by TCP and the greeting alone";
        if (incident.Symptom is { } symptom)
            who += $"  seen as {symptom.Code} {symptom.Text}";
        return who;
    }
}
