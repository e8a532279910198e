using System.Buffers;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Pieces of tracebacks and messages that name a driver or framework.</summary>
internal static class StackMarks
{
    private static readonly (string Mark, string Tag, bool IsDriver)[] All =
    [
        ("site-packages/MySQLdb/", StackTag.MySqlClient, true), ("dist-packages/MySQLdb/", StackTag.MySqlClient, true), ("MySQLdb._exceptions", StackTag.MySqlClient, true),
        ("_mysql_exceptions", StackTag.MySqlClient, true), ("MySQLdb.", StackTag.MySqlClient, true), ("MySQLdb/", StackTag.MySqlClient, true),
        ("pymysql/", StackTag.PyMySql, true), ("pymysql.err", StackTag.PyMySql, true), ("pymysql.", StackTag.PyMySql, true),
        ("aiomysql/", StackTag.AioMySql, true), ("aiomysql.", StackTag.AioMySql, true), ("asyncmy/", StackTag.AsyncMy, true), ("asyncmy.", StackTag.AsyncMy, true),
        ("mysql/connector/", StackTag.ConnectorPython, true), ("mysql.connector.", StackTag.ConnectorPython, true), ("_mysql_connector", StackTag.ConnectorPython, true),
        ("sqlalchemy", StackTag.SqlAlchemy, false), ("sqlalche.me/", StackTag.SqlAlchemy, false),
        ("django/", StackTag.Django, false), ("django.", StackTag.Django, false), ("celery", StackTag.Celery, false), ("ForkPoolWorker-", StackTag.Celery, false), ("flask/", StackTag.Flask, false), ("peewee.", StackTag.Peewee, false),
        ("airflow/", StackTag.Airflow, false), ("airflow.", StackTag.Airflow, false), ("gunicorn/", StackTag.Gunicorn, false), ("gunicorn.", StackTag.Gunicorn, false), ("gunicorn[", StackTag.Gunicorn, false), ("uwsgi", StackTag.Uwsgi, false),

        ("SQLSTATE[", StackTag.Pdo, false), ("PDOException", StackTag.Pdo, true), ("PDO::", StackTag.Pdo, true), ("PDO->", StackTag.Pdo, true), ("PDOStatement", StackTag.Pdo, true), ("PDOConnection", StackTag.Pdo, true), ("PDO/", StackTag.Pdo, true),
        ("mysqli", StackTag.Mysqli, true), ("mysqlnd", StackTag.Mysqlnd, true),
        ("Illuminate\\", StackTag.Laravel, false), ("Illuminate/", StackTag.Laravel, false), ("laravel", StackTag.Laravel, false), ("Illuminate\\Database", StackTag.Laravel, true), ("Illuminate/Database", StackTag.Laravel, true), ("Doctrine\\", StackTag.Doctrine, false), ("doctrine/", StackTag.Doctrine, false),
        ("Symfony\\", StackTag.Symfony, false), ("symfony/", StackTag.Symfony, false), ("wp-includes", StackTag.WordPress, false), ("WordPress", StackTag.WordPress, false), ("wpdb", StackTag.WordPress, false),
        ("Magento\\", StackTag.Magento, false), ("Zend_Db", StackTag.Magento, false),

        ("Mysql2::", StackTag.RubyMysql2, true), ("mysql2/client.rb", StackTag.RubyMysql2, true), ("Trilogy::", StackTag.Trilogy, true), ("trilogy.rb", StackTag.Trilogy, true),
        ("active_record", StackTag.Rails, false), ("ActiveRecord::", StackTag.Rails, false), ("activerecord-", StackTag.Rails, false), ("Sequel::", StackTag.Sequel, false), ("sequel/", StackTag.Sequel, false), ("sequel_core/", StackTag.Sequel, false), ("Mysql::Error", "", true),
        ("puma/", StackTag.Puma, false), ("puma-", StackTag.Puma, false), ("/unicorn-", StackTag.Unicorn, false), ("/unicorn/", StackTag.Unicorn, false), (" unicorn", StackTag.Unicorn, false), ("unicorn worker[", StackTag.Unicorn, false), ("resque", StackTag.Resque, false), ("sidekiq", StackTag.Sidekiq, false),
        ("phusion_passenger", StackTag.Passenger, false),

        ("DBD::mysql", StackTag.DbdMysql, true), ("DBD::MariaDB", StackTag.DbdMariaDb, true), ("DBI connect(", StackTag.Perl, false), ("DBI->connect", StackTag.Perl, false),
        ("mysqldump:", StackTag.MysqlDump, true), ("mariadb-dump:", StackTag.MysqlDump, true), ("mysqlpump:", StackTag.MysqlDump, true), ("mysqladmin:", StackTag.MysqlAdmin, true), ("mariadb-admin:", StackTag.MysqlAdmin, true),
        ("Got error reading packet from server", StackTag.MysqlBinlog, true), ("mysqlbinlog:", StackTag.MysqlBinlog, true), ("mydumper:", StackTag.MyDumper, true), ("myloader:", StackTag.MyDumper, true), ("(mydumper", StackTag.MyDumper, true),
        ("mysql_drv_query()", StackTag.Sysbench, true), ("`thread_run' function failed", StackTag.Sysbench, false), ("FATAL: mysql_", StackTag.Sysbench, true), ("xtrabackup", StackTag.XtraBackup, false), ("mariabackup", StackTag.XtraBackup, false), ("mariadb-backup", StackTag.XtraBackup, false),


        ("com.mysql.", StackTag.ConnectorJ, true), ("org.mariadb.jdbc", StackTag.MariaDbConnectorJ, true), ("com.zaxxer.hikari", StackTag.Hikari, false), ("HikariPool", StackTag.Hikari, false),
        ("org.springframework", StackTag.Spring, false), ("org.hibernate", StackTag.Hibernate, false), ("commons.dbcp", StackTag.Dbcp, false), ("org.apache.tomcat.jdbc", StackTag.TomcatJdbc, false),
        ("com.mchange", StackTag.C3p0, false), ("com.alibaba.druid", StackTag.Druid, false),
        ("go-sql-driver", StackTag.GoSqlDriver, true), ("gorm.io", StackTag.Gorm, false), ("jinzhu/gorm", StackTag.Gorm, false),
        ("node_modules/mysql/", StackTag.NodeMysql, true), ("node_modules/mysql2/", StackTag.NodeMysql2, true), ("node_modules/mariadb/", StackTag.NodeMariaDb, true),
        ("sequelize", StackTag.Sequelize, false), ("Sequelize", StackTag.Sequelize, false), ("typeorm", StackTag.TypeOrm, false), ("node_modules/knex/", StackTag.Knex, false), ("prisma", StackTag.Prisma, false), ("Prisma", StackTag.Prisma, false),
        ("MySqlConnector.", StackTag.MySqlConnector, true), ("MySql.Data.", StackTag.ConnectorNet, true), ("EntityFramework", StackTag.EntityFramework, false),
        ("sqlx", StackTag.Sqlx, false), ("mysql_async", StackTag.RustMysql, true), ("MyXQL", StackTag.MyXql, true), ("DBConnection.", StackTag.Ecto, false), ("Ecto.", StackTag.Ecto, false),
        // Of no stack, yet they say that it is about MySQL.
        ("[MySQL] 20", StackTag.GoSqlDriver, true), ("[mysql] 20", StackTag.GoSqlDriver, true), ("  fatal: true", "", true), ("MySQL", "", true), ("mysql", "", true), ("MariaDB", "", true), ("mariadb", "", true), (":3306", "", true),
    ];

