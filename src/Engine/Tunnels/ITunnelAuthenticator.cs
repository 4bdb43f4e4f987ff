namespace Engine.Tunnels;

/// <summary>Decides at the edge which connections may serve which tunnel.</summary>
public interface ITunnelAuthenticator
{
    /// <summary>Judges a registration. Compare the secret by <see cref="TunnelRegistrationRequest.SecretEquals"/> only.</summary>
    ValueTask<TunnelAuthentication> AuthenticateAsync(TunnelRegistrationRequest request, CancellationToken cancellationToken);
}
