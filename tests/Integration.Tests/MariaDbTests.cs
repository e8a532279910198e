using GoneAway.Lab.Parts;

namespace GoneAway.Integration.Tests;

/// <summary>The clients with MariaDB 10.11, accounts of mysql_native_password.</summary>
public sealed class MariaDbTests(Stage stage) : ClientTests(stage, Flavour.MariaDb), IClassFixture<Stage>
{
    [Theory]
    [Ways("pymysql", Flavour.MariaDb, Variant.Plain, Variant.Tls)]
    [Ways("mysqlclient", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("sqlalchemy", Flavour.MariaDb, Variant.Plain)]
    [Ways("sqlalchemydb", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("django", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("java", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("mysqli", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("pdo", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("perl", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("mysql2", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("nodemariadb", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("go", Flavour.MariaDb, Variant.Plain, Variant.Tls)]
    [Ways("mariadb", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("mariadbdump", Flavour.MariaDb, Variant.Plain, Variant.Tls, Variant.Compressed)]
    [Ways("mydumper", Flavour.MariaDb, Variant.Plain)]
    [Ways("sysbench", Flavour.MariaDb, Variant.Plain)]
    public void A_client_sees_no_difference(string client, Variant variant) => Compare(client, variant);
}
