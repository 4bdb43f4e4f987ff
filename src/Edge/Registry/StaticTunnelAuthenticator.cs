using System.Security.Cryptography;
using System.Text;
using Engine.Tunnels;

namespace Engine.Edge.Registry;

/// <summary>Admits the tunnels that the options name.</summary>
/// <remarks>Immutable, so thread-safe. Every refusal reads the same and costs the same comparisons, so that nobody learns which tunnel ids exist.</remarks>
internal sealed class StaticTunnelAuthenticator : ITunnelAuthenticator
{
    private readonly Dictionary<Guid, EdgeTunnel> _tunnels = [];
    private readonly EdgeTunnel _nobody;
    private readonly string _location;

    public StaticTunnelAuthenticator(IEnumerable<EdgeTunnel> tunnels, string location)
    {
        _location = location;
        _nobody = new EdgeTunnel(Guid.Empty, "", RandomNumberGenerator.GetBytes(32));
        foreach (var tunnel in tunnels)
        {
            if (tunnel.Secret.IsEmpty)
            {
                throw new EdgeConfigurationException($"The tunnel {tunnel} has no secret. Give it the secret of its credentials file.");
            }

            if (!_tunnels.TryAdd(tunnel.Id, tunnel))
            {
                throw new EdgeConfigurationException($"The tunnel {tunnel.Id} is listed twice. Remove one of the two.");
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<TunnelAuthentication> AuthenticateAsync(TunnelRegistrationRequest request, CancellationToken cancellationToken)
    {
        var known = _tunnels.TryGetValue(request.TunnelId, out var tunnel);
        tunnel = known ? tunnel! : _nobody;
        var hasSecret = request.SecretEquals(tunnel.Secret.Span);
        var hasAccount = HasAccount(tunnel.AccountTag, request.AccountTag);
        var admitted = known & hasSecret & hasAccount;
        return ValueTask.FromResult(admitted
            ? TunnelAuthentication.Accept(new ConnectionDetails(Guid.NewGuid(), _location, IsRemotelyManaged: false))
            : TunnelAuthentication.Refuse(TunnelAuthentication.Unauthorized, shouldRetry: true));
    }

    /// <summary>A tunnel without an account tag takes any.</summary>
    private static bool HasAccount(string expected, string given)
    {
        var equal = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
        return (expected.Length == 0) | equal;
    }
}
