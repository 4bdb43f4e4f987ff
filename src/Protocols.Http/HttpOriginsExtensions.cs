using Engine.Origins;

namespace Engine.Protocols.Http;

/// <summary>Adds HTTP origins to a connector.</summary>
public static class HttpOriginsExtensions
{
    private static readonly string[] Schemes =
    [
        OriginScheme.Http, OriginScheme.Https, OriginScheme.WebSocket, OriginScheme.SecureWebSocket,
        OriginScheme.Unix, OriginScheme.UnixTls, OriginScheme.HttpStatus, OriginScheme.HelloWorld,
    ];

    /// <summary>
    /// Carries streams to <c>http</c>, <c>https</c>, <c>ws</c>, <c>wss</c>, <c>unix</c>, <c>unix+tls</c>, <c>http_status</c> and <c>hello_world</c>
    /// origins. The connector owns the connections that are kept to them.
    /// </summary>
    /// <param name="builder">The connector in the making.</param>
    /// <param name="options">How; without a <see cref="HttpOriginOptions.ConnectorId"/> it is the connector's.</param>
    public static ConnectorBuilder UseHttpOrigins(this ConnectorBuilder builder, HttpOriginOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var handler = new HttpOriginHandler(options ?? new HttpOriginOptions(), () => builder.Options.ConnectorId);
        foreach (var scheme in Schemes)
        {
            builder.HandleOrigin(scheme, handler.OnStreamAsync);
        }

        return builder.Own(handler);
    }
}
