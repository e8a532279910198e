using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace GoneAway.Evidence.Server.Live;

/// <summary>The ways to a server: TCP or a Unix socket, and TLS over either.</summary>
internal static class Transport
{
    public static async Task<NetworkStream> DialAsync(ServerAddress address, CancellationToken cancel)
    {
        if (address.Socket is { } path)
        {
            var local = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await local.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                return new NetworkStream(local, ownsSocket: true);
            }
            catch
            {
                local.Dispose();
                throw;
            }
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host ?? "localhost", address.Port ?? ServerAddress.DefaultPort, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task<SslStream> SecureAsync(NetworkStream raw, ServerAddress address, TlsMode mode, CancellationToken cancel)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = address.Host ?? "localhost" };
        if (mode is TlsMode.VerifyCa or TlsMode.VerifyIdentity)
        {
            SslPolicyErrors forgiven = mode == TlsMode.VerifyCa ? SslPolicyErrors.RemoteCertificateNameMismatch : SslPolicyErrors.None;
            if (address.AuthorityFile is { } file)
            {
                var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                policy.CustomTrustStore.ImportFromPemFile(file);
                options.CertificateChainPolicy = policy;
            }
            options.RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~forgiven) == SslPolicyErrors.None;
        }
        else
        {
            // As the command-line clients do by default: encryption without proof of whom one talks to.
#pragma warning disable CA5359
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        var tls = new SslStream(raw, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancel);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}
