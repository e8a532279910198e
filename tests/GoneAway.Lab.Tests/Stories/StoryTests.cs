using GoneAway.Lab.Stories;

namespace GoneAway.Lab.Tests.Stories;

/// <summary>One theory row for each story; skipped with the reason where its software is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StoryFactAttribute : FactAttribute
{
    public StoryFactAttribute(int number)
    {
        Story story = AllStories.Find($"story-{number}") ?? throw new ArgumentOutOfRangeException(nameof(number));
        if (story.Missing() is { } missing)
            Skip = $"{story.Name}: {missing}";
    }
}

/// <summary>Each story with its real software: fails as told, is explained, and is cured.</summary>
public sealed class StoryTests
{
    [StoryFact(1)]
    public void The_worker_that_ran_for_five_hours()
    {
        StoryTold told = Solved(1);
        // The server's word and the packets together: neither alone is proof.
        Assert.Contains(told.Followed, static step => step.Output.Contains("Got timeout reading communication packets", StringComparison.Ordinal));
        Assert.Contains("wait_timeout = 10 s", told.Second!.Text, StringComparison.Ordinal);
        Assert.Contains("COM_QUERY UPDATE `reports_report`", told.Second.Text, StringComparison.Ordinal);
        Assert.Contains("close_old_connections", told.Second.Text, StringComparison.Ordinal);
    }

    [StoryFact(3)]
    public void The_dump_that_dies()
    {
        StoryTold told = Solved(3);
        // Who waited for whom: the client for a greeting, the server for a login, the server for a client that reads.
        string text = told.Last.Text;
        Assert.Contains("by then the client had given up", text, StringComparison.Ordinal);
        Assert.Contains("skip_name_resolve = ON", text, StringComparison.Ordinal);
        Assert.Contains("seen as 2013 Lost connection to MySQL server at 'reading authorization packet'", text, StringComparison.Ordinal);
        Assert.Contains("A longer connect_timeout only ties up", text, StringComparison.Ordinal);
        Assert.Contains("Retry the connect", text, StringComparison.Ordinal);
        // Zero-window time against net_write_timeout, the row that was reached, the bytes that were sent; for mysqldump and for the C program.
        Assert.Matches(@"client's receive window at zero, [12]\.\d+ s at the longest", text);
        Assert.Matches(@"COM_QUERY SELECT .*few: row \d+ reached, \d+ bytes, result not complete", text);
        Assert.Contains("net_write_timeout", text, StringComparison.Ordinal);
    }

    [StoryFact(4)]
    public void The_random_2006_behind_HAProxy()
    {
        StoryTold told = Solved(4);
        Assert.Contains("cD: the client side was silent for too long", told.First.Text, StringComparison.Ordinal);
        Assert.Contains("nothing was running on it", told.Second!.Text, StringComparison.Ordinal);
        // Each direction has an answer, and with what was asked for none is left open.
        foreach (string direction in (string[])["cause  time-outs", "not    health checks", "not    limits", "not    reloads", "cause  retries and keep-alive", "not    max_allowed_packet", "not    replicas' health", "not    driver", "not    log levels"])
            Assert.Contains("\n  " + direction, told.Second.Text, StringComparison.Ordinal);
        // All of it came to pass, and reached nobody.
        foreach (string trouble in (string[])["127.0.0.11:3306 is down", "127.0.0.12:3306 is down", "127.0.0.13:3306 is down", "127.0.0.14:3306 is down", "no answer to the connect", "replication is not running", "s behind its source, more than 1", "(no client was harmed)"])
            Assert.Contains(trouble, told.GatewaySaid, StringComparison.Ordinal);
    }

    [StoryFact(5)]
    public void The_log_line_that_MySQL_received()
    {
        StoryTold told = Solved(5);
        // The author had the packets: nothing more is asked for.
        Assert.Null(told.Second);
        Assert.Contains("the client's side sent \"rndc: ", told.First.Text, StringComparison.Ordinal);
        Assert.Contains("its sequence is 99 ('c'); 0 was due", told.First.Text, StringComparison.Ordinal);
        Assert.Contains("ERR 1156 Got packets out of order", told.First.Text, StringComparison.Ordinal);
        Assert.Contains(told.Ahead, static step => step.Output.Contains("is descriptor 2 (standard error) of perl zones.pl", StringComparison.Ordinal));
        Assert.Contains("rndc: neither /etc/bind/rndc.conf nor /etc/bind/rndc.key was found", told.GatewaySaid, StringComparison.Ordinal);
    }

    /// <summary>What decides first: a report shows the beginning.</summary>
    internal static string WhatFailed(StoryTold told) => string.Join("\n", told.Faults()) + $"\n\nsaid at the end:\n{told.Last.Text}\n\nfollowed:\n"
        + string.Join("\n", told.Followed.Select(static step => $"{step.Command}\n{step.Output}")) + "\n\n" + StoryPage.Of(told);

    private static StoryTold Solved(int number)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("goneaway-story-");
        try
        {
            StoryTold told = AllStories.Find($"story-{number}")!.Tell(folder.FullName);
            Assert.True(!told.Faults().Any(), WhatFailed(told));
            return told;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
