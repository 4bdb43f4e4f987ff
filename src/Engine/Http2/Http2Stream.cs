using System.IO.Pipelines;
using Engine.Fields;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Http2;

/// <summary>One stream of an HTTP/2 connection: one request and its answer.</summary>
/// <remarks>
/// Owned by whoever accepted or opened it, who disposes of it. One reader and one writer at a time; a reset or an abort may come from any thread.
/// </remarks>
public sealed class Http2Stream : ConnectionContext
{
    internal Http2Stream(Http2Connection connection, int streamId)
    {
        Connection = connection;
        StreamId = streamId;
        ConnectionId = string.Empty;
    }

    /// <summary>The stream identifier (RFC 9113 §5.1.1).</summary>
    public int StreamId { get; }

    /// <summary>The connection that carries the stream.</summary>
    public Http2Connection Connection { get; }

    /// <inheritdoc />
    public override string ConnectionId { get; set; }

    /// <inheritdoc />
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc />
    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    /// <summary>The head that the peer sent: the request in the server role, the response head read last in the client role.</summary>
    public FieldList Head => throw new NotSupportedException();

    /// <summary>Whether the peer's message has no body: END_STREAM came with its head.</summary>
    public bool IsInputEmpty => throw new NotSupportedException();

    /// <summary>The peer's trailers; null when there are none, and before the input reported its completion.</summary>
    public FieldList? Trailers => throw new NotSupportedException();

    /// <summary>The code of the RST_STREAM that the peer sent, or null.</summary>
    public Http2ErrorCode? ResetCode => throw new NotSupportedException();

    /// <inheritdoc />
    public override IDuplexPipe Transport
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Client role: the next response head, first each 1xx and then the final one. Server role: the request head.</summary>
    /// <exception cref="Http2StreamResetException">The peer reset the stream first.</exception>
    public ValueTask<FieldList> ReadHeadAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Queues a head; it is encoded before the call returns, so that the list may be used again.</summary>
    /// <remarks>Heads with a 1xx status may precede the final one.</remarks>
    public void WriteHead(FieldList head, bool endStream = false) => throw new NotSupportedException();

    /// <summary>Queues trailers behind the data and ends the stream: use instead of completing the output.</summary>
    public void WriteTrailers(FieldList trailers) => throw new NotSupportedException();

    /// <summary>Ends both directions with RST_STREAM; a second call does nothing.</summary>
    public void Reset(Http2ErrorCode code) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Abort() => Abort(new ConnectionAbortedException());

    /// <summary>Resets the stream: INTERNAL_ERROR in the server role, CANCEL in the client role.</summary>
    public override void Abort(ConnectionAbortedException abortReason) => throw new NotSupportedException();
}
