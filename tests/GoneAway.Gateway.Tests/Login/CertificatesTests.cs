using GoneAway.Gateway.Configuration;
using GoneAway.Gateway.Login;

namespace GoneAway.Gateway.Tests.Login;

public sealed class CertificatesTests : IDisposable
{
    private static readonly string[] Names = ["db.example", "127.0.0.1"];

    private readonly string folder = Directory.CreateTempSubdirectory("gwc-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void What_is_made_at_the_first_start_is_found_at_the_next_one_and_is_for_its_owner_alone()
    {
        var options = new ClientOptions { StateFolder = Path.Combine(folder, "state") };
        using Certificates first = Certificates.Load(options, Names, TimeProvider.System), second = Certificates.Load(options, Names, TimeProvider.System);
        Assert.Equal(first.Context.TargetCertificate.Thumbprint, second.Context.TargetCertificate.Thumbprint);
        Assert.Equal(first.Key.PublicPem.ToArray(), second.Key.PublicPem.ToArray());
        Assert.True(first.Context.TargetCertificate.MatchesHostname("db.example"));
        Assert.True(first.Context.TargetCertificate.MatchesHostname("127.0.0.1"));
        Assert.True(first.Context.TargetCertificate.HasPrivateKey);
        string[] files = Directory.GetFiles(options.StateFolder);
        Assert.Equal(2, files.Length);
        foreach (string file in files)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void A_certificate_that_has_ended_is_made_anew()
    {
        var options = new ClientOptions { StateFolder = folder };
        using Certificates first = Certificates.Load(options, Names, TimeProvider.System), later = Certificates.Load(options, Names, new Later());
        Assert.NotEqual(first.Context.TargetCertificate.Thumbprint, later.Context.TargetCertificate.Thumbprint);
        Assert.Equal(first.Key.PublicPem.ToArray(), later.Key.PublicPem.ToArray());
    }

    [Fact]
    public void A_configured_pair_is_read_again_on_reload_and_the_old_one_stays_where_the_new_one_is_broken()
    {
        using Certificates made = Certificates.Load(new ClientOptions { StateFolder = folder }, Names, TimeProvider.System);
        string file = Path.Combine(folder, "certificate.pem"), before = made.Context.TargetCertificate.Thumbprint;
        var options = new ClientOptions { CertificateFile = file };
        using Certificates read = Certificates.Load(options, Names, TimeProvider.System);
        Assert.Equal(before, read.Context.TargetCertificate.Thumbprint);
        string whole = File.ReadAllText(file);
        File.WriteAllText(file, "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n");
        Assert.Contains("certificate.pem", Assert.Throws<InvalidDataException>(() => read.Read(options)).Message, StringComparison.Ordinal);
        Assert.Equal(before, read.Context.TargetCertificate.Thumbprint);
        Assert.Throws<InvalidDataException>(() => read.Read(new ClientOptions { CertificateFile = Path.Combine(folder, "none.pem") }));
        File.WriteAllText(file, whole[..whole.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)]);
        Assert.Throws<InvalidDataException>(() => read.Read(options));
    }

    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddYears(11);
    }
}