    private static readonly SearchValues<string> Marks = SearchValues.Create([.. All.Select(static one => one.Mark)], StringComparison.Ordinal);

    /// <summary>Of whose errors a text speaks.</summary>
    [Flags]
    public enum Speaks : byte
    {
        Nothing = 0,
        /// <summary>The word MySQL, or its port.</summary>
        OfMySql = 1,
        /// <summary>A driver for MySQL.</summary>
        OfDriver = 2,
        /// <summary>Another database, queue or protocol.</summary>
        OfOther = 4,
    }

    /// <summary>A word alone may be a name of a host or project; a driver is none.</summary>
    public static bool NamesMySql(Speaks about) => (about & Speaks.OfDriver) != 0 || (about & (Speaks.OfMySql | Speaks.OfOther)) == Speaks.OfMySql;

    /// <summary>As the mysql program prints errors: <c>ERROR 2013 (HY000): ...</c>, <c>ERROR 2006 (HY000) at line 12: ...</c>.</summary>
    private static bool IsOfClient(ReadOnlySpan<char> line)
    {
        int at = line.IndexOf("ERROR ", StringComparison.Ordinal);
        if (at < 0 || line.Length < at + 20)
            return false;
        ReadOnlySpan<char> rest = line[(at + 6)..];
        return rest[..4].IndexOfAnyExceptInRange('0', '9') < 0 && rest[4] == ' ' && rest[5] == '(' && rest[11] == ')' && rest[12] is ':' or ' ';
    }

    /// <summary>Adds the tags that the line names.</summary>
    public static Speaks Add(ReadOnlySpan<char> line, List<string> tags)
    {
        Speaks about = OtherMarks.IsIn(line) ? Speaks.OfOther : Speaks.Nothing;
        if (IsOfClient(line) && !tags.Contains(StackTag.MysqlCli))
            tags.Add(StackTag.MysqlCli);
        // A traceback's line is short; a longer one (a statement, JSON) names its stack at the beginning or nowhere.
        if (line.Length > 4096)
            line = line[..4096];
        while (line.IndexOfAny(Marks) is var at and >= 0)
        {
            line = line[at..];
            foreach ((string mark, string tag, bool isDriver) in All)
            {
                if (!line.StartsWith(mark, StringComparison.Ordinal))
                    continue;
                about |= !isDriver ? Speaks.Nothing : tag.Length > 0 ? Speaks.OfDriver : Speaks.OfMySql;
                if (tag.Length > 0 && !tags.Contains(tag))
                    tags.Add(tag);
            }
            line = line[1..];
        }
        return about;
    }
}
