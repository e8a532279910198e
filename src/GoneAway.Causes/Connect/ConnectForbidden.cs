using GoneAway.Model;

namespace GoneAway.Causes.Connect;

/// <summary>A local policy forbade the connect.</summary>
public sealed class ConnectForbidden : Cause
{
    public override string Name => "connect-forbidden";
    public override CauseGroup Group => CauseGroup.Connect;
    public override string Title => "A security policy on the client's host forbade the connect: no packet left it.";

    public override Examination Examine(Timeline connection, Case @case)
    {
        return No("packets of the connection were seen: nothing forbade it", connection.At(connection.First.Packet));
    }

    protected override Phases Fits => Phases.Connect;

    protected override Examination Weigh(Loss loss, Case @case)
    {
        if (loss.Find(Sign.ConnectForbidden) is { } said)
            return Told(Grade.Proven, "A security policy of the client's host (SELinux, AppArmor, a sandbox) forbade the connect: no packet left it.", ClosedBy.Client, [said]);
        if (loss.Find(Sign.ConnectRefused, Sign.ConnectTimedOut, Sign.LostBeforeGreeting, Sign.ServerSaid, Sign.UnknownHost, Sign.ConnectUnreachable) is { } other)
            return No("the connect was tried, or never came so far", other.Source);
        return Testimony.Around(loss, @case, Sign.ConnectForbidden) is (var near, true)
            ? Told(Grade.Possible, "A security policy (SELinux, AppArmor, a sandbox) forbade a connect at that time.", ClosedBy.Client, [near, loss.Told])
            : Open("whether a policy forbade the connect (errno 13, audit log)");
    }

    public override IReadOnlyList<Fix> Remedies(Loss loss, Case @case) => [
        new("system", "SELinux: setsebool -P httpd_can_network_connect_db 1; AppArmor: the profile's network lines; systemd: IPAddressDeny, RestrictAddressFamilies; audit log: ausearch -m avc -ts recent."),
    ];

    public override string Page => """
        ## What happens
        connect() fails with EACCES or EPERM (13, 1) although network and server are fine: SELinux without `httpd_can_network_connect_db`, an
        AppArmor profile, a systemd sandbox, an egress policy by a local filter. The same program works from a shell.

        ## Evidence
        - `Can't connect to MySQL server on 'h' (13)`, `Permission denied`; `avc: denied { name_connect }` in the audit log.

        ## Looks like it, but is not
        - A socket *file* that may not be opened is 2002 (13): file permissions.
        - A firewall on the path gives 111, 110 or 113.

        ## Fix
        The policy.

        ## References
        - httpd_selinux(8), `httpd_can_network_connect_db`.
        """;
}
