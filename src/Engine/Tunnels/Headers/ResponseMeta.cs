using System.Text.Json;

namespace Engine.Tunnels.Headers;

/// <summary>The JSON of <c>cf-cloudflared-response-meta</c>, in a form other than the two usual ones.</summary>
internal static class ResponseMeta
{
    /// <summary>Reads <c>src</c> and <c>flow_rate_limited</c>; members that are not known are passed over.</summary>
    /// <exception cref="HeaderFormatException">It is no JSON object.</exception>
    public static void Parse(ReadOnlySpan<byte> json, EdgeResponse response)
    {
        response.Source = ResponseSource.Origin;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new HeaderFormatException("The meta field of a response is no JSON object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isSource = reader.ValueTextEquals("src"u8);
                var isLimited = reader.ValueTextEquals("flow_rate_limited"u8);
                reader.Read();
                if (isSource && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("cloudflared"u8))
                {
                    response.Source = ResponseSource.Connector;
                }
                else if (isLimited)
                {
                    response.IsFlowRateLimited = reader.TokenType == JsonTokenType.True;
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            throw new HeaderFormatException("The meta field of a response is no JSON object.");
        }
    }
}
