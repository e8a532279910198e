using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GoneAway.TestKit;

/// <summary>A certificate for localhost that is its own authority, in a folder of its own.</summary>
public sealed class SelfSigned : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gac-");

    public SelfSigned()
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(40), DateTimeOffset.UnixEpoch.AddYears(90));
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportRSAPrivateKeyPem());
    }

    public string CertificateFile => Path.Combine(folder.FullName, "cert.pem");
    public string KeyFile => Path.Combine(folder.FullName, "key.pem");

    /// <summary>Options of a server that has it.</summary>
    public string[] ServerOptions => [$"--ssl-cert={CertificateFile}", $"--ssl-key={KeyFile}"];

    public void Dispose() => folder.Delete(recursive: true);
}
