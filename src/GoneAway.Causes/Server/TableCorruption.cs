using GoneAway.Model;

namespace GoneAway.Causes.Server;

/// <summary>The server ended, or refuses, because of damaged data.</summary>
public sealed class TableCorruption : Cause
{
    public override string Name => "table-corruption";
    public override CauseGroup Group => CauseGroup.Server;
    public override string Title => "The server found damaged pages or tables and ended itself, or crashes whenever they are touched.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        return NotCutInSession(connection) ?? Open("what the server log says of damaged tables");
    }

    protected override Phases Fits => Phases.Any;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (@case.Find(Sign.Corruption) is not { } damage)
            return Testimony.LivedOn(loss, @case) is (var uptime, _) ? No($"the server lives ({Words.Of(uptime)}) and nothing speaks of damage", uptime.Source) : Open("what the server log says of damaged tables");
        if (Testimony.Around(loss, @case, Sign.Corruption) is not (var seen, var close))
            return No($"the damage was found at another time", damage.Source);
        Sighting? end = @case.Near(loss, TimeSpan.FromDays(1), TimeSpan.FromMinutes(5), Sign.ServerSignal, Sign.AssertionFailure, Sign.UnitDied, Sign.CrashRecovery);
        // A table of MyISAM or Aria is damaged by a crash, and ends no server.
        bool isConsequence = end is not null && (seen.At - end.At >= TimeSpan.FromSeconds(1) || seen.Text.Contains("marked as crashed", StringComparison.Ordinal) || seen.Text.Contains("Incorrect key file", StringComparison.Ordinal));
        string table = seen.Subject is null ? "" : $" ({seen.Subject})";
        if (end is not null && !isConsequence)
            return Told((seen.At is not null && loss.At is not null && close || loss.Find(Sign.Corruption) is not null) && end.Sign is Sign.ServerSignal or Sign.AssertionFailure ? Grade.Proven : Grade.Likely, $"The server ended itself over damaged data{table}: whatever statement touches it ends every session.", ClosedBy.Server, [seen, end, loss.Told]);
        return Told(Grade.Possible, $"The server log tells of damaged data{table}.", ClosedBy.Server, [seen, loss.Told], "server-crash");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("server", "Do not restart it in a loop. Copy the data directory first; then start with innodb_force_recovery = 1 (raise step by step, 4 and above may lose data), dump, and restore into a fresh instance; MyISAM and Aria: CHECK TABLE, REPAIR TABLE."),
        new("server", "Find the reason: disk and memory errors (smartctl, dmesg, memtest), a full disk, files copied while the server ran, an upgrade over a crashed data directory."),
        new("do not", "innodb_force_recovery is no way to run in production; and raising time-outs changes nothing."),
    ];

    public override string Page => """
        ## What happens
        A page's checksum is wrong, a tablespace or the redo log does not fit: InnoDB stops the server on purpose (an assertion, signal 6) rather
        than spread the damage. Each statement that touches the page does it again: the server restarts in a loop, and all clients say 2006 or 2013
        each time. A damaged MyISAM or Aria table is refused with errors 126, 127, 144, 145 and no disconnect.

        ## Evidence
        - `InnoDB: Database page corruption on disk or a failed read of page`, `is in the future`, `Table ... is marked as crashed`, then
          `Assertion failure` or `got signal 6`.
        - The same statement is the last one before each crash (`Query (...)` in the log).

        ## Looks like it, but is not
        - A crash without a word of damage: `server-crash`.
        - `log sequence number ... is in the future` alone, after a copied file, is a warning: the server lives.
        - Error 1034 or 145 answered to one statement, the session living on, is no lost connection.

        ## Fix
        Save the files, recover in steps, restore; find what damaged them.

        ## References
        - MySQL manual, "Forcing InnoDB Recovery", "Rebuilding or Repairing Tables".
        """;
}
