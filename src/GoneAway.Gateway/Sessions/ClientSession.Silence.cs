using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Loop;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Sessions;

/// <content>An answer that does not come.</content>
internal sealed partial class ClientSession
{
    /// <summary>Milliseconds without a byte of the answer after which the server is asked whether it lives.</summary>
    private const long SilenceLimit = 3_000;

    /// <summary>Any thread may ask; what it is told may be over.</summary>
    public bool IsOn(Backend server) => backend?.Backend == server;

    /// <summary>For something of the gateway's own that may take its time: for as long as the server lives. Milliseconds until it is asked for again.</summary>
    private long WaitsOn(BackendConnection connection)
    {
        core.OnSilence(connection.Backend);
        return connection.Backend.State == BackendState.Down ? 0 : SilenceLimit;
    }

    /// <summary>
    /// True: the server is found dead or frozen, another one is there, and what runs there is a read of which nothing came: it may be run anew.
    /// A write waits: it may yet be done.
    /// </summary>
    private bool LeavesSilent(Ready ready, BackendConnection connection)
    {
        if ((ready & Ready.Timeout) != 0)
            core.OnSilence(connection.Backend);
        if ((ready & ~(Ready.Signal | Ready.Timeout)) != 0 || connection.Backend.State != BackendState.Down)
            return false;
        return Judge(untouched: false, Relayed.Lost) == LossVerdict.SendAgain && heldCount == 0 && passing == 0
            && core.Backends.Pick(connection.Backend) is not null;
    }
}
