using GoneAway.Evidence.Config;
using GoneAway.Model;
using static GoneAway.Evidence.Tests.Config.HaProxyAnswers;

namespace GoneAway.Evidence.Tests.Config;

/// <summary>Answers of HAProxy 2.6 itself, and the shapes in which people pass them on.</summary>
public sealed class HaProxyRuntimeTests
{
    [Theory]
    [InlineData(Csv)]
    [InlineData(Typed)]
    [InlineData(Json)]
    [InlineData("$ echo 'show stat' | sudo socat stdio /run/haproxy/admin.sock\n" + Csv)]
    public void A_server_that_is_down_is_told_with_its_check(string text)
    {
        Findings findings = Read.Passage(new HaProxyRuntime(), text)!;
        Sighting down = Assert.Single(findings.Sightings, static one => one is { Sign: Sign.ProxyServerDown, Subject: "be_mysql/db1" });
        Assert.Equal(("L4CON: Layer4 connection problem: Connection refused", TimeSpan.FromSeconds(3)), (down.State!.Replace("L4CON: Connection refused", "L4CON: Layer4 connection problem: Connection refused", StringComparison.Ordinal), down.Elapsed!.Value));
        Assert.Equal("DOWN", Value(findings, "status", "server be_mysql/db1"));
        Assert.Equal("127.0.0.1:47307", Value(findings, "addr", "server be_mysql/db1"));
    }

    [Fact]
    public void A_backend_without_servers_and_the_counters_of_a_frontend_are_told_and_the_web_is_not()
    {
        Findings findings = Read.Passage(new HaProxyRuntime(), Csv)!;
        Assert.Contains(findings.Sightings, static one => one is { Sign: Sign.ProxyNoServer, Subject: "be_mysql" });
        Assert.Equal(("50", "1"), (Value(findings, "slim", "frontend fe_mysql"), Value(findings, "smax", "frontend fe_mysql")));
        Assert.Equal("30", Value(findings, "slim", "server be_mysql/db2"));
        // A backend's slim is its fullconn, which limits nothing.
        Assert.Null(Value(findings, "slim", "backend be_mysql"));
        Assert.DoesNotContain(findings.Facts, static one => one.Scope!.Contains("web", StringComparison.Ordinal));
        Assert.Empty(findings.Hazards);
    }

