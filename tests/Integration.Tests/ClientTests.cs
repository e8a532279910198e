using System.Text;
using GoneAway.Lab.Parts;

namespace GoneAway.Integration.Tests;

/// <summary>Each client runs its script directly against the server and through the gateway, and must see the same, byte for byte.</summary>
public abstract class ClientTests(Stage stage, Flavour flavour)
{
    private const int ShownDifferences = 15;

    protected void Compare(string name, Variant variant)
    {
        Client client = Clients.All[name];
        (int server, int gateway, string log) = stage.At(flavour);
        Outcome direct = Run(client, variant, server);
        Assert.True(direct.Status == 0, $"{name} does not even run without a gateway:\n{Failures(direct.Output)}\n{direct.Errors}");
        Outcome through = Run(client, variant, gateway);
        string difference = Difference(direct.Output, through.Output);
        Assert.True(difference.Length == 0, $"direct (-) and through the gateway (+):\n{difference}{through.Errors}\nlast of the gateway's log:\n{Last(File.ReadAllText(log))}");
        Assert.Equal(0, through.Status);
    }

    /// <summary>A server looks up the name of 127.0.0.1 for its errors; the gateway looks up no names.</summary>
    private static Outcome Nameless(Outcome outcome) => outcome with { Output = outcome.Output.Replace("'@'127.0.0.1'", "'@'localhost'", StringComparison.Ordinal) };

    private Outcome Run(Client client, Variant variant, int port) => Nameless(Command.Run(client.Run, new Dictionary<string, string>
    {
        ["CLIENT_HOST"] = "127.0.0.1",
        ["CLIENT_PORT"] = port.ToString(),
        ["CLIENT_USER"] = Stage.User,
        ["CLIENT_PASSWORD"] = Stage.Password,
        ["CLIENT_SCHEMA"] = "c_" + client.Name,
        ["CLIENT_VARIANT"] = variant.ToString().ToLowerInvariant(),
        ["CLIENT_FLAVOUR"] = flavour.ToString().ToLowerInvariant(),
        ["LC_ALL"] = "C.UTF-8",
    }));

    /// <summary>The lines that one has and the other has not at the same place; a line that is missing does not make all that follow differ.</summary>
    private static string Difference(string direct, string through)
    {
        string[] before = direct.Split('\n'), after = through.Split('\n');
        var text = new StringBuilder();
        int i = 0, j = 0, shown = 0;
        while ((i < before.Length || j < after.Length) && shown < ShownDifferences)
        {
            if (i < before.Length && j < after.Length && before[i] == after[j])
            {
                i++;
                j++;
                continue;
            }
            int skip = j < after.Length ? Array.IndexOf(before, after[j], i) : before.Length, add = i < before.Length ? Array.IndexOf(after, before[i], j) : after.Length;
            if (i < before.Length && (skip > i || add < 0 || j >= after.Length))
                text.Append("- ").AppendLine(Cut(before[i++]));
            if (j < after.Length && (add > j || skip < 0 || i >= before.Length))
                text.Append("+ ").AppendLine(Cut(after[j++]));
            shown++;
        }
        return text.ToString();
    }

    private static string Cut(string line) => line.Length > 600 ? line[..600] + " ..." : line;

    private static string Failures(string text) => string.Join('\n', text.Split('\n').Where(static line => line.Contains(" failed: ", StringComparison.Ordinal)));

    private static string Last(string text) => string.Join('\n', text.TrimEnd().Split('\n').TakeLast(10));
}
