using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>Which fixes speak to a stack that the evidence names: readers tell drivers apart that share one fix.</summary>
public static class RemedyStacks
{
    /// <summary>Fixes for the path and the server, which hold whatever the application is.</summary>
    private static readonly HashSet<string> General = ["any", "server", "haproxy", "istio", "network", "system", "do not"];

    /// <summary>Tags whose fixes are worded under other names; a tag that is itself the name of fixes needs no line unless it has more.</summary>
    private static readonly Dictionary<string, string[]> Others = new()
    {
        // They take PyMySQL's parameters and share its rules; asyncmy is a faster aiomysql.
        ["asyncmy"] = ["aiomysql"],
        ["airflow"] = ["sqlalchemy"],
        ["flask"] = ["sqlalchemy"],

        ["pdo"] = ["php"],
        ["mysqli"] = ["php"],
        ["mysqlnd"] = ["php"],
        ["laravel"] = ["php"],
        ["doctrine"] = ["php"],
        ["symfony"] = ["doctrine", "php"],
        ["wordpress"] = ["php"],
        ["magento"] = ["php"],

        ["puma"] = ["rails"],
        ["unicorn"] = ["rails"],
        ["passenger"] = ["rails"],
        ["sidekiq"] = ["rails"],
        ["resque"] = ["rails"],

        ["dbd-mysql"] = ["perl"],
        ["dbd-mariadb"] = ["perl"],

        ["connector-j"] = ["jdbc"],
        ["mariadb-connector-j"] = ["jdbc"],
        ["hikari"] = ["jdbc"],
        ["spring"] = ["jdbc"],
        ["hibernate"] = ["jdbc"],
        ["dbcp"] = ["jdbc"],
        ["tomcat-jdbc"] = ["jdbc"],
        ["c3p0"] = ["jdbc"],
        ["druid"] = ["jdbc"],

        ["go-sql-driver"] = ["go"],
        ["gorm"] = ["go"],
        ["go-mysql"] = ["go"],

        ["node-mysql"] = ["node"],
        ["node-mysql2"] = ["node"],
        ["node-mariadb"] = ["node"],
        ["sequelize"] = ["node"],
        ["typeorm"] = ["node"],
        ["knex"] = ["node"],
        ["prisma"] = ["node"],
        ["drizzle"] = ["node"],

        ["mysqlconnector"] = ["dotnet"],
        ["connector-net"] = ["dotnet"],
        ["entity-framework"] = ["dotnet"],

        ["sea-orm"] = ["sqlx"],
        ["mydumper"] = ["mysqldump"],
    };

    /// <summary>
    /// Tags for which no fix is worded: drivers and programs whose settings decide nothing here (they get what holds for any), and languages
    /// that come only with a driver's tag.
    /// </summary>
    public static IReadOnlySet<string> WithoutFixes { get; } = new HashSet<string>
    {
        "mysqlclient", "mysql-connector-python", "peewee",
        "ruby-mysql2", "trilogy", "sequel",
        "r2dbc", "vertx", "jasync", "java",
        "rust-mysql", "rust-mysql-async", "diesel", "rust",
        "myxql", "ecto", "mariaex", "elixir",
        "mysql-cli", "mysqladmin", "mysqlbinlog", "sysbench", "xtrabackup", "percona-toolkit", "replica",
    };

    /// <summary>Names of <see cref="Fix.For"/> that fit a tag: its own first.</summary>
    public static IEnumerable<string> Of(string tag) => Others.TryGetValue(tag, out string[]? others) ? [tag, .. others] : [tag];

    /// <summary>The names of all fixes that fit one of the tags.</summary>
    public static HashSet<string> OfAll(IEnumerable<string> tags) => [.. tags.SelectMany(Of)];

    /// <summary>True for fixes that hold whatever the application is.</summary>
    public static bool IsGeneral(string stack) => General.Contains(stack);
}
