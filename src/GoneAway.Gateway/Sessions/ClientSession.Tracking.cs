using System.Text;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Statements;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>What the server, or else the statement, tells of the state that the session has there.</content>
internal sealed partial class ClientSession
{
    private void Learn(BackendConnection connection, ReadOnlySpan<byte> changes)
    {
        foreach (SessionStateChanges.Change change in new SessionStateChanges(changes))
        {
            switch (change.Type)
            {
                case SessionStateChanges.SystemVariables:
                    changeExplained = true;
                    if (ServerInfo.IsNoState(change.Name))
                        break;
                    string name = Encoding.Latin1.GetString(change.Name).ToLowerInvariant();
                    if (name.StartsWith("session_track_", StringComparison.Ordinal))
                    {
                        LearnTracking(name, change.Value);
                        mustTrackAgain = true;
                    }
                    else if (name is "last_insert_id" or "identity")
                        insertIdChanged = true;
                    // Set again they would be a moment that is over, or a number that is taken; when a statement has used them up, it does not say.
                    // Profiles and traces lie on the connection; with sql_auto_is_null any IS NULL may ask for the insert id.
                    else if (name is "profiling" or "optimizer_trace" or "insert_id" or "rand_seed1" or "rand_seed2" or "pseudo_thread_id" or "timestamp" or "gtid_next" or "gtid_seq_no" || name == "sql_auto_is_null" && change.Value is [(byte)'O', (byte)'N'] or [(byte)'1'])
                        pins |= Pins.Untracked;
                    else
                    {
                        SessionState before = state;
                        state = state.With(name, Encoding.Latin1.GetString(change.Value));
                        variableChanged |= !ReferenceEquals(before, state);
                    }
                    if (name == "wait_timeout" && int.TryParse(Encoding.Latin1.GetString(change.Value), out int seconds))
                        connection.IdleLimit = seconds * 1000L;
                    break;
                case SessionStateChanges.Schema:
                    changeExplained = true;
                    if (!change.Value.SequenceEqual(Encoding.Latin1.GetBytes(state.Schema)))
                        state = state with { Schema = Encoding.Latin1.GetString(change.Value) };
                    key = key!.As(key.WasReset, state.Schema.Length > 0);
                    break;
                case SessionStateChanges.StateChange:
                    stateChanged = true;
                    break;
            }
        }
        connection.State = state;
    }

    private readonly SessionTrackFilter trackedByClient = new();

    /// <summary>The client wants to be told otherwise than the server's defaults have it; the gateway goes on being told everything.</summary>
    private void LearnTracking(string name, ReadOnlySpan<byte> value)
    {
        bool on = !(value.IsEmpty || value.SequenceEqual("OFF"u8) || value.SequenceEqual("0"u8));
        switch (name)
        {
            case "session_track_system_variables":
                trackedByClient.TrackVariables(value);
                break;
            case "session_track_schema":
                trackedByClient.Schema = on;
                break;
            case "session_track_state_change":
                trackedByClient.StateChange = on;
                break;
            case "session_track_gtids":
                trackedByClient.Gtids = on;
                pins |= on ? Pins.Untracked : 0;
                break;
            case "session_track_transaction_info":
                trackedByClient.TransactionState = on;
                trackedByClient.TransactionCharacteristics = value.SequenceEqual("CHARACTERISTICS"u8);
                pins |= on ? Pins.Untracked : 0;
                break;
        }
    }

    /// <summary>What the statement leaves behind that no tracking tells, or only in part.</summary>
    private void PinByTraits()
    {
        if ((traits & ~(StatementTraits.PureRead | StatementTraits.Begin | StatementTraits.EndsTransaction | StatementTraits.SetsState)) == 0)
            return;
        Pins before = pins;
        if ((traits & StatementTraits.TemporaryTable) != 0)
            pins |= Pins.TemporaryTable;
        // Servers do not tell of user variables that a routine has assigned.
        if ((traits & (StatementTraits.UserVariable | StatementTraits.Call | StatementTraits.CallsFunction)) != 0)
            pins |= Pins.UserVariable;
        if ((traits & StatementTraits.TableLock) != 0)
            pins |= Pins.TableLock;
        // Of several, which came last is not known.
        if ((traits & (StatementTraits.TableUnlock | StatementTraits.TableLock | StatementTraits.Multi)) == StatementTraits.TableUnlock && lastError is null)
            pins &= ~Pins.TableLock;
        if ((traits & StatementTraits.NamedLock) != 0)
            pins |= Pins.NamedLock;
        if ((traits & StatementTraits.TextPrepare) != 0)
            pins |= Pins.TextPrepare;
        if ((traits & StatementTraits.Handler) != 0)
            pins |= Pins.Handler;
        if ((traits & (StatementTraits.UntrackedState | StatementTraits.Doubtful)) != 0)
            pins |= Pins.Untracked;
        if ((traits & StatementTraits.OneShotTransaction) != 0)
            pins |= Pins.OneShot;
        if ((traits & StatementTraits.Xa) != 0)
            pins |= Pins.Xa;
        if ((traits & (StatementTraits.CalcFoundRows | StatementTraits.ReadsLast)) != 0 && Options.Pool.Mode == PoolMode.Transaction)
            pins |= Pins.Diagnostics;
        if ((traits & StatementTraits.SetsCharset) != 0)
            charsetChanged = true;
        if ((traits & StatementTraits.SessionTracking) != 0)
            mustTrackAgain = true;
        if (before == 0 && pins != 0)
            counters.SessionsPinned++;
    }
}
