using System.IO.Pipelines;
using Engine.Fields;

namespace Engine.Edge.Registry;

/// <summary>One exchange over a tunnel, as the forwarder sees it.</summary>
/// <remarks>Owned by the exchange that opened it. The two directions of the transport may be used at the same time, each by one caller; <see cref="Reset"/> from any thread.</remarks>
internal interface ITunnelStream : IAsyncDisposable
{
    /// <summary>Input: the response's body. Output: the request's body.</summary>
    IDuplexPipe Transport { get; }

    /// <summary>The response's trailers, once its body has ended.</summary>
    FieldList? Trailers { get; }

    /// <summary>Whether the response's end came with its head.</summary>
    bool IsResponseEmpty { get; }

    /// <summary>Waits for the next response head: each interim one, then the final one.</summary>
    /// <exception cref="StreamNotProcessedException">The connector has not touched the request; another connection may be tried.</exception>
    /// <exception cref="IOException">The stream or its connection broke.</exception>
    /// <exception cref="InvalidDataException">The head breaks the tunnel protocol.</exception>
    ValueTask<TunnelResponse> ReadResponseAsync(CancellationToken cancellationToken);

    /// <summary>Ends the request with trailers.</summary>
    void WriteTrailers(FieldList trailers);

    /// <summary>Ends both directions at once (CANCEL).</summary>
    void Reset();
}
