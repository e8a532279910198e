using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GoneAway.Gateway.Configuration;

namespace GoneAway.Gateway.Backends;

/// <summary>How a server's certificate is looked at: read once for a configuration, not at each connect.</summary>
internal sealed class ServerTls
{
    private readonly BackendOptions options;
    private readonly X509Certificate2Collection? authorities;

    /// <exception cref="DialException">The file of authorities cannot be read, or has none.</exception>
    public ServerTls(BackendOptions options)
    {
        this.options = options;
        if (options.AuthorityFile is not { } file || !IsVerified)
            return;
        try
        {
            authorities = [];
            authorities.ImportFromPemFile(file);
            if (authorities.Count == 0)
                throw new CryptographicException("no certificate is in it");
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new DialException($"authority_file {file}: {error.Message}");
        }
    }

    private bool IsVerified => options.Tls is BackendTls.VerifyCa or BackendTls.VerifyIdentity;

    /// <summary>The client's side of the handshake.</summary>
    public Task ShakeAsync(SslStream stream, CancellationToken cancel)
    {
        var client = new SslClientAuthenticationOptions
        {
            TargetHost = Host(options.Address),
            AllowRenegotiation = false,
            // A certificate that the server has not sent would be fetched over the network, while the loop stands still.
            CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
        };
        if (!IsVerified)
#pragma warning disable CA5359 // What "preferred" and "required" mean in every MySQL client: encrypted, not verified.
            client.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        else if (options.Tls == BackendTls.VerifyCa)
            client.RemoteCertificateValidationCallback = static (_, _, _, problems) => problems is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateNameMismatch;
        if (authorities is not null)
        {
            client.CertificateChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            client.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }
        return stream.AuthenticateAsClientAsync(client, cancel);
    }

    private static string Host(string address) => address.LastIndexOf(':') is > 0 and var colon ? address[..colon].Trim('[', ']') : address;
}
