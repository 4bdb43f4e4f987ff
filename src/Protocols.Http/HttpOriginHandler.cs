using Engine.Fields;
using Engine.Ingress;
using Engine.Origins;
using Engine.Protocols.Http.Exchange;
using Engine.Protocols.Http.HelloWorld;
using Engine.Protocols.Http.Pooling;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Protocols.Http;

/// <summary>
/// Carries streams to HTTP origins: <c>http</c>, <c>https</c>, <c>ws</c>, <c>wss</c>, <c>unix</c>, <c>unix+tls</c>, <c>http_status</c> and <c>hello_world</c>.
/// </summary>
/// <remarks>Thread-safe; one serves every stream of a connector. It owns the pools of origin connections, which disposing closes.</remarks>
public sealed class HttpOriginHandler : IAsyncDisposable
{
    private readonly HttpOriginOptions _options;
    private readonly Lazy<RequestMapping> _mapping;
    private readonly OriginPools _pools;
    private readonly HelloWorldOrigin _helloWorld;
    private readonly ILogger _logger;

    /// <summary>Creates the handler.</summary>
    public HttpOriginHandler(HttpOriginOptions? options = null)
        : this(options ?? new HttpOriginOptions(), null)
    {
    }

    /// <remarks>The connector's id is asked for at the first request: until then its options may be replaced.</remarks>
    internal HttpOriginHandler(HttpOriginOptions options, Func<Guid>? connectorId)
    {
        _options = options;
        _mapping = new Lazy<RequestMapping>(() => new RequestMapping(options.Tags, options.ConnectorId ?? connectorId?.Invoke()));
        _pools = new OriginPools(options);
        _helloWorld = new HelloWorldOrigin(options.TimeProvider);
        _logger = options.LoggerFactory.CreateLogger<HttpOriginHandler>();
    }

    /// <summary>The pools, for tests that look for leaks.</summary>
    internal OriginPools Pools => _pools;

    /// <summary>Handles one stream; a <see cref="ConnectionDelegate"/>. The answer is complete, or the stream failed, when the task ends.</summary>
    /// <exception cref="InvalidOperationException">The stream has no <see cref="ITunnelStreamFeature"/> or no <see cref="IOriginFeature"/>.</exception>
    public Task OnStreamAsync(ConnectionContext stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var tunnel = stream.Features.Get<ITunnelStreamFeature>() ?? throw new InvalidOperationException("The stream is not a tunnel's.");
        var origin = stream.Features.Get<IOriginFeature>()?.Origin ?? throw new InvalidOperationException("No rule was matched for the stream.");
        if (origin.Options.Access is { Required: true })
        {
            // Fails closed: a rule that asks for a token must never be open because nobody here can check one.
            HttpLog.AccessUnsupported(_logger, origin.Service);
            return AnswerAsync(tunnel, 403);
        }

        var loops = LoopCount.Read(tunnel.RequestFields);
        if (loops > _options.MaxLoops)
        {
            return FailAsync(tunnel, OriginFailure.Loop(origin, loops));
        }

        return origin.Scheme switch
        {
            OriginScheme.HttpStatus when origin.FixedStatus is >= 200 and var status => AnswerAsync(tunnel, status),
            OriginScheme.HttpStatus => FailAsync(tunnel, OriginFailure.BadStatus(origin)),
            OriginScheme.HelloWorld => _helloWorld.OnStreamAsync(stream, tunnel),
            _ => new HttpExchange(_options, _mapping.Value, stream, tunnel, origin).RunAsync(_pools),
        };
    }

    /// <summary>Closes the idle connections to origins. Exchanges that run end by themselves.</summary>
    public ValueTask DisposeAsync()
    {
        _pools.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Task AnswerAsync(ITunnelStreamFeature tunnel, int status)
    {
        tunnel.WriteResponse(status, new FieldList(), ResponseSource.Origin, endStream: true);
        return Task.CompletedTask;
    }

    private static Task FailAsync(ITunnelStreamFeature tunnel, StreamFailure failure)
    {
        tunnel.Fail(failure);
        return Task.CompletedTask;
    }
}
