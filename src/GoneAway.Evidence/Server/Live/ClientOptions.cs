using System.Globalization;
using System.Text;

namespace GoneAway.Evidence.Server.Live;

/// <summary>What the option files of MySQL's clients say: server, user, password, TLS. Later files and lines win.</summary>
/// <remarks>MySQL "Using Option Files": groups [client], [client-server] (MariaDB) and [goneaway].</remarks>
public sealed class ClientOptions
{
    private const int MostIncludes = 8;
    private const int LargestFile = 1 << 20;

    private static readonly string[] Groups = ["client", "client-server", "client-mariadb", "goneaway"];

    private readonly Dictionary<string, string> values = [];
    private readonly List<string> notes = [];
    private Secret? password;

    /// <summary>Null when no file says any; an empty one is one.</summary>
    public Secret? Password => password;

    /// <summary>What a person should know: files left out.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Those that MySQL's own clients read, in their order; or one alone, as with --defaults-file.</summary>
    public static ClientOptions Load(string? defaultsFile, string? home)
    {
        var options = new ClientOptions();
        if (defaultsFile is not null)
        {
            options.Read(defaultsFile, depth: 0, mustExist: true);
            return options;
        }
        options.Read("/etc/my.cnf", 0, mustExist: false);
        options.Read("/etc/mysql/my.cnf", 0, mustExist: false);
        if (!string.IsNullOrEmpty(home))
            options.Read(Path.Combine(home, ".my.cnf"), 0, mustExist: false);
        return options;
    }

    public ServerAddress Address => new()
    {
        Host = values.GetValueOrDefault("host"),
        Port = int.TryParse(values.GetValueOrDefault("port"), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536 ? port : null,
        Socket = IsTcp ? null : values.GetValueOrDefault("socket"),
        User = values.GetValueOrDefault("user"),
        Database = values.GetValueOrDefault("database"),
        Tls = Mode(),
        AuthorityFile = values.GetValueOrDefault("ssl-ca"),
    };

    /// <summary>As the clients have it: the socket counts for localhost alone, unless TCP is asked for.</summary>
    private bool IsTcp => values.GetValueOrDefault("protocol")?.Equals("tcp", StringComparison.OrdinalIgnoreCase) == true
        || values.TryGetValue("host", out string? host) && !host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private TlsMode? Mode()
    {
        if (values.TryGetValue("ssl-mode", out string? mode))
            return Dsn.ModeOf(mode);
        if (values.ContainsKey("skip-ssl"))
            return TlsMode.Disabled;
        if (values.TryGetValue("ssl-verify-server-cert", out string? verify) && Dsn.ModeOf(verify.Length == 0 ? "on" : verify) == TlsMode.Required)
            return TlsMode.VerifyIdentity;
        return values.TryGetValue("ssl", out string? ssl) ? Dsn.ModeOf(ssl.Length == 0 ? "on" : ssl) : null;
    }

    private void Read(string path, int depth, bool mustExist)
    {
        string[] lines;
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > LargestFile)
            {
                if (mustExist)
                    notes.Add(file.Exists ? $"{path}: too large for an option file" : $"{path}: no such file");
                return;
            }
            // The clients' own rule: what anybody may write is not believed.
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.OtherWrite) != 0)
            {
                notes.Add($"{path}: left out, since everybody may write it");
                return;
            }
            lines = File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (mustExist || error is UnauthorizedAccessException)
                notes.Add($"{path}: cannot be read");
            return;
        }
        bool ours = false;
        foreach (string raw in lines)
        {
            string line = raw.Trim();
            if (line.StartsWith('['))
                ours = line.IndexOf(']') is > 0 and var end && Groups.Contains(line[1..end].Trim().ToLowerInvariant());
            else if (line.StartsWith("!include", StringComparison.Ordinal))
                Include(line, depth);
            else if (ours && line.Length > 0 && line[0] is not ('#' or ';'))
                Take(line);
        }
    }

    private void Include(string line, int depth)
    {
        if (depth >= MostIncludes)
            return;
        if (line.StartsWith("!includedir ", StringComparison.Ordinal))
        {
            string folder = line["!includedir ".Length..].Trim();
            if (!Directory.Exists(folder))
                return;
            try
            {
                foreach (string file in Directory.GetFiles(folder, "*.cnf").Order(StringComparer.Ordinal))
                    Read(file, depth + 1, mustExist: false);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                notes.Add($"{folder}: cannot be read");
            }
        }
        else if (line.StartsWith("!include ", StringComparison.Ordinal))
            Read(line["!include ".Length..].Trim(), depth + 1, mustExist: false);
    }

    private void Take(string line)
    {
        int equals = line.IndexOf('=');
        string name = (equals < 0 ? line : line[..equals]).Trim().Replace('_', '-').ToLowerInvariant();
        string value = equals < 0 ? "" : ValueOf(line[(equals + 1)..]);
        if (name.StartsWith("loose-", StringComparison.Ordinal))
            name = name["loose-".Length..];
        if (name is "password" or "pass" or "passwd")
            password = new Secret(value);
        else
            values[name] = value;
    }

    /// <summary>Without the comment behind it, its quotes and its escapes.</summary>
    internal static string ValueOf(string text)
    {
        string value = text.Trim();
        char quote = value.Length > 0 && value[0] is '\'' or '"' ? value[0] : '\0';
        int end = -1;
        for (int i = quote == '\0' ? 0 : 1; i < value.Length && end < 0; i++)
        {
            if (value[i] == '\\')
                i++;
            else if (quote == '\0' ? value[i] == '#' : value[i] == quote)
                end = i;
        }
        if (quote != '\0')
            value = end > 0 ? value[1..end] : value;
        else if (end >= 0)
            value = value[..end].TrimEnd();
        if (!value.Contains('\\'))
            return value;
        var plain = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            char next = value[i] == '\\' && i + 1 < value.Length ? value[i + 1] : '\0';
            char? escaped = next switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 's' => ' ', '"' => '"', '\'' => '\'', '\\' => '\\', _ => null };
            plain.Append(escaped ?? value[i]);
            if (escaped is not null)
                i++;
        }
        return plain.ToString();
    }
}
