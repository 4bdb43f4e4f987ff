using Engine.Tunnels;

namespace Engine.Tests.Tunnels;

/// <summary>Accepts whoever shows the known secret; remembers everyone.</summary>
internal sealed class FakeAuthenticator : ITunnelAuthenticator
{
    public static byte[] Secret { get; } = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public List<TunnelRegistrationRequest> Requests { get; } = [];

    public Func<TunnelRegistrationRequest, TunnelAuthentication> Verdict { get; set; } = request => request.SecretEquals(Secret)
        ? TunnelAuthentication.Accept(new ConnectionDetails(Guid.Parse("511a1ece-901f-407e-8d1e-74e913ee05f3"), "memory01", false))
        : TunnelAuthentication.Refuse(TunnelAuthentication.Unauthorized, shouldRetry: true);

    public ValueTask<TunnelAuthentication> AuthenticateAsync(TunnelRegistrationRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return new(Verdict(request));
    }
}
