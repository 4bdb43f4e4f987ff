using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Engine.Transports;

/// <summary>Judges a server's certificate once and keeps the reason, so that the error can name it.</summary>
internal sealed class TlsVerdict(TlsClientOptions options, string serverName)
{
    private const int NamesShown = 8;

    // RFC 5280 §4.2.1.12: id-kp-serverAuth. The platform asks for it in the chain that it builds; so must ours.
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>Why the certificate was refused, or none.</summary>
    public TlsFailureReason Reason { get; private set; }

    /// <summary>The same in words, with the remedy.</summary>
    public string Text { get; private set; } = "";

    public bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (options.SkipVerification || errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (certificate is not X509Certificate2 leaf || chain is null)
        {
            return Refuse(TlsFailureReason.BadCertificate, "the server presented no certificate.");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            using var second = options is { AddRootsToSystem: true, Roots: { } roots } ? Rebuild(leaf, chain, roots) : null;
            if (second is null || second.ChainStatus.Length > 0)
            {
                return RefuseChain(leaf, second ?? chain);
            }
        }

        return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            || Refuse(TlsFailureReason.NameMismatch, $"the certificate is not for {serverName} but for {Names(leaf)} (set the server name, or use a certificate that has it).");
    }

    // The system's pool did not do: try the added roots with the certificates that the server sent.
    private static X509Chain Rebuild(X509Certificate2 leaf, X509Chain sent, X509Certificate2Collection roots)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        foreach (var element in sent.ChainElements)
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        chain.Build(leaf);
        return chain;
    }

    private bool RefuseChain(X509Certificate2 leaf, X509Chain chain)
    {
        var flags = X509ChainStatusFlags.NoError;
        var text = "";
        foreach (var status in chain.ChainStatus)
        {
            flags |= status.Status;
            text = text.Length == 0 ? status.StatusInformation.Trim() : $"{text}; {status.StatusInformation.Trim()}";
        }

        if ((flags & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            return Refuse(
                TlsFailureReason.UntrustedRoot,
                $"the certificate's issuer '{leaf.Issuer}' does not lead to a trusted root (add the root's certificate to the trusted ones, if the server is the right one).");
        }

        if (flags.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return Refuse(
                TlsFailureReason.Expired,
                $"the certificate, or one above it, is outside its time ({leaf.NotBefore.ToUniversalTime():u} to {leaf.NotAfter.ToUniversalTime():u}; renew it, or check the clock).");
        }

        return Refuse(TlsFailureReason.BadCertificate, $"the certificate '{leaf.Subject}' was refused: {text}.");
    }

    private bool Refuse(TlsFailureReason reason, string text)
    {
        Reason = reason;
        Text = text;
        return false;
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions)
        {
            if (extension is X509SubjectAlternativeNameExtension alternative)
            {
                names.AddRange(alternative.EnumerateDnsNames());
                foreach (var address in alternative.EnumerateIPAddresses())
                {
                    names.Add(address.ToString());
                }
            }
        }

        if (names.Count == 0)
        {
            return $"no name at all (subject '{certificate.Subject}')";
        }

        return names.Count <= NamesShown
            ? string.Join(", ", names)
            : $"{string.Join(", ", names.GetRange(0, NamesShown))} and {names.Count - NamesShown} more";
    }
}
