using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>What the application saw, or what most clients print for an end of that form. Drivers differ; the number is libmysqlclient's.</summary>
public static class Symptoms
{
    public static Symptom? Of(Loss loss) =>
        loss.Sightings.FirstOrDefault(static s => s.Origin == Origin.Application && s.Sign.IsLoss()) is { } told
            ? new Symptom(Code(told) ?? 2013, Words(told))
            : loss.Connection is { } connection ? Of(connection) : loss.Told is { } other && Code(other) is { } code ? new Symptom(code, Words(other)) : null;

    /// <summary>"2006 gone away", for a sentence.</summary>
    public static string Short(Sighting told)
    {
        string text = Words(told);
        return text.Length > 90 ? text[..90] + "…" : text;
    }

    /// <summary>The text without the time that a log put before it.</summary>
    private static string Words(Sighting told)
    {
        string text = told.Text.Trim();
        if (text.Length < 20 || !char.IsAsciiDigit(text[0]) || text[4] is not ('-' or '/'))
            return text;
        string rest = text.TrimStart("0123456789-:/., TZ+".ToCharArray());
        return rest.Length > 0 ? rest : text;
    }

    public static Symptom? Of(Timeline connection)
    {
        if (connection.Opening.Refused is not null)
            return new Symptom(2003, "Can't connect to MySQL server (111)");
        if (connection.Errors.Count > 0 && connection.Stage < Stage.Commands)
            return new Symptom(connection.Errors[^1].Code, connection.Errors[^1].Message);
        return connection.Stage switch
        {
            Stage.Connecting => new Symptom(2003, "Can't connect to MySQL server (110)"),
            Stage.AwaitingGreeting => new Symptom(2013, "Lost connection to MySQL server at 'reading initial communication packet'"),
            Stage.AwaitingLogin or Stage.Authenticating => new Symptom(2013, "Lost connection to MySQL server at 'reading authorization packet'"),
            _ when connection.Ending is null => null,
            _ when connection.EndedBy(Side.Client) && connection.Work.Pending is null => null,
            _ when connection.Work.Pending is not null => new Symptom(2013, "Lost connection to MySQL server during query"),
            _ => new Symptom(2006, "MySQL server has gone away"),
        };
    }

    private static int? Code(Sighting told) => told.Code ?? told.Sign switch
    {
        Sign.GoneAway or Sign.SendFailed or Sign.BrokenPipe or Sign.StaleInPool or Sign.LongerThanWaitTimeout => 2006,
        Sign.ConnectRefused or Sign.ConnectTimedOut or Sign.ConnectUnreachable => 2003,
        Sign.LocalSocketFailed => 2002,
        Sign.UnknownHost => 2005,
        Sign.CommandsOutOfSync => 2014,
        Sign.MalformedPacket => 2027,
        Sign.PacketTooLargeInClient => 2020,
        Sign.TlsFailed => 2026,
        Sign.LostDuringQuery or Sign.LostBeforeGreeting or Sign.LostDuringLogin or Sign.ConnectionReset or Sign.UnexpectedEof or Sign.ClientReadTimedOut => 2013,
        _ => null,
    };
}
