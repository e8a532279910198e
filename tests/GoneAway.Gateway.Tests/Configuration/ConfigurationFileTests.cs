using GoneAway.Gateway.Configuration;

namespace GoneAway.Gateway.Tests.Configuration;

public sealed class ConfigurationFileTests
{
    [Fact]
    public void Five_lines_are_enough()
    {
        GatewayOptions options = Good("""
            listen: 0.0.0.0:3306
            backends:
              - db1
              - db2:3307
            """);
        Assert.Equal(["0.0.0.0:3306"], options.Listen);
        Assert.Equal(["db1:3306", "db2:3307"], options.Backends.Select(static one => one.Address));
        Assert.Equal(new LossOptions(), options.Loss);
    }

    [Fact]
    public void Each_kind_of_value_is_read()
    {
        GatewayOptions options = Good("""
            listen: ["127.0.0.1:3306", "unix:/run/goneaway.sock"]
            balance: least_connections
            backends:
              - address: "[::1]:3306"
                name: one
                tls: verify_identity
                send_proxy_header: true
            pool: {mode: transaction, give_back_after: 1m30s, queue_timeout: 500ms}
            loss: {replay_bytes: 1GiB}
            clients: {max_allowed_packet: 16MB, trusted_proxies: [10.0.0.0/8]}
            accounts:
              entries:
                - user: app
                  hash: '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19'
            """);
        Assert.Equal(["127.0.0.1:3306", "unix:/run/goneaway.sock"], options.Listen);
        Assert.Equal(Balance.LeastConnections, options.Balance);
        Assert.Equal(new BackendOptions { Address = "[::1]:3306", Name = "one", Tls = BackendTls.VerifyIdentity, SendProxyHeader = true }, options.Backends[0]);
        Assert.Equal(PoolMode.Transaction, options.Pool.Mode);
        Assert.Equal(TimeSpan.FromSeconds(90), options.Pool.GiveBackAfter);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.Pool.QueueTimeout);
        Assert.Equal(1L << 30, options.Loss.ReplayBytes);
        Assert.Equal(16_000_000, options.Clients.MaxAllowedPacket);
        Assert.Equal("app", options.Accounts.Entries[0].User);
    }

    [Fact]
    public void All_errors_come_at_once_each_with_its_place()
    {
        Assert.Equal(
            [
                "1:1 unknown key 'listn': did you mean 'listen'?",
                "3:5 'db1:99999' is not host or host:port, [address]:port or unix:/path",
                "5:9 'transactions' is not one of session, transaction: did you mean 'transaction'?",
                "6:14 '10' is not a duration: a number with its unit, such as 10s, 500ms or 5m",
                "6:18 unknown key 'http': it belongs into 'operation'",
                "7:30 '20h' is out of range: 100ms to 10m",
                "8:1 'pool' is there twice: it is in line 4 already",
            ],
            Errors("""
            listn: 127.0.0.1:1
            backends:
              - db1:99999
            pool:
              mode: transactions
            loss: {hold: 10, http: x}
            clients: {handshake_timeout: 20h}
            pool: {warm: 3}
            """));
    }

    [Theory]
    [InlineData("backends: [a, a]", "1:15 two backends are called 'a:3306': also in line 1")]
    [InlineData("backends:\n  - {address: a, name: one}\n  - {address: a, name: two}", "3:6 the backend a:3306 is there twice: also in line 2")]
    [InlineData("listen: 127.0.0.1:1", "1:1 no backend: 'backends:' with one line '- host:port' for each server")]
    [InlineData("", "1:1 no backend: 'backends:' with one line '- host:port' for each server")]
    [InlineData("backends: [a]\nclients:\n  certificate_file: /dev/null", "3:3 a certificate without its key: key_file is missing")]
    [InlineData("backends: [a]\nclients:\n  key_file: /dev/null", "3:3 a key without its certificate: certificate_file is missing")]
    [InlineData("backends: [a]\nloss:\n  hold: 5m", "3:3 hold (5m) is longer than drain_timeout (30s): a stop would break off statements that wait")]
    [InlineData("backends: [a]\nloss:\n  transaction_replay: true\n  replay_bytes: 0", "3:3 transaction_replay needs replay_statements and replay_bytes above 0")]
    [InlineData("backends: [a]\naccounts:\n  learn: false", "3:3 nobody could log in: learn is false, and there are neither entries nor a file")]
    [InlineData("backends: [a]\nhealth:\n  max_replica_lag: 5s", "3:3 max_replica_lag needs health.user: an account that may ask")]
    [InlineData("backends: [a]\nspool:\n  folder: /no/such", "3:3 there is no folder /no/such")]
    [InlineData("backends: [a]\noperation:\n  handover_socket: here.sock", "3:20 not a full path of up to 100 bytes")]
    [InlineData("backends: [a]\noperation:\n  http: ", "3:8 no value: `host:port` is expected, or leave the line out for the default")]
    [InlineData("backends: [a]\nclients: 5", "2:10 a section is expected: lines of 'key: value', indented")]
    [InlineData("backends: [a]\nclients:\n  trusted_proxies: [everybody]", "3:21 'everybody' is not a network: an address and its bits, such as 10.0.0.0/8")]
    [InlineData("backends: [a]\nclients:\n  require_tls: yes", "3:16 'yes' is not true or false")]
    [InlineData("backends:\n  - tls: required", "2:5 a backend without an address")]
    [InlineData("backends: [a]\naccounts:\n  entries:\n    - user: x", "4:7 no secret: one of password_variable, password_file and hash")]
    [InlineData("backends: [a]\naccounts:\n  entries:\n    - user: x\n      password_variable: GONEAWAY_NO_SUCH", "5:7 the environment has no variable GONEAWAY_NO_SUCH")]
    [InlineData("backends: &all [a]", "1:11 anchors are not used here: write the value where it is meant")]
    [InlineData("backends: [a]\n---\nlisten: x", "2:1 a second document: the file has one")]
    [InlineData("- a", "1:1 a section is expected: lines of 'key: value', indented")]
    public void A_mistake_is_told_where_it_is(string text, string error) => Assert.Contains(error, Errors(text));

    /// <summary>What a start or a reload would meet is said by the check.</summary>
    [Fact]
    public void Files_that_are_not_what_they_should_be_are_told()
    {
        string folder = Directory.CreateTempSubdirectory("goneaway-check").FullName;
        try
        {
            using var own = new TestKit.SelfSigned();
            using var other = new TestKit.SelfSigned();
            File.WriteAllText(Path.Combine(folder, "accounts"), "# of the shop\napp\n");
            File.WriteAllText(Path.Combine(folder, "none.pem"), "");
            string[] errors = Errors($"""
                backends:
                  - address: a
                    tls: verify_ca
                    authority_file: {folder}/none.pem
                clients:
                  certificate_file: {own.CertificateFile}
                  key_file: {other.KeyFile}
                accounts:
                  file: {folder}/accounts
                """);
            Assert.Equal(3, errors.Length);
            Assert.Contains("none.pem: no certificate is in it", errors[0], StringComparison.Ordinal);
            Assert.StartsWith($"6:3 {own.CertificateFile}: ", errors[1], StringComparison.Ordinal);
            Assert.EndsWith("accounts, line 2: no colon between user and secret", errors[2], StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_password_in_the_file_is_refused_and_not_repeated()
    {
        string[] errors = Errors("backends: [a]\naccounts:\n  entries:\n    - user: x\n      password: hunter2");
        Assert.Contains(errors, static one => one.StartsWith("5:7 'password': a password is not written here", StringComparison.Ordinal));
        Assert.DoesNotContain(errors, static one => one.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_no_YAML_has_its_place_too()
    {
        string error = Assert.Single(Errors("listen: x\nbackends: [a\npool: {"));
        Assert.Matches("^[234]:[0-9]+ not YAML", error);
    }

    [Fact]
    public void Depth_and_size_are_bounded()
    {
        Assert.Contains(Errors("backends: " + new string('[', 5000)), static one => one.Contains("deep", StringComparison.Ordinal));
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new byte[2 << 20]);
            Assert.Contains("not a configuration", Assert.Single(ConfigurationFile.Read(path).Errors).Message, StringComparison.Ordinal);
            File.WriteAllBytes(path, [0xff, 0xfe, 0x00]);
            Assert.Contains("UTF-8", Assert.Single(ConfigurationFile.Read(path).Errors).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
        Assert.Contains("no such file", Assert.Single(ConfigurationFile.Read(path).Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_off_anywhere_a_file_is_an_answer_and_no_exception()
    {
        string whole = File.ReadAllText(Path.Combine(Source.Root, "deploy/goneaway.yaml"));
        for (int length = 0; length < whole.Length; length++)
            _ = ConfigurationFile.Parse(whole[..length], "/");
    }

    [Theory]
    [InlineData("10s", 10_000)]
    [InlineData("0", 0)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("2h", 7_200_000)]
    public void Durations_have_units(string text, long milliseconds)
    {
        Assert.True(Units.TryDuration(text, out TimeSpan value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1s2")]
    [InlineData("99999999999999999999s")]
    [InlineData("9999999999999999999d")]
    public void What_is_no_duration_is_none(string text) => Assert.False(Units.TryDuration(text, out _));

    [Theory]
    [InlineData("16MB", 16_000_000)]
    [InlineData("16M", 16 << 20)]
    [InlineData("1 GiB", 1L << 30)]
    [InlineData("0", 0)]
    public void Sizes_have_units(string text, long bytes)
    {
        Assert.True(Units.TrySize(text, out long value));
        Assert.Equal(bytes, value);
    }

    private static GatewayOptions Good(string text)
    {
        (GatewayOptions? options, IReadOnlyList<ConfigurationError> errors) = ConfigurationFile.Parse(text, "/");
        Assert.Empty(errors);
        return options!;
    }

    private static string[] Errors(string text)
    {
        (GatewayOptions? options, IReadOnlyList<ConfigurationError> errors) = ConfigurationFile.Parse(text, "/");
        Assert.Null(options);
        return [.. errors.Select(static one => $"{one.Line}:{one.Column} {one.Message}")];
    }
}
