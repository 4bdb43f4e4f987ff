using System.Security.Cryptography;
using System.Text.Json;

namespace Engine.EndToEnd.Harness;

/// <summary>A tunnel's credentials, made up for one test.</summary>
internal sealed record Identity(string Account, Guid Tunnel, string Secret)
{
    public static Identity Create() => new(
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
        Guid.NewGuid(),
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

    /// <summary>The credentials file, in the reference's format.</summary>
    public string Json => JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["AccountTag"] = Account,
        ["TunnelSecret"] = Secret,
        ["TunnelID"] = Tunnel.ToString(),
        ["Endpoint"] = "",
    });

    /// <summary>The same in one word.</summary>
    public string Token => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
    {
        ["a"] = Account,
        ["s"] = Secret,
        ["t"] = Tunnel.ToString(),
    }));
}
