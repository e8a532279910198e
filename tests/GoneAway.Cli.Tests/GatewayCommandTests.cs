using System.Text;

namespace GoneAway.Cli.Tests;

/// <summary>What <c>gateway</c> says of its options before it runs.</summary>
public sealed class GatewayCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("goneaway-cli-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_good_file_is_ok()
    {
        string file = Written("backends: [db1]\n");
        Assert.Equal((0, file + ": ok\n", ""), Run("--config", file, "--check-config"));
    }

    [Fact]
    public void All_errors_of_a_file_are_told_with_their_places()
    {
        string file = Written("backend: db1\npool:\n  mode: transactions\n");
        (int status, string output, string error) = Run("--config", file, "--check-config");
        Assert.Equal((2, ""), (status, output));
        Assert.Contains($"{file}:1:1: error: unknown key 'backend': did you mean 'backends'?\n", error, StringComparison.Ordinal);
        Assert.Contains($"{file}:3:9: error: 'transactions' is not one of session, transaction: did you mean 'transaction'?\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_are_enough_and_go_before_the_file()
    {
        Assert.Equal((0, "options: ok\n", ""), Run("--backend", "127.0.0.1", "--backend", "[::1]:3307", "--pool", "transaction", "--check-config"));
        string file = Written("listen: 127.0.0.1:1\n");
        Assert.Equal(0, Run("--config", file, "--backend", "db1", "--check-config").Status);
        Assert.Equal((2, "", "goneaway: error: 'foo' is not host:port, [address]:port or unix:/path\n"), Run("--config", file, "--backend", "db1", "--listen", "foo", "--check-config"));
    }

    [Theory]
    [InlineData("goneaway: error: no server: --backend HOST:PORT, or --config FILE\n")]
    [InlineData("goneaway: error: 'db1:x' is not host or host:port, [address]:port or unix:/path\n", "--backend", "db1:x")]
    [InlineData("goneaway: error: two backends are called 'db1:3306': also in line 1\n", "--backend", "db1", "--backend", "db1:3306")]
    [InlineData("goneaway: error: 'here' is not host:port\n", "--backend", "db1", "--http", "here")]
    [InlineData("goneaway: error: the environment has no variable GONEAWAY_NO_SUCH\n", "--backend", "db1", "--user", "x", "--password-env", "GONEAWAY_NO_SUCH")]
    public void Wrong_options_end_with_2(string error, params string[] arguments) => Assert.Equal((2, "", error), Run([.. arguments, "--check-config"]));

    private string Written(string content)
    {
        string path = Path.Combine(folder, "goneaway.yaml");
        File.WriteAllText(path, content);
        return path;
    }

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        int status = Program.Run(["gateway", .. arguments], new Terminal { Input = Stream.Null, Output = output, Error = error });
        return (status, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }
}
