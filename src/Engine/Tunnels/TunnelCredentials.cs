namespace Engine.Tunnels;

/// <summary>The identity of a tunnel: what a connector shows to an edge.</summary>
/// <param name="AccountTag">The account that owns the tunnel; any text, usually 32 hexadecimal digits.</param>
/// <param name="TunnelId">The tunnel.</param>
/// <param name="Secret">The decoded secret, usually 32 bytes. Never shown by <see cref="ToString"/>.</param>
/// <param name="Endpoint">The edge's region, or null for the default one.</param>
public sealed record TunnelCredentials(string AccountTag, Guid TunnelId, ReadOnlyMemory<byte> Secret, string? Endpoint)
{
    /// <summary>Reads the JSON of a credentials file; names are matched without regard to case.</summary>
    /// <exception cref="FormatException">It is no credentials file; the message says what is wrong and shows no secret.</exception>
    public static TunnelCredentials FromFile(ReadOnlySpan<byte> json) => throw new NotSupportedException();

    /// <summary>Reads a token: base64 of a short JSON object.</summary>
    /// <exception cref="FormatException">It is no token; the message says what is wrong and shows no secret.</exception>
    public static TunnelCredentials FromToken(string token) => throw new NotSupportedException();

    /// <summary>The credentials as a token. It contains the secret.</summary>
    public string ToToken() => throw new NotSupportedException();

    /// <summary>The credentials as the JSON of a credentials file. It contains the secret.</summary>
    public string ToJson() => throw new NotSupportedException();

    /// <summary>The tunnel's id; never the secret.</summary>
    public override string ToString() => $"tunnel {TunnelId}";
}
