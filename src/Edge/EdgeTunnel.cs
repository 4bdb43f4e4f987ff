namespace Engine.Edge;

/// <summary>A tunnel that may register at this edge.</summary>
/// <param name="Id">The tunnel's id.</param>
/// <param name="AccountTag">The account that connectors must name; empty when any will do.</param>
/// <param name="Secret">What a connector must know; usually 32 octets.</param>
/// <param name="Name">What people call it, for logs.</param>
public sealed record EdgeTunnel(Guid Id, string AccountTag, ReadOnlyMemory<byte> Secret, string? Name = null)
{
    /// <summary>The tunnel's id and name, never its secret.</summary>
    public override string ToString() => Name is null ? Id.ToString() : $"{Name} ({Id})";
}
