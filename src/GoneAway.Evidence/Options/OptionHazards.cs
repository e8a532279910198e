using GoneAway.Model;

namespace GoneAway.Evidence.Options;

/// <summary>Mistakes in option files, each by its line.</summary>
internal sealed class OptionHazards
{
    private const int Most = 200;

    // A server that does not come up refuses connections.
    private const string NotUp = "not-listening";

    /// <summary>Options that end connections, and the cause that they are of.</summary>
    private static readonly Dictionary<string, string> Causes = new(StringComparer.Ordinal)
    {
        ["wait_timeout"] = "wait-timeout", ["interactive_timeout"] = "wait-timeout", ["max_allowed_packet"] = "packet-too-large", ["net_read_timeout"] = "slow-writer", ["net_write_timeout"] = "slow-reader",
        ["connect_timeout"] = "handshake-timeout", ["max_connections"] = "too-many-connections", ["max_user_connections"] = "too-many-connections", ["max_connect_errors"] = "host-blocked", ["host_cache_size"] = "host-blocked",
        ["skip_name_resolve"] = "dns-lookup", ["max_execution_time"] = "statement-timeout", ["max_statement_time"] = "statement-timeout", ["idle_transaction_timeout"] = "idle-transaction-timeout",
        ["idle_readonly_transaction_timeout"] = "idle-transaction-timeout", ["idle_write_transaction_timeout"] = "idle-transaction-timeout", ["read_only"] = "failover", ["super_read_only"] = "failover", ["offline_mode"] = "offline-mode",
        ["log_error_verbosity"] = "wait-timeout", ["log_warnings"] = "wait-timeout", ["port"] = NotUp, ["skip_networking"] = NotUp, ["back_log"] = NotUp, ["thread_pool_idle_timeout"] = "wait-timeout", ["lock_wait_timeout"] = "server-stalled",
    };

    // Those that no client program knows.
    private static readonly string[] ServerOnly = ["wait_timeout", "interactive_timeout", "net_read_timeout", "net_write_timeout", "max_connections", "max_connect_errors", "skip_name_resolve", "max_execution_time", "innodb_buffer_pool_size", "log_error_verbosity", "thread_cache_size"];

    private readonly List<Hazard> found = [];

    public IReadOnlyList<Hazard> Found => found;

    private void Add(string cause, string text, string source, string fix)
    {
        if (found.Count < Most)
            found.Add(new Hazard(cause, text, source, fix));
    }

    private static string CauseOf(string name) => Causes.GetValueOrDefault(name, NotUp);

    private static string Quote(string text) => string.Concat((text.Length > 80 ? text[..80] + "…" : text).Select(static c => char.IsControl(c) ? ' ' : c));

    public void NoGroup(OptionLine line) => Add(NotUp, $"{Quote(line.Name)} stands before any group: the server refuses to start (Found option without preceding group), clients fail too", line.Source, "a line [mysqld] above it");

    public void Broken(OptionLine line) => Add(NotUp, line.Kind == OptionLineKind.BadGroup ? $"{Quote(line.Name)} has no closing bracket: the server refuses to start (Wrong group definition in config file)" : $"!{Quote(line.Name)} is no directive: the server refuses to start (Wrong '!' directive in config file)", line.Source,
        line.Kind == OptionLineKind.BadGroup ? "[mysqld]" : "!include FILE or !includedir FOLDER");

    public void Unknown(OptionLine line, OptionName option)
    {
        if (option.IsLoose || OptionName.Near(option.Name) is not { } near)
            return;
        Add(CauseOf(near), $"{Quote(line.Name)} is no option of the server: it refuses to start (unknown variable), and {near} keeps its default", line.Source, $"{near}{(line.Value is null ? "" : " = ...")}");
    }

    /// <summary>An abbreviation, or capitals.</summary>
    public void Inexact(OptionLine line, OptionName option) => Add(CauseOf(option.Name), option.IsShortened
            ? $"{Quote(line.Name)} is taken for {option.Name} by MariaDB and by MySQL up to 5.7; MySQL 8 refuses to start (unknown variable)"
            : $"{Quote(line.Name)} is taken for {option.Name} by MariaDB; MySQL refuses to start (unknown variable)", line.Source, $"the whole name, in small letters: {option.Name}");

