using System.IO.Pipelines;
using Engine.Fields;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Tunnels;

/// <summary>The edge's side of one stream: the request's body goes out, the response comes back.</summary>
/// <remarks>Owned by whoever opened it, who disposes it; not thread-safe beside the two directions of its transport.</remarks>
public sealed class EdgeStream : ConnectionContext
{
    private EdgeStream()
    {
    }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = "";

    /// <inheritdoc/>
    public override IFeatureCollection Features => throw new NotSupportedException();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    /// <summary>Input: the response's body. Output: the request's body; completing it ends the request.</summary>
    public override IDuplexPipe Transport
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The response's trailers, once the input has reported completion; null when there are none.</summary>
    public FieldList? Trailers => throw new NotSupportedException();

    /// <summary>Whether the response has no body: its end came with, or directly behind, the head.</summary>
    public bool IsResponseEmpty => throw new NotSupportedException();

    /// <summary>The tunnel connection that the stream runs on.</summary>
    public EdgeTunnelConnection Tunnel => throw new NotSupportedException();

    /// <summary>Waits for the next response head: each interim one, then the final one.</summary>
    /// <exception cref="ConnectionResetException">The connector reset the stream, or the connection ended.</exception>
    /// <exception cref="InvalidDataException">The head breaks the tunnel protocol.</exception>
    public ValueTask<EdgeResponse> ReadResponseAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Ends the request with trailers, in place of completing the output.</summary>
    public void WriteTrailers(FieldList trailers) => throw new NotSupportedException();

    /// <summary>Ends the stream at once in both directions (CANCEL): the visitor is gone.</summary>
    public void Reset() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => throw new NotSupportedException();
}
