using System.IO.Pipelines;
using Engine.Fields;
using Engine.Http2.Streams;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Http2;

/// <summary>One stream of an HTTP/2 connection: one request and its answer.</summary>
/// <remarks>
/// Owned by whoever accepted or opened it, who disposes of it. One reader and one writer at a time; a reset or an abort may come from any thread.
/// What waits on the stream always ends: with data, with the peer's end, or with the exception that says why it can't.
/// </remarks>
public sealed partial class Http2Stream : ConnectionContext
{
    private readonly StreamInput _input;
    private readonly StreamOutput _output;
    private readonly HeadQueue _heads;
    private IFeatureCollection? _features;
    private IDictionary<object, object?>? _items;
    private IDuplexPipe _transport;
    private string? _connectionId;

    internal Http2Stream(Http2Connection connection, int streamId, int sendWindow)
    {
        Connection = connection;
        StreamId = streamId;
        _input = new StreamInput(this);
        _output = new StreamOutput(this, sendWindow);
        _heads = new HeadQueue(connection);
        _transport = new StreamDuplex(_input, _output);
        _window = connection.NewReceiveWindow();
    }

    /// <summary>The stream identifier (RFC 9113 §5.1.1).</summary>
    public int StreamId { get; }

    /// <summary>The connection that carries the stream.</summary>
    public Http2Connection Connection { get; }

    /// <inheritdoc />
    public override string ConnectionId
    {
        get => _connectionId ??= string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Connection.ConnectionId}:{StreamId}");
        set => _connectionId = value;
    }

    /// <inheritdoc />
    public override IFeatureCollection Features => _features ??= new FeatureCollection();

    /// <inheritdoc />
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new Dictionary<object, object?>();
        set => _items = value;
    }

    /// <summary>The head that the peer sent: the request in the server role, the response head read last in the client role.</summary>
    public FieldList Head => _request ?? _heads.Current;

    /// <summary>Whether the peer's message has no body: END_STREAM came with its head.</summary>
    public bool IsInputEmpty { get; private set; }

    /// <summary>The peer's trailers; null when there are none, and before the input reported its completion.</summary>
    public FieldList? Trailers => _input.HasReportedEnd ? _receivedTrailers : null;

    /// <summary>The code of the RST_STREAM that the peer sent, or null.</summary>
    public Http2ErrorCode? ResetCode { get; private set; }

    /// <summary>The body of the peer's message, and the body of ours.</summary>
    /// <remarks>
    /// Advancing the input returns window credit. A flush of the output completes when the data has left for the transport; completing it sends
    /// END_STREAM, completing it with an exception resets the stream.
    /// </remarks>
    public override IDuplexPipe Transport
    {
        get => _transport;
        set => _transport = value;
    }

    /// <summary>Fires when the peer resets the stream or the connection dies; made when first asked for.</summary>
    /// <remarks>Not when a server that has answered in full refuses the rest of the request with NO_ERROR: the answer is still to be read.</remarks>
    public override CancellationToken ConnectionClosed
    {
        get => ClosedToken();
        set => throw new NotSupportedException("A stream's end is its own to tell.");
    }

    /// <summary>Client role: the next response head, first each 1xx and then the final one. Server role: the request head.</summary>
    /// <exception cref="Http2StreamResetException">The peer reset the stream first.</exception>
    public ValueTask<FieldList> ReadHeadAsync(CancellationToken cancellationToken = default)
    {
        if (_request is not null)
        {
            return new ValueTask<FieldList>(_request);
        }

        lock (Connection.Gate)
        {
            return _heads.ReadAsync(cancellationToken);
        }
    }

    /// <summary>Queues a response head; it is encoded before the call returns, so that the list may be used again.</summary>
    /// <remarks>Heads with a 1xx status may precede the final one. On a stream that was reset the call does nothing; the next flush says why.</remarks>
    /// <exception cref="InvalidOperationException">The final head was sent already.</exception>
    public void WriteHead(FieldList head, bool endStream = false)
    {
        ArgumentNullException.ThrowIfNull(head);
        var informational = head.TryGet(":status"u8, out var status) && status.Length == 3 && status[0] == (byte)'1';
        lock (Connection.Gate)
        {
            if (_failure is not null)
            {
                return;
            }

            if (_state.HeadSent)
            {
                throw new InvalidOperationException("The final head was sent already.");
            }

            _state.SendHead(endStream: false, informational);
            Connection.Sender.Headers(StreamId, head, endStream);
            if (endStream)
            {
                _output.MarkEnded();
                EndSent();
            }
        }

        Connection.Leave();
    }

    /// <summary>Queues trailers behind the data and ends the stream: use instead of completing the output.</summary>
    /// <exception cref="InvalidOperationException">No head was sent.</exception>
    public void WriteTrailers(FieldList trailers)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        lock (Connection.Gate)
        {
            if (_state.CanSend)
            {
                if (!_state.HeadSent)
                {
                    throw new InvalidOperationException("Write the head before the trailers.");
                }

                _output.End(trailers.Count == 0 ? null : trailers);
            }
        }

        Connection.Leave();
    }

    /// <summary>Ends both directions with RST_STREAM; a second call, and one on a stream that is over, do nothing.</summary>
    public void Reset(Http2ErrorCode code)
    {
        lock (Connection.Gate)
        {
            ResetLocally(code, new ConnectionAbortedException($"The stream was reset by this side with {code}."));
        }

        Connection.Leave();
    }

    /// <inheritdoc />
    public override void Abort() => Abort(new ConnectionAbortedException("The stream was aborted by this side."));

    /// <summary>Resets the stream: INTERNAL_ERROR in the server role, CANCEL in the client role.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        ArgumentNullException.ThrowIfNull(abortReason);
        lock (Connection.Gate)
        {
            ResetLocally(FailureCode, abortReason);
        }

        Connection.Leave();
    }

    /// <summary>Ends what has not ended and lets the stream go.</summary>
    /// <remarks>
    /// An answer that was completed still leaves in full; a request body that nobody read is then refused with NO_ERROR (RFC 9113 §8.1). Everything
    /// else that is unfinished is reset: INTERNAL_ERROR in the server role, CANCEL in the client role.
    /// </remarks>
    public override ValueTask DisposeAsync()
    {
        lock (Connection.Gate)
        {
            Abandon();
        }

        Connection.Leave();
        return default;
    }
}
