using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Links;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Sessions;

/// <content>
/// Connections that may be dead without anybody having been told: a router has forgotten them and swallows what is sent. A write sent there
/// is one whose outcome nobody knows, so that a connection that lay idle is asked first.
/// </content>
internal sealed partial class ClientSession
{
    /// <summary>Milliseconds.</summary>
    private const int PingPatience = 1500;

    /// <summary>It lay idle for long, and nothing is lost with it but itself.</summary>
    private bool IsDoubtful(BackendConnection connection) =>
        Loop.Now - connection.LastUsed > Options.Pool.PingAfterIdle.Ticks / TimeSpan.TicksPerMillisecond && (pins & ~Pins.Diagnostics) == 0 && !InTransaction && credential is not null && !IsAboutLast(connection);

    /// <summary>False: it is gone, and so are those of its server that have lain as long.</summary>
    private async ValueTask<bool> AnswersAsync(BackendConnection connection)
    {
        try
        {
            using PacketTalk talk = TalkTo(connection);
            talk.Deadline = Loop.Now + PingPatience;
            await talk.RunAsync(new byte[] { CommandCode.Ping }, connection.Capabilities);
            connection.LastUsed = Loop.Now;
            return true;
        }
        catch (TalkException)
        {
            long lastUsed = connection.LastUsed;
            OnIdleBackendLost();
            pool.CloseIdle(connection.Backend, lastUsed + PingPatience);
            return false;
        }
    }
}
