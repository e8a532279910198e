using GoneAway.Lab.Parts;

namespace GoneAway.Integration.Tests;

/// <summary>The clients with MySQL 9, accounts of caching_sha2_password.</summary>
public sealed class MySqlTests(Stage stage) : ClientTests(stage, Flavour.MySql), IClassFixture<Stage>
{
    [Theory]
    [Ways("pymysql", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("mysqlclient", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("sqlalchemy", Flavour.MySql, Variant.Plain)]
    [Ways("sqlalchemydb", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("django", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("java", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("mysqli", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("pdo", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("perl", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("mysql2", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("nodemariadb", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("go", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("mariadb", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("mysql9", Flavour.MySql, Variant.Plain, Variant.Tls)]
    [Ways("mysqldump9", Flavour.MySql, Variant.Plain)]
    [Ways("sysbench", Flavour.MySql, Variant.Plain)]
    public void A_client_sees_no_difference(string client, Variant variant) => Compare(client, variant);
}
