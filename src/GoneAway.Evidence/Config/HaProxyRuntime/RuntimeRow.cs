using System.Globalization;
using GoneAway.Evidence.Logs;

namespace GoneAway.Evidence.Config;

/// <summary>One row of <c>show stat</c>: a frontend, a backend or a server, by the names of its columns (management guide, 9.1).</summary>
internal sealed class RuntimeRow(string source)
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    public string Source { get; } = source;
    public string Proxy => this["pxname"] ?? "";
    public string Name => this["svname"] ?? "";
    public bool IsFront => Name == "FRONTEND";
    public bool IsBack => Name == "BACKEND";
    public bool IsServer => !IsFront && !IsBack && this["type"] is null or "2";
    public bool IsHttp => this["mode"] == "http";

    /// <summary>As the facts of haproxy.cfg name it, a server by backend/server.</summary>
    public string Scope => IsFront ? "frontend " + Proxy : IsBack ? "backend " + Proxy : $"server {Proxy}/{Name}";

    /// <summary>The value, null when there is none.</summary>
    public string? this[string column] => values.TryGetValue(column, out string? value) && value.Length > 0 ? value : null;

    public double? Number(string column) => double.TryParse(this[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double number) ? number : null;

    /// <summary>The server's port, since 1.7.</summary>
    public int? Port => Address.TrySplitName(this["addr"], out _, out int port) ? port : null;

    public void Set(string column, string value) => values[column] = value;

    /// <summary>Shifted or cut rows have words where numbers belong.</summary>
    public bool IsSound()
    {
        if (Proxy.Length == 0 || Name.Length == 0)
            return false;
        foreach (string column in (ReadOnlySpan<string>)["qcur", "scur", "smax", "slim", "stot", "econ", "wretr"])
            if (this[column] is not null && Number(column) is null)
                return false;
        return this["status"] is null or [>= 'A' and <= 'Z', ..] or ['n', 'o', ..];
    }
}
