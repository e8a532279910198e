namespace GoneAway.Evidence.Tests.Config.Applications;

public sealed class JavaPoolTests
{
    [Theory]
    [InlineData("spring.datasource.hikari.max-lifetime=1800000\nspring.datasource.hikari.idle-timeout=600000\nspring.datasource.hikari.keepalive-time=30000\nspring.datasource.hikari.connection-timeout=30000\nspring.datasource.hikari.maximum-pool-size=20\nspring.datasource.hikari.minimum-idle=5",
        "hikari idle_timeout=600@2; hikari keep_alive=30@3; hikari max_lifetime=1800@1; hikari pool_size=20@5; hikari pool_wait=30@4; hikari test_on_borrow=ON@1")]
    [InlineData("spring:\n  datasource:\n    url: jdbc:mysql://db:3306/x?socketTimeout=60000\n    password: ${DB_PASSWORD:geheim}\n    hikari:\n      maxLifetime: ${MAX_LIFETIME:900000}\n      maximum-pool-size: 10",
        "connector-j host=db@3; connector-j port=3306@3; connector-j read_timeout=60@3; hikari max_lifetime=900@6; hikari pool_size=10@7; hikari test_on_borrow=ON@6")]
    [InlineData("SPRING_DATASOURCE_HIKARI_MAX_LIFETIME=600000", "hikari max_lifetime=600@1; hikari test_on_borrow=ON@1")]
    [InlineData("env:\n  - name: SPRING_DATASOURCE_HIKARI_MAXLIFETIME\n    value: \"600000\"\n  - name: OTHER\n    value: x", "hikari max_lifetime=600@3; hikari test_on_borrow=ON@3")]
    [InlineData("services:\n  app:\n    environment:\n      - SPRING_DATASOURCE_HIKARI_MAX_LIFETIME=600000", "hikari max_lifetime=600@4; hikari test_on_borrow=ON@4")]
    [InlineData("dataSourceClassName=com.mysql.cj.jdbc.MysqlDataSource\nmaximumPoolSize=8\nmaxLifetime=1740000", "hikari max_lifetime=1740@3; hikari pool_size=8@2; hikari test_on_borrow=ON@2")]
    [InlineData("HikariConfig config = new HikariConfig();\nconfig.setJdbcUrl(url);\nconfig.setMaxLifetime(TimeUnit.MINUTES.toMillis(30));\nconfig.setIdleTimeout(600_000L);\nconfig.setMaximumPoolSize(10);", "hikari max_lifetime=1800@3; hikari pool_size=10@5; hikari test_on_borrow=ON@3")]
    [InlineData("hikari.connectionInitSql=SET SESSION wait_timeout=600\nhikari.maxLifetime=1000", "hikari max_lifetime=1800@2; hikari session_wait_timeout=600@1; hikari test_on_borrow=ON@1")]
    [InlineData("spring.datasource.tomcat.test-on-borrow=true\nspring.datasource.tomcat.max-age=600000\nspring.datasource.tomcat.max-active=50", "tomcat-jdbc max_lifetime=600@2; tomcat-jdbc pool_size=50@3; tomcat-jdbc test_on_borrow=ON@1")]
    [InlineData("spring.datasource.dbcp2.max-conn-lifetime-millis=600000\nspring.datasource.dbcp2.test-on-borrow=false", "dbcp max_lifetime=600@1; dbcp test_on_borrow=OFF@2")]
    [InlineData("<Resource name=\"jdbc/x\" type=\"javax.sql.DataSource\"\n  maxTotal=\"20\" testOnBorrow=\"true\" maxConnLifetimeMillis=\"3600000\"\n  url=\"jdbc:mysql://db/x\"/>", "connector-j host=db@3; dbcp max_lifetime=3600@2; dbcp pool_size=20@2; dbcp test_on_borrow=ON@2")]
    [InlineData("hibernate.c3p0.timeout=300\nhibernate.c3p0.max_size=20", "c3p0 idle_timeout=300@1; c3p0 pool_size=20@2")]
    [InlineData("spring.datasource.druid.test-on-borrow=false\nspring.datasource.druid.max-active=20\nspring.datasource.druid.keep-alive=true", "druid keep_alive=ON@3; druid pool_size=20@2; druid test_on_borrow=OFF@1")]
    [InlineData("quarkus.datasource.jdbc.max-lifetime=PT30M\nquarkus.datasource.jdbc.max-size=16", "quarkus max_lifetime=1800@1; quarkus pool_size=16@2")]
    [InlineData("spring.datasource.test-on-borrow=true\nspring.datasource.max-active=20", "tomcat-jdbc pool_size=20@2; tomcat-jdbc test_on_borrow=ON@1")]
    [InlineData("filters=stat\nmaxActive=300\nmaxWait=60000\nminEvictableIdleTimeMillis=300000\nmaxEvictableIdleTimeMillis=900000\ntestOnBorrow=false", "druid idle_timeout=900@5; druid pool_size=300@2; druid pool_wait=60@3; druid test_on_borrow=OFF@6")]
    [InlineData("maxTotal=30\nvalidationQuery=SELECT 1\ntestOnBorrow=true\nminEvictableIdleTimeMillis=60000", "dbcp pool_size=30@1; dbcp test_on_borrow=ON@3")]
    [InlineData("maxTotal=30\nminEvictableIdleTimeMillis=60000\ntimeBetweenEvictionRunsMillis=30000", "dbcp idle_timeout=60@2; dbcp pool_size=30@1")]
    [InlineData("HikariConfig config = new HikariConfig();\nconfig.setMaxLifetime(28 * 60 * 1000);\nconfig.addDataSourceProperty(\"socketTimeout\", \"60000\");", "connector-j read_timeout=60@3; hikari max_lifetime=1680@2; hikari test_on_borrow=ON@2")]
    public void Each_pool_counts_time_in_its_own_unit(string text, string facts) => Assert.Equal(facts, Told.By(text));

