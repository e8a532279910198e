using GoneAway.Evidence.Logs;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Host;

/// <summary>Properties of a systemd unit, by <c>systemctl show</c>, and its files, by <c>systemctl cat</c>. The scope of its facts is the unit.</summary>
internal sealed class UnitForm : IHostForm
{
    private static readonly string[] Kept =
    [
        "LimitNOFILE", "LimitNOFILESoft", "LimitNPROC", "LimitNPROCSoft", "TasksMax", "TasksCurrent", "MemoryMax", "MemoryHigh", "MemoryLimit", "MemoryCurrent", "MemoryPeak", "MemorySwapMax", "TimeoutStopUSec", "TimeoutStartUSec", "TimeoutStopSec", "TimeoutSec",
        "NRestarts", "Restart", "OOMScoreAdjust", "OOMPolicy", "KillMode", "KillSignal", "SendSIGKILL", "WatchdogUSec", "WatchdogSec", "RuntimeMaxSec", "RuntimeMaxUSec",
    ];

    private string? unit, section, result;
    private int? status;
    private int resultLine = -1, last = -1, from;

    public bool TryLine(HostLine line, HostFacts facts)
    {
        string text = line.Text.Trim();
        if (text.Length > 3 && text[0] == '#' && text[1] == ' ')
            return Heading(text);
        if (text is ['[', .., ']'])
        {
            section = text[1..^1];
            return section is "Unit" or "Service" or "Install" or "Slice" or "Scope" or "Socket" or "Manager";
        }
        int sign = text.IndexOf('=');
        if (sign < 2 || !IsKey(text.AsSpan(0, sign)))
            // A comment of a unit file, or a list's continuation.
            return section is not null && (text[0] is '#' or ';' || char.IsWhiteSpace(line.Text[0]));
        string key = text[..sign], value = text[(sign + 1)..].Trim();
        if (line.Index - last > 1 && section is null)
            // A blank line stands between the units of one call.
            (unit, result, status, resultLine, from) = (null, null, null, -1, facts.Facts.Count);
        last = line.Index;
        Read(line, key, value, facts);
        return true;
    }

    private void Read(HostLine line, string key, string value, HostFacts facts)
    {
        switch (key)
        {
            case "Id":
                unit = Shown.Of(value);
                // It stands in the middle of a unit's properties.
                for (int i = from; i < facts.Facts.Count; i++)
                    facts.Facts[i] = facts.Facts[i] with { Scope = unit };
                break;
            case "Result":
                (result, resultLine) = (value, line.Index);
                break;
            case "ExecMainStatus":
                status = SystemLine.Int(value);
                break;
            default:
                if (Array.IndexOf(Kept, key) >= 0 && value.Length > 0 && value != "[not set]")
                    facts.Add(line, key, Value(key, value), unit ?? Named(line.Command));
                break;
        }
        if (key is "Result" or "ExecMainStatus" or "Id" or "ExecMainExitTimestamp" or "InactiveEnterTimestamp" or "ActiveState")
            Told(line, key, value, facts);
    }

    /// <summary>systemctl show prints Result before or after the rest: told once both are known, mended by what follows.</summary>
    private void Told(HostLine line, string key, string value, HostFacts facts)
    {
        if (result is null or "success" || resultLine < 0)
            return;
        string? name = unit ?? Named(line.Command);
        if (name is not null && !SystemdUnits.IsRelevant(name))
            return;
        Stamp? at = key is "ExecMainExitTimestamp" or "InactiveEnterTimestamp" && Stamps.TryFind(value, out Stamp stamp) ? stamp : null;
        int known = facts.Sightings.FindIndex(s => s.Source == facts.At(resultLine));
        var found = new Sighting
        {
            Sign = Sign.UnitDied,
            Origin = Origin.System,
            Source = facts.At(resultLine),
            Text = Shown.Of($"Result={result}{(status is { } exit ? $" ExecMainStatus={exit}" : "")}"),
            Subject = name,
            State = result,
            Code = status is > 0 ? status : null,
            Stamp = at ?? (known >= 0 ? facts.Sightings[known].Stamp : null),
        };
        if (known >= 0)
            facts.Sightings[known] = found;
        else
            facts.Sightings.Add(found);
    }

    /// <summary>Sizes in bytes, spans in seconds, no limit as <c>infinity</c>.</summary>
    private static string Value(string key, string value)
    {
        if (value is "infinity" or "18446744073709551615")
            return "infinity";
        // LimitNOFILE=10000:65536 in a file: soft and hard.
        if (key.StartsWith("Limit", StringComparison.Ordinal) && value.IndexOf(':') is > 0 and var colon)
            return value[..colon];
        if (key.StartsWith("Memory", StringComparison.Ordinal) && value.Length > 1 && "KMGT".IndexOf(char.ToUpperInvariant(value[^1])) is >= 0 and var power && double.TryParse(value[..^1], out double size) && size < 1e6)
            return ((long)(size * Math.Pow(1024, power + 1))).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return value;
    }

    /// <summary># /lib/systemd/system/mysql.service, # /etc/systemd/system/mysql.service.d/override.conf</summary>
    private bool Heading(string text)
    {
        foreach (string part in text[2..].Split('/'))
            if (part.EndsWith(".service", StringComparison.Ordinal) || part.EndsWith(".service.d", StringComparison.Ordinal))
            {
                unit = part.EndsWith(".d", StringComparison.Ordinal) ? part[..^2] : part;
                section ??= "";
                return text[2] == '/';
            }
        return section is not null;
    }

    /// <summary>The unit in "systemctl show mysql -p LimitNOFILE".</summary>
    private static string? Named(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.FindIndex(words, static w => w is "show" or "cat");
        return at < 0 || !command.Contains("systemctl", StringComparison.Ordinal) ? null : Array.Find(words[(at + 1)..], static w => w[0] != '-' && char.IsAsciiLetter(w[0]) && !char.IsAsciiLetterUpper(w[0])) is { } name ? (name.Contains('.', StringComparison.Ordinal) ? name : name + ".service") : null;
    }

    /// <summary>CamelCase: other lists of KEY=value (environments) have capitals only.</summary>
    private static bool IsKey(ReadOnlySpan<char> key)
    {
        if (!char.IsAsciiLetterUpper(key[0]))
            return false;
        bool lower = false;
        foreach (char c in key)
        {
            if (!char.IsAsciiLetterOrDigit(c))
                return false;
            lower |= char.IsAsciiLetterLower(c);
        }
        return lower || key is "Id" || key.Length < 3;
    }
}
