using GoneAway.Evidence.Server.Live;

namespace GoneAway.Evidence.Tests.Server.Live;

#pragma warning disable CA1416 // Runs on Linux.
public sealed class ClientOptionsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("goneaway-cnf-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Written(string name, string text)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    [Fact]
    public void The_client_group_says_where_and_as_whom()
    {
        ClientOptions options = ClientOptions.Load(Written("my.cnf", "# mine\n[mysqld]\nport=1\nuser=mysql\n[client]\nuser = app  # the one\nhost=db1\nport=3307\npassword='s#cret'\nssl_mode=REQUIRED\n[mysqldump]\nuser=dump\n"), null);
        Assert.Equal("app@db1:3307", options.Address.ToString());
        Assert.Equal(TlsMode.Required, options.Address.Tls);
        Assert.True(new Secret("s#cret").Equals(options.Password!));
    }

    [Theory]
    [InlineData("secret", "secret")]
    [InlineData(" secret  ", "secret")]
    [InlineData("\"se cret\"", "se cret")]
    [InlineData("'se#cret' # comment", "se#cret")]
    [InlineData("se#cret", "se")]
    [InlineData(@"a\sb\\c", @"a b\c")]
    [InlineData(@"a\qb", @"a\qb")]
    [InlineData("\"", "\"")]
    [InlineData("", "")]
    public void Values_lose_quotes_escapes_and_comments(string written, string expected) => Assert.Equal(expected, ClientOptions.ValueOf(written));

    [Fact]
    public void Included_files_are_read_and_a_circle_ends()
    {
        Directory.CreateDirectory(Path.Combine(folder, "conf.d"));
        string main = Path.Combine(folder, "my.cnf");
        Written("conf.d/a.cnf", $"[client]\nuser=first\nhost=db1\n!include {main}\n");
        Written("conf.d/b.cnf", "[client]\nuser=second\n");
        Written("my.cnf", $"!includedir {Path.Combine(folder, "conf.d")}\n");
        Assert.Equal("second@db1:3306", ClientOptions.Load(main, null).Address.ToString());
    }

    [Fact]
    public void What_everybody_may_write_is_not_believed()
    {
        string path = Written("my.cnf", "[client]\nuser=app\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        ClientOptions options = ClientOptions.Load(path, null);
        Assert.Null(options.Address.User);
        Assert.Contains("everybody may write", Assert.Single(options.Notes));
    }

    [Fact]
    public void The_home_folder_is_looked_into()
    {
        Written(".my.cnf", "[client]\nuser=app\nsocket=/tmp/s\npassword=\n");
        ClientOptions options = ClientOptions.Load(null, folder);
        Assert.Equal("app@unix:/tmp/s", options.Address.ToString());
        Assert.True(options.Password!.IsEmpty);
    }
}
