using FsCheck;
using FsCheck.Fluent;
using GoneAway.Evidence.Server;
using GoneAway.Model;

namespace GoneAway.Evidence.Tests.Server;

/// <summary>Whatever people paste, the reader comes to an end and does not throw.</summary>
public sealed class PastedPropertyTests
{
    private static readonly string[] Pieces =
    [
        "+----+", "| Variable_name | Value |", "| wait_timeout | 600 |", "|", "||", "| |", "*************************** 1. row ***************************", "Variable_name: wait_timeout", "  Value: 600",
        "Variable_name\tValue", "wait_timeout\t600", "\t", "wait_timeout", "{", "[{\"Variable_name\":\"wait_timeout\",\"Value\":\"600\"}", "]", "}", "2026-11-21 07:40:27 0x7f INNODB MONITOR OUTPUT",
        "---TRANSACTION 1, ACTIVE 99999999999999999999 sec", "MySQL thread id 99999999999999999999, ", "END OF INNODB MONITOR OUTPUT", "mysql> show status;", "-> ;", "@@wait_timeout", "@@", "Uptime: 1 Threads: 2  Questions: ", "Id\tUser\tHost\tdb\tCommand\tTime\tState\tInfo",
        "1\tapp\t:\t\tSleep\t99999999999999999999", "```", "> ", "\u001b[", "\u001b", "│", "─", "Server version\t", "Uptime:\t\t\t9999999999 days 1 sec", "", " ", "\0", "Empty set",
    ];

    [Fact]
    public void Pieces_in_any_order_are_read_to_the_end() => Prop.ForAll<int[]>(static order =>
    {
        string text = string.Join('\n', order.Select(static i => Pieces[(int)((uint)i % Pieces.Length)]));
        return Read.File(text).Facts.Count <= order.Length * 8 && Read.Passage(new ServerStatePassage(), text)?.Facts.Count is null or >= 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_text_gives_nothing() => Prop.ForAll<string>(static text => Read.Passage(new ServerStatePassage(), text ?? "")?.Facts.Count is null or 0).QuickCheckThrowOnFailure();

    [Fact]
    public void A_table_cut_off_anywhere_gives_no_wrong_value()
    {
        const string Text = "+---------------+-------+\n| Variable_name | Value |\n+---------------+-------+\n| wait_timeout  | 600   |\n| net_read_timeout | 30 |\n+---------------+-------+\n";
        for (int from = 0; from < Text.IndexOf("| Var", StringComparison.Ordinal); from += 7)
            for (int to = from; to <= Text.Length; to++)
                foreach (Fact fact in Read.File(Text[from..to]).Facts)
                    Assert.Equal(fact.Name == "wait_timeout" ? "600" : "30", fact.Value);
    }

    [Fact]
    public void A_line_of_a_megabyte_of_bars_is_no_trouble()
    {
        string bars = new('|', 1 << 20);
        Assert.Empty(Read.File($"| Variable_name | Value |\n{bars}\n{bars}\n").Sightings);
    }

    [Fact]
    public void Deeply_nested_JSON_is_no_trouble() => Assert.Empty(Read.File(new string('[', 100_000) + "\n" + string.Concat(Enumerable.Repeat("{\"a\":", 10_000))).Facts);

    [Theory]
    [InlineData("{\"a\": {\"b\": 1}}")]
    [InlineData("[{\"a\": {\"b\": [{\"c\": {}}]}}]")]
    [InlineData("{\"level\": \"info\", \"err\": {\"code\": 2013, \"stack\": [{\"f\": 1}]}}\n{\"level\": \"info\", \"err\": {}}")]
    [InlineData("{\"Version\": 1, \"servers\": {}}")]
    public void JSON_of_other_programs_gives_nothing(string text) => Assert.Empty(Read.File(text).Facts);
}
