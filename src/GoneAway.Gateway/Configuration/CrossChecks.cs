namespace GoneAway.Gateway.Configuration;

/// <summary>What keys must be to each other.</summary>
internal static class CrossChecks
{
    public static void Run(GatewayOptions options, Reading reading)
    {
        Backends(options, reading);
        Clients(options, reading);
        Accounts(options.Accounts, reading);
        Health(options.Health, reading);
        if (options.Loss.TransactionReplay && (options.Loss.ReplayStatements == 0 || options.Loss.ReplayBytes == 0))
            reading.Wrong("loss.transaction_replay", "transaction_replay needs replay_statements and replay_bytes above 0");
        if (options.Operation.DrainTimeout > TimeSpan.Zero && options.Loss.Hold > options.Operation.DrainTimeout)
            reading.Wrong(reading.Says("loss.hold") ? "loss.hold" : "operation.drain_timeout", $"hold ({Units.Show(options.Loss.Hold)}) is longer than drain_timeout ({Units.Show(options.Operation.DrainTimeout)}): a stop would break off statements that wait");
        if (options.Spool.DiskPerClient > options.Spool.DiskTotal)
            reading.Wrong(reading.Says("spool.disk_per_client") ? "spool.disk_per_client" : "spool.disk_total", "disk_per_client is more than disk_total");
        if (options.Operation is { OtlpHeadersVariable: not null, OtlpEndpoint: null })
            reading.Wrong("operation.otlp_headers_variable", "otlp_headers_variable without otlp_endpoint");
    }

    private static void Backends(GatewayOptions options, Reading reading)
    {
        if (options.Backends.Count == 0)
            reading.Wrong("backends", "no backend: 'backends:' with one line '- host:port' for each server");
        var names = new Dictionary<string, int>();
        var addresses = new Dictionary<string, int>();
        for (int i = 0; i < options.Backends.Count; i++)
        {
            BackendOptions backend = options.Backends[i];
            string at = $"backends[{i}]";
            if (backend.Address.Length == 0)
            {
                if (!reading.Says(at + ".address") && !reading.Errors.Exists(error => error.Line == reading.Where(at).Line))
                    reading.Wrong(at, "a backend without an address");
                continue;
            }
            if (!names.TryAdd(backend.Name ?? backend.Address, i))
                reading.Wrong(reading.Says(at + ".name") ? at + ".name" : at, $"two backends are called '{Reading.Shown(backend.Name ?? backend.Address)}': also in line {reading.Where($"backends[{names[backend.Name ?? backend.Address]}]").Line}");
            else if (!addresses.TryAdd(backend.Address, i))
                reading.Wrong(reading.Says(at + ".address") ? at + ".address" : at, $"the backend {Reading.Shown(backend.Address)} is there twice: also in line {reading.Where($"backends[{addresses[backend.Address]}]").Line}");
            if (backend.AuthorityFile is not null && backend.Tls is not (BackendTls.VerifyCa or BackendTls.VerifyIdentity))
                reading.Wrong(at + ".authority_file", "authority_file is used with tls: verify_ca or verify_identity alone");
            if (backend.MaxConnections != 0 && options.Pool.Warm > backend.MaxConnections)
                reading.Wrong(at + ".max_connections", $"max_connections ({backend.MaxConnections}) is less than pool.warm ({options.Pool.Warm})");
        }
    }

    private static void Clients(GatewayOptions options, Reading reading)
    {
        ClientOptions clients = options.Clients;
        if (clients.CertificateFile is not null && clients.KeyFile is null)
            reading.Wrong("clients.certificate_file", "a certificate without its key: key_file is missing");
        if (clients.KeyFile is not null && clients.CertificateFile is null)
            reading.Wrong("clients.key_file", "a key without its certificate: certificate_file is missing");
        if (clients.MaxConnectionsPerAddress > clients.MaxConnections)
            reading.Wrong("clients.max_connections_per_address", "more for one address than max_connections allows for all");
        if (options.Listen.Count == 0 && reading.Errors.Count == 0)
            reading.Wrong("listen", "no address to listen on");
        if (options.Operation.Http is { } http && options.Listen.Contains(http))
            reading.Wrong("operation.http", $"'{Reading.Shown(http)}' is where clients connect (listen)");
    }

    private static void Accounts(AccountOptions accounts, Reading reading)
    {
        var users = new HashSet<string>();
        for (int i = 0; i < accounts.Entries.Count; i++)
        {
            AccountEntry entry = accounts.Entries[i];
            string at = $"accounts.entries[{i}]";
            if (entry.User.Length == 0)
                reading.Wrong(at, "an account without a user");
            else if (!users.Add(entry.User))
                reading.Wrong(at + ".user", $"account '{Reading.Shown(entry.User)}' is there twice");
            string[] secrets = ["password_variable", "password_file", "hash"];
            int given = secrets.Count(key => reading.Says($"{at}.{key}"));
            if (given != 1)
                reading.Wrong(at, given == 0 ? "no secret: one of password_variable, password_file and hash" : "more than one of password_variable, password_file and hash");
        }
        if (!accounts.Learn && accounts.Entries.Count == 0 && accounts.File is null)
            reading.Wrong("accounts.learn", "nobody could log in: learn is false, and there are neither entries nor a file");
    }

    private static void Health(HealthOptions health, Reading reading)
    {
        if (health.PasswordVariable is not null && health.PasswordFile is not null)
            reading.Wrong("health.password_file", "password_file and password_variable: one of them");
        if (health.User is not null)
            return;
        foreach ((string key, bool used) in new[]
        {
            ("password_variable", health.PasswordVariable is not null), ("password_file", health.PasswordFile is not null),
            ("max_replica_lag", health.MaxReplicaLag > TimeSpan.Zero), ("max_threads_running", health.MaxThreadsRunning > 0), ("require_writable", health.RequireWritable),
        })
            if (used)
                reading.Wrong("health." + key, $"{key} needs health.user: an account that may ask");
    }
}
