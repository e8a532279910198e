using System.Globalization;
using GoneAway.Evidence.Server.Live;

namespace GoneAway.Evidence.Processes.Live;

/// <summary>Asks a server what it knows of this host's connections.</summary>
public static class ServerViews
{
    /// <summary>Reads only. <see cref="LiveException"/> when the connection is lost meanwhile.</summary>
    public static async Task<ServerView> AskAsync(MySqlConnection connection, ServerAddress address, TimeProvider time, CancellationToken cancel = default)
    {
        QueryAnswer own = await connection.QueryAsync("SELECT HOST FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()");
        bool keeps = connection.Local is { } local && own.Rows.Count == 1 && own.Rows[0][0]?.EndsWith(":" + local.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) == true;
        ServerState state = await new ServerSurvey(connection, address.ToString(), "server", time).TakeAsync(TimeSpan.Zero, cancel);
        return new ServerView(state, address, connection.Remote, keeps);
    }
}
