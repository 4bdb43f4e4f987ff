using System.IO.Pipelines;
using Engine.Fields;
using Engine.Http2;
using Engine.Tunnels.Headers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Tunnels;

/// <summary>The edge's side of one stream: the request's body goes out, the response comes back.</summary>
/// <remarks>Owned by whoever opened it, who disposes it; not thread-safe beside the two directions of its transport.</remarks>
public sealed class EdgeStream : ConnectionContext
{
    private readonly Http2Stream _stream;
    private readonly EdgeResponse _response = new();
    private int _disposed;

    internal EdgeStream(EdgeTunnelConnection tunnel, Http2Stream stream, TunnelStreamKind kind)
    {
        Tunnel = tunnel;
        _stream = stream;
        Kind = kind;
    }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _stream.ConnectionId;
        set => _stream.ConnectionId = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _stream.Features;

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _stream.Items;
        set => _stream.Items = value;
    }

    /// <summary>Input: the response's body. Output: the request's body; completing it ends the request.</summary>
    public override IDuplexPipe Transport
    {
        get => _stream.Transport;
        set => _stream.Transport = value;
    }

    /// <inheritdoc/>
    public override CancellationToken ConnectionClosed
    {
        get => _stream.ConnectionClosed;
        set => throw new NotSupportedException("A stream's end is its own to tell.");
    }

    /// <summary>What the stream carries.</summary>
    public TunnelStreamKind Kind { get; }

    /// <summary>The response's trailers, once the input has reported completion; null when there are none.</summary>
    public FieldList? Trailers => _stream.Trailers;

    /// <summary>Whether the response has no body: its end came with, or directly behind, the head.</summary>
    public bool IsResponseEmpty => _stream.IsInputEmpty;

    /// <summary>The tunnel connection that the stream runs on.</summary>
    public EdgeTunnelConnection Tunnel { get; }

    /// <summary>Waits for the next response head: each interim one, then the final one.</summary>
    /// <remarks>The response is the same object each time; it belongs to the stream.</remarks>
    /// <exception cref="ConnectionResetException">The connector reset the stream, or the connection ended.</exception>
    /// <exception cref="IOException">The head breaks the tunnel protocol: answer 502.</exception>
    public async ValueTask<EdgeResponse> ReadResponseAsync(CancellationToken cancellationToken = default)
    {
        var head = await _stream.ReadHeadAsync(cancellationToken);
        ResponseHead.Read(head, Kind, Tunnel.HasErrorCodes, _response);
        return _response;
    }

    /// <summary>Ends the request with trailers, in place of completing the output.</summary>
    public void WriteTrailers(FieldList trailers) => _stream.WriteTrailers(trailers);

    /// <summary>Ends the stream at once in both directions (CANCEL): the visitor is gone.</summary>
    public void Reset() => _stream.Reset(Http2ErrorCode.Cancel);

    /// <inheritdoc/>
    public override void Abort() => _stream.Abort();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => _stream.Abort(abortReason);

    /// <summary>Ends what has not ended, and lets the stream go.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _stream.DisposeAsync();
            Tunnel.StreamEnded();
        }
    }
}
