using System.Net;
using Engine.Tunnels.Registration;

namespace Engine.Tunnels;

/// <summary>What a connector says in a registration, and what it makes of a refusal.</summary>
internal static class RegistrationTerms
{
    /// <summary>What to do after a refusal: EDUPCONN and Unauthorized are the two causes that every edge of this protocol knows.</summary>
    public static RetryAdvice Advise(RegisterConnectionResults results) => results switch
    {
        { Cause: TunnelAuthentication.DuplicateConnection } => RetryAdvice.OtherAddress,
        { ShouldRetry: true } => RetryAdvice.Backoff,
        _ when results.Cause.Contains("Unauthorized", StringComparison.Ordinal) => RetryAdvice.Backoff,
        _ => RetryAdvice.Never,
    };

    /// <summary>The parameters of the call.</summary>
    /// <param name="registration">What the connector was told to say.</param>
    /// <param name="localAddress">The address to report, if there is one.</param>
    /// <param name="takesConfiguration">Whether a pushed configuration would be applied.</param>
    /// <param name="edgeReadsExtensions">Whether the edge announced extensions, so that ours do not trouble it.</param>
    public static RegisterConnectionParameters MakeParameters(
        TunnelRegistration registration, IPAddress? localAddress, bool takesConfiguration, bool edgeReadsExtensions) => new()
    {
        AccountTag = registration.Credentials.AccountTag,
        Secret = registration.Credentials.Secret.ToArray(),
        TunnelId = registration.Credentials.TunnelId,
        ConnectionIndex = (byte)registration.ConnectionIndex,
        ConnectorId = registration.ConnectorId,
        Features = Features(registration.Features, takesConfiguration, edgeReadsExtensions),
        Version = registration.Version,
        Architecture = registration.Architecture,
        OriginLocalAddress = localAddress,
        ReplaceExisting = registration.ReplaceExisting,
        PreviousAttempts = (byte)Math.Clamp(registration.PreviousAttempts, 0, byte.MaxValue),
    };

    private static List<string> Features(IReadOnlyList<string> wanted, bool takesConfiguration, bool edgeReadsExtensions)
    {
        var features = new List<string>();
        foreach (var feature in wanted)
        {
            // Announced only if it is there.
            if (feature != TunnelFeatures.AllowRemoteConfiguration || takesConfiguration)
            {
                features.Add(feature);
            }
        }

        for (var i = 0; edgeReadsExtensions && i < TunnelFeatures.Extensions.Count; i++)
        {
            features.Add(TunnelFeatures.ExtensionPrefix + TunnelFeatures.Extensions[i]);
        }

        return features;
    }
}
