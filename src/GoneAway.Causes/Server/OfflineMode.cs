using GoneAway.Model;

namespace GoneAway.Causes.Server;

/// <summary>The server was put into offline mode.</summary>
public sealed class OfflineMode : Cause
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    public override string Name => "offline-mode";
    public override CauseGroup Group => CauseGroup.Server;
    public override string Title => "The server was put into offline mode: ordinary sessions were cut and new ones are refused.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        if (ErrorOf(connection, 3032) is { } error)
            return new Examination.Matched { Grade = Grade.Proven, Summary = "The server is in offline mode and refuses ordinary logins.", ClosedBy = ClosedBy.Server, Evidence = [EvidenceOf(connection, error), EndOf(connection)] };
        if (NotCutInSession(connection) is { } no)
            return no;
        // Sessions are cut without a word; only the next login is told why.
        Instant cut = connection.Ending?.At.At ?? connection.Last.At;
        foreach (Timeline other in @case.Timelines)
            if (other.Server.Equals(connection.Server) && ErrorOf(other, 3032) is { } refused && refused.At.At >= cut && refused.At.At - cut < Soon)
                return new Examination.Matched { Grade = Grade.Likely, Summary = "The server cut the session without a word and refused a later login because it is in offline mode.", ClosedBy = ClosedBy.Server, Evidence = [EndOf(connection), EvidenceOf(other, refused)], Rivals = ["killed"] };
        return Open("whether offline_mode was turned on (@@offline_mode)");
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        Sighting? said = loss.Said(3032) ?? loss.Sightings.FirstOrDefault(static s => s is { Sign: Sign.PacketsOutOfOrder, Size: 48 });
        Fact? mode = @case.Setting("offline_mode");
        if (said is not null)
            return Told(Grade.Proven, "The server is in offline mode and refuses ordinary logins.", ClosedBy.Server, [said, mode, @case.Find(Sign.OfflineModeOn)]);
        if (Testimony.Around(loss, @case, Sign.OfflineModeOn) is (var on, var close))
            return Told(Testimony.CameLater(loss, on) ? Grade.Possible : close && on.At is not null && loss.At is not null ? Grade.Proven : Grade.Likely, $"The server was put into offline mode{Testimony.Before(loss, on)}, which cuts ordinary sessions.", ClosedBy.Server, [on, mode, loss.Told]);
        return mode switch
        {
            { Value: "ON" or "1" } => Told(Grade.Likely, "offline_mode is ON: ordinary sessions were cut when it was set.", ClosedBy.Server, [mode, loss.Told]),
            { } off => No("offline_mode is OFF, and turning it off and on leaves a word in the log", off.Source),
            _ => Open("whether offline_mode was turned on (@@offline_mode)"),
        };
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "SELECT SET_USER, SET_TIME FROM performance_schema.variables_info WHERE VARIABLE_NAME = 'offline_mode' tells who and when; repair what set it (Group Replication sets it when a member is expelled), then SET GLOBAL offline_mode = OFF."),
    ];

    public override string Page => """
        ## What happens
        `SET GLOBAL offline_mode = ON` (a person, or Group Replication's `group_replication_exit_state_action`) ends the sessions of all users
        without CONNECTION_ADMIN or SUPER, by a bare FIN, and answers new logins with 3032. The listener stays, Uptime goes on.

        ## Evidence
        - 3032 `The server is currently in offline mode` on new logins.
        - `@@offline_mode`, and who set it in performance_schema.variables_info.
        - Log: `Member was expelled from the group`, `Setting offline_mode=ON`.

        ## Looks like it, but is not
        - A restart: the listener goes away, Uptime begins anew: `server-restart`.
        - One session only: `killed`.
        - An error `1040`: `too-many-connections`.

        ## Fix
        Find who set it, repair the reason, turn it off.

        ## References
        - MySQL manual, `offline_mode`, `group_replication_exit_state_action`.
        """;
}
