using GoneAway.Lab;
using GoneAway.Lab.Faults;
using GoneAway.Lab.Parts;

namespace GoneAway.Cli;

/// <summary><c>goneaway lab NAME --with-gateway</c>: what an application sees of a fault without the gateway, and with it.</summary>
internal static class FaultRuns
{
    public static int Run(Terminal terminal, string? name, Flavour flavour)
    {
        using var output = new StreamWriter(terminal.Output, leaveOpen: true) { AutoFlush = true };
        if (name is null)
        {
            foreach (Scenario one in AllFaults.All)
                output.WriteLine($"{one.Name,-36} {one.Description}");
            return ExitStatus.Done;
        }
        Scenario[] chosen = name == "all" ? [.. AllFaults.All] : AllFaults.Find(name) is { } found ? [found] : [];
        if (chosen.Length == 0)
        {
            terminal.Error.WriteLine($"goneaway: no scenario that the gateway cures is named '{Reports.Plain.Of(name)}'; 'goneaway lab --with-gateway' lists them");
            return ExitStatus.Usage;
        }
        if ((chosen[0].Missing() ?? GatewayProcess.Missing()) is { } missing)
        {
            terminal.Error.WriteLine($"goneaway: {chosen[0].Name} cannot run here: {missing}");
            return ExitStatus.NothingReadable;
        }
        bool cured = true;
        foreach (Scenario one in chosen)
            cured &= Compare(one, flavour, output, log: chosen.Length == 1);
        return cured ? ExitStatus.Done : ExitStatus.GradeMet;
    }

    private static bool Compare(Scenario scenario, Flavour flavour, TextWriter output, bool log)
    {
        output.WriteLine($"{scenario.Name}: {scenario.Description}");
        try
        {
            string direct = scenario.RunDirectly(flavour);
            output.WriteLine("  without the gateway: " + Short(direct));
            (string application, string gateway) = scenario.RunWithGateway(flavour);
            output.WriteLine("  with the gateway:    " + Short(application));
            if (log)
                output.WriteLine(Reports.Plain.Of(gateway));
            bool cured = Cure.SeesError(direct) && !Cure.SeesError(application);
            output.WriteLine(cured ? "  cured" : Cure.SeesError(direct) ? "  NOT CURED" : "  the application sees no error without the gateway either");
            return cured;
        }
        catch (LabException error)
        {
            output.WriteLine("  FAILED: " + Reports.Plain.Of(error.Message));
            return false;
        }
    }

    private static string Short(string text)
    {
        string line = Reports.Plain.Of(text.Trim().ReplaceLineEndings(" | "));
        return line.Length <= 400 ? line : "... " + line[^400..];
    }
}
