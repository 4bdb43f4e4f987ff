using System.Text;
using Engine.Http1;
using Engine.Origins;
using Engine.Protocols.Http.Pooling;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.Exchange;

/// <summary>One request of a visitor carried to its origin, and the answer back.</summary>
/// <remarks>
/// Owns the origin's connection from taking it to giving it back. The request is sent and the answer is read side by side; both
/// are over, or cut, before <see cref="RunAsync"/> returns. A visitor who leaves cuts the connection from whatever thread learns of it.
/// </remarks>
internal sealed partial class HttpExchange
{
    private readonly Lock _gate = new();
    private readonly HttpOriginOptions _options;
    private readonly RequestMapping _mapping;
    private readonly ConnectionContext _stream;
    private readonly ITunnelStreamFeature _tunnel;
    private readonly Origin _origin;
    private OriginConnection? _connection;
    private Http1Framing _framing;
    private BufferedBody? _buffered;
    private bool _isVisitorGone;
    private bool _isHeadOverdue;

    public HttpExchange(HttpOriginOptions options, RequestMapping mapping, ConnectionContext stream, ITunnelStreamFeature tunnel, Origin origin)
    {
        _options = options;
        _mapping = mapping;
        _stream = stream;
        _tunnel = tunnel;
        _origin = origin;
    }

    public async Task RunAsync(OriginPools pools)
    {
        _framing = RequestMapping.FramingOf(_tunnel);
        if (_framing.Kind == Http1BodyKind.Chunked && _origin.Options.DisableChunkedEncoding)
        {
            await RunBufferedAsync(pools);
        }
        else
        {
            await RunCoreAsync(pools);
        }
    }

    /// <summary>For an origin that takes no chunks: the whole body first, then the request with its length.</summary>
    private async Task RunBufferedAsync(OriginPools pools)
    {
        await using var buffered = new BufferedBody(_options.MaxBufferedBody);
        switch (await buffered.FillAsync(_stream.Transport.Input))
        {
            case BufferedBody.Outcome.Complete:
                _buffered = buffered;
                _framing = buffered.Length == 0 ? Http1Framing.None : Http1Framing.OfLength(buffered.Length);
                await RunCoreAsync(pools);
                break;
            case BufferedBody.Outcome.TooLarge:
                Fail(OriginFailure.BodyTooLarge(_origin, _options.MaxBufferedBody));
                break;
            default:
                // The visitor left within his body.
                break;
        }
    }

    private async Task RunCoreAsync(OriginPools pools)
    {
        var pool = pools.Hold(new OriginKey(_origin, ServerName()));
        try
        {
            using (_stream.ConnectionClosed.UnsafeRegister(static state => ((HttpExchange)state!).OnVisitorGone(), this))
            {
                // A pooled connection may turn out dead; then, if that is safe, once more on a new one.
                if (!await TryAsync(pool, mayReuse: true))
                {
                    await TryAsync(pool, mayReuse: false);
                }
            }
        }
        finally
        {
            pools.Release(pool);
        }
    }

    /// <summary>Carries the request over one connection; false if that was dead and another may be tried.</summary>
    private async Task<bool> TryAsync(OriginPool pool, bool mayReuse)
    {
        var connection = await ConnectAsync(pool, mayReuse);
        if (connection is null)
        {
            return true;
        }

        if (!Own(connection))
        {
            connection.Discard();
            return true;
        }

        ExchangeEnd end;
        try
        {
            end = await CarryAsync(connection);
        }
        catch
        {
            // Whatever it is, the connection is in the middle of something.
            Disown();
            connection.Abort("The exchange broke off.");
            connection.Discard();
            throw;
        }

        var isOurs = Disown();
        if (end == ExchangeEnd.Reusable && isOurs)
        {
            pool.Return(connection);
        }
        else
        {
            connection.Discard();
        }

        return end != ExchangeEnd.Stale || !isOurs;
    }

    private async ValueTask<OriginConnection?> ConnectAsync(OriginPool pool, bool mayReuse)
    {
        if (mayReuse && pool.TryTake() is { } pooled)
        {
            return pooled;
        }

        try
        {
            return await pool.DialAsync(_stream.ConnectionClosed);
        }
        catch (IOException exception)
        {
            Fail(OriginFailure.Of(_origin, OriginPhase.Connect, exception));
        }
        catch (OperationCanceledException)
        {
            // The visitor left while we dialled: nobody to answer.
        }

        return null;
    }

    private async Task<ExchangeEnd> CarryAsync(OriginConnection connection)
    {
        try
        {
            _mapping.Map(_tunnel, _origin, _framing, connection.RequestFields);
            Http1Writer.WriteRequestHead(connection.Output, _tunnel.Method, _tunnel.Target, connection.RequestFields);
        }
        catch (Http1Exception exception)
        {
            Fail(OriginFailure.BadRequest(_origin, exception));
            return ExchangeEnd.Broken;
        }

        if (connection.Input.HasSpoken)
        {
            // Nothing was sent: whatever the request is, it can go elsewhere.
            return ExchangeEnd.Stale;
        }

        using var goAhead = _framing.Kind != Http1BodyKind.None && Http1Fields.HasToken(_tunnel.RequestFields, "expect"u8, "100-continue"u8)
            ? new GoAhead(_options.ExpectTimeout, _options.TimeProvider)
            : null;
        var body = _buffered?.Open() ?? _stream.Transport.Input;
        var sender = new RequestSender(_tunnel, body, connection, _framing, goAhead) { OnVisitorGone = OnVisitorGone };
        var sending = sender.RunAsync();
        var end = await AnswerAsync(connection, sender, sending, goAhead);
        if (end is ExchangeEnd.Broken or ExchangeEnd.Stale)
        {
            connection.Abort("The exchange failed.");
            if (!sending.IsCompleted)
            {
                sender.Stop();
            }
        }

        var outcome = await sending;
        return outcome == SendOutcome.Complete || end != ExchangeEnd.Reusable ? end : ExchangeEnd.Closed;
    }

    /// <summary>Whether the request may be sent a second time, no octet of an answer having come (RFC 9110 §9.2.2).</summary>
    private bool MayRepeat(OriginConnection connection, RequestSender sender)
        => connection.IsReused && !_isVisitorGone && !_isHeadOverdue && !sender.HasTakenBody && IsIdempotent(_tunnel.Method);

    private static bool IsIdempotent(ReadOnlySpan<byte> method)
        => method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8) || method.SequenceEqual("PUT"u8)
            || method.SequenceEqual("DELETE"u8) || method.SequenceEqual("OPTIONS"u8) || method.SequenceEqual("TRACE"u8);

    private string? ServerName()
    {
        if (!_origin.IsTls || !_origin.Options.MatchSniToHost || _origin.Options.OriginServerName is not null)
        {
            return null;
        }

        var host = Encoding.Latin1.GetString(_tunnel.Authority);
        var port = host.LastIndexOf(':');
        return port > host.LastIndexOf(']') ? host[..port] : host;
    }
}
