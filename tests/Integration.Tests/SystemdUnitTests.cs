using System.Diagnostics;
using GoneAway.Lab.Parts;
using GoneAway.TestKit;

namespace GoneAway.Integration.Tests;

/// <summary>The gateway under the system calls that its unit leaves it.</summary>
public sealed class SystemdUnitTests
{
    /// <summary>What systemd makes of SystemCallFilter: the lists are added and taken away in their order, @default is always there, and the rest ends with EPERM.</summary>
    private const string Manager = """
        import errno, os, seccomp, subprocess, sys
        sets, name = {}, None
        for line in subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], capture_output=True, text=True, check=True).stdout.splitlines():
            word = line.strip()
            if line.startswith("@"):
                name = word
                sets[name] = []
            elif name and word and not word.startswith("#"):
                sets[name].append(word)
        def expand(word):
            return set().union(*map(expand, sets[word])) if word.startswith("@") else {word}
        allowed, denied = expand("@default"), 0
        for line in open(sys.argv[1]):
            if line.startswith("SystemCallFilter="):
                words = line.strip().partition("=")[2]
                these = set().union(*map(expand, words.lstrip("~").split()))
                allowed = allowed - these if words.startswith("~") else allowed | these
        filter = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
        for call in allowed:
            if seccomp.resolve_syscall(seccomp.Arch(), call) >= 0:
                filter.add_rule(seccomp.ALLOW, call)
        filter.load()
        os.execvp(sys.argv[2], sys.argv[2:])
        """;

    [Fact]
    public void It_starts_and_serves()
    {
        string unit = Repository.At("deploy", "goneaway-gateway.service");
        string tool = Path.Combine(AppContext.BaseDirectory, "goneaway.dll");
        using LocalServer server = LocalServer.Start(Flavour.MariaDb, "CREATE USER app@'%' IDENTIFIED BY 'secret';\n");
        string socket = Path.Combine(Path.GetTempPath(), $"goneaway-unit-{Environment.ProcessId}.sock");
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", Manager, unit, "dotnet", tool, "gateway", "--backend", $"127.0.0.1:{server.Port}", "--listen", "unix:" + socket]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        try
        {
            string said = "";
            while (!said.Contains("started", StringComparison.Ordinal))
                said += process.StandardError.ReadLine() ?? throw new InvalidOperationException("the gateway has ended: " + said);
            var client = new ProcessStartInfo("mariadb", ["--no-defaults", "--socket=" + socket, "--user=app", "--password=secret", "-N", "-e", "SELECT 40 + 2"]) { RedirectStandardOutput = true };
            using Process asks = Process.Start(client)!;
            Assert.Equal("42\n", asks.StandardOutput.ReadToEnd());
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            File.Delete(socket);
        }
    }
}
