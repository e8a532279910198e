using GoneAway.Evidence.Server.Live;

namespace GoneAway.Cli;

/// <summary>Where to log in, as whom and with which password, put together from the command line, option files and the environment.</summary>
internal sealed class ServerLogins
{
    private static readonly string[] UsualSockets = ["/run/mysqld/mysqld.sock", "/var/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock"];

    private readonly Terminal terminal;
    private readonly List<ServerAddress> addresses = [];
    private readonly bool asks;

    public ServerLogins(Terminal terminal, CheckRequest request)
    {
        this.terminal = terminal;
        var options = ClientOptions.Load(request.DefaultsFile, Environment.GetEnvironmentVariable("HOME"));
        Notes = options.Notes;
        if (request.DefaultsFile is not null && options.Notes.Count > 0)
            Fault = options.Notes[0];
        foreach (string dsn in request.Servers)
        {
            if (Dsn.TryParse(dsn, out ServerAddress address, out string error))
                addresses.Add(Complete(address.Or(options.Address)));
            else
                Fault ??= error;
        }
        if (request.Servers.Count == 0)
            addresses.Add(Complete(options.Address));
        if (request.AskPassword && terminal.AskSecret is null)
            Fault ??= "--ask-password needs a terminal to ask on";
        Password = request.AskPassword ? null
            : request.DefaultsFile is not null && options.Password is { } explicitly ? explicitly
            : Environment.GetEnvironmentVariable("MYSQL_PWD") is { } given ? new Secret(given)
            : options.Password;
        asks = request.AskPassword;
    }

    /// <summary>Why nothing can be done; null when something can. Never holds a part of a refused address.</summary>
    public string? Fault { get; }
    public IReadOnlyList<string> Notes { get; }
    public int Count => addresses.Count;
    public IReadOnlyList<ServerAddress> Addresses => addresses;
    /// <summary>Null when none is given.</summary>
    private Secret? Password { get; }

    /// <summary>Opens a connection. Where no password was given and the server wants one, the user is asked, if there is one.</summary>
    public async Task<MySqlConnection> OpenAsync(ServerAddress address, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        const int AccessDenied = 1045;
        Secret first = Password ?? (asks && terminal.AskSecret is { } ask ? Ask(ask, address) : Secret.Empty);
        try
        {
            return await MySqlConnection.OpenAsync(address, first, patience, time, cancel);
        }
        catch (LiveException refused) when (refused.Code == AccessDenied && Password is null && first.IsEmpty && terminal.AskSecret is not null)
        {
            return await MySqlConnection.OpenAsync(address, Ask(terminal.AskSecret, address), patience, time, cancel);
        }
    }

    private static Secret Ask(Func<string, string?> ask, ServerAddress address) => new(ask($"Password of {Reports.Plain.Of(address.ToString())}: ") ?? "");

    /// <summary>What nobody said, as MySQL's own clients fill it in: localhost is the Unix socket, the user is who runs this.</summary>
    private static ServerAddress Complete(ServerAddress address)
    {
        if (address.User is null)
            address = address with { User = Environment.UserName };
        if (address.Socket is null && (address.Host is null || address.Host == "localhost" && address.Port is null) && UsualSockets.FirstOrDefault(File.Exists) is { } socket)
            return address with { Socket = socket };
        return address.Socket is null && address.Host is null ? address with { Host = "127.0.0.1" } : address;
    }
}
