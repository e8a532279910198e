using GoneAway.Lab.Parts;

namespace GoneAway.Integration.Tests;

/// <summary>The clients, as their users have them: unchanged, from their distribution or registry.</summary>
internal static class Clients
{
    private const string Python = "/usr/bin/python3";
    private const string Packages = "/usr/lib/python3/dist-packages";

    private const string Java = "/usr/share/java/mariadb-java-client.jar";

    private static readonly (string, string) Php = ("/usr/bin/php", "php-cli and php-mysql");
    private static readonly (string, string) Go = ("/usr/share/gocode/src/github.com/go-sql-driver/mysql/driver.go", "golang-github-go-sql-driver-mysql-dev");
    private static readonly (string, string) MariaDb = ("/usr/bin/mariadb", "mariadb-client");
    /// <summary>Where MySQL 9's programs are; nowhere, when it cannot be had.</summary>
    private static readonly string MySql = Distribution.FindMySql(out _) ?? "/nonexistent";
    private static readonly string[] Npm = ["npm", "ci", "--prefix", "node", "--no-audit", "--no-fund", "--ignore-scripts"];

    /// <summary>Where the scripts are.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "clients");

    public static IReadOnlyDictionary<string, Client> All { get; } = new Client[]
    {
        new() { Name = "pymysql", Run = [Python, "python/dbapi.py", "pymysql"], Needs = ($"{Packages}/pymysql/__init__.py", "python3-pymysql") },
        new() { Name = "mysqlclient", Run = [Python, "python/dbapi.py", "MySQLdb"], Needs = ($"{Packages}/MySQLdb/__init__.py", "python3-mysqldb") },
        new() { Name = "sqlalchemy", Run = [Python, "python/alchemy.py", "pymysql"], Needs = ($"{Packages}/sqlalchemy/__init__.py", "python3-sqlalchemy") },
        new() { Name = "sqlalchemydb", Run = [Python, "python/alchemy.py", "mysqldb"], Needs = ($"{Packages}/sqlalchemy/__init__.py", "python3-sqlalchemy") },
        new() { Name = "django", Run = [Python, "python/orm.py"], Needs = ($"{Packages}/django/__init__.py", "python3-django") },
        new() { Name = "java", Run = ["java", "-XX:TieredStopAtLevel=1", "-cp", Java, "java/Client.java"], Needs = (Java, "libmariadb-java"), Prepare = [["java", "-version"]] },
        new() { Name = "mysqli", Run = ["php", "php/mysqli.php"], Needs = Php },
        new() { Name = "pdo", Run = ["php", "php/pdo.php"], Needs = Php },
        new() { Name = "perl", Run = ["perl", "perl/dbd.pl"], Needs = ("/usr/bin/perl", "perl"), Prepare = [["perl", "-e", "use DBD::mysql"]] },
        new() { Name = "mysql2", Run = ["node", "node/mysql2.js"], Prepare = [Npm] },
        new() { Name = "nodemariadb", Run = ["node", "node/mariadb.js"], Prepare = [Npm] },
        new()
        {
            Name = "go", Run = ["/bin/sh", "-c", "exec go/client"], Needs = Go,
            Prepare = [["env", "GO111MODULE=off", "GOPATH=/usr/share/gocode", "GOFLAGS=", "go", "build", "-o", "go/client", "go/client.go"]],
        },
        new() { Name = "mariadb", Run = ["bash", "cli/cli.sh", "mariadb"], Needs = MariaDb },
        new() { Name = "mysql9", Run = ["bash", "cli/cli.sh", $"{MySql}/mysql"], Needs = ($"{MySql}/mysql", "mysql-client-core of Debian's unstable") },
        new() { Name = "mariadbdump", Run = ["bash", "cli/dump.sh", "mariadb-dump", "mariadb"], Needs = MariaDb },
        new() { Name = "mysqldump9", Run = ["bash", "cli/dump.sh", $"{MySql}/mysqldump", $"{MySql}/mysql"], Needs = ($"{MySql}/mysqldump", "mysql-client-core of Debian's unstable") },
        new() { Name = "mydumper", Run = ["bash", "cli/mydumper.sh"], Needs = ("/usr/bin/mydumper", "mydumper") },
        new() { Name = "sysbench", Run = ["bash", "cli/sysbench.sh"], Needs = ("/usr/bin/sysbench", "sysbench") },
    }.ToDictionary(static client => client.Name);
}
