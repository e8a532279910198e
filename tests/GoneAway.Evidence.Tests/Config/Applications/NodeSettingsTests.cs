namespace GoneAway.Evidence.Tests.Config.Applications;

public sealed class NodeSettingsTests
{
    [Theory]
    [InlineData("const mysql = require('mysql2/promise');\nconst pool = mysql.createPool({\n  host: 'db1',\n  password: 'geheim',\n  connectionLimit: 10,\n  maxIdle: 5,\n  idleTimeout: 60000,\n  enableKeepAlive: true,\n  connectTimeout: 10_000,\n});",
        "node-mysql2 connect_timeout=10@9; node-mysql2 host=db1@3; node-mysql2 idle_timeout=60@7; node-mysql2 keep_alive=ON@8; node-mysql2 pool_size=10@5")]
    [InlineData("var mysql = require('mysql');\nvar pool = mysql.createPool({ connectionLimit: 5, acquireTimeout: 30000, host: process.env.DB || 'localhost' });", "node-mysql pool_size=5@2; node-mysql pool_wait=30@2")]
    [InlineData("const mariadb = require('mariadb');\nconst pool = mariadb.createPool({ idleTimeout: 1800, connectionLimit: 5 });", "node-mariadb idle_timeout=1800@2; node-mariadb pool_size=5@2")]
    [InlineData("const sequelize = new Sequelize('db', 'u', 'p', {\n  dialect: 'mysql',\n  pool: { max: 5, min: 0, acquire: 30000, idle: 10000 },\n  dialectOptions: { connectTimeout: 60000 },\n});",
        "sequelize connect_timeout=60@4; sequelize idle_timeout=10@3; sequelize pool_size=5@3; sequelize pool_wait=30@3")]
    [InlineData("module.exports = {\n  client: 'mysql2',\n  connection: { host: 'db', connectTimeout: 5000 },\n  pool: { min: 0, max: 7, idleTimeoutMillis: 30000 },\n};",
        "knex connect_timeout=5@3; knex host=db@3; knex idle_timeout=30@4; knex pool_size=7@4")]
    [InlineData("export const ds = new DataSource({ type: 'mysql', entities: [], poolSize: 10, extra: { connectionLimit: 20 } }); // typeorm", "typeorm pool_size=10@1; typeorm pool_size=20@1")]
    [InlineData("{\n  \"production\": {\n    \"dialect\": \"mysql\",\n    \"pool\": { \"max\": 5, \"idle\": 10000 }\n  }\n}", "sequelize idle_timeout=10@4; sequelize pool_size=5@4")]
    [InlineData("datasource db {\n  provider = \"mysql\"\n  url = \"mysql://u:p@db:3306/x?connection_limit=3\"\n}", "prisma host=db@3; prisma pool_size=3@3; prisma port=3306@3")]
    // mysql2 closes none for idleness while it may keep as many as it may open.
    [InlineData("const pool = require('mysql2').createPool({ connectionLimit: 10, maxIdle: 10, idleTimeout: 60000 });", "node-mysql2 pool_size=10@1")]
    [InlineData("const options = {\n  connectionLimit: 10,\n  host: mysqlHost,\n  user: mysqlUser,\n};", "node pool_size=10@2")]
    // Knex keeps two for ever.
    [InlineData("module.exports = { client: 'mysql2', pool: { max: 7, idleTimeoutMillis: 30000 } };", "knex pool_size=7@1")]
    public void Pools_of_Node_count_milliseconds(string text, string facts) => Assert.Equal(facts, Told.By(text));

    [Theory]
    [InlineData("const knex = require('knex')({ client: 'pg', pool: { max: 5, idleTimeoutMillis: 3 }, connection: 'postgres://x' });")]
    [InlineData("const threads = createThreadPool({ max: 5, idle: 10000 });")]
    public void Other_pools_give_nothing(string text) => Assert.Equal("nothing", Told.By(text));
}
