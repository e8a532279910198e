using System.Diagnostics;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Login;

/// <summary>Clients as people have them log in: MariaDB's own, and PHP's.</summary>
[Collection(LoginServers.Name)]
public sealed class RealClientTests(LoginMariaDb mariaDb, LoginMySql mySql) : IDisposable
{
    private const string Php = """
        mysqli_report(MYSQLI_REPORT_OFF);
        $m = mysqli_init();
        if ($argv[4] == 'tls') $m->ssl_set(null, null, null, null, null);
        if (!@$m->real_connect('127.0.0.1', $argv[2], $argv[3], '', (int)$argv[1], null, $argv[4] == 'tls' ? MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT : 0)) { fwrite(STDERR, $m->connect_errno . ' ' . $m->connect_error); exit(1); }
        if (!$m->query('DO 1')) { fwrite(STDERR, $m->error); exit(2); }
        if (!$m->change_user($argv[2], $argv[3], '')) { fwrite(STDERR, 'change: ' . $m->error); exit(3); }
        if (@$m->change_user($argv[2], $argv[3] . 'x', '')) { fwrite(STDERR, 'a wrong password changed the user'); exit(4); }
        """;

    private readonly Certificates certificates = Certificates.Load(new ClientOptions(), ["localhost"], TimeProvider.System);

    public void Dispose() => certificates.Dispose();

    [ServerTheory(Flavour.MariaDb)]
    [InlineData("native", "native secret")]
    [InlineData("ed", "ed secret")]
    [InlineData("blank", "")]
    public Task Clients_log_in_to_MariaDb(string user, string password) => AllAsync(mariaDb.Server!, user, password);

    [ServerTheory(Flavour.MySql)]
    [InlineData("sha", "sha secret, longer than the twenty bytes of a scramble")]
    [InlineData("old", "old secret")]
    public Task Clients_log_in_to_MySql(string user, string password) => AllAsync(mySql.Server!, user, password);

    [ServerTheory(Flavour.MySql)]
    [InlineData("sha", "sha secret, longer than the twenty bytes of a scramble")]
    [InlineData("old", "old secret")]
    public async Task MySql_9s_own_client_logs_in(string user, string password)
    {
        string client = Path.Combine(Distribution.FindMySql(out _)!, "mysqladmin");
        foreach (string secure in (string[])["--ssl-mode=REQUIRED", "--ssl-mode=DISABLED"])
        {
            var accounts = new Accounts(new AccountOptions(), certificates.Key, TimeProvider.System);
            using var listener = new LoginListener(accounts, new SocketDialer(mySql.Server!, BackendTls.Required, LoginServers.Capabilities), certificates) { Version = "9.7.0"u8.ToArray() };
            string[] command = [client, "--no-defaults", "--host=127.0.0.1", $"--port={listener.Port}", $"--user={user}", $"--password={password}", secure, "--get-server-public-key", "ping"];
            await ExpectAsync(listener, command, [.. command.Select(a => a == $"--password={password}" ? a + "x" : a)], learns: false);
        }
    }

    private async Task AllAsync(LocalServer server, string user, string password)
    {
        foreach (BackendTls tls in (BackendTls[])[BackendTls.Disabled, BackendTls.Required])
        {
            var accounts = new Accounts(new AccountOptions(), certificates.Key, TimeProvider.System);
            using var listener = new LoginListener(accounts, new SocketDialer(server, tls, LoginServers.Capabilities), certificates);
            foreach (string secure in (string[])["plain", "tls"])
            {
                await ExpectAsync(listener, MariaDb(listener, user, password, secure), MariaDb(listener, user, password + "x", secure));
                if (File.Exists("/usr/bin/php"))
                    await ExpectAsync(listener, PhpClient(listener, user, password, secure), PhpClient(listener, user, password + "x", secure));
            }
        }
    }

    private static string[] MariaDb(LoginListener listener, string user, string password, string secure) =>
        ["/usr/bin/mariadb-admin", "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", $"--port={listener.Port}", $"--user={user}", $"--password={password}",
            secure == "tls" ? "--ssl" : "--skip-ssl", "ping"];

    private static string[] PhpClient(LoginListener listener, string user, string password, string secure) =>
        ["/usr/bin/php", "-r", Php, "--", $"{listener.Port}", user, password, secure];

    private static async Task ExpectAsync(LoginListener listener, string[] right, string[] wrong, bool learns = true)
    {
        for (int i = 0; i < 2; i++)
        {
            // mariadb-admin ping ends with 0 where it was refused, too.
            (int status, string said) = await RunAsync(right);
            Assert.True(status == 0 && !said.Contains("failed", StringComparison.Ordinal), $"{right[0]}: {status} {said}");
            (status, said) = await RunAsync(wrong);
            Assert.True(said.Contains("Access denied", StringComparison.Ordinal), $"{wrong[0]}: {status} {said}");
        }
        int accepted = 0;
        while (listener.Next() is { } outcome)
            accepted += outcome is { IsAccepted: true, Credential.CanLogIn: true } ? 1 : 0;
        Assert.True(accepted >= 2 || !learns, $"{right[0]}: learned nothing");
    }

    private static async Task<(int Status, string Said)> RunAsync(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error + await output);
    }
}
