using GoneAway.Model;

namespace GoneAway.Diagnosis;

/// <summary>What most clients print for an end of that form. Drivers differ; the number is libmysqlclient's.</summary>
public static class Symptoms
{
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
}
