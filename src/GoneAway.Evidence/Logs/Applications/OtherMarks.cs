using System.Buffers;

namespace GoneAway.Evidence.Logs.Applications;

/// <summary>Pieces of text that name another database, a queue or another protocol: errors of sockets and pools there are not MySQL's.</summary>
internal static class OtherMarks
{
    private static readonly SearchValues<string> Marks = SearchValues.Create(
    [
        "postgres", "Postgres", "PostgreSQL", "PSQLException", "Postgrex", "psycopg", "asyncpg", "jackc/pgx", "lib/pq", "node_modules/pg/", "node_modules/pg-", "Npgsql", "PG::", "`5432`", ":5432", ":6432",
        "redis", "Redis", ":6379", "mongo", "Mongo", ":27017", "kafka", "Kafka", ":9092", "rabbitmq", "RabbitMQ", "amqp", ":5672", "elasticsearch", "Elasticsearch", "opensearch", ":9200",
        "oracle.jdbc", "ORA-", "sqlserver", "SqlClient", "mssql", ":1433", "tedious", "cassandra", "clickhouse", "memcache", "ldap", "Ldap", "smtp", "Smtp", "zookeeper", "etcd", "nats:", "sqlite",
        "Get \"http", "Post \"http", "Put \"http", "Head \"http", "GET http", "POST http", "HttpClient", "http.Client", "httpclient", "okhttp", "Tesla.", "HTTPoison", "reqwest", "hyper::", "axios", "docker.sock", "grpc", "feign", "Feign",
    ], StringComparison.Ordinal);

    public static bool IsIn(ReadOnlySpan<char> line) => (line.Length > 4096 ? line[..4096] : line).ContainsAny(Marks);
}
