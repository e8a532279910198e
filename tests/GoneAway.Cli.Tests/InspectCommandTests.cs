using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using GoneAway.Causes;

namespace GoneAway.Cli.Tests;

/// <summary><c>goneaway inspect</c> as a user types it, on connections of the test's own.</summary>
public sealed class InspectCommandTests : IDisposable
{
    private readonly TcpListener server = new(IPAddress.Loopback, 0);

    public InspectCommandTests() => server.Start();

    public void Dispose() => server.Dispose();

    private string Port => ((IPEndPoint)server.LocalEndpoint).Port.ToString();

    private static string Self => Environment.ProcessId.ToString();

    private static (int Status, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        int status = Program.Run(["inspect", .. arguments], new Terminal { Input = Stream.Null, Output = output, Error = error });
        return (status, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    [Fact]
    public void A_connection_that_the_server_has_closed_is_a_hazard()
    {
        using var client = new TcpClient(AddressFamily.InterNetwork);
        client.Connect((IPEndPoint)server.LocalEndpoint);
        server.AcceptSocket().Close();
        (int status, string output, _) = Run(Self, "--port", Port, "--fail-on-hazard");
        Assert.Equal(1, status);
        Assert.Contains("1 connection to MySQL", output);
        Assert.Contains($"fd {client.Client.Handle}  {client.Client.LocalEndPoint} → 127.0.0.1:{Port}  CLOSE-WAIT", output);
        Assert.Contains("hazard  wait-timeout", output);
        Assert.EndsWith("1 hazard\n", output);
        Assert.Equal(0, Run(Self, "--port", Port).Status);
    }

    [Fact]
    public void As_JSON_it_keeps_to_the_contract_of_reports()
    {
        using var client = new TcpClient(AddressFamily.InterNetwork);
        client.Connect((IPEndPoint)server.LocalEndpoint);
        server.AcceptSocket().Close();
        (int status, string output, _) = Run(Self, "--port", Port, "--json");
        Assert.Equal(0, status);
        using JsonDocument report = JsonDocument.Parse(output);
        Assert.Equal("goneaway.report/1", report.RootElement.GetProperty("schema").GetString());
        JsonElement hazard = Assert.Single(report.RootElement.GetProperty("hazards").EnumerateArray());
        Assert.NotNull(Catalogue.All.FirstOrDefault(c => c.Name == hazard.GetProperty("cause").GetString()));
        Assert.Equal($"/proc/{Self}/fd/{client.Client.Handle}", hazard.GetProperty("source").GetString());
        Assert.Contains(report.RootElement.GetProperty("inputs").EnumerateArray(), i => i.GetProperty("kind").GetString() == "connection" && i.GetProperty("note").GetString()!.Contains("CLOSE-WAIT"));
    }

    [Fact]
    public void Nothing_to_see_is_told()
    {
        (int status, string output, _) = Run(Self, "--port", "1");
        Assert.Equal(0, status);
        Assert.StartsWith("No connection to MySQL is open here", output);
    }

    [Fact]
    public void A_process_that_is_not_there_is_named()
    {
        (int status, _, string error) = Run("2147483647");
        Assert.Equal(3, status);
        Assert.Contains("there is no process 2147483647", error);
    }

    [Fact]
    public void A_server_that_cannot_be_asked_hides_nothing_else()
    {
        using var client = new TcpClient(AddressFamily.InterNetwork);
        client.Connect((IPEndPoint)server.LocalEndpoint);
        using Socket peer = server.AcceptSocket();
        // The listener never greets: its port is that of the address, and counts.
        (int status, string output, _) = Run(Self, "--dsn", $"app@127.0.0.1:{Port}", "--timeout", "1");
        Assert.Equal(3, status);
        Assert.Contains("could not be asked: no greeting", output);
        Assert.Contains(client.Client.LocalEndPoint!.ToString()!, output);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("0")]
    [InlineData("--port", "70000")]
    [InlineData("--dsn", "app:secret@db")]
    [InlineData("--timeout", "0")]
    [InlineData("--timeout", "soon")]
    public void Wrong_usage_is_status_2_and_repeats_no_password(params string[] arguments)
    {
        (int status, string output, string error) = Run(arguments);
        Assert.Equal(2, status);
        Assert.DoesNotContain("secret", output + error);
    }
}
