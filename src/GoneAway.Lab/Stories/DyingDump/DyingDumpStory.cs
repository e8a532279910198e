using GoneAway.Lab.Parts;

namespace GoneAway.Lab.Stories.DyingDump;

/// <summary>A backup that dies in three ways: the server looks up a name, the network breaks a handshake, and the disk behind gzip hangs for longer than net_write_timeout.</summary>
public sealed class DyingDumpStory : Story
{
    private const int Large = 3000, Few = 7;
    private static readonly TimeSpan StepTime = TimeSpan.FromSeconds(60);

    /// <summary>A name server that refuses at once, and one that is not there.</summary>
    private const string Resolves = "nameserver 127.0.0.1\n", ResolvesNothing = "nameserver 10.77.0.99\noptions timeout:4 attempts:1\n";

    /// <summary>How long the network breaks handshakes, where nobody sees an error before.</summary>
    private static readonly TimeSpan BrokenTime = TimeSpan.FromSeconds(5);

    public override int Number => 3;
    public override string Title => "The dump that dies";
    public override string Cause => "slow-reader";
    public override IReadOnlyList<string> AlsoCauses => ["dns-lookup", "network-loss"];

    public override IReadOnlyList<string> Sees =>
    [
        "2013.*Lost connection to (MySQL )?server at '(handshake: )?reading initial communication packet'", "2013.*Lost connection to (MySQL )?server at '(handshake: )?reading authorization packet'",
        @"Error 2013: Lost connection to (MySQL )?server during query when dumping table `large` at row: \d+", "reader: Error 2013: Lost connection to (MySQL )?server during query",
    ];

    public override string Trouble => """
        Nightly backups by `mysqldump` end before their time, now and then, with one of three errors: `Lost connection to MySQL server at 'reading initial communication packet'`,
        `... at 'reading authorization packet'`, `... during query`. The third comes where the dump goes through `gzip`, or onto NFS. Its author wrote a C program that takes a row and
        sleeps, looked at `SHOW VARIABLES LIKE '%timeout%'`, and found `net_write_timeout`.

        Here `net_write_timeout` is 2 seconds, `connect_timeout` 2 seconds, and the kernels' buffers are small, so that 23 MB behave as a large table does. mysqldump, gzip and the server are
        Debian's; the disk hangs for 7 seconds.
        """;

    public override IReadOnlyList<(string File, string Package)> Needs =>
        [("/usr/bin/mysqldump", "mariadb-client"), ("/usr/bin/gcc", "gcc"), ("/usr/include/mariadb/mysql.h", "libmariadb-dev"), ("/usr/bin/python3", "python3"), ("/usr/sbin/nft", "nftables")];

    public override bool Routed => true;

    /// <summary>Without the time-outs that the reader prints.</summary>
    public override string Shown(string said) => string.Join('\n', said.Split('\n').Where(static line => !line.Contains("timeout", StringComparison.Ordinal) && !line.Contains("next: ", StringComparison.Ordinal)));

    public override string? WrongBehindGateway(string said)
    {
        foreach (string done in (string[])["position read", "notes dumped", $"dump of shop: {Large} rows", $"reader: {Few} rows"])
            if (!said.Contains(done, StringComparison.Ordinal))
                return $"'{done}' is missing";
        return said.Contains("2013", StringComparison.Ordinal) ? "the application still sees an error" : null;
    }

    protected override void Play(StoryRun run)
    {
        LabRun lab = run.Lab;
        string files = Path.Combine(AppContext.BaseDirectory, "Stories", "DyingDump");
        foreach (string name in (string[])["backup.sh", "disk.py"])
            File.Copy(Path.Combine(files, name), Path.Combine(lab.Work, name));
        run.Shell($"gcc -I/usr/include/mariadb -o '{lab.Work}/reader' '{files}/reader.c' -lmariadb", lab.ClientHost);
        foreach (string host in (string[])["client", "server"])
            lab.Network.Run(host, "sysctl", "-q", "-w", "net.ipv4.tcp_rmem=4096 8192 8192", "net.ipv4.tcp_wmem=4096 8192 8192");
        lab.Network.WriteEtc("server", "resolv.conf", Resolves);
        DatabaseServer server = lab.StartServer("--skip-name-resolve=0", "--net-write-timeout=2", "--connect-timeout=2");
        Fill(lab);
        run.BeginAsked();
        Program backup = lab.Start("/usr/bin/env", $"--chdir={lab.Work}", "/bin/bash", "backup.sh");

        backup.WaitForOutput("next: position", StepTime);
        lab.Network.WriteEtc("server", "resolv.conf", ResolvesNothing);
        Let(lab, backup, "position");
        backup.WaitForOutput("next: notes", StepTime);
        lab.Network.WriteEtc("server", "resolv.conf", Resolves);
        // Packets with data are lost on the way to the server: a login never comes.
        lab.Network.OnRouter("tcp dport 3306 tcp flags & psh == psh drop");
        Let(lab, backup, "notes");
        Poll.Until(() => backup.Output.Contains("next: shop", StringComparison.Ordinal), BrokenTime);
        lab.Network.ClearRouter();
        Let(lab, backup, "shop");
        lab.Finish(backup, 120);
        run.EndAsked();
        run.Had("error.log", File.ReadAllText(server.Log));
    }

    private static void Let(LabRun lab, Program backup, string step)
    {
        backup.WaitForOutput("next: " + step, StepTime);
        File.WriteAllText(Path.Combine(lab.Work, step), "");
    }

    private static void Fill(LabRun lab)
    {
        const string Row = "HEX(RANDOM_BYTES(950))";
        string sql = $"""
            CREATE TABLE shop.large (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, b VARCHAR(2000), c VARCHAR(2000), d VARCHAR(2000), e VARCHAR(2000)) ENGINE=MyISAM DEFAULT CHARSET=utf8;
            CREATE TABLE shop.few LIKE shop.large;
            INSERT INTO shop.large (b, c, d, e) SELECT {Row}, {Row}, {Row}, {Row} FROM seq_1_to_{Large};
            INSERT INTO shop.few (b, c, d, e) SELECT {Row}, {Row}, {Row}, {Row} FROM seq_1_to_{Few};
            CREATE DATABASE notes;
            CREATE TABLE notes.t AS SELECT seq FROM shop.seq_1_to_10;
            """;
        using Program client = Program.Start(lab.Network, lab.ServerHost, null, "/usr/bin/mariadb", "--no-defaults", $"--socket={Path.Combine(lab.Work, "s")}", "-u", "root", "shop", "-e", sql);
        if (client.WaitForExit(StepTime) != 0)
            throw new LabException("the tables cannot be filled: " + client.Output);
    }
}