    [Theory]
    [InlineData("hikari.idleTimeout=60000\nhikari.maxLifetime=600000", "hikari max_lifetime=600@2; hikari test_on_borrow=ON@2")]
    [InlineData("hikari.idleTimeout=60000\nhikari.minimumIdle=10\nhikari.maximumPoolSize=10", "hikari max_lifetime=1800@3; hikari pool_size=10@3; hikari test_on_borrow=ON@3")]
    [InlineData("hikari.idleTimeout=60000\nhikari.minimumIdle=2", "hikari idle_timeout=60@1; hikari max_lifetime=1800@1; hikari test_on_borrow=ON@1")]
    [InlineData("hikari.maxLifetime=200", "hikari max_lifetime=1800@1; hikari test_on_borrow=ON@1")]
    [InlineData("hikari.maxLifetime=30000", "hikari max_lifetime=30@1; hikari test_on_borrow=ON@1")]
    [InlineData("hikari.maxLifetime=0", "hikari max_lifetime=0@1; hikari test_on_borrow=ON@1")]
    [InlineData("hikari.maxLifetime=${MAX_LIFETIME}\nhikari.maximumPoolSize=5", "hikari pool_size=5@2; hikari test_on_borrow=ON@2")]
    public void What_HikariCP_ignores_is_not_told(string text, string facts) => Assert.Equal(facts, Told.By(text));

    [Fact]
    public void The_configuration_that_HikariCP_logs_is_read()
    {
        const string log = """
            2026-11-20 10:00:00,123 DEBUG HikariConfig: HikariPool-1 - configuration:
            2026-11-20 10:00:00,124 DEBUG HikariConfig: idleTimeout.....................600000
            2026-11-20 10:00:00,125 DEBUG HikariConfig: maxLifetime.....................1800000
            2026-11-20 10:00:00,125 DEBUG HikariConfig: maximumPoolSize.................10
            2026-11-20 10:00:00,125 DEBUG HikariConfig: minimumIdle.....................10
            """;
        Assert.Equal("max_lifetime=1800, pool_size=10", string.Join(", ", Read.Lines(log).Facts.Select(static one => $"{one.Name}={one.Value}")));
        Assert.Equal("idle_timeout=600, max_lifetime=1800, pool_size=20", string.Join(", ", Read.Lines(log.Replace("Size.................10", "Size.................20", StringComparison.Ordinal)).Facts.Select(static one => $"{one.Name}={one.Value}")));
    }

    [Theory]
    [InlineData("session.maxLifetime=1000")]
    [InlineData("maxWait=3")]
    [InlineData("server.connection-timeout=20000")]
    [InlineData("spring.datasource.url=jdbc:postgresql://db/x\nspring.datasource.hikari.max-lifetime=1800000")]
    public void What_belongs_to_no_pool_of_MySQL_gives_nothing(string text) => Assert.Equal("nothing", Told.By(text));
}
