using GoneAway.Model;

namespace GoneAway.Diagnosis.Hazards;

/// <summary>How the pool that was seen is told to keep connections for a shorter time.</summary>
internal static class PoolAdvice
{
    public static string Shorter(KnownFacts known, TimeSpan limit)
    {
        // A tenth less, and room for a slow borrow.
        int seconds = (int)Math.Max(1, Math.Min(limit.TotalSeconds * 0.9, limit.TotalSeconds - 5));
        string? stack = known.OfKind(FactKind.Application).Select(static f => f.Scope).FirstOrDefault(static s => s is not null);
        return stack switch
        {
            "sqlalchemy" => $"pool_recycle={seconds} and pool_pre_ping=True in create_engine()",
            "django" => $"CONN_MAX_AGE = {seconds} and CONN_HEALTH_CHECKS = True",
            "hikari" or "spring" => $"maxLifetime={seconds * 1000} (milliseconds)",
            "go" or "go-sql-driver" or "gorm" => $"db.SetConnMaxLifetime({seconds} * time.Second)",
            "rails" or "activerecord" => $"idle_timeout: {seconds} in database.yml",
            "laravel" or "pdo" => "reconnect before each job of a worker (DB::reconnect()), and no persistent connections",
            "node-mysql" or "node-mysql2" or "node-mariadb" or "knex" or "sequelize" or "typeorm" => $"idleTimeout: {(long)seconds * 1000} (milliseconds) in createPool()",
            "mysqlconnector" => $"Connection Lifetime={seconds} or Connection Idle Timeout={seconds} in the connection string",
            _ => $"let the pool replace connections after {seconds} s at most (pool_recycle, maxLifetime, SetConnMaxLifetime, CONN_MAX_AGE)",
        };
    }
}
