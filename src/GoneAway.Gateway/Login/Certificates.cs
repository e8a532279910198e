using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GoneAway.Gateway.Configuration;

namespace GoneAway.Gateway.Login;

/// <summary>
/// The gateway's certificate, and its RSA key for passwords of clients without TLS: as configured, else made at the first start and kept
/// in the state folder (mode 0600), so that clients that pin them find the same ones after a restart.
/// </summary>
public sealed class Certificates : IDisposable
{
    private const int KeyBits = 2048;
    private const int Years = 10;
    private const string CertificateName = "certificate.pem";
    private const string RsaName = "rsa-key.pem";

    private readonly IReadOnlyList<string> names;
    private readonly TimeProvider time;
    private volatile SslStreamCertificateContext context;

    private Certificates(SslStreamCertificateContext context, RsaKey key, IReadOnlyList<string> names, TimeProvider time)
    {
        this.context = context;
        this.names = names;
        this.time = time;
        Key = key;
    }

    /// <summary>For TLS with clients: certificate, key and the chain to send. Another one after <see cref="Use"/>.</summary>
    public SslStreamCertificateContext Context => context;

    /// <summary>The same for the process's life.</summary>
    public RsaKey Key { get; }

    /// <summary>Loads or makes both.</summary>
    /// <param name="options">The files.</param>
    /// <param name="names">Host names and addresses for a certificate that is made.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="InvalidDataException">A file cannot be read or written, or is no certificate with its key; the message names it.</exception>
    public static Certificates Load(ClientOptions options, IReadOnlyList<string> names, TimeProvider time) =>
        new(LoadContext(options, names, time), LoadKey(options.StateFolder), names, time);

    /// <summary>Reads the certificate anew, for <see cref="Use"/>.</summary>
    /// <exception cref="InvalidDataException">As in <see cref="Load"/>.</exception>
    public SslStreamCertificateContext Read(ClientOptions options) =>
        // The state folder's own, or none at all: made once is made for good, unless it ends.
        options.CertificateFile is null && options.StateFolder is null && context.TargetCertificate.NotAfter > time.GetUtcNow() ? context : LoadContext(options, names, time);

    /// <summary>From now on; sessions keep what they have.</summary>
    public void Use(SslStreamCertificateContext next) => context = next;

    /// <summary>Looks whether two files are a certificate and its key.</summary>
    /// <exception cref="InvalidDataException">They are not; the message names one.</exception>
    internal static void Check(string certificateFile, string? keyFile) => Read(certificateFile, keyFile ?? certificateFile);

    public void Dispose() => Key.Dispose();

    private static SslStreamCertificateContext LoadContext(ClientOptions options, IReadOnlyList<string> names, TimeProvider time)
    {
        if (options.CertificateFile is { } file)
            return Read(file, options.KeyFile ?? file);
        if (options.StateFolder is not { } folder)
            return Parse(Make(names, time));
        string kept = Path.Combine(folder, CertificateName);
        if (File.Exists(kept) && Read(kept, kept) is { } context && context.TargetCertificate.NotAfter > time.GetUtcNow())
            return context;
        string made = Make(names, time);
        Keep(kept, made);
        return Parse(made);
    }

    private static RsaKey LoadKey(string? folder)
    {
        if (folder is null)
            return RsaKey.Create();
        string kept = Path.Combine(folder, RsaName);
        if (!File.Exists(kept))
        {
            var made = RsaKey.Create();
            Keep(kept, made.ExportPem());
            return made;
        }
        return Try(kept, static file => RsaKey.Load(File.ReadAllText(file)));
    }

    private static SslStreamCertificateContext Read(string certificateFile, string keyFile) => Try(certificateFile, file =>
        Bind(File.ReadAllText(file), Try(keyFile, File.ReadAllText)));

    private static SslStreamCertificateContext Parse(string pem) => Bind(pem, pem);

    private static SslStreamCertificateContext Bind(string certificates, string key)
    {
        X509Certificate2 own = X509Certificate2.CreateFromPem(certificates, key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificates);
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    /// <summary>RSA: old clients' TLS knows nothing else.</summary>
    private static string Make(IReadOnlyList<string> names, TimeProvider time)
    {
        using var key = RSA.Create(KeyBits);
        var request = new CertificateRequest($"CN={Common(names)}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }
        if (names.Count > 0)
            request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        DateTimeOffset now = time.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(Years));
        return made.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static string Common(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (name.Length <= 64 && Uri.CheckHostName(name) != UriHostNameType.Unknown)
                return name;
        }
        return "goneaway";
    }

    /// <summary>Whole or not at all, and never readable by others.</summary>
    private static void Keep(string file, string pem) => Try(file, target =>
    {
        string folder = Path.GetDirectoryName(target)!, part = $"{target}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        File.Delete(part);
        using (var writer = new StreamWriter(part, options))
            writer.Write(pem);
        File.Move(part, target, overwrite: true);
        return true;
    });

    private static T Try<T>(string file, Func<string, T> action)
    {
        try
        {
            return action(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"{file}: {error.Message}", error);
        }
    }
}
