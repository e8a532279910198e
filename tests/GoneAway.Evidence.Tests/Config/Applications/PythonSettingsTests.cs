namespace GoneAway.Evidence.Tests.Config.Applications;

public sealed class PythonSettingsTests
{
    [Fact]
    public void The_arguments_of_create_engine_are_told_with_their_lines() => Told.Exactly("""
        from sqlalchemy import create_engine

        engine = create_engine(
            "mysql+pymysql://app:s3cr@t/x@db1.example.com:3307/shop?charset=utf8mb4&read_timeout=30",
            pool_recycle=60 * 60,   # one hour
            pool_pre_ping=True,
            pool_size=10, max_overflow=20,
            pool_timeout=5,
            connect_args={"connect_timeout": 10, 'write_timeout': 20, "init_command": "SET SESSION wait_timeout=28800"},
        )
        """,
        "sqlalchemy host=db1.example.com@4", "sqlalchemy port=3307@4", "sqlalchemy read_timeout=30@4", "sqlalchemy max_lifetime=3600@5", "sqlalchemy test_on_borrow=ON@6", "sqlalchemy pool_size=10@7", "sqlalchemy pool_wait=5@8",
        "sqlalchemy connect_timeout=10@9", "sqlalchemy write_timeout=20@9", "sqlalchemy session_wait_timeout=28800@9");

    [Theory]
    [InlineData("engine = create_engine(URL, pool_recycle=3600)", "sqlalchemy max_lifetime=3600@1")]
    [InlineData("engine = sa.create_engine(url, echo=False, pool_recycle=-1, pool_pre_ping=False)", "sqlalchemy max_lifetime=-1@1; sqlalchemy test_on_borrow=OFF@1")]
    [InlineData("engine = create_async_engine(\n    f\"mysql+aiomysql://{user}:{pw}@{host}/x\",\n    pool_recycle=int(os.getenv('RECYCLE', 280)),\n)", "sqlalchemy max_lifetime=280@3")]
    [InlineData("engine = create_engine(url, poolclass=NullPool)", "sqlalchemy persistent=OFF@1")]
    [InlineData("app.config['SQLALCHEMY_ENGINE_OPTIONS'] = {'pool_recycle': 280, 'pool_pre_ping': True}", "sqlalchemy max_lifetime=280@1; sqlalchemy test_on_borrow=ON@1")]
    [InlineData("SQLALCHEMY_ENGINE_OPTIONS = {\n  \"pool_size\": 5,\n  \"pool_recycle\": 1800,\n}", "sqlalchemy max_lifetime=1800@3; sqlalchemy pool_size=5@2")]
    [InlineData("app.config[\"SQLALCHEMY_POOL_RECYCLE\"] = 299", "sqlalchemy max_lifetime=299@1")]
    [InlineData("SQLALCHEMY_POOL_RECYCLE = 60 * 5", "sqlalchemy max_lifetime=300@1")]
    [InlineData("[app:main]\nsqlalchemy.url = mysql://u:p@db/x\nsqlalchemy.pool_recycle = 3600\nsqlalchemy.pool_pre_ping = true", "application host=db@2; sqlalchemy max_lifetime=3600@3; sqlalchemy test_on_borrow=ON@4")]
    [InlineData("[database]\nsql_alchemy_pool_recycle = 1800\nsql_alchemy_pool_size = 5\nsql_alchemy_pool_pre_ping = True", "sqlalchemy max_lifetime=1800@2; sqlalchemy pool_size=5@3; sqlalchemy test_on_borrow=ON@4")]
    [InlineData("AIRFLOW__DATABASE__SQL_ALCHEMY_POOL_RECYCLE=1800", "sqlalchemy max_lifetime=1800@1")]
    [InlineData("export SQLALCHEMY_POOL_PRE_PING=true", "sqlalchemy test_on_borrow=ON@1")]
    [InlineData("    'pool_recycle': 3600,\n    'pool_pre_ping': True,", "sqlalchemy max_lifetime=3600@1; sqlalchemy test_on_borrow=ON@2")]
    [InlineData("conn = pymysql.connect(host='10.0.0.1', port=3306, user='u', password='geheim', read_timeout=30, connect_timeout=5)", "pymysql connect_timeout=5@1; pymysql host=10.0.0.1@1; pymysql port=3306@1; pymysql read_timeout=30@1")]
    [InlineData("import mysql.connector\ncnx = mysql.connector.connect(user='u', password=\"p\", host=\"db\", connection_timeout=7)", "mysql-connector-python connect_timeout=7@2; mysql-connector-python host=db@2")]
    [InlineData("pool = await aiomysql.create_pool(host='db', maxsize=10, pool_recycle=120)", "aiomysql host=db@1; aiomysql max_lifetime=120@1; aiomysql pool_size=10@1")]
    [InlineData("`engine = create_engine('mysql+pymysql://' + user + '@' +\n        host, pool_recycle=3600,\n        pool_pre_ping=True)`", "sqlalchemy max_lifetime=3600@2; sqlalchemy test_on_borrow=ON@3")]
    [InlineData("> engine = create_engine(url,\n>     pool_recycle=3600)", "sqlalchemy max_lifetime=3600@2")]
    // The pool of five that is there by itself has no limit to the age of its connections.
    [InlineData("engine = create_engine('mysql+pymysql://u:p@db/x', echo=True)", "sqlalchemy host=db@1; sqlalchemy pool_size=5@1")]
    [InlineData("engine = create_engine('mysql+pymysql://u:p@db/x', **options)", "sqlalchemy host=db@1")]
    public void Each_way_to_say_it_is_understood(string text, string facts) => Assert.Equal(facts, Told.By(text));

    [Theory]
    [InlineData("engine = create_engine('postgresql+psycopg2://u:p@db/x', pool_recycle=3600)")]
    [InlineData("I have set pool recycle to an hour, and it still happens.")]
    [InlineData("engine = create_engine(url)")]
    [InlineData("# engine = create_engine(url, pool_recycle=3600)")]
    [InlineData("2026-11-20 10:00:00 INFO create_engine(url, pool_recycle=3600)")]
    [InlineData("Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    engine = create_engine(url, pool_recycle=3600)")]
    [InlineData("redis = ConnectionPool(host='db', max_connections=10)")]
    public void What_tells_no_setting_gives_nothing(string text) => Assert.Equal("nothing", Told.By(text));

    [Fact]
    public void No_password_is_in_what_is_told()
    {
        string told = Told.By("engine = create_engine('mysql://root:hunter2@db/x?pool_recycle=3&password=hunter2', password='hunter2', host='hunter2:x@db')");
        Assert.DoesNotContain("hunter2", told, StringComparison.Ordinal);
        Assert.Contains("host=db", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_unknown_kind_is_recognised() =>
        Assert.Equal("application configuration", Read.Summary("import os\nfrom sqlalchemy import create_engine\n\nengine = create_engine(os.environ['DB'], pool_recycle=3600)\n").Kind);

    [Fact]
    public void No_mutation_throws() => Mutated.NeverThrows(
        "from x import y\nengine = create_engine(f\"mysql+pymysql://a:b@db:3306/s?read_timeout=3\", pool_recycle=60 * 60, connect_args={'init_command': 'SET wait_timeout=3'})\n'''a\nb'''\nx = {1: [2, (3, 4)]}", static text => Told.By(text));
}
