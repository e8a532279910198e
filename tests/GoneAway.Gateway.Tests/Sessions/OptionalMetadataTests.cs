using System.Text;
using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Tests.Backends;
using GoneAway.Gateway.Tests.Login;
using GoneAway.Lab.Parts;
using GoneAway.Wire.Payloads;

namespace GoneAway.Gateway.Tests.Sessions;

/// <summary>MySQL's <c>resultset_metadata=NONE</c>: answers without definitions, to the client and to the gateway itself.</summary>
public sealed class OptionalMetadataTests
{
    [ServerTheory(Flavour.MySql)]
    [InlineData(0)]
    [InlineData(Capabilities.DeprecateEof)]
    public async Task ASessionMayDoWithout(ulong also)
    {
        using var server = LocalServer.Start(Flavour.MySql, """
            CREATE DATABASE shop;
            CREATE TABLE shop.n (id INT PRIMARY KEY AUTO_INCREMENT);
            CREATE USER app@'%' IDENTIFIED BY 'secret';
            GRANT ALL ON *.* TO app@'%';
            """.ReplaceLineEndings("\n"));
        GatewayOptions options = RunningGateway.Plain(server);
        await using var gateway = new RunningGateway(options with { Accounts = new AccountOptions() });
        using Application application = await gateway.ConnectAsync(also | Capabilities.OptionalResultsetMetadata);
        int eof = (also & Capabilities.DeprecateEof) == 0 ? 1 : 0;
        Assert.Equal("", await application.AskAsync("SET resultset_metadata=NONE"));

        // The gateway asks for the collation, and for the insert id.
        Assert.Equal("", await application.AskAsync("SET NAMES utf8mb4 COLLATE utf8mb4_bin"));
        Assert.Equal("", await application.AskAsync("INSERT INTO shop.n VALUES ()"));
        await application.TellAsync([CommandCode.Query, .. "SELECT LAST_INSERT_ID()"u8]);
        Assert.Equal([1, 0], (await application.ReadAsync()).ToArray());
        for (int i = 0; i < eof; i++)
            Assert.Equal(0xFE, (await application.ReadAsync()).Span[0]);
        Assert.Equal("\u00011", Encoding.ASCII.GetString((await application.ReadAsync()).Span));
        Assert.Equal(0xFE, (await application.ReadAsync()).Span[0]);

        await application.TellAsync([CommandCode.StmtPrepare, .. "SELECT ?"u8]);
        Assert.True(PrepareOk.TryRead((await application.ReadAsync()).Span, application.Agreed, out PrepareOk ok));
        Assert.Equal((1, 1, false), (ok.Parameters, ok.Columns, ok.MetadataFollows));
        for (int i = 0; i < 2 * eof; i++)
            Assert.Equal(0xFE, (await application.ReadAsync()).Span[0]);
        Assert.Equal("", await application.AskAsync("DO 1"));
    }
}
