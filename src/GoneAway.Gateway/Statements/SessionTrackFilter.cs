using System.Text;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Statements;

/// <summary>Which session changes a client asked to be told of, by its own session_track_ settings; to begin with the server's defaults.</summary>
/// <remarks>MySQL manual, session_track_system_variables and its neighbours; MariaDB has the same names and defaults.</remarks>
public sealed class SessionTrackFilter
{
    /// <summary>Default of session_track_system_variables.</summary>
    private static readonly byte[][] Usual =
        ["autocommit"u8.ToArray(), "character_set_client"u8.ToArray(), "character_set_connection"u8.ToArray(), "character_set_results"u8.ToArray(), "time_zone"u8.ToArray()];

    private byte[][] variables = Usual;
    private bool allVariables;

    /// <summary>session_track_schema.</summary>
    public bool Schema { get; set; } = true;

    /// <summary>session_track_state_change.</summary>
    public bool StateChange { get; set; }

    /// <summary>session_track_gtids other than OFF.</summary>
    public bool Gtids { get; set; }

    /// <summary>session_track_transaction_info other than OFF; with CHARACTERISTICS also those.</summary>
    public bool TransactionState { get; set; }
    public bool TransactionCharacteristics { get; set; }

    /// <summary>Takes a value of session_track_system_variables: names between commas, <c>*</c> for all, empty for none.</summary>
    public void TrackVariables(ReadOnlySpan<byte> list)
    {
        var names = new List<byte[]>();
        allVariables = false;
        foreach (Range part in list.Split((byte)','))
        {
            ReadOnlySpan<byte> name = list[part].Trim(" \t\r\n"u8);
            if (name.SequenceEqual("*"u8))
                allVariables = true;
            else if (!name.IsEmpty)
                names.Add(name.ToArray());
        }
        variables = [.. names];
    }

    /// <summary>Back to the defaults, as after COM_RESET_CONNECTION.</summary>
    public void Reset()
    {
        variables = Usual;
        allVariables = StateChange = Gtids = TransactionState = TransactionCharacteristics = false;
        Schema = true;
    }

    /// <summary>The client is told of changes of this system variable.</summary>
    public bool Tracks(ReadOnlySpan<byte> variable)
    {
        if (allVariables)
            return true;
        foreach (byte[] name in variables)
            if (Ascii.EqualsIgnoreCase(name, variable))
                return true;
        return false;
    }

    /// <summary>The client is told of changes of this type, see <see cref="SessionStateChanges"/>.</summary>
    public bool Tracks(byte type) => type switch
    {
        SessionStateChanges.SystemVariables => true,
        SessionStateChanges.Schema => Schema,
        SessionStateChanges.StateChange => StateChange,
        SessionStateChanges.Gtids => Gtids,
        SessionStateChanges.TransactionCharacteristics => TransactionCharacteristics,
        SessionStateChanges.TransactionState => TransactionState,
        _ => false,
    };
}
