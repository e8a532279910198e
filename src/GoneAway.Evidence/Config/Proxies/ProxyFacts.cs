using System.Globalization;
using GoneAway.Evidence.Config.Applications;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Config.Proxies;

/// <summary>Collects the settings of one proxy: spans in seconds, switches as ON and OFF.</summary>
internal sealed class ProxyFacts(Passage passage)
{
    private readonly List<Fact> facts = [];

    public IReadOnlyList<Fact> All => facts;

    /// <summary>A span; a number without a unit counts in units of that many seconds.</summary>
    public bool Span(string name, SettingValue value, double unit, int line, string scope)
    {
        if ((value.Seconds ?? value.Number * unit) is not { } seconds || seconds is < 0 or > 1e10)
            return false;
        Add(name, seconds.ToString("0.######", CultureInfo.InvariantCulture), line, scope);
        return true;
    }

    public void Number(string name, SettingValue value, int line, string scope)
    {
        if (value.Number is >= 0 and < 1e15 and var number)
            Add(name, number.ToString("0.######", CultureInfo.InvariantCulture), line, scope);
    }

    public void Switch(string name, SettingValue value, int line, string scope)
    {
        if (value.IsOn || value.IsOff)
            Add(name, value.IsOn ? "ON" : "OFF", line, scope);
    }

    public void Add(string name, string value, int line, string scope)
    {
        var fact = new Fact(FactKind.Proxy, name, Shown.Of(value), null, passage.At(line)) { Scope = Shown.Of(scope) };
        if (!facts.Contains(fact) && facts.Count < 2000)
            facts.Add(fact);
    }
}
