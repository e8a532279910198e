using GoneAway.Model;

namespace GoneAway.Causes.Tests.Server;

public sealed class ServerOomKilledCases : CaseSet
{
    public override string Cause => "server-oom-killed";

    public override IEnumerable<CauseCase> Cases =>
    [
        Match("the kernel killed mysqld when the query was lost", Grade.Proven, App(Sign.LostDuringQuery), Kernel(Sign.OomKill, -1, "mysqld")),
        Match("the kernel log alone", Grade.Proven, Kernel(Sign.OomKill, 0, "mariadbd")),
        Match("without a time in the kernel log", Grade.Likely, App(Sign.LostDuringQuery), Kernel(Sign.OomKill, 0, "mysqld") with { Stamp = null }),
        NearMiss("the kernel killed a worker of the client", App(Sign.LostDuringQuery), Kernel(Sign.OomKill, -1, "php-fpm")),
        Match("a container whose name has other words too", Grade.Proven, App(Sign.LostDuringQuery), Kernel(Sign.UnitDied, -1, "clientportal-mysql-1") with { State = "OOMKilled" }),
        NearMiss("a container that makes backups", App(Sign.LostDuringQuery), Kernel(Sign.UnitDied, -1, "mysql-backup-1") with { State = "OOMKilled" }),
        NearMiss("the kernel killed a dump", App(Sign.LostDuringQuery), Kernel(Sign.OomKill, -1, "mysqldump")),
        NotEnough("it was ready again before a new connection was lost", Kernel(Sign.OomKill, -240, "mysqld"), Log(Sign.ServerReady, -200), App(Sign.LostBeforeGreeting)),
        NearMiss("the kernel killed mysqld two days before", App(Sign.LostDuringQuery), Kernel(Sign.OomKill, -200_000, "mysqld")),
        NearMiss("Uptime is longer", App(Sign.LostDuringQuery), Kernel(Sign.OomKill, -1, "mysqld"), Counter("Uptime", "86400", 60)),
        NotEnough("it had to recover at its next start", App(Sign.LostDuringQuery), Log(Sign.CrashRecovery, 20)),
    ];
}