    public void Refused(OptionLine line, string name, string refusal)
    {
        string product = OptionValue.Product(line.Value ?? "") ?? "";
        Add(CauseOf(name), $"{name} = {Quote(line.Value ?? "")}: {(product.Length > 0 ? "option files know no arithmetic; " : "")}the server refuses to start ({Quote(refusal)})", line.Source,
            product.Length > 0 ? $"{name} = {product}" : $"a number, with K, M or G behind it at most: {name} = 64M");
    }

    public void Adjusted(OptionLine line, string name, string value) => Add(CauseOf(name), $"{name} = {Quote(line.Value ?? "")} is outside of what the server allows; it takes {value}", line.Source, $"{name} = {value}, or what was meant");

    public void InClientGroup(OptionLine line, string group, string name)
    {
        if (ServerOnly.Contains(name))
            Add(CauseOf(name), $"{name} stands in [{group}], which the server does not read; client programs that do refuse it (unknown variable)", line.Source, $"the same line below [mysqld]");
    }

    /// <summary>What only all files together, and the running server, show.</summary>
    public void Weigh(IReadOnlyDictionary<(string Group, string Name), OptionSetting> settings, IReadOnlyList<Fact> known)
    {
        foreach (OptionSetting setting in settings.Values)
        {
            if (setting.Group != OptionGroups.Server || !Causes.ContainsKey(setting.Name))
                continue;
            if (setting.Lost.Count > 0 && setting.Lost[^1] is var lost && lost.Value != setting.Value)
                Add(CauseOf(setting.Name), $"{setting.Name} = {lost.Value} ({lost.Source}) does not count: {setting.Name} = {setting.Value} is read after it", setting.Source, "one line for one option; take away the one that is not meant");
            if (Running(setting.Name, known) is { } running && !IsSame(setting.Value, running.Value))
                Add(CauseOf(setting.Name), $"{setting.Name} is {running.Value} in the running server ({running.Source}), {setting.Value} in its option file, which the next start takes: changed by SET GLOBAL, not started since the file was changed, or started with another file or with an option on its command line",
                    setting.Source, $"which files it reads: mysqld --verbose --help | head -20; where the value came from (MySQL 8): SELECT * FROM performance_schema.variables_info WHERE VARIABLE_NAME = '{setting.Name}'");
        }
        foreach (string group in (string[])["client", "mysql"])
            if (settings.TryGetValue((group, "max_allowed_packet"), out OptionSetting? client) && !settings.ContainsKey((OptionGroups.Server, "max_allowed_packet")))
                Add("packet-too-large", $"max_allowed_packet = {client.Value} stands in [{group}] alone: it is the limit of the client programs, the server keeps its own", client.Source, "the same line below [mysqld] as well");
    }

    /// <summary>Where each option comes from that can end connections, and what the running server has in its place; a text for each file.</summary>
    public static IEnumerable<(string Path, string Text)> Origins(IEnumerable<OptionSetting> settings, IReadOnlyList<Fact> known)
    {
        var told = settings.Where(static s => s.Group == OptionGroups.Server && Causes.ContainsKey(s.Name)).GroupBy(static s => SourceFile.Of(s.Source));
        foreach (IGrouping<string, OptionSetting> file in told)
            yield return (file.Key, "sets " + string.Join(", ", file.Take(Most).Select(setting => $"{setting.Name} = {Quote(setting.Value)} in line {setting.Source[(file.Key.Length + 1)..]}"
                + (Running(setting.Name, known) is not { } running ? "" : IsSame(setting.Value, running.Value) ? " (so has the running server)" : $" (the running server has {Quote(running.Value)}, by {running.Source})"))));
    }

    private static Fact? Running(string name, IReadOnlyList<Fact> known) => known.LastOrDefault(f => f.Kind == FactKind.Variable && f.Scope is null && f.Name == name);

    private static bool IsSame(string option, string running)
    {
        static string Plain(string value) => value.ToUpperInvariant() switch { "1" or "TRUE" or "YES" => "ON", "0" or "FALSE" or "NO" => "OFF", string other => other };
        return Plain(option) == Plain(running) || decimal.TryParse(option, System.Globalization.CultureInfo.InvariantCulture, out decimal a) && decimal.TryParse(running, System.Globalization.CultureInfo.InvariantCulture, out decimal b) && a == b;
    }
}
