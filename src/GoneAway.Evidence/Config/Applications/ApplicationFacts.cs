using System.Globalization;
using GoneAway.Evidence.Text;
using GoneAway.Model;

namespace GoneAway.Evidence.Config.Applications;

/// <summary>Collects what was understood. It takes numbers, switches and host names only, so no password can get into it.</summary>
internal sealed class ApplicationFacts(Passage passage)
{
    private readonly List<Fact> facts = [];

    public IReadOnlyList<Fact> All => facts;

    /// <summary>A span; a number without a unit counts in units of that many seconds.</summary>
    public void Span(string name, Setting? setting, string scope, double unit = 1)
    {
        if (setting is not null && (setting.Value.Seconds ?? setting.Value.Number * unit) is { } seconds && Math.Abs(seconds) < 1e12)
            Add(name, seconds.ToString("0.######", CultureInfo.InvariantCulture), setting.Line, scope);
    }

    public void Number(string name, Setting? setting, string scope)
    {
        if (setting?.Value.Number is { } number && Math.Abs(number) < 1e15)
            Add(name, number.ToString("0.######", CultureInfo.InvariantCulture), setting.Line, scope);
    }

    public void Switch(string name, Setting? setting, string scope)
    {
        if (setting?.Value is { } value && (value.IsOn || value.IsOff))
            Switch(name, value.IsOn, setting.Line, scope);
    }

    public void Switch(string name, bool on, int line, string scope) => Add(name, on ? "ON" : "OFF", line, scope);

    /// <summary>Where the server is: nothing but a plain name or address is taken.</summary>
    public void Host(string? host, double? port, int line, string scope)
    {
        if (host is { Length: > 0 and < 254 } && host.AsSpan().IndexOfAnyExcept(HostLetters) < 0 && (char.IsAsciiLetterOrDigit(host[0]) || host[0] == ':'))
            Add(ApplicationSetting.Host, host, line, scope);
        if (port is > 0 and < 65536 and var number && number == Math.Floor(number))
            Add(ApplicationSetting.Port, number.ToString("0", CultureInfo.InvariantCulture), line, scope);
    }

    public void Host(Setting? host, Setting? port, string scope)
    {
        if (host is { Value: { IsDefault: false, IsName: false } })
            Host(host.Value.Text, null, host.Line, scope);
        if (port is { Value.IsDefault: false })
            Host(null, port.Value.Number, port.Line, scope);
    }

    /// <summary>wait_timeout in a statement that is run for each new connection, or among its variables.</summary>
    public void SessionWaitTimeout(string text, int line, string scope)
    {
        int at = text.IndexOf("wait_timeout", StringComparison.OrdinalIgnoreCase);
        if (at < 0 || at > 0 && (char.IsAsciiLetter(text[at - 1]) || text[at - 1] == '_' && !text.AsSpan(0, at).EndsWith("@@session_", StringComparison.Ordinal)))
            return;
        ReadOnlySpan<char> rest = text.AsSpan(at + "wait_timeout".Length).TrimStart(" :'\"`");
        if (rest.Length < 2 || rest[0] != '=')
            return;
        rest = rest[1..].TrimStart(" >'\"");
        int end = rest.IndexOfAnyExceptInRange('0', '9');
        if (Expression.NumberOf((end < 0 ? rest : rest[..end]).ToString()) is { } seconds)
            Add(ApplicationSetting.SessionWaitTimeout, seconds.ToString("0", CultureInfo.InvariantCulture), line, scope);
    }

    /// <summary>The fact of that stack, if it was told.</summary>
    public Fact? Find(string scope, params ReadOnlySpan<string> names)
    {
        foreach (Fact fact in facts)
            if (fact.Scope == scope && (names.Length == 0 || names.Contains(fact.Name)))
                return fact;
        return null;
    }

    /// <summary>What holds where the configuration says nothing; told at the place of another fact of that stack.</summary>
    public void Default(string name, string value, Fact beside)
    {
        if (Find(beside.Scope!, name) is null)
            facts.Add(beside with { Name = name, Value = value });
    }

    public void Add(string name, string value, int line, string scope)
    {
        var fact = new Fact(FactKind.Application, name, value, null, passage.At(line)) { Scope = scope };
        if (!facts.Contains(fact) && facts.Count < 2000)
            facts.Add(fact);
    }

    private static readonly System.Buffers.SearchValues<char> HostLetters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:");
}
