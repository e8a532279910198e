namespace GoneAway.Evidence.Tests.Config.Applications;

public sealed class PhpSettingsTests
{
    [Fact]
    public void Laravels_database_php_is_told() => Told.Exactly("""
        <?php
        return [
            'default' => env('DB_CONNECTION', 'mysql'),
            'connections' => [
                'mysql' => [
                    'driver' => 'mysql',
                    'host' => '10.0.0.1',
                    'port' => env('DB_PORT', '3306'),
                    'password' => env('DB_PASSWORD', 'geheim'),
                    'options' => extension_loaded('pdo_mysql') ? array_filter([
                        PDO::MYSQL_ATTR_SSL_CA => env('MYSQL_ATTR_SSL_CA'),
                        PDO::ATTR_PERSISTENT => true,
                        \PDO::ATTR_TIMEOUT => 5,
                        PDO::MYSQL_ATTR_INIT_COMMAND => "SET SESSION wait_timeout=28800",
                    ]) : [],
                ],
            ],
        ];
        """,
        "laravel host=10.0.0.1@7", "laravel persistent=ON@12", "laravel connect_timeout=5@13", "laravel session_wait_timeout=28800@14");

    [Theory]
    [InlineData("APP_ENV=production\nDB_CONNECTION=mysql\nDB_HOST=10.0.0.1\nDB_PORT=3306\nDB_PASSWORD=geheim", "laravel host=10.0.0.1@3; laravel port=3306@4")]
    [InlineData("<?php\nreturn ['host' => getenv('DB_HOST'), 'pool' => ['max_idle_time' => 60.0], 'options' => [PDO::ATTR_PERSISTENT => true]];", "pdo idle_timeout=60@2; pdo persistent=ON@2")]
    [InlineData("<?php\n$pdo = new PDO('mysql:host=db;port=3307;dbname=x', $u, $p, [PDO::ATTR_PERSISTENT => true]);", "pdo host=db@2; pdo persistent=ON@2; pdo port=3307@2")]
    [InlineData("<?php\n$db = mysqli_init();\n$db->options(MYSQLI_OPT_READ_TIMEOUT, 10);\nmysqli_options($db, MYSQLI_OPT_CONNECT_TIMEOUT, 5);\n$db->real_connect('p:db1', 'u', 'p', 'x');", "mysqli connect_timeout=5@4; mysqli host=db1@5; mysqli persistent=ON@5; mysqli read_timeout=10@3")]
    [InlineData("[mysqlnd]\nmysqlnd.net_read_timeout = 86400\nmysqli.reconnect = Off", "mysqli reconnect=OFF@3; mysqlnd read_timeout=86400@2")]
    public void What_PHP_says_elsewhere_is_told(string text, string facts) => Assert.Equal(facts, Told.By(text));

    [Theory]
    [InlineData("DB_CONNECTION=pgsql\nDB_HOST=10.0.0.1")]
    [InlineData("<?php\n$redis->connect('127.0.0.1', 6379, PDO::ATTR_TIMEOUT);")]
    [InlineData("SQLSTATE[HY000] [2006] MySQL server has gone away (PDO::ATTR_PERSISTENT => true)")]
    public void Other_things_give_nothing(string text) => Assert.Equal("nothing", Told.By(text));

    [Fact]
    public void No_mutation_throws() => Mutated.NeverThrows("<?php\n$db->options(MYSQLI_OPT_READ_TIMEOUT, 10);\nnew PDO('mysql:host=db;port=3307', $u, $p, [PDO::ATTR_PERSISTENT => true]);\nmysqli_connect(\"p:db\");", static text => Told.By(text));
}
