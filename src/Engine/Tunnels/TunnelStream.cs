using System.Buffers.Text;
using System.IO.Pipelines;
using Engine.Fields;
using Engine.Http2;
using Engine.Tunnels.Headers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Engine.Tunnels;

/// <summary>A stream as the connector sees it: an HTTP/2 request that is read and answered in the tunnel's terms.</summary>
/// <remarks>Owned by whoever accepted it; as thread-safe as the HTTP/2 stream that it wraps and disposes.</remarks>
internal sealed class TunnelStream : ConnectionContext, ITunnelStreamFeature
{
    private readonly TunnelConnection _connection;
    private readonly Http2Stream _stream;
    private readonly FieldList _head = new();
    private FieldList? _requestFields;

    public TunnelStream(TunnelConnection connection, Http2Stream stream, TunnelStreamKind kind)
    {
        _connection = connection;
        _stream = stream;
        Kind = kind;
        stream.Features.Set<ITunnelStreamFeature>(this);
    }

    public override string ConnectionId
    {
        get => _stream.ConnectionId;
        set => _stream.ConnectionId = value;
    }

    public override IFeatureCollection Features => _stream.Features;

    public override IDictionary<object, object?> Items
    {
        get => _stream.Items;
        set => _stream.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _stream.Transport;
        set => _stream.Transport = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _stream.ConnectionClosed;
        set => throw new NotSupportedException("A stream's end is its own to tell.");
    }

    public TunnelStreamKind Kind { get; }

    public int ConnectionIndex => _connection.Index;

    public ReadOnlySpan<byte> Method => Get(":method"u8);

    public ReadOnlySpan<byte> Target => Get(":path"u8);

    public ReadOnlySpan<byte> Authority => _stream.Head.TryGet(":authority"u8, out var authority) ? authority : Get("host"u8);

    public FieldList RequestFields
    {
        get
        {
            if (_requestFields is null)
            {
                _requestFields = new FieldList();
                RequestFieldsBuilder.Build(_stream.Head, _requestFields);
                AddUpgrade(_requestFields);
            }

            return _requestFields;
        }
    }

    public bool HasBody => !_stream.IsInputEmpty;

    public long? ContentLength =>
        _stream.Head.TryGet("content-length"u8, out var text) && Utf8Parser.TryParse(text, out long length, out var used)
        && used == text.Length && length >= 0
            ? length
            : null;

    public FieldList? RequestTrailers => _stream.Trailers;

    public bool ResponseStarted { get; private set; }

    public void WriteInformational(int status, FieldList fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (status is < 100 or > 199 or 101)
        {
            throw new ArgumentOutOfRangeException(nameof(status), status, "An interim status is 1xx and not 101.");
        }

        if (!ResponseStarted && _connection.EdgeHas(TunnelFeatures.Informational))
        {
            ResponseHead.WriteInformational(_head, status, fields);
            _stream.WriteHead(_head);
        }
    }

    public void WriteResponse(int status, FieldList fields, ResponseSource source = ResponseSource.Origin, bool endStream = false)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (status is < 101 or > 999 or (> 101 and < 200))
        {
            throw new ArgumentOutOfRangeException(nameof(status), status, "A final status is 101 or 200 to 999.");
        }

        if (ResponseStarted)
        {
            throw new InvalidOperationException("The response head was sent already.");
        }

        ResponseStarted = true;
        ResponseHead.Write(_head, status, fields, source);
        _stream.WriteHead(_head, endStream);
    }

    public void WriteTrailers(FieldList trailers) => _stream.WriteTrailers(trailers);

    public void Fail(StreamFailure failure)
    {
        Report(failure);
        if (ResponseStarted)
        {
            _stream.Reset(Http2ErrorCode.InternalError);
            return;
        }

        ResponseStarted = true;
        ResponseHead.WriteFailure(_head, failure.Status, _connection.EdgeHas(TunnelFeatures.ErrorCodes) ? failure.Code : null);
        _stream.WriteHead(_head, endStream: true);
    }

    public override void Abort() => _stream.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _stream.Abort(abortReason);

    public override ValueTask DisposeAsync() => _stream.DisposeAsync();

    private void Report(StreamFailure failure)
    {
        var log = _connection.Log;
        if (_stream.ResetCode is not null || _stream.Connection.HasEnded)
        {
            TunnelLog.StreamGone(log, ConnectionIndex, failure.Code, failure.Detail);
        }
        else
        {
            // The detail says it; where in our code it was seen is for who debugs.
            // The ray is what the edge's page shows to the visitor who complains.
            var cause = log.IsEnabled(LogLevel.Debug) ? failure.Cause : null;
            TunnelLog.StreamFailed(log, cause, ConnectionIndex, TextOf("cf-ray"u8), TextOf(":authority"u8), failure.Code, failure.Detail);
        }
    }

    /// <summary>What the request changes to: a field that HTTP/2 cannot carry under its own name (RFC 9113 §8.2.2).</summary>
    private void AddUpgrade(FieldList fields)
    {
        if (Kind == TunnelStreamKind.WebSocket && _connection.EdgeHas(TunnelFeatures.Upgrades)
            && _stream.Head.TryGet(TunnelFields.EngineUpgrade, out var protocol))
        {
            fields.Add("upgrade"u8, protocol);
        }
    }

    private string TextOf(ReadOnlySpan<byte> name) => _stream.Head.GetString(name) is { Length: > 0 } text ? text : "none";

    private ReadOnlySpan<byte> Get(ReadOnlySpan<byte> name) => _stream.Head.TryGet(name, out var value) ? value : default;
}
