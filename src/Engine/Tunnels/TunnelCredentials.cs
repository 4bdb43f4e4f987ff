using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Engine.Tunnels;

/// <summary>The identity of a tunnel: what a connector shows to an edge.</summary>
/// <param name="AccountTag">The account that owns the tunnel; any text, usually 32 hexadecimal digits.</param>
/// <param name="TunnelId">The tunnel.</param>
/// <param name="Secret">The decoded secret, usually 32 bytes. Never shown by <see cref="ToString"/>.</param>
/// <param name="Endpoint">The edge's region, or null for the default one.</param>
public sealed record TunnelCredentials(string AccountTag, Guid TunnelId, ReadOnlyMemory<byte> Secret, string? Endpoint)
{
    // Either form is a few hundred octets; this is what a mistaken path may cost.
    private const int MaxLength = 64 << 10;

    /// <summary>Reads the JSON of a credentials file: <c>AccountTag</c>, <c>TunnelSecret</c> in base64, <c>TunnelID</c>, <c>Endpoint</c>.</summary>
    /// <remarks>Names are matched without regard to case. Old files have no <c>TunnelID</c>: the id is then empty and must be given otherwise.</remarks>
    /// <exception cref="FormatException">It is no credentials file; the message says what is wrong and shows no secret.</exception>
    public static TunnelCredentials FromFile(ReadOnlySpan<byte> json) =>
        Read(json, "credentials file", "AccountTag", "TunnelSecret", "TunnelID", "Endpoint");

    /// <summary>Reads a token: base64 of a JSON object with <c>a</c>, <c>s</c>, <c>t</c> and <c>e</c>.</summary>
    /// <exception cref="FormatException">It is no token; the message says what is wrong and shows no secret.</exception>
    public static TunnelCredentials FromToken(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        var json = DecodeBase64(token.Trim()) ?? throw new FormatException(
            "The token is not valid: it is not base64. Copy it whole, as it was shown when the tunnel was made.");
        var credentials = Read(json, "token", "a", "s", "t", "e");
        return credentials.TunnelId != Guid.Empty
            ? credentials
            : throw new FormatException("The token is not valid: it names no tunnel (t).");
    }

    /// <summary>The credentials as a token. It contains the secret.</summary>
    public string ToToken() => Convert.ToBase64String(Write("a", "s", "t", "e"));

    /// <summary>The credentials as the JSON of a credentials file. It contains the secret.</summary>
    public string ToJson() => Encoding.UTF8.GetString(Write("AccountTag", "TunnelSecret", "TunnelID", "Endpoint"));

    /// <summary>The tunnel's id; never the secret.</summary>
    public override string ToString() => $"tunnel {TunnelId}";

    /// <summary>Whether both are the same identity, secrets included.</summary>
    public bool Equals(TunnelCredentials? other) =>
        other is not null && AccountTag == other.AccountTag && TunnelId == other.TunnelId && Endpoint == other.Endpoint
        && System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(Secret.Span, other.Secret.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(AccountTag, TunnelId, Endpoint);

    private static TunnelCredentials Read(ReadOnlySpan<byte> json, string what, string account, string secret, string tunnel, string endpoint)
    {
        if (json.Length > MaxLength)
        {
            throw new FormatException($"The {what} is not valid: it is longer than {MaxLength} octets.");
        }

        var members = ReadMembers(json, what);
        var text = members.GetValueOrDefault(secret);
        var key = text is null ? null : DecodeBase64(text) ?? throw new FormatException($"The {what} is not valid: its secret ({secret}) is not base64.");
        var region = members.GetValueOrDefault(endpoint);
        return Check(what, members.GetValueOrDefault(account), account, key, secret, members.GetValueOrDefault(tunnel), tunnel) with
        {
            Endpoint = string.IsNullOrEmpty(region) ? null : region,
        };
    }

    /// <summary>The members of an object whose values are text; of several with one name, the last.</summary>
    private static Dictionary<string, string> ReadMembers(ReadOnlySpan<byte> json, string what)
    {
        var members = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            var reader = new Utf8JsonReader(json.StartsWith("\ufeff"u8) ? json[3..] : json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new FormatException($"The {what} is not valid: it is no JSON object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    members[name] = reader.GetString()!;
                }

                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The exception's own text may quote what it met.
            var place = error is JsonException { LineNumber: { } line, BytePositionInLine: { } position } ? $" at line {line + 1}, byte {position + 1}" : "";
            throw new FormatException($"The {what} is not valid: broken JSON{place}.");
        }

        return members;
    }

    private static TunnelCredentials Check(string what, string? accountTag, string account, byte[]? key, string secret, string? tunnelId, string tunnel)
    {
        if (accountTag is null || key is null or { Length: 0 })
        {
            throw new FormatException($"The {what} is not valid: it has no {(accountTag is null ? account : secret)}.");
        }

        var id = Guid.Empty;
        if (!string.IsNullOrEmpty(tunnelId) && !Guid.TryParseExact(tunnelId, "D", out id))
        {
            throw new FormatException($"The {what} is not valid: its {tunnel} is no UUID.");
        }

        return new TunnelCredentials(accountTag, id, key, null);
    }

    private static byte[]? DecodeBase64(string text)
    {
        var octets = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length) + 3];
        return Convert.TryFromBase64String(text, octets, out var length) ? octets[..length] : null;
    }

    private byte[] Write(string account, string secret, string tunnel, string endpoint)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString(account, AccountTag);
            writer.WriteBase64String(secret, Secret.Span);
            writer.WriteString(tunnel, TunnelId.ToString("D"));
            if (Endpoint is not null)
            {
                writer.WriteString(endpoint, Endpoint);
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
