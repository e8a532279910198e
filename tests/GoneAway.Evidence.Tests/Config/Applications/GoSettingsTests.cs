namespace GoneAway.Evidence.Tests.Config.Applications;

public sealed class GoSettingsTests
{
    [Fact]
    public void The_pool_of_database_sql_is_told() => Told.Exactly("""
        package main

        func open() *sql.DB {
            db, err := sql.Open("mysql", "app:geheim@tcp(10.0.0.1:3306)/shop?readTimeout=30s&timeout=5s")
            if err != nil { panic(err) }
            db.SetMaxOpenConns(25)
            db.SetMaxIdleConns(25)
            db.SetConnMaxLifetime(5 * time.Minute)
            db.SetConnMaxIdleTime(time.Minute * 2)
            return db
        }
        """,
        "go-sql-driver host=10.0.0.1@4", "go-sql-driver port=3306@4", "go-sql-driver read_timeout=30@4", "go-sql-driver connect_timeout=5@4", "go-sql-driver pool_size=25@6", "go-sql-driver max_lifetime=300@8", "go-sql-driver idle_timeout=120@9");

    [Theory]
    [InlineData("cfg := mysql.Config{\n\tUser: \"u\",\n\tTimeout: 5 * time.Second,\n\tReadTimeout: 30 * time.Second,\n\tMaxAllowedPacket: 64 << 20,\n\tCheckConnLiveness: true,\n}", "go-sql-driver connect_timeout=5@3; go-sql-driver read_timeout=30@4; go-sql-driver test_on_borrow=ON@6")]
    [InlineData("sqlDB.SetConnMaxLifetime(time.Hour)", "go-sql-driver max_lifetime=3600@1")]
    [InlineData("db.SetConnMaxLifetime(0)", "go-sql-driver max_lifetime=0@1")]
    [InlineData("db.SetConnMaxLifetime(time.Duration(30) * time.Second)", "go-sql-driver max_lifetime=30@1")]
    [InlineData("let pool = MySqlPoolOptions::new()\n    .max_connections(5)\n    .max_lifetime(Duration::from_secs(1800))\n    .test_before_acquire(true)\n    .connect(&url).await?;", "sqlx max_lifetime=1800@3; sqlx pool_size=5@2; sqlx test_on_borrow=ON@4")]
    [InlineData("database:\n  conn_max_lifetime: 5m\n  max_open_conns: 10", "go-sql-driver max_lifetime=300@2; go-sql-driver pool_size=10@3")]
    public void Spans_of_Go_and_Rust_are_worked_out(string text, string facts) => Assert.Equal(facts, Told.By(text));

    [Theory]
    [InlineData("db.SetConnMaxLifetime(cfg.Lifetime)")]
    [InlineData("conn_max_lifetime: 300")]
    [InlineData("client := http.Client{Timeout: 5 * time.Second}")]
    public void What_has_no_constant_or_no_unit_gives_nothing(string text) => Assert.Equal("nothing", Told.By(text));

    [Fact]
    public void No_mutation_throws() => Mutated.NeverThrows("cfg := mysql.Config{\n\tTimeout: 5 * time.Second,\n}\ndb.SetConnMaxLifetime(time.Duration(30) * time.Second) / -1 ** 2", static text => Told.By(text));
}
