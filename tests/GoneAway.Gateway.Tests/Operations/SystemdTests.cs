using System.Net.Sockets;
using System.Text;
using GoneAway.Gateway.Operations;

namespace GoneAway.Gateway.Tests.Operations;

public sealed class SystemdTests
{
    [Fact]
    public void States_reach_the_notify_socket()
    {
        string path = Path.Combine(Path.GetTempPath(), $"goneaway-{Guid.NewGuid():n}");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 20_000 };
        socket.Bind(new UnixDomainSocketEndPoint(path));
        Systemd.Notify("READY=1\n", path);
        byte[] bytes = new byte[100];
        Assert.Equal("READY=1\n", Encoding.ASCII.GetString(bytes, 0, socket.Receive(bytes)));
        socket.Dispose();
        Systemd.Notify("READY=1\n", path);
    }

    [Theory]
    [InlineData("7", "2", 2)]
    [InlineData("8", "2", 0)]
    [InlineData(null, "2", 0)]
    [InlineData("7", "-1", 0)]
    [InlineData("7", "100000", 0)]
    public void Sockets_of_another_process_are_not_taken(string? process, string count, int expected) =>
        Assert.Equal(expected, Systemd.Count(name => name == "LISTEN_PID" ? process : count, 7));
}
