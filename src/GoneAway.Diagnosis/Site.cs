using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>The system that a loss happened on, as far as it is known: makes commands that can be pasted.</summary>
internal sealed class Site(Loss loss, Case @case)
{
    /// <summary><c>mysql -h db1 -P 3306</c>.</summary>
    public string Client
    {
        get
        {
            (string? host, int? port) = Server;
            return "mysql" + (host is null ? "" : $" -h {host}") + (port is null or 3306 ? "" : $" -P {port}");
        }
    }

    public (string? Host, int? Port) Server => loss.Connection is { } connection
        ? (connection.Server.Address.ToString(), connection.Server.Port)
        : loss.Sightings.FirstOrDefault(static s => s.ServerHost is not null) is { } told && IsPlain(told.ServerHost!)
            ? (told.ServerHost, told.ServerPort)
            : (Application("host"), int.TryParse(Application("port"), out int port) ? port : null);

    public string Port => (Server.Port ?? 3306).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The error log's name where a setting tells it, else a way to find it.</summary>
    public string ErrorLog => @case.Setting("log_error") is { Value: { Length: > 1 } path } && path is not ("stderr" or "OFF") && IsPlain(path.Replace('/', '.'))
        ? path
        : $"\"$({Client} -NBe 'SELECT @@log_error')\"";

    public string Unit => @case.Sightings.FirstOrDefault(static s => s is { Sign: Sign.UnitDied or Sign.UnitStarted or Sign.UnitStopping, Subject: not null })?.Subject is { } unit && IsPlain(unit)
        ? unit
        : @case.Setting("version")?.Value.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) == true ? "mariadb" : "mysql";

    /// <summary>" --since '…' --until '…'" around the loss, in UTC; empty when its time is unknown.</summary>
    public string Around => loss.At is { } at
        ? $" --since '{(at + TimeSpan.FromMinutes(-10)).ToUtc():yyyy-MM-dd HH:mm} UTC' --until '{(at + TimeSpan.FromMinutes(10)).ToUtc():yyyy-MM-dd HH:mm} UTC'"
        : "";

    /// <summary>The servers behind the proxy, as its configuration or its log has them; else the one that is known.</summary>
    public string Addresses
    {
        get
        {
            string[] behind = [.. @case.Facts.Where(static f => f.Kind == FactKind.Proxy && f.Name.StartsWith("server ", StringComparison.Ordinal)).Select(static f => f.Value.Split(' ')[0]).Where(IsPlain).Distinct().Take(8)];
            return behind.Length > 0 ? string.Join(' ', behind) : Server.Host is { } host ? $"{host}:{Port}" : "SERVER...";
        }
    }

    /// <summary>A proxy has said something, or is set up to lead somewhere: defaults alone, as a distribution ships them, stand in nobody's path.</summary>
    public bool HasProxy => @case.Facts.Any(static f => f.Kind == FactKind.Proxy && f.Scope is not "global" && f.Scope?.StartsWith("defaults", StringComparison.Ordinal) != true) || @case.Sightings.Any(static s => s.Origin == Origin.Proxy);

    private string? Application(string name) => @case.All(FactKind.Application, name).FirstOrDefault(f => IsPlain(f.Value))?.Value;

    /// <summary>What evidence says goes into a command only when no shell can take it for more than a name.</summary>
    private static bool IsPlain(string text) => text.Length is > 0 and < 200 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '@') && text[0] != '-';
}
