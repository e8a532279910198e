namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Names of drivers, frameworks and process servers, as <c>Fix.For</c> has them.</summary>
public static class StackTag
{
    // Python
    public const string MySqlClient = "mysqlclient";
    public const string PyMySql = "pymysql";
    public const string AioMySql = "aiomysql";
    public const string AsyncMy = "asyncmy";
    public const string ConnectorPython = "mysql-connector-python";
    public const string SqlAlchemy = "sqlalchemy";
    public const string Django = "django";
    public const string Celery = "celery";
    public const string Flask = "flask";
    public const string Peewee = "peewee";
    public const string Airflow = "airflow";
    public const string Gunicorn = "gunicorn";
    public const string Uwsgi = "uwsgi";
    // PHP
    public const string Pdo = "pdo";
    public const string Mysqli = "mysqli";
    public const string Mysqlnd = "mysqlnd";
    public const string Laravel = "laravel";
    public const string Doctrine = "doctrine";
    public const string Symfony = "symfony";
    public const string WordPress = "wordpress";
    public const string Magento = "magento";
    // Ruby; the names of drivers that exist in two languages begin with the language.
    public const string RubyMysql2 = "ruby-mysql2";
    public const string Trilogy = "trilogy";
    public const string Rails = "rails";
    public const string Sequel = "sequel";
    public const string Puma = "puma";
    public const string Unicorn = "unicorn";
    public const string Passenger = "passenger";
    public const string Resque = "resque";
    public const string Sidekiq = "sidekiq";
    // Perl
    public const string DbdMysql = "dbd-mysql";
    public const string DbdMariaDb = "dbd-mariadb";
    // Java
    public const string ConnectorJ = "connector-j";
    public const string MariaDbConnectorJ = "mariadb-connector-j";
    public const string Hikari = "hikari";
    public const string Spring = "spring";
    public const string Hibernate = "hibernate";
    public const string Dbcp = "dbcp";
    public const string TomcatJdbc = "tomcat-jdbc";
    public const string C3p0 = "c3p0";
    public const string Druid = "druid";
    public const string R2dbc = "r2dbc";
    public const string Vertx = "vertx";
    public const string Jasync = "jasync";
    // Go
    public const string GoSqlDriver = "go-sql-driver";
    public const string Gorm = "gorm";
    public const string GoMysql = "go-mysql";
    // Node
    public const string NodeMysql = "node-mysql";
    public const string NodeMysql2 = "node-mysql2";
    public const string NodeMariaDb = "node-mariadb";
    public const string Sequelize = "sequelize";
    public const string TypeOrm = "typeorm";
    public const string Knex = "knex";
    public const string Prisma = "prisma";
    public const string Drizzle = "drizzle";
    // .NET
    public const string MySqlConnector = "mysqlconnector";
    public const string ConnectorNet = "connector-net";
    public const string EntityFramework = "entity-framework";
    // Rust, Elixir
    public const string Sqlx = "sqlx";
    public const string RustMysql = "rust-mysql";
    public const string RustMysqlAsync = "rust-mysql-async";
    public const string SeaOrm = "sea-orm";
    public const string Diesel = "diesel";
    public const string MyXql = "myxql";
    public const string Ecto = "ecto";
    public const string Mariaex = "mariaex";
    // The C library's programs
    public const string MysqlCli = "mysql-cli";
    public const string MysqlAdmin = "mysqladmin";
    public const string MysqlDump = "mysqldump";
    public const string MysqlBinlog = "mysqlbinlog";
    public const string MyDumper = "mydumper";
    public const string Sysbench = "sysbench";
    public const string XtraBackup = "xtrabackup";
    public const string PerconaToolkit = "percona-toolkit";
    public const string Replica = "replica";

    // Languages: fixes are often worded for these.
    public const string Php = "php";
    public const string Perl = "perl";
    public const string Java = "java";
    public const string Go = "go";
    public const string Node = "node";
    public const string DotNet = "dotnet";
    public const string Rust = "rust";
    public const string Elixir = "elixir";

    /// <summary>The tags, each once, with the languages that they belong to.</summary>
    public static IReadOnlyList<string> WithLanguages(IEnumerable<string> tags)
    {
        var all = new List<string>();
        foreach (string tag in tags)
        {
            if (all.Contains(tag))
                continue;
            all.Add(tag);
            if (LanguageOf(tag) is { } language && !all.Contains(language))
                all.Add(language);
        }
        return all;
    }

    private static string? LanguageOf(string tag) => tag switch
    {
        Pdo or Mysqli or Mysqlnd or Laravel or Doctrine or Symfony or WordPress or Magento => Php,
        DbdMysql or DbdMariaDb => Perl,
        ConnectorJ or MariaDbConnectorJ or Hikari or Spring or Hibernate or Dbcp or TomcatJdbc or C3p0 or Druid or R2dbc or Vertx or Jasync => Java,
        GoSqlDriver or Gorm or GoMysql => Go,
        NodeMysql or NodeMysql2 or NodeMariaDb or Sequelize or TypeOrm or Knex or Prisma or Drizzle => Node,
        MySqlConnector or ConnectorNet or EntityFramework => DotNet,
        Sqlx or RustMysql or RustMysqlAsync or SeaOrm or Diesel => Rust,
        MyXql or Ecto or Mariaex => Elixir,
        _ => null,
    };
}
