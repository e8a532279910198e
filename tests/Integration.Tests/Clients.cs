namespace GoneAway.Integration.Tests;

/// <summary>The clients, as their users have them: unchanged, from their distribution.</summary>
internal static class Clients
{
    private const string Python = "/usr/bin/python3";

    private static readonly (string, string) Php = ("/usr/bin/php", "php-cli and php-mysql");

    /// <summary>Where the scripts are.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "clients");

    public static IReadOnlyDictionary<string, Client> All { get; } = new Client[]
    {
        new() { Name = "pymysql", Run = [Python, "python/dbapi.py", "pymysql"], Needs = ("/usr/lib/python3/dist-packages/pymysql/__init__.py", "python3-pymysql") },
        new() { Name = "mysqlclient", Run = [Python, "python/dbapi.py", "MySQLdb"], Needs = ("/usr/lib/python3/dist-packages/MySQLdb/__init__.py", "python3-mysqldb") },
        new() { Name = "mysqli", Run = ["php", "php/mysqli.php"], Needs = Php },
    }.ToDictionary(static client => client.Name);
}