    [Theory]
    [InlineData("# pxname,svname,qcur,qmax,scur,smax,slim,stot,status\nfe,FRONTEND,,,12,50,50,900,OPEN\nbe,db1,0,0,12,50,,900,UP\nbe,BACKEND,0,0,12,50,50,900,UP", "frontend fe")]
    [InlineData("pxname,svname,qcur,qmax,scur,smax,slim,stot,status\nfe,FRONTEND,,,12,51,200,900,OPEN\nbe,db1,3,7,20,20,20,900,UP", "server be/db1")]
    [InlineData("| # pxname | svname   | qcur | qmax | scur | smax | slim | status |\n|----------|----------|------|------|------|------|------|--------|\n| fe       | FRONTEND |      |      | 12   | 50   | 50   | OPEN   |", "frontend fe")]
    [InlineData("# pxname  svname    qcur  qmax  scur  smax  slim  stot  status\nfe        FRONTEND              12    50    50    900   OPEN\nbe        db1       0     0     12    50          900   UP", "frontend fe")]
    [InlineData("pxname\tsvname\tscur\tsmax\tslim\tstatus\nfe\tFRONTEND\t12\t50\t50\tOPEN", "frontend fe")]
    public void A_limit_that_was_reached_is_a_hazard_in_each_shape_of_the_table(string text, string scope)
    {
        Hazard full = Assert.Single(Read.Passage(new HaProxyRuntime(), text)!.Hazards);
        Assert.Equal("proxy-queue-full", full.Cause);
        Assert.Contains(scope + " were in use", full.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_was_shifted_says_nothing()
    {
        // column -t without -n: empty cells are swallowed, what follows stands in the wrong column.
        const string shifted = "# pxname  svname    qcur  qmax  scur  smax  slim  stot  status\nfe        FRONTEND  12    50    50    900   OPEN\nbe        db1       0     0     12    50    70    900   UP";
        Findings findings = Read.Passage(new HaProxyRuntime(), shifted)!;
        Assert.DoesNotContain(findings.Facts, static one => one.Scope == "frontend fe");
        Assert.Equal("50", Value(findings, "smax", "server be/db1"));
    }

    [Theory]
    [InlineData(Info)]
    [InlineData(InfoTyped)]
    [InlineData("$ echo show info | socat - /run/haproxy.sock\n" + Info)]
    public void The_limits_of_the_process_are_told(string text)
    {
        Findings findings = Read.Passage(new HaProxyRuntime(), text)!;
        Assert.Equal(("200", "3", "2"), (Value(findings, "maxconn", "global"), Value(findings, "CurrConns", "global"), Value(findings, "Uptime_sec", "global")));
        Assert.StartsWith("2.6.12", Value(findings, "Version", "global"), StringComparison.Ordinal);
        Assert.Empty(findings.Hazards);
        Assert.Empty(findings.Sightings);
    }

    [Fact]
    public void A_process_that_is_full_stopping_and_drops_its_log_is_told()
    {
        Findings findings = Read.Passage(new HaProxyRuntime(), Info.Replace("CurrConns: 3", "CurrConns: 199", StringComparison.Ordinal).Replace("Stopping: 0", "Stopping: 1", StringComparison.Ordinal).Replace("DroppedLogs: 0", "DroppedLogs: 12", StringComparison.Ordinal))!;
        Assert.Contains("199 of 200", Assert.Single(findings.Hazards).Text, StringComparison.Ordinal);
        Assert.Equal(Sign.ProxyReloaded, Assert.Single(findings.Sightings).Sign);
        Assert.Contains("12 lines", Assert.Single(findings.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_state_of_servers_is_told_by_the_names_of_the_columns()
    {
        Findings findings = Read.Passage(new HaProxyRuntime(), State)!;
        Sighting down = Assert.Single(findings.Sightings, static one => one.Subject == "be_mysql/db1");
        Assert.Equal((Sign.ProxyServerDown, "failed checks", "127.0.0.1", 47307), (down.Sign, down.State, down.ServerHost, down.ServerPort!.Value));
        Assert.DoesNotContain(findings.Sightings, static one => one.Subject == "my2/q");
        Assert.Equal("2", Value(findings, "srv_op_state", "server my2/q"));
    }

    [Theory]
    [InlineData(1, "maintenance")]
    [InlineData(32, "no address (DNS)")]
    public void Why_an_administrator_or_DNS_took_a_server_out_is_told(int admin, string reason)
    {
        string text = $"1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change\n3 be 1 db1 10.0.0.1 0 {admin} 1 1 77";
        Sighting down = Assert.Single(Read.Passage(new HaProxyRuntime(), text)!.Sightings);
        Assert.Equal((reason, TimeSpan.FromSeconds(77)), (down.State, down.Elapsed!.Value));
    }

    [Fact]
    public void Sessions_are_counted_by_frontend_with_the_oldest()
    {
        Findings findings = Read.Passage(new HaProxyRuntime(), Sessions.Replace("41756 fe=my2 be=my2 srv=q ts=00 epoch=0 age=0s", "41756 fe=my2 be=my2 srv=q ts=00 epoch=0 age=1h2m", StringComparison.Ordinal))!;
        Assert.Equal(("3", "3720"), (Value(findings, "sessions", "frontend my2"), Value(findings, "oldest session", "frontend my2")));
    }

    [Fact]
    public void Several_answers_in_one_file_are_all_read()
    {
        Findings findings = Read.File(Info + "\n\n" + Csv + "\n\n" + State + "\n");
        Assert.Equal("200", Value(findings, "maxconn", "global"));
        Assert.Equal("50", Value(findings, "slim", "frontend fe_mysql"));
        Assert.Contains(findings.Facts, static one => one.Name == "srv_op_state");
    }

    [Fact]
    public void The_time_of_a_change_is_known_when_the_time_of_the_answer_is()
    {
        var findings = new Findings();
        var passage = new GoneAway.Evidence.Text.Passage("stat.txt", 1, Csv.Split('\n')) { Taken = new Stamp(new DateTime(2026, 11, 21, 8, 8, 10), TimeSpan.Zero) };
        Assert.True(new HaProxyRuntime().TryRead(passage, findings));
        Assert.Equal(new DateTime(2026, 11, 21, 8, 8, 7), findings.Sightings.First(static one => one.Subject == "be_mysql/db1").Stamp!.Value.Clock);
    }

    [Theory]
    [InlineData("Name: Bob\nVersion: 1")]
    [InlineData("Name: HAProxy")]
    [InlineData("the columns pxname and svname of show stat")]
    [InlineData("pxname,svname\n")]
    [InlineData("[[{\"objType\":1}]]")]
    [InlineData("[[{\"objType\"")]
    [InlineData("F.2.0.0.pxname.1:KNS:str")]
    [InlineData("be_name srv_name srv_op_state\nx y z")]
    public void What_is_no_answer_of_the_socket_is_left_alone(string text) => Assert.Null(Read.Passage(new HaProxyRuntime(), text));

    [Fact]
    public void No_mutation_throws() => Mutated.NeverThrows(Typed[..600] + "\n" + Csv[^2500..] + "\n" + State + "\n" + Sessions + "\n" + Json[..900], static text => Read.Passage(new HaProxyRuntime(), text));

    private static string? Value(Findings findings, string name, string scope) => findings.Facts.FirstOrDefault(one => one.Kind == FactKind.Proxy && one.Name == name && one.Scope == scope)?.Value;
}
