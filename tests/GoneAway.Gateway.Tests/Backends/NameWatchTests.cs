using System.Net;
using System.Net.Sockets;
using GoneAway.Gateway.Backends;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Loop;
using GoneAway.Lab.Parts;

namespace GoneAway.Gateway.Tests.Backends;

/// <summary>Names that move, fail and hang.</summary>
public sealed class NameWatchTests : IDisposable
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1"), Two = IPAddress.Parse("192.0.2.2"), Three = IPAddress.Parse("192.0.2.3");

    private readonly EventLoop loop = new("names", static fault => throw fault);
    private readonly Backend backend = new(new BackendOptions { Address = "db.example:3307" }, 0);
    private Func<Task<IPAddress[]>> answer = static () => Task.FromResult<IPAddress[]>([]);

    public void Dispose() => loop.Dispose();

    [Fact]
    public void AddressesAreAsTheNameHasThem()
    {
        answer = static () => Task.FromResult<IPAddress[]>([One, Two]);
        NameWatch watch = Watch();
        Ask(watch);
        Assert.True(Poll.Until(() => backend.Addresses.Length == 2, TimeSpan.FromSeconds(10)));
        Assert.Equal(["192.0.2.1:3307", "192.0.2.2:3307"], backend.Addresses.Select(static one => one.ToString()!));
        Assert.Null(watch.Problem);
    }

    [Fact]
    public void AFailingNameKeepsItsLastAddresses()
    {
        backend.Addresses = [new IPEndPoint(One, 3307)];
        answer = static () => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
        NameWatch watch = Watch();
        Ask(watch);
        Assert.True(Poll.Until(() => watch.Problem is not null, TimeSpan.FromSeconds(10)));
        Assert.Equal([new IPEndPoint(One, 3307)], backend.Addresses);
    }

    [Fact]
    public void AHangingNameHoldsNothingUp()
    {
        var never = new TaskCompletionSource<IPAddress[]>();
        answer = () => never.Task;
        NameWatch watch = Watch();
        Ask(watch);
        Ask(watch);
        using var turned = new ManualResetEventSlim();
        loop.Post(turned.Set);
        Assert.True(turned.Wait(TimeSpan.FromSeconds(10)));
        Assert.Empty(backend.Addresses);
        never.SetResult([Three]);
        Assert.True(Poll.Until(() => backend.Addresses.Length == 1, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void WhatAnsweredLastStaysFirstAndTheOrderOfTheNameServerDoesNotMatter()
    {
        backend.Addresses = [new IPEndPoint(One, 3307), new IPEndPoint(Two, 3307)];
        backend.Prefer(backend.Addresses[1], backend.Addresses);
        int version = backend.AddressVersion;
        answer = static () => Task.FromResult<IPAddress[]>([One, Two]);
        NameWatch watch = Watch();
        int asked = 0;
        answer = () => Task.FromResult<IPAddress[]>([(asked++ > 0 ? Three : One), Two]);
        Ask(watch);
        Assert.True(Poll.Until(() => asked == 1, TimeSpan.FromSeconds(10)));
        loop.Post(watch.Hurry);
        Assert.True(Poll.Until(() => Asked(watch) && backend.AddressVersion != version, TimeSpan.FromSeconds(30)));
        Assert.Equal([new IPEndPoint(Two, 3307), new IPEndPoint(Three, 3307)], backend.Addresses);
    }

    [Theory]
    [InlineData("192.0.2.9:3310", "192.0.2.9:3310")]
    [InlineData("[::1]:3310", "[::1]:3310")]
    [InlineData("192.0.2.9", "192.0.2.9:3306")]
    [InlineData("unix:/run/my.sock", "/run/my.sock")]
    public void WhatIsNoNameIsNotLookedUp(string address, string point)
    {
        backend.Options = new BackendOptions { Address = address };
        answer = static () => throw new InvalidOperationException("asked");
        Ask(Watch());
        Assert.True(Poll.Until(() => backend.Addresses.Length == 1, TimeSpan.FromSeconds(10)));
        Assert.Equal(point, backend.Addresses[0].ToString());
    }

    private NameWatch Watch() => new(backend, loop, (host, _) => host == "db.example" ? answer() : Task.FromException<IPAddress[]>(new ArgumentException(host)));

    private void Ask(NameWatch watch) => loop.Post(watch.Tend);

    private bool Asked(NameWatch watch)
    {
        Ask(watch);
        return true;
    }
}
